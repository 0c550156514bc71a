"""Files that people hand in, CSV or JSON: read whole, every cell judged, every fault named by its row.

A file with a fault changes nothing: the reader gets all its rows, or one line that says which rows are wrong and why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from recourse.errors import UserError
from recourse.money import to_minor

T = TypeVar("T")
Row = Mapping[str, str]
SHOWN = 5
"""Faults that one line names; the rest is counted."""


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, or of a JSON array of objects; cells as text without blanks around them."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UserError("no such file", where=str(file), mend="give the path of the file") from None
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", where=str(file), mend="save it as UTF-8") from None
    return _json(text, file) if file.suffix.lower() == ".json" else _csv(text, file)


def _csv(text: str, file: Path) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        rows = [{(name or "").strip(): (cell or "").strip() for name, cell in _cells(row)} for row in reader]
    except csv.Error as error:
        raise UserError(f"not a CSV file: {error}", where=str(file), mend="one header, one row a line") from None
    return rows


def _cells(row: Mapping[str | None, Any]) -> list[tuple[str, str]]:
    """The cells of a row; what stands beyond the header is put under a name that no column has."""
    return [(name or "?", "" if cell is None else ",".join(cell) if isinstance(cell, list) else cell)
            for name, cell in row.items()]  # fmt: skip


def _json(text: str, file: Path) -> list[dict[str, str]]:
    try:
        found = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UserError(
            f"not a JSON array of objects: {error}", where=str(file), mend="see docs/accounting.md"
        ) from None
    return [{name: "" if cell is None else str(cell).strip() for name, cell in row.items()} for row in found]


def judged(
    file: Path, rows: Sequence[Row], columns: Sequence[str], judge: Callable[[Row], T], optional: Sequence[str] = ()
) -> list[T]:
    """Every row as `judge` reads it. A row that it refuses (UserError) is a fault; one fault refuses the file."""
    if not rows:
        raise UserError("the file has no rows", where=str(file), mend=f"columns: {', '.join(columns)}")
    found: list[T] = []
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        missing = [name for name in columns if name not in row]
        strange = [name for name in row if name not in columns and name not in optional]
        try:
            if missing or strange:
                raise UserError(f"no column {missing[0]!r}" if missing else f"unknown column {strange[0]!r}")
            found.append(judge(row))
        except UserError as error:
            faults.append(f"row {number}: {error}")
    refuse(file, faults)
    return found


def refuse(file: Path | str, faults: Sequence[str]) -> None:
    """Refuse a file for its faults, in one line."""
    if faults:
        more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        text = "; ".join(faults[:SHOWN]) + more
        raise UserError(text, where=str(file), mend="mend these rows and hand the whole file in again")


def day(row: Row, name: str) -> date:
    """A day in a cell."""
    try:
        return date.fromisoformat(row[name])
    except ValueError:
        raise UserError(f"{name} is no day: {row[name]!r}") from None


def money(row: Row, name: str, currency: str) -> int:
    """An amount in a cell, in minor units, never negative."""
    amount = to_minor(row[name] or "0", currency)
    if amount < 0:
        raise UserError(f"{name} is negative: {row[name]}")
    return amount


def said(row: Row, name: str) -> str:
    """A cell that may not be empty."""
    if not row[name]:
        raise UserError(f"{name} is empty")
    return row[name]
