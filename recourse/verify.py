"""Proving the ledger: chains, heads, seals, and projections rebuilt from the journal and compared.

One pass over the journal in stream order; memory holds the cases, and one link a stream and business day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from recourse import events as ev
from recourse.canonical import chain
from recourse.casefile import CaseFile
from recourse.errors import UserError
from recourse.events import open_envelope
from recourse.fold import fold
from recourse.ledger import guards
from recourse.ledger.seal import root_of
from recourse.ledger.store import GENESIS, Slots
from recourse.ledger.tables import business_days, cases, events, gates, seals, streams, visits
from recourse.rebuilt import Rows

FAULTS_SHOWN = 50


class Verified(msgspec.Struct):
    """What was proved, and every fault found (the first fifty)."""

    streams: int = 0
    events: int = 0
    seals: int = 0
    cases: int = 0
    faults: list[str] = []

    @property
    def sound(self) -> bool:
        return not self.faults

    def fault(self, text: str) -> None:
        if len(self.faults) < FAULTS_SHOWN:
            self.faults.append(text)


Links = list[tuple[date, int, bytes]]


def verify(connection: Connection, *, since: date | None = None, shard: str = "") -> Verified:
    """Check everything, or the seals from a day on, or the cases of one shard (whose seals need all streams)."""
    found = Verified()
    found.faults += [f"guard missing: {name}" for name in guards.missing(connection)]
    slots = Slots.of(shard) if shard else None
    known = _cases(connection, slots)
    other = {name: (pos, bytes(head)) for name, pos, head in connection.execute(select(streams))}
    statuses: dict[str, str] = {}
    rows_made = Rows(connection, found.fault)
    ends: dict[str, Links] = {}
    for name, rows in _streams(connection):
        case_id = name.removeprefix("case:") if name.startswith("case:") else ""
        if slots is not None and case_id not in known:
            continue
        links, file = _check_chain(name, rows, found, statuses, rows_made)
        ends[name] = links
        if case_id:
            rows_made.finish(case_id)
            _check_case(case_id, links, file, known.pop(case_id, None), found)
        elif name not in other or (links[-1][1], links[-1][2]) != other.pop(name):
            found.fault(f"{name}: the head kept is not the last link")
    found.faults += [f"case {case_id}: its stream is gone" for case_id in list(known)[:FAULTS_SHOWN]]
    found.faults += [f"{name}: its stream is gone" for name in (other if slots is None else {})]
    _check_gates(connection, statuses, found, slots is None)
    rows_made.compare()
    rows_made.compare_shared(slots is None)
    if slots is None:
        rows_made.name_strays(ends)
        _check_seals(connection, ends, since, found)
    return found


def _cases(connection: Connection, slots: Slots | None) -> dict[str, Any]:
    query = select(cases)
    if slots is not None:
        query = query.where(cases.c.shard.between(slots.first, slots.last))
    found = {row.case_id: row for row in connection.execute(query)}
    return found


def _streams(connection: Connection) -> Iterator[tuple[str, Iterator[Any]]]:
    query = select(events).order_by(events.c.stream, events.c.pos)
    rows = connection.execution_options(yield_per=10_000).execute(query)
    yield from groupby(rows, key=lambda row: row.stream)


def _check_chain(
    name: str, rows: Iterator[Any], found: Verified, statuses: dict[str, str], rows_made: Rows
) -> tuple[Links, CaseFile]:
    head, links, file = GENESIS, list[tuple[date, int, bytes]](), CaseFile()
    acted: set[str] = set()
    found.streams += 1
    for n, row in enumerate(rows, start=1):
        found.events += 1
        head = chain(head, row.text)
        if row.pos != n:
            found.fault(f"{name}: event {n} is missing")
        if head != bytes(row.hash):
            found.fault(f"{name}/{row.pos}: the text does not give the hash kept")
            head = bytes(row.hash)
        if links and links[-1][0] == row.known_on:
            links.pop()
        links.append((row.known_on, row.pos, bytes(row.hash)))
        try:
            envelope, event = open_envelope(row.text)
        except (UserError, msgspec.DecodeError) as error:
            found.fault(f"{name}/{row.pos}: the text is no event of ours: {error}")
            continue
        if (envelope.type, envelope.effective_on, envelope.known_on) != (row.type, row.effective_on, row.known_on):
            found.fault(f"{name}/{row.pos}: the columns differ from the text")
        fold(file, event, envelope.effective_on, envelope.known_on)
        _follow_gate(event, statuses)
        rows_made.follow(name, event, envelope.effective_on)
        if isinstance(event, ev.ActCompleted):
            if event.key in acted:
                found.fault(f"{name}/{row.pos}: the act {event.key} was done before")
            acted.add(event.key)
    return links, file


def _follow_gate(event: ev.Event, statuses: dict[str, str]) -> None:
    if isinstance(event, ev.GateOpened):
        statuses.setdefault(event.gate_id, "open")
    elif isinstance(event, ev.GateAnswered):
        statuses[event.gate_id] = event.verdict
    elif isinstance(event, ev.GateWithdrawn):
        statuses[event.gate_id] = "withdrawn"
    elif isinstance(event, ev.ApprovalVoided):
        statuses[event.gate_id] = "void"


def _check_case(case_id: str, links: Links, file: CaseFile, row: Any, found: Verified) -> None:
    found.cases += 1
    if row is None:
        found.fault(f"case {case_id}: the journal has it, the table does not")
        return
    if (row.head_pos, bytes(row.head_hash)) != (links[-1][1], links[-1][2]):
        found.fault(f"case {case_id}: the head kept is not the last link")
    kept = msgspec.json.decode(row.file, type=CaseFile)
    if kept != file:
        parts = [name for name in file.__struct_fields__ if getattr(kept, name) != getattr(file, name)]
        found.fault(f"case {case_id}: the journal gives another file ({', '.join(parts)})")
    if bool(file.end) != (row.closed_on is not None):
        found.fault(f"case {case_id}: open and closed disagree")


def _check_gates(connection: Connection, statuses: dict[str, str], found: Verified, whole: bool) -> None:
    query = select(gates.c.gate_id, gates.c.status)
    if not whole:  # a list is answered in a stream of its own, which no shard reads
        query = query.where(gates.c.kind != "list")
    for gate_id, status in connection.execute(query):
        if gate_id in statuses and statuses[gate_id] != status:
            found.fault(f"gate {gate_id}: {status} in the table, {statuses[gate_id]} by the journal")
        elif gate_id not in statuses and whole:
            found.fault(f"gate {gate_id}: the journal knows nothing of it")


def _check_seals(connection: Connection, ends: dict[str, Links], since: date | None, found: Verified) -> None:
    query = select(seals).order_by(seals.c.day)
    if since is not None:
        query = query.where(seals.c.day >= since)
    closed = set(connection.execute(select(business_days.c.day).where(business_days.c.closed)).scalars())
    for day in sorted(closed - set(connection.execute(select(seals.c.day)).scalars())):
        found.fault(f"seal of {day}: it is gone")
    days = {name: [known_on for known_on, _, _ in links] for name, links in ends.items()}
    for row in connection.execute(query):
        heads = []
        for name in sorted(ends):
            place = bisect_right(days[name], row.day)
            if place:
                _, pos, head = ends[name][place - 1]
                heads.append((name, pos, head))
        found.seals += 1
        if root_of(heads) != row.root or len(heads) != row.streams:
            found.fault(f"seal of {row.day}: the streams do not give its root")


def check_visits(connection: Connection, found: Verified) -> None:
    """Compare the table of visits with the files (whose truth was proved before)."""
    kept: dict[tuple[str, str], Any] = {}
    for row in connection.execute(select(visits).order_by(visits.c.case_id, visits.c.node, visits.c.n)):
        earlier = kept.get((row.case_id, row.node))
        if earlier is not None and earlier.state != "left":
            found.fault(f"case {row.case_id}: visit {earlier.n} of {row.node} was never left")
        kept[row.case_id, row.node] = row
    for case_id, text in connection.execute(select(cases.c.case_id, cases.c.file)):
        for node, visit in msgspec.json.decode(text, type=CaseFile).visits.items():
            row = kept.pop((case_id, node), None)
            if row is None or (row.n, row.state, row.entered_on, row.left_on, row.outcome) != (
                visit.n, visit.state, visit.entered_on, visit.left_on, visit.outcome
            ):  # fmt: skip
                found.fault(f"case {case_id}: the visit of {node} differs from the file")
    for case_id, node in kept:
        found.fault(f"case {case_id}: a visit of {node} that the file does not have")
