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
from recourse.ledger.tables import (
    accounts,
    calls,
    costs,
    documents_made,
    foreclosed_assets,
    hearings,
    matter_cases,
    matters,
    measures,
    placements,
)

Recorded = tuple[str, str, ev.Event, date]
"""case id, person id, event, effective_on"""

Change = tuple[Table, tuple[str, ...], tuple[Any, ...]]
"""A row to upsert: table, columns (primary key first), values."""

Changes = tuple[Change, ...]


def _call_queued(case_id: str, person_id: str, event: ev.CallQueued, on: date) -> Changes:
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
    return ((calls, columns, row),)


def _placed(case_id: str, person_id: str, event: ev.PlacementMade, on: date) -> Changes:
    columns = ("placement_id", "case_id", "agency", "placed_on", "until_on", "cause")
    return ((placements, columns, (event.placement_id, case_id, event.agency, on, event.until_on, "")),)


def _matter(case_id: str, person_id: str, event: ev.MatterOpened, on: date) -> Changes:
    columns = ("matter_id", "route", "stage", "stage_on", "number", "parties", "court", "counsel")
    row = (event.matter_id, event.route, "filed", on, "", encode(event.parties), event.court, "")
    return (matters, columns, row), (matter_cases, MATTER_CASE, (event.matter_id, case_id))


def _joined(case_id: str, person_id: str, event: ev.MatterJoined, on: date) -> Changes:
    return ((matter_cases, MATTER_CASE, (event.matter_id, case_id)),)


def _measure(case_id: str, person_id: str, event: ev.MeasureTaken, on: date) -> Changes:
    columns = ("measure_id", "matter_id", "kind", "amount", "asset", "pre_suit", "taken_on", "until_on", "proof")
    row = (event.measure_id, event.matter_id, event.kind, event.amount, event.asset, event.pre_suit, on,
           event.until_on, event.proof)  # fmt: skip
    return ((measures, columns, row),)


def _hearing(case_id: str, person_id: str, event: ev.HearingSet, on: date) -> Changes:
    columns = ("hearing_id", "matter_id", "held_on", "time", "place", "result")
    return ((hearings, columns, (event.hearing_id, event.matter_id, event.held_on, event.time, event.place, "")),)


def _cost(case_id: str, person_id: str, event: ev.CostBooked, on: date) -> Changes:
    columns = ("cost_id", "case_id", "matter_id", "kind", "amount", "currency", "booked_on", "proof")
    row = (event.cost_id, case_id, event.matter_id, event.kind, event.amount, event.currency, on, event.proof)
    return ((costs, columns, row),)


def _document(case_id: str, person_id: str, event: ev.DocumentMade, on: date) -> Changes:
    columns = ("case_id", "sha256", "kind", "node", "made_on")
    return ((documents_made, columns, (case_id, event.sha256, event.kind, event.node, on)),)


def _asset(case_id: str, person_id: str, event: ev.AssetTaken, on: date) -> Changes:
    columns = ("asset_id", "case_id", "collateral_id", "value", "taken_on", "proof")
    row = (event.asset_id, case_id, event.collateral_id, event.value, on, event.proof)
    return ((foreclosed_assets, columns, row),)


MADE: dict[type[ev.Event], Callable[[str, str, Any, date], Changes]] = {
    ev.CallQueued: _call_queued,
    ev.PlacementMade: _placed,
    ev.MatterOpened: _matter,
    ev.MatterJoined: _joined,
    ev.MeasureTaken: _measure,
    ev.HearingSet: _hearing,
    ev.CostBooked: _cost,
    ev.AssetTaken: _asset,
    ev.DocumentMade: _document,
}

MATTER_CASE = ("matter_id", "case_id")

Move = tuple[Table, tuple[str, ...], tuple[str, ...], tuple[Any, ...]]
"""A row to change: table, key columns, columns, values."""

MOVED: dict[type[ev.Event], Callable[[Any, date], Move]] = {
    ev.CallClosed: lambda e, on: (calls, ("call_id",), ("state",), (e.call_id, "closed")),
    ev.PlacementRecalled: lambda e, on: (
        placements, ("placement_id",), ("recalled_on", "cause"), (e.placement_id, on, e.cause)
    ),
    ev.PlacementReturned: lambda e, on: (placements, ("placement_id",), ("returned_on",), (e.placement_id, on)),
    ev.WrittenOff: lambda e, on: (accounts, ("account_id",), ("book_status",), (e.account_id, "written_off")),
    ev.MatterStageReached: lambda e, on: (
        matters, ("matter_id",), ("stage", "stage_on"), (e.matter_id, e.stage, on)
    ),
    ev.MeasureLifted: lambda e, on: (measures, ("measure_id",), ("lifted_on",), (e.measure_id, on)),
    ev.HearingHeld: lambda e, on: (hearings, ("hearing_id",), ("result",), (e.hearing_id, e.result)),
    ev.AssetDisposed: lambda e, on: (
        foreclosed_assets, ("asset_id",), ("disposed_on", "price"), (e.asset_id, on, e.price)
    ),
    ev.ClaimTransferred: lambda e, on: (accounts, ("account_id",), ("book_status",), (e.account_id, "transferred")),
}  # fmt: skip


def moves(event: ev.Event, on: date) -> list[Move]:
    """The rows that an event changes; a court file number comes with whichever stage first knows it."""
    if isinstance(event, ev.MeasureRenewed):
        row = (event.measure_id, event.until_on, event.proof)
        return [(measures, ("measure_id",), ("until_on", "proof"), row)] if event.proof else []
    if isinstance(event, ev.MatterAssigned):
        return [
            (matters, ("matter_id",), (name,), (event.matter_id, value))
            for name, value in (("court", event.court), ("counsel", event.counsel))
            if value
        ]
    found = [MOVED[type(event)](event, on)]
    if isinstance(event, ev.MatterStageReached) and event.number:
        found.append((matters, ("matter_id",), ("number",), (event.matter_id, event.number)))
    return found


PROVED: tuple[Table, ...] = (placements, matters, matter_cases, measures, hearings, costs, foreclosed_assets)
"""Tables that follow from the journal alone: `recourse verify` rebuilds and compares them row by row."""

PROJECTED = frozenset(MADE) | frozenset(MOVED) | {ev.MeasureRenewed, ev.MatterAssigned}


def project(connection: Connection, recorded: Sequence[Recorded]) -> None:
    """Bring the rows up to date with events, one statement per shape: of several for a row the last one counts."""
    made: dict[tuple[Table, tuple[str, ...]], list[tuple[Any, ...]]] = {}
    moved: dict[tuple[Table, tuple[str, ...], tuple[str, ...]], dict[tuple[Any, ...], tuple[Any, ...]]] = {}
    for case_id, person_id, event, on in recorded:
        if type(event) in MADE:
            for table, columns, row in MADE[type(event)](case_id, person_id, event, on):
                made.setdefault((table, columns), []).append(row)
        else:
            for table, keys, columns, row in moves(event, on):
                moved.setdefault((table, keys, columns), {})[row[: len(keys)]] = row
    for (table, columns), rows in made.items():
        bulk.upsert(connection, table, columns, list({row[: len(table.primary_key)]: row for row in rows}.values()))
    for (table, keys, columns), changes in moved.items():
        bulk.update(connection, table, keys, columns, list(changes.values()))
