"""Rows that follow from events alone, rebuilt from the journal and compared with the tables, some thousand cases at a time.

Most rows belong to one case, whose stream alone makes and changes them. What several cases speak of (a court file) is
kept until the end of the pass.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, func, select

from recourse import events as ev
from recourse.agencies.register import STREAM, Entry, fold
from recourse.callers import register as callers
from recourse.ledger import agency_rows, caller_rows, contact_term_rows, projections, sets
from recourse.ledger.tables import agencies, agency_files, agency_violations, collectors, contact_terms

CASES_AT_ONCE = 5_000
APART = (agencies, agency_violations, agency_files, contact_terms, collectors)
"""What is kept of agencies, of callers and of what binds contacts, from streams of their own."""

Key = tuple[Any, ...]
"""The primary key of a row."""


class Rows:
    """The rows of every rebuilt projection as the journal gives them; `fault` is told what differs."""

    def __init__(self, connection: Connection, fault: Callable[[str], None]) -> None:
        self._connection, self._fault = connection, fault
        every = (*projections.REBUILT, *projections.SHARED, *APART)
        self._rows: dict[Table, dict[Key, dict[str, Any]]] = {table: {} for table in every}
        self._met: dict[Table, int] = dict.fromkeys(projections.REBUILT, 0)
        self._cases: list[str] = []
        self._entries: dict[str, Entry] = {}
        self._callers: dict[str, callers.Entry] = {}

    def follow(self, stream: str, event: ev.Event, on: date) -> None:
        """Apply one event, as it was applied when it was saved."""
        if stream.startswith(STREAM):
            self._follow_agency(stream.removeprefix(STREAM), event, on)
            return
        if stream.startswith(contact_term_rows.STREAM):
            self._follow_person(stream.removeprefix(contact_term_rows.STREAM), event, on)
        if stream.startswith(callers.STREAM):
            self._follow_caller(stream.removeprefix(callers.STREAM), event, on)
            return
        kind, case_id = type(event), stream.removeprefix("case:")
        if kind in projections.MADE:
            for table, columns, row in projections.MADE[kind](case_id, "", event, on):
                if table not in self._rows:
                    continue
                made = dict(zip(columns, row, strict=True))
                self._rows[table].setdefault(row[: len(table.primary_key)], {}).update(made)
        elif kind in projections.PROJECTED:
            for table, keys, columns, row in projections.moves(case_id, event, on):
                known = self._rows.get(table, {}).get(row[: len(keys)])
                if known is not None:
                    known.update(zip(columns, row[len(keys) :], strict=True))

    def _follow_person(self, person_id: str, event: ev.Event, on: date) -> None:
        terms = self._rows[contact_terms]
        if isinstance(event, ev.ContactTermSet):
            row = contact_term_rows.made(person_id, event, on)
            terms[(event.term_id,)] = dict(zip(contact_term_rows.COLUMNS, row, strict=True))
        elif isinstance(event, ev.ContactTermLifted):
            terms.get((event.term_id,), {})["lifted_on"] = on

    def _follow_agency(self, agency: str, event: ev.Event, on: date) -> None:
        self._entries[agency] = entry = fold(self._entries.get(agency) or Entry(), event, on)
        made: list[projections.Change] = [(agencies, agency_rows.ENTRY_COLUMNS, agency_rows.entry_row(agency, entry))]
        made += [
            (agency_violations, agency_rows.VIOLATION_COLUMNS, r) for r in agency_rows.violation_rows([(event, on)])
        ]
        made += [(agency_files, agency_rows.FILE_COLUMNS, row) for row in agency_rows.file_rows([(event, on)])]
        for table, columns, row in made:
            self._rows[table][row[: len(table.primary_key)]] = dict(zip(columns, row, strict=True))
        if isinstance(event, ev.ViolationClosed):
            self._rows[agency_violations].get((event.violation_id,), {})["closed_on"] = on

    def _follow_caller(self, collector: str, event: ev.Event, on: date) -> None:
        entry = self._callers[collector] = callers.fold(self._callers.get(collector) or callers.Entry(), event, on)
        row = caller_rows.entry_row(collector, entry)
        self._rows[collectors][row[:1]] = dict(zip(caller_rows.ENTRY_COLUMNS, row, strict=True))

    def finish(self, case_id: str) -> None:
        """All events of a case were followed."""
        self._cases.append(case_id)
        if len(self._cases) >= CASES_AT_ONCE:
            self.compare()

    def compare(self) -> None:
        """Name every row of the cases finished since the last time that is missing, added or different."""
        for table in projections.REBUILT:
            rows = self._rows[table]
            worked = projections.WORKED.get(table, frozenset())
            query = select(table).where(sets.among(table.c.case_id, self._cases))
            for row in self._connection.execute(query).mappings():
                self._met[table] += 1
                key = _key(table, row)
                made = rows.pop(key, None)
                if made is None:
                    self._fault(f"{_named(table, key)}: the journal knows nothing of it")
                elif any(row[column] != value for column, value in made.items() if column not in worked):
                    self._fault(f"{_named(table, key)}: the journal gives another row")
            for key in rows:
                self._fault(f"{_named(table, key)}: its row is gone")
            rows.clear()
        self._cases.clear()

    def compare_shared(self, whole: bool) -> None:
        """The same of what several cases speak of, and of what stands apart, at the end of the pass; `whole`: all cases were read."""
        for table in (*projections.SHARED, *(APART if whole else ())):
            rows = self._rows[table]
            for row in self._connection.execute(select(table)).mappings():
                made = rows.pop(_key(table, row), None)
                if made is None and whole:
                    self._fault(f"{_named(table, _key(table, row))}: the journal knows nothing of it")
                elif made is not None and any(row[column] != value for column, value in made.items()):
                    self._fault(f"{_named(table, _key(table, row))}: the journal gives another row")
            for key in rows:
                self._fault(f"{_named(table, key)}: its row is gone")

    def name_strays(self, streams: Container[str]) -> None:
        """Name the rows of cases that have no stream; called when every case was compared."""
        for table, met in self._met.items():
            if self._connection.execute(select(func.count()).select_from(table)).scalar() == met:
                continue
            for row in self._connection.execute(select(table)).mappings():
                if f"case:{row['case_id']}" not in streams:
                    self._fault(f"{_named(table, _key(table, row))}: the journal knows nothing of it")


def _key(table: Table, row: Any) -> Key:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _named(table: Table, key: Key) -> str:
    return f"{table.name} {'/'.join(map(str, key))}"
