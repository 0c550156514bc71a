"""Sheets of rows → XLSX. The same rows give the same bytes, and what is text is never read as a formula or a link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import msgspec
from xlsxwriter import Workbook

from recourse.money import MINOR_DIGITS, minor_digits, to_text

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  # a constant, so that the bytes say nothing of when they were made
WIDEST, NARROWEST = 68, 8
"""Columns are as wide as their longest cell, within these limits (characters)."""


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units, shown as a number of its currency."""

    minor: int
    currency: str


Cell = str | int | date | Money | None


class Sheet(msgspec.Struct, frozen=True):
    """One sheet: its name (at most 31 characters), the titles of its columns, its rows."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def workbook(sheets: Sequence[Sheet], title: str) -> bytes:
    """The XLSX file."""
    buffer = BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, plain)
    book.set_properties({"title": title, "author": "Recourse", "created": CREATED})
    for sheet in sheets:
        _write(book, sheet)
    book.close()
    return buffer.getvalue()


def _write(book: Workbook, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    bold = book.add_format({"bold": True, "bottom": 1})
    formats = {
        digits: book.add_format({"num_format": _number(digits)}) for digits in sorted(set(MINOR_DIGITS.values()))
    }
    for column, title in enumerate(sheet.header):
        page.write_string(0, column, title, bold)
    for at, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Money):
                amount = Decimal(to_text(cell.minor, cell.currency))
                page.write_number(at, column, amount, formats[minor_digits(cell.currency)])
            elif isinstance(cell, int):
                page.write_number(at, column, cell)
            elif cell is not None:
                page.write_string(at, column, str(cell))
    for column, title in enumerate(sheet.header):
        longest = max(map(_length, [title, *(row[column] for row in sheet.rows)]))
        page.set_column(column, column, min(WIDEST, max(NARROWEST, longest + 2)))
    page.freeze_panes(1, 0)


def _number(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _length(cell: Cell) -> int:
    """Width of a cell in characters; a Chinese one counts for two."""
    text = to_text(cell.minor, cell.currency, grouped=True) if isinstance(cell, Money) else str(cell or "")
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)
