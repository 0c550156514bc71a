"""Checks that need more than one row: keys that come twice, rows that name what nobody knows, papers without a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from recourse.intake.columns import Table
from recourse.intake.files import ROW

NO_FAULTS = pl.DataFrame(schema={ROW: pl.Int64, "field": pl.String, "reason": pl.String})
"""Faults are frames of this shape: the row, the field, and the reason in words that repeat no cell."""

Known = Mapping[str, pl.Series]
"""Ids by table (accounts, parties) that the ledger or this delivery knows."""


def repeated(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Faults (`ROW`, field, reason) of rows whose key comes twice: the repeats of equal rows, and all that differ."""
    key = [*table.key]
    if rows.select(pl.struct(key).n_unique() if len(key) > 1 else pl.col(key[0]).n_unique()).item() == rows.height:
        return NO_FAULTS
    several = rows.filter(pl.struct(key).is_duplicated())
    content = pl.struct(pl.exclude(ROW))
    several = several.with_columns(
        (content.n_unique().over(key) > 1).alias("differ"), content.is_first_distinct().alias("first")
    )
    names = ", ".join(key)
    differ = _faults(several.filter(pl.col("differ")), names, "the same key with other content")
    again = _faults(several.filter(~pl.col("differ") & ~pl.col("first")), names, "the same row again")
    return pl.concat([differ, again]).sort(ROW)


def dangling(table: Table, rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Faults of rows that refer to an account or a person which neither the ledger nor the delivery knows."""
    refers = {column.name: column.refers_to for column in table.columns if column.refers_to}
    unknown = rows.select(~pl.col(name).is_in(known[other].implode()).fill_null(True) for name, other in refers.items())
    found = [
        _faults(rows.filter(unknown[name]), name, f"not known in {other}")
        for name, other in refers.items()
        if unknown[name].any()
    ]
    return pl.concat(found) if found else NO_FAULTS


def papers(folder: Path, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Documents with the SHA-256 of their files filled in, and faults where a file is missing or is another one."""
    digests: list[str | None] = []
    faults = [NO_FAULTS]
    for at, (file, declared) in enumerate(rows.select("file", "sha256").iter_rows()):
        path = None if file is None else folder / file
        found = None if path is None else _digest(folder, path)
        digests.append(found or declared)
        if path is not None and found is None:
            faults.append(_faults(rows[at], "file", "no such file in the delivery"))
        elif found and declared and found != declared:
            faults.append(_faults(rows[at], "sha256", "not the digest of the file"))
    return rows.with_columns(pl.Series("sha256", digests, dtype=pl.String)), pl.concat(faults)


def _digest(folder: Path, path: Path) -> str | None:
    """SHA-256 of a file that lies within the folder, also after following links; None if there is none."""
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _faults(rows: pl.DataFrame, field: str, reason: str) -> pl.DataFrame:
    return rows.select(ROW, pl.lit(field).alias("field"), pl.lit(reason).alias("reason"))
