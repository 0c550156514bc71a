"""Rows for operations that follow from events: the call queue, placements, matters, papers, recordings.

Applied when events are saved, and again by `recourse verify`, which must come to the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table

from recourse import events as ev
from recourse.canonical import encode
from recourse.ledger import bulk
from recourse.ledger.tables import (
    accounts,
    calls,
    documents_made,
    matters,
    originals,
    papers,
    placements,
    recordings,
)

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
    columns = ("placement_id", "case_id", "agency", "placed_on", "until_on", "cause")
    return placements, columns, (event.placement_id, case_id, event.agency, on, event.until_on, "")


def _matter(case_id: str, person_id: str, event: ev.MatterOpened, on: date) -> Change:
    columns = ("matter_id", "case_id", "route", "stage", "stage_on", "number", "parties")
    return matters, columns, (event.matter_id, case_id, event.route, "filed", on, "", encode(event.parties))


def _document(case_id: str, person_id: str, event: ev.DocumentMade, on: date) -> Change:
    columns = ("case_id", "sha256", "kind", "node", "made_on")
    return documents_made, columns, (case_id, event.sha256, event.kind, event.node, on)


def _received(case_id: str, person_id: str, event: ev.DocumentReceived, on: date) -> Change:
    columns = ("case_id", "sha256", "kind", "media_type", "size", "node", "dated_on", "original_at", "source",
               "received_on")  # fmt: skip
    return papers, columns, (case_id, event.sha256, event.kind, event.media_type, event.size, event.node,
                             event.dated_on, event.original_at, event.source, on)  # fmt: skip


def _seen(case_id: str, person_id: str, event: ev.OriginalSeen, on: date) -> Change:
    """Seen anew, an original is not checked until somebody confirms it anew."""
    columns = ("case_id", "sha256", "original_at", "seen_by", "seen_on", "beside", "confirmed_by", "confirmed_on")
    row = (case_id, event.sha256, event.original_at, event.seen_by, on, event.beside, "", None)
    return originals, columns, row


def _recording(case_id: str, person_id: str, event: ev.RecordingReferred, on: date) -> Change:
    columns = ("case_id", "system", "reference", "permit_id", "call_id", "seconds", "sha256", "referred_on")
    row = (case_id, event.system, event.reference, event.permit_id, event.call_id, event.seconds, event.sha256, on)
    return recordings, columns, row


MADE: dict[type[ev.Event], Callable[[str, str, Any, date], Change]] = {
    ev.CallQueued: _call_queued,
    ev.PlacementMade: _placed,
    ev.MatterOpened: _matter,
    ev.DocumentMade: _document,
    ev.DocumentReceived: _received,
    ev.OriginalSeen: _seen,
    ev.RecordingReferred: _recording,
}

Move = tuple[Table, tuple[str, ...], tuple[str, ...], tuple[Any, ...]]
"""A row to change: table, key columns, columns, values."""

MOVED: dict[type[ev.Event], Callable[[str, Any, date], Move]] = {
    ev.CallClosed: lambda case_id, e, on: (calls, ("call_id",), ("state",), (e.call_id, "closed")),
    ev.PlacementRecalled: lambda case_id, e, on: (
        placements, ("placement_id",), ("recalled_on", "cause"), (e.placement_id, on, e.cause)
    ),
    ev.PlacementReturned: lambda case_id, e, on: (
        placements, ("placement_id",), ("returned_on",), (e.placement_id, on)
    ),
    ev.WrittenOff: lambda case_id, e, on: (accounts, ("account_id",), ("book_status",), (e.account_id, "written_off")),
    ev.MatterStageReached: lambda case_id, e, on: (
        matters, ("matter_id",), ("stage", "stage_on"), (e.matter_id, e.stage, on)
    ),
    ev.OriginalConfirmed: lambda case_id, e, on: (
        originals, ("case_id", "sha256"), ("confirmed_by", "confirmed_on"), (case_id, e.sha256, e.confirmed_by, on)
    ),
}  # fmt: skip
"""Rows are found by their whole primary key."""


def moves(case_id: str, event: ev.Event, on: date) -> list[Move]:
    """The rows that an event changes; a court file number comes with whichever stage first knows it."""
    found = [MOVED[type(event)](case_id, event, on)]
    if isinstance(event, ev.MatterStageReached) and event.number:
        found.append((matters, ("matter_id",), ("number",), (event.matter_id, event.number)))
    return found


PROJECTED = frozenset(MADE) | frozenset(MOVED)

REBUILT: tuple[Table, ...] = (calls, placements, matters, documents_made, papers, originals, recordings)
"""Tables whose rows follow from events alone, so that `recourse verify` can compare them; intake writes the others too."""

WORKED: Mapping[Table, frozenset[str]] = {
    calls: frozenset({"person_id", "state", "permit_id", "taken_by", "dials"}),
}
"""Columns of these that the day's work changes without an event of the row's own: not compared."""


def project(connection: Connection, recorded: Sequence[Recorded]) -> None:
    """Bring the rows up to date with events, one statement per shape: of several for a row the last one counts."""
    made: dict[tuple[Table, tuple[str, ...]], list[tuple[Any, ...]]] = {}
    moved: dict[tuple[Table, tuple[str, ...], tuple[str, ...]], dict[tuple[Any, ...], tuple[Any, ...]]] = {}
    for case_id, person_id, event, on in recorded:
        if type(event) in MADE:
            table, columns, row = MADE[type(event)](case_id, person_id, event, on)
            made.setdefault((table, columns), []).append(row)
        else:
            for table, keys, columns, row in moves(case_id, event, on):
                moved.setdefault((table, keys, columns), {})[row[: len(keys)]] = row
    for (table, columns), rows in made.items():
        bulk.upsert(connection, table, columns, list({row[: len(table.primary_key)]: row for row in rows}.values()))
    for (table, keys, columns), changes in moved.items():
        bulk.update(connection, table, keys, columns, list(changes.values()))
