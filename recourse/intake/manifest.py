"""The manifest of a delivery: whose it is, for which day, and what the sender says was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import msgspec
import yaml

from recourse.errors import UserError
from recourse.intake.layout import TABLES
from recourse.money import minor_digits, to_minor

NAMES = ("manifest.json", "manifest.yaml")
ENCODINGS = ("utf-8", "gb18030")


class Sent(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the sender says of one file: data rows, sums by column and currency as decimal text, SHA-256 of bytes."""

    rows: int | None = None
    sums: dict[str, dict[str, str] | str] = {}
    sha256: str = ""

    def sums_by_currency(self, default: str) -> list[tuple[str, str, str]]:
        """(column, currency, decimal text) of every declared sum; a bare amount is in the manifest's currency."""
        return [
            (column, currency, amount)
            for column, by_currency in self.sums.items()
            for currency, amount in (by_currency if isinstance(by_currency, dict) else {default: by_currency}).items()
        ]


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`as_of`: the business day described. The defaults fill empty cells of the columns of the same name."""

    as_of: date | None = None
    entity: str = ""
    produced_at: str = ""
    jurisdiction: str = ""
    currency: str = ""
    time_zone: str = ""
    encoding: str = "utf-8"
    files: dict[str, Sent] = {}

    def default(self, name: str) -> str:
        """The text that stands in for an empty cell of column `name`; empty if the manifest says nothing."""
        value = getattr(self, name)
        return value.isoformat() if isinstance(value, date) else str(value or "")


def read_manifest(folder: Path) -> Manifest | None:
    """The folder's manifest, or None if it has none; UserError if it cannot be read or contradicts itself."""
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if len(found) > 1:
        raise UserError("two manifests", where=str(folder), mend=f"keep one of {' and '.join(NAMES)}")
    if not found:
        return None
    manifest = _decode(found[0])
    _check(manifest, found[0])
    return manifest


def write_manifest(
    folder: Path,
    *,
    as_of: date,
    entity: str = "",
    produced_at: datetime | None = None,
    jurisdiction: str = "",
    currency: str = "",
    time_zone: str = "",
    files: Mapping[str, Sent] | None = None,
) -> Path:
    """Write ``manifest.json`` and return its path. `files` is what `write.write_table` returned, by table."""
    manifest = Manifest(
        as_of=as_of,
        entity=entity,
        produced_at=produced_at.isoformat() if produced_at else "",
        jurisdiction=jurisdiction,
        currency=currency,
        time_zone=time_zone,
        files=dict(files or {}),
    )
    path = folder / NAMES[0]
    text = json.dumps(msgspec.to_builtins(manifest), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", "utf-8")
    return path


def _decode(path: Path) -> Manifest:
    try:
        if path.suffix == ".json":
            return msgspec.json.decode(path.read_bytes(), type=Manifest)
        return msgspec.convert(yaml.safe_load(path.read_bytes()) or {}, Manifest)
    except (msgspec.MsgspecError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"not a manifest: {error}", where=str(path), mend="see docs/intake.md") from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from None


def _check(manifest: Manifest, path: Path) -> None:
    where = str(path)
    if manifest.encoding not in ENCODINGS:
        raise UserError(f"unknown encoding {manifest.encoding!r}", where=where, mend=f"one of {', '.join(ENCODINGS)}")
    if manifest.currency:
        minor_digits(manifest.currency)
    for name, sent in manifest.files.items():
        if name not in TABLES:
            raise UserError(f"files names an unknown table {name!r}", where=where, mend=f"one of {', '.join(TABLES)}")
        for column, currency, amount in sent.sums_by_currency(manifest.currency):
            if column not in TABLES[name].money:
                raise UserError(f"{name}.{column} is not an amount", where=where, mend="sum amounts only")
            if not currency:
                raise UserError(f"the sum of {name}.{column} has no currency", where=where, mend="give currency")
            to_minor(amount, currency)
