"""Rows of the past as the ledger keeps them: one shape for all tables of `past`, without anything personal.

A row that says what it said before is nothing new; one that says otherwise is a correction and becomes new events.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from recourse.canonical import encode
from recourse.intake.job import Job
from recourse.intake.layout import TABLES
from recourse.intake.past import HAPPENED, PAST
from recourse.intake.people_load import NUMBERS
from recourse.ledger.tables import past_rows
from recourse.ledger.vault import normalise

COLUMNS = ("name", "row_key", "account_id", "party_id", "happened_on", "row", "known_on", "batch_id")
NUMBER_OF = {"call": "phone", "sms": "sms", "email": "email", "post": "post", "visit": "post", "app": "app"}
"""Channel of a contact → the channel under which such a number is kept."""
_DAYS = {table.name: tuple(column.name for column in table.columns if column.kind == "date") for table in PAST}


class PastRow(msgspec.Struct, frozen=True):
    """One row of one table of the past; `cells` holds what is known, by column. `old`: what it said before."""

    name: str
    key: str
    account_id: str
    party_id: str
    happened_on: date
    cells: dict[str, Any]
    old: dict[str, Any] | None = None

    def get(self, column: str) -> Any:
        return self.cells.get(column)

    @property
    def text(self) -> str:
        return encode(self.cells)


def kept_row(name: str, key: str, text: str) -> PastRow:
    """A row as the ledger keeps it."""
    return _made(name, key, decoded(name, text))


def decoded(name: str, text: str) -> dict[str, Any]:
    """The cells of a stored row, days as days."""
    cells: dict[str, Any] = msgspec.json.decode(text)
    return cells | {day: date.fromisoformat(cells[day]) for day in _DAYS[name] if day in cells}


def delivered(job: Job, name: str) -> Iterator[tuple[int, PastRow]]:
    """Every sound row of a delivered table, with its number in the file."""
    rows, table = job.rows(name), TABLES[name]
    personal = {column.name for column in table.columns if column.personal}
    for row in () if rows is None else rows.iter_rows(named=True):
        cells = {column: row[column] for column in table.names if column not in personal and row[column] is not None}
        if name == "past_contacts" and row["number"]:
            cells["number_id"] = number_id(job, row["channel"], row["number"])
        key = ",".join(str(row[column]) for column in table.key)
        yield row["file_row"], _made(name, key, cells)


def number_id(job: Job, channel: str, number: str) -> str:
    """The blind index of a number or address; "" when there is none in it."""
    kind = NUMBERS[NUMBER_OF[channel]]
    return job.vault.blind_index(kind, number) if normalise(kind, number) else ""


def _made(name: str, key: str, cells: dict[str, Any]) -> PastRow:
    return PastRow(
        name, key, cells.get("account_id", ""), cells.get("party_id", ""), cells[HAPPENED[name]], cells
    )  # fmt: skip


def stored(row: PastRow, job: Job) -> tuple[Any, ...]:
    """The row for `past_rows`."""
    return (row.name, row.key, row.account_id, row.party_id, row.happened_on, row.text, job.pen.day, job.batch_id)


def kept_texts(job: Job, name: str, keys: list[str]) -> dict[str, str]:
    """Key → text of the rows of a table that the ledger has."""
    columns = (past_rows.c.row_key, past_rows.c.row)
    found = job.kept(columns, past_rows.c.row_key, keys, past_rows.c.name == name)
    return {key: text for key, text in found.iter_rows()}
