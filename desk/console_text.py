"""How the command line reads days and prints tables, amounts and JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from recourse.errors import UserError

PLAIN_WIDTH = 160
"""Columns when the output is not a terminal."""

AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
On = Annotated[str, typer.Option("--on", metavar="DAY", help="business day, YYYY-MM-DD")]


def day_of(text: str, option: str) -> date:
    """A day from an option, or one line about it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"not a day: {text!r}", where=option, mend="write YYYY-MM-DD, such as 2026-03-31") from None


def optional_day(text: str, option: str) -> date | None:
    """As :func:`day_of`; an empty option is None."""
    return day_of(text, option) if text else None


def print_json(value: object) -> None:
    """Print a value as JSON."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2).decode() + "\n")


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print rows as a table; numbers stand to the right."""
    listed = [list(row) for row in rows]
    table = Table(title=title or None, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for place, name in enumerate(headers):
        number = bool(listed) and all(isinstance(row[place], int) for row in listed)
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in listed:
        table.add_row(
            *("" if cell is None else f"{cell:,}" if isinstance(cell, int) else escape(str(cell)) for cell in row)
        )
    console().print(table)


def console() -> Console:
    """The terminal; plain text when it is none."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def say(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
