"""Read one delivery: parse, judge, set aside what is wrong, and hand on typed frames. Writes nothing anywhere.

`load.py` puts what comes out into the ledger.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import msgspec
import polars as pl

from recourse.canonical import digest, encode
from recourse.errors import UserError
from recourse.intake import crosscheck
from recourse.intake.columns import Table
from recourse.intake.files import ROW, RawTable, find_files, parse, read_bytes
from recourse.intake.frames import prepare, typed
from recourse.intake.layout import TABLES
from recourse.intake.manifest import Manifest, read_manifest
from recourse.intake.rules import faults
from recourse.intake.totals import ControlTotal, compare, unread

QUARANTINE_SCHEMA = {
    "file": pl.String,
    "row": pl.Int64,
    "field": pl.String,
    "reason": pl.String,
    "raw": pl.String,
}


class Delivery(msgspec.Struct, frozen=True):
    """What a folder holds.

    `tables`: by name, in reading order, the sound rows: `ROW` (file_row) and the layout's columns, typed as
    docs/intake.md says (money: Int64 minor units of the row's `currency`). `quarantine`: a row for each fault, as
    `QUARANTINE_SCHEMA`; its `raw` is the row as JSON and personal: encrypt it before it is stored. `accepted` and
    `quarantined`: data rows by table. `unchanged`: tables whose file was read before. `file_hashes`: SHA-256 of each
    table's file, by file name.
    """

    as_of: date
    manifest: Manifest
    tables: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame
    totals: list[ControlTotal]
    file_hashes: dict[str, str]
    unchanged: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def totals_off(self) -> list[ControlTotal]:
        return [total for total in self.totals if total.off]

    @property
    def accepted(self) -> dict[str, int]:
        return {name: frame.height for name, frame in self.tables.items()}

    @property
    def quarantined(self) -> dict[str, int]:
        counts = self.quarantine.group_by("file").agg(pl.col("row").n_unique())
        return {file.rsplit(".", 1)[0]: rows for file, rows in sorted(counts.iter_rows())}


def read_delivery(
    folder: Path,
    *,
    known_accounts: pl.DataFrame | None = None,
    known_parties: pl.Series | None = None,
    as_of: date | None = None,
    known_hashes: Collection[str] = (),
) -> Delivery:
    """Read and judge every file of the folder.

    `known_accounts`: account_id and currency of the ledger's accounts; `known_parties`: its party ids. `known_hashes`:
    SHA-256 of files that were loaded before without a quarantined row; they are not read again. UserError: no such
    folder, no as-of day or two of them, a manifest or a file that cannot be read, a missing required column.
    """
    manifest = read_manifest(folder)
    found, warnings = find_files(folder)
    warnings += _remarks(manifest, found)
    manifest = manifest or Manifest()
    day = _as_of(manifest, as_of, folder)
    known = _Known(known_accounts, known_parties)
    parts: dict[str, _Part] = {}
    control: list[ControlTotal] = []
    hashes: dict[str, str] = {}
    for name, path in found.items():
        data = read_bytes(path)
        hashes[path.name] = digest(data)
        if hashes[path.name] in known_hashes:
            control += unread(name, manifest, hashes[path.name])
            continue
        part = parts[name] = _read_table(
            TABLES[name], parse(path, data, TABLES[name], manifest.encoding), manifest, day, known
        )
        known.learn(name, part.sound)
        control += part.totals
        warnings += part.warnings
    for name in sorted(manifest.files.keys() - found.keys()):
        control += unread(name, manifest, "")
    return Delivery(
        as_of=day,
        manifest=manifest,
        tables={name: part.sound for name, part in parts.items()},
        quarantine=pl.concat([pl.DataFrame(schema=QUARANTINE_SCHEMA), *(part.quarantine for part in parts.values())]),
        totals=control,
        file_hashes=hashes,
        unchanged=tuple(name for name in found if name not in parts),
        warnings=tuple(warnings),
    )


class _Known:
    """Ids that rows may refer to: the ledger's, and those of the tables read so far."""

    def __init__(self, accounts: pl.DataFrame | None, parties: pl.Series | None) -> None:
        schema = {"account_id": pl.String, "currency": pl.String}
        self.currencies = pl.DataFrame(schema=schema) if accounts is None else accounts.select(*schema)
        self._parties = (
            pl.Series("party_id", [], dtype=pl.String)
            if parties is None
            else parties.cast(pl.String).rename("party_id")
        )

    @property
    def ids(self) -> dict[str, pl.Series]:
        return {"accounts": self.currencies["account_id"], "parties": self._parties}

    def learn(self, table: str, rows: pl.DataFrame) -> None:
        if table == "accounts":
            both = pl.concat([rows.select("account_id", "currency"), self.currencies])
            self.currencies = both.unique("account_id", keep="first", maintain_order=True)
        elif table == "parties":
            self._parties = pl.concat([self._parties, rows["party_id"]]).unique()


class _Part(msgspec.Struct, frozen=True):
    sound: pl.DataFrame
    quarantine: pl.DataFrame
    totals: list[ControlTotal]
    warnings: list[str]


def _read_table(table: Table, raw: RawTable, manifest: Manifest, as_of: date, known: _Known) -> _Part:
    prepared = prepare(table, raw, manifest, as_of, known.currencies)
    wrong = faults(table.name, prepared)
    sound = typed(table, _without(prepared, wrong))
    found = [wrong, crosscheck.dangling(table, sound, known.ids), crosscheck.repeated(table, sound)]
    if table.name == "documents":
        sound, missing = crosscheck.papers(raw.folder, sound)
        found.append(missing)
    wrong = pl.concat([part for part in found if part.height] or [crosscheck.NO_FAULTS])
    unknown = [name for name in raw.cells.columns if name != ROW and name not in table.names]
    return _Part(
        sound=_without(sound, wrong),
        quarantine=_quarantine(raw, wrong),
        totals=compare(table.name, manifest, raw, prepared),
        warnings=[f"{raw.file}: unknown column {name}, left out" for name in unknown],
    )


def _without(rows: pl.DataFrame, wrong: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(~pl.col(ROW).is_in(wrong[ROW].implode())) if wrong.height else rows


def _quarantine(raw: RawTable, wrong: pl.DataFrame) -> pl.DataFrame:
    """Every fault with its row as JSON; a ragged row has one fault, about the whole of it."""
    ragged = pl.DataFrame(
        [
            (raw.file, row, "", f"{len(cells)} cells where the header has {raw.cells.width - 1}", encode(cells))
            for row, cells in raw.ragged
        ],
        schema=QUARANTINE_SCHEMA,
        orient="row",
    )
    if not wrong.height:
        return ragged
    text = pl.struct(pl.exclude(ROW)).struct.json_encode().alias("raw")
    rows = raw.cells.filter(pl.col(ROW).is_in(wrong[ROW].implode())).select(ROW, text)
    named = wrong.join(rows, on=ROW, how="left", maintain_order="left").select(
        pl.lit(raw.file).alias("file"), pl.col(ROW).alias("row"), "field", "reason", "raw"
    )
    return pl.concat([ragged, named]).sort("row", maintain_order=True)


def _as_of(manifest: Manifest, given: date | None, folder: Path) -> date:
    if given and manifest.as_of and given != manifest.as_of:
        raise UserError(f"as of {given} asked, {manifest.as_of} delivered", where=str(folder), mend="leave out --as-of")
    if found := given or manifest.as_of:
        return found
    raise UserError("no as-of day", where=str(folder), mend="add a manifest with as_of, or give --as-of")


def _remarks(manifest: Manifest | None, found: dict[str, Path]) -> list[str]:
    if manifest is None:
        return ["no manifest: nothing to hold the files against"]
    if not manifest.files:
        return ["the manifest names no files: nothing to hold them against"]
    return [f"{path.name}: not named in the manifest" for name, path in found.items() if name not in manifest.files]
