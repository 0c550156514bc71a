"""The journal of agencies and the rows that follow from it: the register, breaches, files.

An agency's events stand on a stream of its own, ``agency:<id>``, whose head is locked while one is appended. The rows
are written in the same transaction; `recourse verify` rebuilds and compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from recourse import events as ev
from recourse.agencies.register import Entry, fold, stream_of
from recourse.canonical import encode
from recourse.errors import UserError
from recourse.ledger import bulk, sets, store
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import agencies, agency_files, agency_violations, cases, placements

ENTRY_COLUMNS = ("agency", "white_listed", "contract_until_on", "reviewed_on", "entry")
VIOLATION_COLUMNS = ("violation_id", "agency", "violation", "serious", "rule", "placement_id", "found_on", "closed_on")
FILE_COLUMNS = ("content", "agency", "direction", "on", "sha256", "rows")
Row = tuple[Any, ...]


def lock(connection: Connection, agency: str) -> None:
    """Hold an agency for the length of the transaction: whoever gives it quotas, takes its results or strikes it does so
    before any case is locked, so that two never wait for each other."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"agency/{agency}"))))


def record(connection: Connection, agency: str, recorded: store.Recorded, pen: Pen) -> Entry:
    """Append events to an agency's stream and bring its rows up to date; the entry as it is now."""
    store.append(connection, stream_of(agency), recorded, pen)
    kept = connection.execute(select(agencies.c.entry).where(agencies.c.agency == agency)).scalar()
    entry = Entry() if kept is None else msgspec.json.decode(kept, type=Entry)
    new = [(event, on or pen.day) for event, on in recorded]
    for event, on in new:
        fold(entry, event, on)
    bulk.upsert(connection, agencies, ENTRY_COLUMNS, [entry_row(agency, entry)])
    bulk.insert(connection, agency_violations, VIOLATION_COLUMNS, list(violation_rows(new)))
    closed = [(event.violation_id, on) for event, on in new if isinstance(event, ev.ViolationClosed)]
    bulk.update(connection, agency_violations, ("violation_id",), ("closed_on",), closed)
    bulk.insert(connection, agency_files, FILE_COLUMNS, list(file_rows(new)))
    return entry


def entry_row(agency: str, entry: Entry) -> Row:
    """The register's row of an entry."""
    contract = entry.contract
    until_on = contract.until_on if contract is not None and contract.ended_on is None else None
    return (agency, entry.listed, until_on, entry.reviewed_on, encode(entry))


def violation_rows(recorded: Iterable[tuple[ev.Event, date]]) -> Iterable[Row]:
    """Rows of the breaches among events."""
    for event, on in recorded:
        if isinstance(event, ev.ViolationFound):
            yield (event.violation_id, event.agency, event.violation, event.serious, event.rule, event.placement_id,
                   on, None)  # fmt: skip


def file_rows(recorded: Iterable[tuple[ev.Event, date]]) -> Iterable[Row]:
    """Rows of the files among events."""
    for event, on in recorded:
        if isinstance(event, ev.AgencyFileWritten):
            yield (event.sha256, event.agency, "out", event.on, event.sha256, event.rows)
        elif isinstance(event, ev.ResultsTaken):
            yield (event.content, event.agency, "in", on, event.sha256, event.rows)


def entries(connection: Connection) -> dict[str, Entry]:
    """The whole register, by agency."""
    rows = connection.execute(select(agencies.c.agency, agencies.c.entry).order_by(agencies.c.agency))
    return {agency: msgspec.json.decode(text, type=Entry) for agency, text in rows}


def entry_of(connection: Connection, agency: str) -> Entry:
    """One agency's entry; an unknown one is refused."""
    text = connection.execute(select(agencies.c.entry).where(agencies.c.agency == agency)).scalar()
    if text is None:
        raise UserError(f"no agency {agency!r}", mend="see `recourse agency list`")
    return msgspec.json.decode(text, type=Entry)


def loads(connection: Connection) -> dict[str, int]:
    """Agency → debts that it holds."""
    held = placements.c.returned_on.is_(None)
    query = select(placements.c.agency, func.count()).where(held).group_by(placements.c.agency)
    return {agency: number for agency, number in connection.execute(query)}


def placed_with(connection: Connection, person_ids: Sequence[str]) -> Mapping[str, str]:
    """Person → the agency that works a debt of that person, for those of whom one is with an agency."""
    query = (
        select(cases.c.person_id, placements.c.agency)
        .join(cases, cases.c.case_id == placements.c.case_id)
        .where(placements.c.returned_on.is_(None), sets.among(cases.c.person_id, sorted(set(person_ids))))
        .order_by(placements.c.placed_on.desc(), placements.c.placement_id)
    )
    return {person: agency for person, agency in connection.execute(query)}
