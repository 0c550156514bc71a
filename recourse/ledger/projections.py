"""Rows for operations that follow from events: the call queue, placements, matters, documents made.

Applied when events are saved, and again by `recourse verify`, which must come to the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table

from recourse import events as ev
from recourse.canonical import encode
from recourse.ledger import bulk
from recourse.ledger.tables import accounts, agency_contacts, calls, documents_made, matters, placements

Recorded = tuple[str, str, ev.Event, date]
"""case id, person id, event, effective_on"""

Change = tuple[Table, tuple[str, ...], tuple[Any, ...]]
"""A row to upsert: table, columns (primary key first), values."""


def _call_queued(case_id: str, person_id: str, event: ev.CallQueued, on: date) -> Change:
    columns = (
        "call_id",
        "case_id",
        "person_id",
        "node",
        "n",
        "queued_on",
        "script",
        "state",
        "permit_id",
        "taken_by",
        "dials",
    )
    row = (event.call_id, case_id, person_id, event.node, event.n, on, event.script, "open", "", "", 0)
    return calls, columns, row


def _placed(case_id: str, person_id: str, event: ev.PlacementMade, on: date) -> Change:
    columns = ("placement_id", "case_id", "agency", "placed_on", "until_on", "cause", "amount", "certificate")
    return placements, columns, (event.placement_id, case_id, event.agency, on, event.until_on, "", event.amount, "")


def _agency_contact(case_id: str, person_id: str, event: ev.AgencyContacted, on: date) -> Change:
    columns = ("contact_id", "case_id", "placement_id", "agency", "on", "channel", "code", "recorded", "violations")
    row = (event.contact_id, case_id, event.placement_id, event.agency, on, event.channel, event.code,
           bool(event.recording), len(event.violations))  # fmt: skip
    return agency_contacts, columns, row


def _matter(case_id: str, person_id: str, event: ev.MatterOpened, on: date) -> Change:
    columns = ("matter_id", "case_id", "route", "stage", "stage_on", "number", "parties")
    return matters, columns, (event.matter_id, case_id, event.route, "filed", on, "", encode(event.parties))


def _document(case_id: str, person_id: str, event: ev.DocumentMade, on: date) -> Change:
    columns = ("case_id", "sha256", "kind", "node", "made_on")
    return documents_made, columns, (case_id, event.sha256, event.kind, event.node, on)


MADE: dict[type[ev.Event], Callable[[str, str, Any, date], Change]] = {
    ev.CallQueued: _call_queued,
    ev.PlacementMade: _placed,
    ev.AgencyContacted: _agency_contact,
    ev.MatterOpened: _matter,
    ev.DocumentMade: _document,
}

Move = tuple[Table, tuple[str, ...], tuple[str, ...], tuple[Any, ...]]
"""A row to change: table, key columns, columns, values."""

MOVED: dict[type[ev.Event], Callable[[Any, date], Move]] = {
    ev.CallClosed: lambda e, on: (calls, ("call_id",), ("state",), (e.call_id, "closed")),
    ev.PlacementRecalled: lambda e, on: (
        placements, ("placement_id",), ("recalled_on", "cause"), (e.placement_id, on, e.cause)
    ),
    ev.PlacementReturned: lambda e, on: (placements, ("placement_id",), ("returned_on",), (e.placement_id, on)),
    ev.CertificateReceived: lambda e, on: (
        placements, ("placement_id",), ("certificate", "certified_on"), (e.placement_id, e.sha256, on)
    ),
    ev.WrittenOff: lambda e, on: (accounts, ("account_id",), ("book_status",), (e.account_id, "written_off")),
    ev.MatterStageReached: lambda e, on: (
        matters, ("matter_id",), ("stage", "stage_on"), (e.matter_id, e.stage, on)
    ),
}  # fmt: skip


def moves(event: ev.Event, on: date) -> list[Move]:
    """The rows that an event changes; a court file number comes with whichever stage first knows it."""
    found = [MOVED[type(event)](event, on)]
    if isinstance(event, ev.MatterStageReached) and event.number:
        found.append((matters, ("matter_id",), ("number",), (event.matter_id, event.number)))
    return found


PROJECTED = frozenset(MADE) | frozenset(MOVED)


def project(connection: Connection, recorded: Sequence[Recorded]) -> None:
    """Bring the rows up to date with events, one statement per shape: of several for a row the last one counts."""
    made: dict[tuple[Table, tuple[str, ...]], list[tuple[Any, ...]]] = {}
    moved: dict[tuple[Table, tuple[str, ...], tuple[str, ...]], dict[tuple[Any, ...], tuple[Any, ...]]] = {}
    for case_id, person_id, event, on in recorded:
        if type(event) in MADE:
            table, columns, row = MADE[type(event)](case_id, person_id, event, on)
            made.setdefault((table, columns), []).append(row)
        else:
            for table, keys, columns, row in moves(event, on):
                moved.setdefault((table, keys, columns), {})[row[: len(keys)]] = row
    for (table, columns), rows in made.items():
        bulk.upsert(connection, table, columns, list({row[: len(table.primary_key)]: row for row in rows}.values()))
    for (table, keys, columns), changes in moved.items():
        bulk.update(connection, table, keys, columns, list(changes.values()))
