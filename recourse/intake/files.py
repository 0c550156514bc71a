"""A delivery's files as text cells: which are there, their hashes, and each as a frame of strings with row numbers.

CSV and Parquet come out alike. What a cell means is not judged here; a file that has no table's shape is refused.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
import polars as pl
from polars.exceptions import PolarsError

from recourse.canonical import digest
from recourse.errors import UserError
from recourse.intake.columns import Table
from recourse.intake.layout import TABLES
from recourse.intake.manifest import NAMES

ROW = "file_row"
SUFFIXES = (".csv", ".parquet")
Ragged = tuple[tuple[int, list[str]], ...]
_BOM = b"\xef\xbb\xbf"


class RawTable(msgspec.Struct, frozen=True):
    """One file as text: a row for each data row with `ROW` (the header counts as 1), every column of the file, cells
    trimmed, empty cells null. `ragged`: rows whose number of cells is not the header's, with what they hold."""

    file: str
    folder: Path
    sha256: str
    cells: pl.DataFrame
    ragged: Ragged = ()

    @property
    def rows(self) -> int:
        return self.cells.height + len(self.ragged)


def find_files(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The file of each table that is there, in reading order, and a warning for each file that is none of ours."""
    if not folder.is_dir():
        raise UserError("no such folder", where=str(folder))
    there = sorted(path for path in folder.iterdir() if path.is_file())
    found: dict[str, Path] = {}
    warnings = []
    for path in there:
        if path.suffix in SUFFIXES and path.stem in TABLES:
            if path.stem in found:
                raise UserError(
                    f"{path.stem} is there twice", where=str(folder), mend="keep the CSV or the Parquet file"
                )
            found[path.stem] = path
        elif path.name not in NAMES and not path.name.startswith("."):
            warnings.append(f"{path.name}: not a table of the layout, left out")
    return {name: found[name] for name in TABLES if name in found}, warnings


def read_bytes(path: Path) -> bytes:
    """The file's bytes; UserError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from None


def parse(path: Path, data: bytes, table: Table, encoding: str) -> RawTable:
    """The file's bytes as a `RawTable`; UserError if it is no such file or lacks a required column."""
    if path.suffix == ".csv":
        cells, ragged = _parse_csv(path.name, data, encoding)
    else:
        cells, ragged = _parse_parquet(path.name, data, table), ()
    missing = [name for name in table.required if name not in cells.columns]
    if missing:
        raise UserError(f"missing column {', '.join(missing)}", where=path.name, mend="see docs/intake.md")
    return RawTable(path.name, path.parent, digest(data), _trimmed(cells), ragged)


def _trimmed(cells: pl.DataFrame) -> pl.DataFrame:
    text = pl.exclude(ROW).str.strip_chars()
    return cells.with_columns(pl.when(text != "").then(text).name.keep())


def _parse_csv(name: str, data: bytes, encoding: str) -> tuple[pl.DataFrame, Ragged]:
    text = _utf8(name, data, encoding).removeprefix(_BOM)
    header = _header(name, text)
    try:
        cells = pl.read_csv(io.BytesIO(text), infer_schema=False, raise_if_empty=True)
    except PolarsError:
        return _read_slowly(name, text, header)
    cells.columns = header
    return (_numbered(cells), ()) if _whole(text, cells) else _read_slowly(name, text, header)


def _numbered(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(ROW), pl.all())


def _utf8(name: str, data: bytes, encoding: str) -> bytes:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError(f"not {encoding}", where=f"{name}, line {line}", mend="give the manifest's encoding") from None
    return data if encoding == "utf-8" else text.encode()


def _header(name: str, text: bytes) -> list[str]:
    first = text.split(b"\n", 1)[0].decode()
    header = [cell.strip() for cell in next(csv.reader([first]), [])]
    if not any(header):
        raise UserError("empty, not even a header", where=name)
    twice = sorted({cell for cell in header if header.count(cell) > 1})
    if ROW in header:
        raise UserError(f"a column may not be called {ROW}", where=name)
    if twice:
        raise UserError(f"column {', '.join(map(repr, twice))} is there twice", where=name)
    return header


def _whole(text: bytes, cells: pl.DataFrame) -> bool:
    """Whether every line is a row with as many cells as the header: the separators add up, but for those in cells."""
    if b"\n\n" in text or b"\n\r\n" in text:
        return False
    separators = text.count(b",")
    if b'"' in text:
        within = cells.select(pl.sum_horizontal(pl.all().str.count_matches(",", literal=True).sum())).item()
        separators -= within + sum(column.count(",") for column in cells.columns)
    return bool(separators == (cells.width - 1) * (cells.height + 1))


def _read_slowly(name: str, text: bytes, header: list[str]) -> tuple[pl.DataFrame, Ragged]:
    """Row by row, to find those cut short or too long; an empty line counts as a row and holds none."""
    whole: list[tuple[object, ...]] = []
    ragged = []
    at = 0
    try:
        for at, record in enumerate(csv.reader(io.StringIO(text.decode(), newline=""), strict=True), start=1):
            if at > 1 and len(record) == len(header):
                whole.append((at, *record))
            elif at > 1 and record:
                ragged.append((at, record))
    except csv.Error as error:
        raise UserError(f"not CSV: {error}", where=f"{name}, after row {at}") from None
    schema = {ROW: pl.Int64, **dict.fromkeys(header, pl.String)}
    return pl.DataFrame(whole, schema=schema, orient="row"), tuple(ragged)


def _parse_parquet(name: str, data: bytes, table: Table) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (PolarsError, OSError) as error:
        raise UserError(f"not Parquet: {error}", where=name) from None
    if ROW in frame.columns:
        raise UserError(f"a column may not be called {ROW}", where=name)
    return _numbered(frame.select(_as_text(name, column, kind, table) for column, kind in frame.schema.items()))


def _as_text(name: str, column: str, kind: pl.DataType, table: Table) -> pl.Expr:
    cell = pl.col(column)
    if column not in table.names and (kind.is_nested() or kind == pl.Binary):
        return pl.lit(None, dtype=pl.String).alias(column)
    if column not in table.names or kind in (pl.String, pl.Null) or isinstance(kind, pl.Decimal):
        return cell.cast(pl.String, strict=False)
    if isinstance(kind, pl.Boolean):
        return pl.when(cell).then(pl.lit("yes")).when(~cell).then(pl.lit("no")).alias(column)
    if kind.is_integer() or isinstance(kind, (pl.Date, pl.Categorical, pl.Enum)):
        return cell.cast(pl.String)
    mend = "write decimals or text, since a float is not exact" if kind.is_float() else "write text"
    raise UserError(f"column {column} has type {kind}", where=name, mend=mend)
