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
from recourse.fold_contact import ENDS
from recourse.ledger import agreed_rows, brake_rows, bulk, paper_rows
from recourse.ledger.tables import (
    accounts,
    agency_contacts,
    calls,
    costs,
    documents_made,
    field_visits,
    foreclosed_assets,
    hearings,
    locates,
    matter_cases,
    matters,
    measures,
    originals,
    papers,
    placements,
    pool_claims,
    pools,
    recordings,
    script_violations,
    taken_over,
    write_offs,
)
from recourse.money import Amounts

Recorded = tuple[str, str, ev.Event, date]
"""case id, person id, event, effective_on"""

Change = agreed_rows.Change
Changes = agreed_rows.Changes


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
        "assigned_to",
        "assigned_on",
    )
    row = (event.call_id, case_id, person_id, event.node, event.n, on, event.script, "open", "", "", 0, "", None)
    return ((calls, columns, row),)


def _script_violation(case_id: str, person_id: str, event: ev.ScriptViolationFound, on: date) -> Changes:
    columns = ("violation_id", "case_id", "rule", "phrase", "place", "written_by", "ref", "found_on", "closed_on",
               "result")  # fmt: skip
    row = (event.violation_id, case_id, event.rule, event.phrase, event.where, event.by, event.ref, on, None, "")
    return ((script_violations, columns, row),)


def _placed(case_id: str, person_id: str, event: ev.PlacementMade, on: date) -> Changes:
    columns = ("placement_id", "case_id", "agency", "placed_on", "until_on", "cause", "amount", "certificate")
    row = (event.placement_id, case_id, event.agency, on, event.until_on, "", event.amount, "")
    return ((placements, columns, row),)


def _agency_contact(case_id: str, person_id: str, event: ev.AgencyContacted, on: date) -> Changes:
    columns = ("contact_id", "case_id", "placement_id", "agency", "on", "channel", "code", "recorded", "violations")
    row = (event.contact_id, case_id, event.placement_id, event.agency, on, event.channel, event.code,
           bool(event.recording), len(event.violations))  # fmt: skip
    return (agency_contacts, columns, row), *agreed_rows.promised(case_id, person_id, event, on)


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


def _received(case_id: str, person_id: str, event: ev.DocumentReceived, on: date) -> Changes:
    columns = ("case_id", "sha256", "kind", "media_type", "size", "node", "dated_on", "original_at", "source",
               "received_on")  # fmt: skip
    row = (case_id, event.sha256, event.kind, event.media_type, event.size, event.node, event.dated_on, event.original_at,
           event.source, on)  # fmt: skip
    return ((papers, columns, row),)


def _seen(case_id: str, person_id: str, event: ev.OriginalSeen, on: date) -> Changes:
    """Seen anew, an original is not checked until somebody confirms it anew."""
    columns = ("case_id", "sha256", "original_at", "seen_by", "seen_on", "beside", "confirmed_by", "confirmed_on")
    row = (case_id, event.sha256, event.original_at, event.seen_by, on, event.beside, "", None)
    return ((originals, columns, row),)


def _recording(case_id: str, person_id: str, event: ev.RecordingReferred, on: date) -> Changes:
    columns = ("case_id", "system", "reference", "permit_id", "call_id", "seconds", "sha256", "referred_on")
    row = (case_id, event.system, event.reference, event.permit_id, event.call_id, event.seconds, event.sha256, on)
    return ((recordings, columns, row),)


def _amounts(amounts: Amounts | None) -> tuple[int, ...]:
    return tuple(amount for _, amount in (amounts or Amounts()).items())


COMPONENTS = Amounts.__struct_fields__


def _instructed(case_id: str, person_id: str, event: ev.WriteOffInstructed, on: date) -> Changes:
    columns = ("instruction_id", "case_id", "criterion", "base_on", *COMPONENTS, "packet", "instructed_on", "state",
               "cause", "receipt")  # fmt: skip
    row = (event.instruction_id, case_id, event.criterion, event.base_on, *_amounts(event.amounts), event.packet, on,
           "instructed", "", "")  # fmt: skip
    return ((write_offs, columns, row),)


def _pool(case_id: str, person_id: str, event: ev.PoolProposed, on: date) -> Changes:
    columns = ("pool_id", "cut_off_on", "currency", "rule", "proposed_on", "state", "tape", "buyer", "buyer_kind",
               "conditions")  # fmt: skip
    row = (event.pool_id, event.cut_off_on, event.currency, event.rule, on, "proposed", "", "", "", "[]")
    return ((pools, columns, row),)


def _claim(case_id: str, person_id: str, event: ev.ClaimPooled, on: date) -> Changes:
    columns = ("claim_id", "pool_id", "case_id", "cut_off_on", *COMPONENTS, "state", "cause", "moved_on")
    row = (event.claim_id, event.pool_id, case_id, event.cut_off_on, *_amounts(event.amounts), "in", "", on)
    return ((pool_claims, columns, row),)


def _imported(case_id: str, person_id: str, event: ev.FactsImported, on: date) -> Changes:
    columns = ("case_id", "batch_id", "account_id", "taken_on")
    return ((taken_over, columns, (case_id, event.batch_id, event.account_id, on)),)


def _asset(case_id: str, person_id: str, event: ev.AssetTaken, on: date) -> Changes:
    columns = ("asset_id", "case_id", "collateral_id", "value", "taken_on", "proof")
    row = (event.asset_id, case_id, event.collateral_id, event.value, on, event.proof)
    return ((foreclosed_assets, columns, row),)


def _locate(case_id: str, person_id: str, event: ev.LocateProposed, on: date) -> Changes:
    columns = (
        "locate_id",
        "case_id",
        "contact_id",
        "number_id",
        "proposed_on",
        "script",
        "state",
        "permit_id",
        "outcome",
    )
    row = (event.locate_id, case_id, event.contact_id, event.number_id, on, "", "proposed", "", "")
    return ((locates, columns, row),)


def _trip(case_id: str, person_id: str, event: ev.FieldVisitPlanned, on: date) -> Changes:
    columns = ("plan_id", "case_id", "permit_id", "planned_on", "time", "place", "collectors", "state", "outcome",
               "recording", "violations")  # fmt: skip
    row = (event.plan_id, case_id, event.permit_id, event.planned_on, event.time, event.place, encode(event.collectors),
           "planned", "", "", "[]")  # fmt: skip
    return ((field_visits, columns, row),)


MADE: dict[type[ev.Event], Callable[[str, str, Any, date], Changes]] = {
    ev.CallQueued: _call_queued,
    ev.ScriptViolationFound: _script_violation,
    ev.PlacementMade: _placed,
    ev.AgencyContacted: _agency_contact,
    ev.MatterOpened: _matter,
    ev.MatterJoined: _joined,
    ev.MeasureTaken: _measure,
    ev.HearingSet: _hearing,
    ev.CostBooked: _cost,
    ev.AssetTaken: _asset,
    ev.DocumentMade: _document,
    ev.DocumentReceived: _received,
    ev.OriginalSeen: _seen,
    ev.RecordingReferred: _recording,
    ev.WriteOffInstructed: _instructed,
    ev.PoolProposed: _pool,
    ev.ClaimPooled: _claim,
    ev.FactsImported: _imported,
    ev.LocateProposed: _locate,
    ev.FieldVisitPlanned: _trip,
    **agreed_rows.MADE,
    **brake_rows.MADE,
    **paper_rows.MADE,
}

MATTER_CASE = ("matter_id", "case_id")

Move = agreed_rows.Move

MOVED: dict[type[ev.Event], Callable[[str, Any, date], Move]] = {
    ev.CallClosed: lambda case_id, e, on: (calls, ("call_id",), ("state",), (e.call_id, "closed")),
    ev.CallAssigned: lambda case_id, e, on: (
        calls, ("call_id",), ("assigned_to", "assigned_on"), (e.call_id, e.collector, on)
    ),
    ev.ScriptViolationClosed: lambda case_id, e, on: (
        script_violations, ("violation_id",), ("closed_on", "result"), (e.violation_id, on, e.result)
    ),
    ev.PlacementRecalled: lambda case_id, e, on: (
        placements, ("placement_id",), ("recalled_on", "cause"), (e.placement_id, on, e.cause)
    ),
    ev.PlacementReturned: lambda case_id, e, on: (
        placements, ("placement_id",), ("returned_on",), (e.placement_id, on)
    ),
    ev.CertificateReceived: lambda case_id, e, on: (
        placements, ("placement_id",), ("certificate", "certified_on"), (e.placement_id, e.sha256, on)
    ),
    ev.WriteOffRefused: lambda case_id, e, on: (
        write_offs, ("instruction_id",), ("state", "cause"), (e.instruction_id, "refused", e.cause)
    ),
    ev.WrittenOff: lambda case_id, e, on: (accounts, ("account_id",), ("book_status",), (e.account_id, "written_off")),
    ev.DebtTerminated: lambda case_id, e, on: (accounts, ("account_id",), ("book_status",), (e.account_id, "terminated")),
    ev.ClaimUnpooled: lambda case_id, e, on: (
        pool_claims, ("claim_id",), ("state", "cause", "moved_on"), (e.claim_id, "left", e.cause, on)
    ),
    ev.ClaimAwarded: lambda case_id, e, on: (
        pool_claims, ("claim_id",), ("state", "price", "moved_on"), (e.claim_id, "awarded", e.price, on)
    ),
    ev.PoolTaped: lambda case_id, e, on: (pools, ("pool_id",), ("state", "tape"), (e.pool_id, "taped", e.sha256)),
    ev.PoolAwarded: lambda case_id, e, on: (
        pools, ("pool_id",), ("state", "buyer", "buyer_kind", "price", "conditions", "awarded_on"),
        (e.pool_id, "awarded", e.buyer, e.buyer_kind, e.price, encode(e.conditions), on),
    ),
    ev.PoolUnsold: lambda case_id, e, on: (pools, ("pool_id",), ("state",), (e.pool_id, "unsold")),
    ev.MatterStageReached: lambda case_id, e, on: (
        matters, ("matter_id",), ("stage", "stage_on"), (e.matter_id, e.stage, on)
    ),
    ev.MeasureLifted: lambda case_id, e, on: (measures, ("measure_id",), ("lifted_on",), (e.measure_id, on)),
    ev.HearingHeld: lambda case_id, e, on: (hearings, ("hearing_id",), ("result",), (e.hearing_id, e.result)),
    ev.ClaimTransferred: lambda case_id, e, on: (accounts, ("account_id",), ("book_status",), (e.account_id, "transferred")),
    ev.OriginalConfirmed: lambda case_id, e, on: (
        originals, ("case_id", "sha256"), ("confirmed_by", "confirmed_on"), (case_id, e.sha256, e.confirmed_by, on)
    ),
    ev.LocateQueued: lambda case_id, e, on: (
        locates, ("locate_id",), ("state", "script"), (e.locate_id, "open", e.script)
    ),
    ev.LocateTaken: lambda case_id, e, on: (
        locates, ("locate_id",), ("state", "permit_id"), (e.locate_id, "taken", e.permit_id)
    ),
    ev.LocateRecorded: lambda case_id, e, on: (
        locates, ("locate_id",), ("state", "outcome"), (e.locate_id, "closed" if e.code in ENDS else "open", e.code)
    ),
    ev.LocateEnded: lambda case_id, e, on: (
        locates, ("locate_id",), ("state", "outcome"), (e.locate_id, "closed", e.cause)
    ),
    ev.FieldVisitMade: lambda case_id, e, on: (
        field_visits, ("plan_id",), ("state", "outcome", "recording", "violations"),
        (e.plan_id, "made", e.code, e.recording, encode(e.violations)),
    ),
    ev.FieldVisitDropped: lambda case_id, e, on: (
        field_visits, ("plan_id",), ("state", "outcome"), (e.plan_id, "dropped", "dropped")
    ),
    ev.AssetDisposed: lambda case_id, e, on: (
        foreclosed_assets, ("asset_id",), ("disposed_on", "price"), (e.asset_id, on, e.price)
    ),
    **agreed_rows.MOVED,
}  # fmt: skip
"""Rows are found by their whole primary key."""


def moves(case_id: str, event: ev.Event, on: date) -> list[Move]:
    """The rows that an event changes; a court file number comes with whichever stage first knows it."""
    if type(event) in brake_rows.MOVED:
        return brake_rows.MOVED[type(event)](event, on)
    if isinstance(event, ev.MeasureRenewed):
        row = (event.measure_id, event.until_on, event.proof)
        return [(measures, ("measure_id",), ("until_on", "proof"), row)] if event.proof else []
    if isinstance(event, ev.MatterAssigned):
        return [
            (matters, ("matter_id",), (name,), (event.matter_id, value))
            for name, value in (("court", event.court), ("counsel", event.counsel))
            if value
        ]
    found = [MOVED[type(event)](case_id, event, on)]
    if isinstance(event, ev.WrittenOff) and event.instruction_id:
        booked = (event.instruction_id, "booked", event.receipt, on)
        found.append((write_offs, ("instruction_id",), ("state", "receipt", "booked_on"), booked))
    if isinstance(event, ev.ClaimTransferred):
        sold = (event.claim_id, "transferred", on)
        found.append((pool_claims, ("claim_id",), ("state", "moved_on"), sold))
    if isinstance(event, ev.MatterStageReached) and event.number:
        found.append((matters, ("matter_id",), ("number",), (event.matter_id, event.number)))
    return found


PROJECTED = frozenset(MADE) | frozenset(MOVED) | frozenset(brake_rows.MOVED) | {ev.MeasureRenewed, ev.MatterAssigned}

REBUILT: tuple[Table, ...] = (
    calls,
    script_violations,
    placements,
    agency_contacts,
    matter_cases,
    costs,
    documents_made,
    papers,
    originals,
    recordings,
    write_offs,
    pool_claims,
    taken_over,
    foreclosed_assets,
    locates,
    field_visits,
    *agreed_rows.TABLES,
    *brake_rows.REBUILT,
    *paper_rows.REBUILT,
)
"""Tables whose rows follow from the events of one case each, so that `recourse verify` can compare them."""

SHARED: tuple[Table, ...] = (matters, measures, hearings, pools)
"""The same of rows that several cases speak of; each of these cases has the same event."""

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
            for table, columns, row in MADE[type(event)](case_id, person_id, event, on):
                made.setdefault((table, columns), []).append(row)
        else:
            for table, keys, columns, row in moves(case_id, event, on):
                moved.setdefault((table, keys, columns), {})[row[: len(keys)]] = row
    for (table, columns), rows in made.items():
        bulk.upsert(connection, table, columns, list({row[: len(table.primary_key)]: row for row in rows}.values()))
    for (table, keys, columns), changes in moved.items():
        bulk.update(connection, table, keys, columns, list(changes.values()))
