"""The case file: what the journal of one case adds up to.

`fold` is the only way a file changes, so a file can always be rebuilt from the stream (`recourse verify` does) and
shown as it stood on any day. Position is the set of visits that are not left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev


class Visit(msgspec.Struct, omit_defaults=True):
    """The latest visit of one node. `state`: queued · list · gate · released · open · left."""

    n: int
    entered_on: date
    state: str
    left_on: date | None = None
    outcome: str = ""
    gate_id: str = ""


class Hold(msgspec.Struct, frozen=True, omit_defaults=True):
    """A brake in force, until `until_on` inclusive (None = until released)."""

    kind: str
    from_on: date
    until_on: date | None = None


class Promise(msgspec.Struct, frozen=True):
    """A promise to pay 承诺还款."""

    made_on: date
    due_on: date
    amount: int | None


class Valuation(msgspec.Struct, frozen=True):
    """What a piece of security was found to be worth, in minor units, and when."""

    value: int
    on: date


ENDED_STAGES = frozenset(
    {"", "withdrawn", "settlement_reached", "ended_for_now", "concluded", "enforcement_terminated", "bankruptcy_closed"}
)
"""Stages at which no court file runs."""


class CaseFile(msgspec.Struct, omit_defaults=True):
    """The fold of a case's events. Small by design: it is read and written once for every decision."""

    opened_on: date | None = None
    strategy_on: date | None = None
    episode: int = 0
    end: str = ""
    closed_on: date | None = None
    visits: dict[str, Visit] = {}
    holds: dict[str, Hold] = {}
    grade: str = ""
    said: str = ""
    unanswered: int = 0
    attempts: int = 0
    reached_on: date | None = None
    promise: Promise | None = None
    paid: int = 0
    last_paid_on: date | None = None
    limitation_from: date | None = None
    accelerated_on: date | None = None
    claimed_guarantees: dict[str, date] = {}
    valued: dict[str, Valuation] = {}
    placement: str = ""
    placement_until_on: date | None = None
    recall_pending: bool = False
    told_of: str = ""
    """The agency that the notice of outsourcing named."""
    matter: str = ""
    stage: str = ""
    stage_on: date | None = None
    arrangement: str = ""
    arrangement_until_on: date | None = None
    opinion: bool = False
    written_off_on: date | None = None
    recovered: int = 0

    def visit(self, node: str) -> Visit | None:
        return self.visits.get(node)

    @property
    def matter_open(self) -> bool:
        """Whether a court file is running: paying then ends nothing by itself, a person withdraws, settles or goes on."""
        return self.stage not in ENDED_STAGES

    @property
    def leased_until(self) -> date | None:
        """Last day of a placement that runs and was not called back; None while there is none."""
        return self.placement_until_on if self.placement and not self.recall_pending else None

    def open_visits(self) -> list[tuple[str, Visit]]:
        """The position: every visit that is not left, in order of entry."""
        return [(node, visit) for node, visit in self.visits.items() if visit.state != "left"]


def fold(file: CaseFile, event: ev.Event, effective_on: date, known_on: date) -> CaseFile:
    """Apply one event to the file, in place, and return it. Events the file does not keep change nothing."""
    handler = _FOLDS.get(type(event))
    if handler is not None:
        handler(file, event, effective_on, known_on)
    return file


def _opened(file: CaseFile, event: ev.EpisodeOpened, on: date, known_on: date) -> None:
    file.opened_on, file.strategy_on, file.episode = known_on, event.strategy_on, event.episode
    file.limitation_from = event.limitation_from


def _decided(file: CaseFile, event: ev.DecisionMade, on: date, known_on: date) -> None:
    for node in event.expired:
        _leave(file, node, "expired", known_on)
    for step in event.steps:
        file.visits[step.node] = Visit(n=step.n, entered_on=known_on, state=step.how)
    file.grade = event.grade
    file.said = said(event.reasons) if not event.steps else ""


def said(reasons: tuple[ev.Reason, ...]) -> str:
    """A short fingerprint of an idle decision, so that the same thing is not journaled twice in a row."""
    return "|".join(f"{reason.code}:{reason.rule}" for reason in reasons)


def _closed(file: CaseFile, event: ev.EpisodeClosed, on: date, known_on: date) -> None:
    file.end, file.closed_on = event.end, known_on
    for node, _ in file.open_visits():
        _leave(file, node, "case_closed", known_on)


def _leave(file: CaseFile, node: str, outcome: str, on: date) -> None:
    visit = file.visits.get(node)
    if visit is not None and visit.state != "left":
        visit.state, visit.left_on, visit.outcome = "left", on, outcome


def _left(file: CaseFile, event: ev.VisitLeft, on: date, known_on: date) -> None:
    _leave(file, event.node, event.outcome, known_on)


def _gate_opened(file: CaseFile, event: ev.GateOpened, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    if visit is not None and visit.state != "left":
        visit.gate_id = event.gate_id
        if event.reopened:
            visit.state = "gate"


def _gate_answered(file: CaseFile, event: ev.GateAnswered, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    if visit is None or visit.state == "left":
        return
    if event.verdict == "approved":
        visit.state, visit.gate_id = "queued", event.gate_id
    else:
        _leave(file, event.node, event.verdict, known_on)


def _gate_withdrawn(file: CaseFile, event: ev.GateWithdrawn, on: date, known_on: date) -> None:
    if event.node:
        _leave(file, event.node, "withdrawn", known_on)


def _voided(file: CaseFile, event: ev.ApprovalVoided, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    if visit is not None and visit.state != "left":
        visit.state = "gate"


def _dropped(file: CaseFile, event: ev.MemberDropped, on: date, known_on: date) -> None:
    for node, visit in file.open_visits():
        if visit.gate_id == event.gate_id:
            _leave(file, node, "dropped", known_on)


def _struck(file: CaseFile, event: ev.MemberStruck, on: date, known_on: date) -> None:
    for node, visit in file.open_visits():
        if visit.gate_id == event.gate_id:
            _leave(file, node, "struck", known_on)


def _released(file: CaseFile, event: ev.ActReleased, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    if visit is not None and visit.state != "left":
        visit.state = "released"


def _completed(file: CaseFile, event: ev.ActCompleted, on: date, known_on: date) -> None:
    if event.outcome:
        _leave(file, event.node, event.outcome, known_on)
        return
    visit = file.visits.get(event.node)
    if visit is not None and visit.state == "released":
        visit.state = "open"


def _withdrawn(file: CaseFile, event: ev.ActWithdrawn, on: date, known_on: date) -> None:
    _leave(file, event.node, "withdrawn", known_on)


UNANSWERED = frozenset({"no_answer", "switched_off", "invalid_number", "busy"})


def _contacted(file: CaseFile, event: ev.ContactRecorded | ev.AgencyContacted, on: date, known_on: date) -> None:
    file.attempts += 1
    if event.code in UNANSWERED:
        file.unanswered += 1
        return
    file.unanswered, file.reached_on = 0, on
    if event.promise_on is not None:
        file.promise = Promise(on, event.promise_on, event.promise_amount)


def _delivered(file: CaseFile, event: ev.DeliveryProved, on: date, known_on: date) -> None:
    _leave(file, event.node, event.status, known_on)
    if event.interrupts_limitation:
        file.limitation_from = max(on, file.limitation_from or on)


def _paid(file: CaseFile, event: ev.PaymentReceived, on: date, known_on: date) -> None:
    file.paid += event.amount
    if event.amount > 0:
        file.last_paid_on = max(on, file.last_paid_on or on)
        if file.limitation_from is not None:
            file.limitation_from = max(on, file.limitation_from)
    if file.promise is not None and event.amount >= (file.promise.amount or 1):
        file.promise = None


def _brake_placed(file: CaseFile, event: ev.BrakePlaced, on: date, known_on: date) -> None:
    file.holds[event.hold_id] = Hold(event.kind, on, event.until_on)


def _brake_released(file: CaseFile, event: ev.BrakeReleased, on: date, known_on: date) -> None:
    file.holds.pop(event.hold_id, None)


def _arranged(file: CaseFile, event: ev.ArrangementMade, on: date, known_on: date) -> None:
    file.arrangement, file.arrangement_until_on = event.arrangement_id, event.until_on
    file.promise = None
    if file.limitation_from is not None:
        file.limitation_from = max(on, file.limitation_from)


def _arrangement_ended(file: CaseFile, event: ev.ArrangementEnded, on: date, known_on: date) -> None:
    file.arrangement, file.arrangement_until_on = "", None


def _accelerated(file: CaseFile, event: ev.DebtAccelerated, on: date, known_on: date) -> None:
    file.accelerated_on = event.effective
    file.limitation_from = max(event.effective, file.limitation_from or event.effective)


def _placed(file: CaseFile, event: ev.PlacementMade, on: date, known_on: date) -> None:
    file.placement, file.placement_until_on, file.recall_pending = event.agency, event.until_on, False


def _recalled(file: CaseFile, event: ev.PlacementRecalled, on: date, known_on: date) -> None:
    file.recall_pending = True


def _returned(file: CaseFile, event: ev.PlacementReturned, on: date, known_on: date) -> None:
    file.placement, file.placement_until_on, file.recall_pending = "", None, False


def _told(file: CaseFile, event: ev.OutsourcingTold, on: date, known_on: date) -> None:
    file.told_of = event.agency


def _claimed(file: CaseFile, event: ev.GuarantorClaimed, on: date, known_on: date) -> None:
    file.claimed_guarantees[event.guarantee_id] = on


def _valued(file: CaseFile, event: ev.CollateralValued, on: date, known_on: date) -> None:
    file.valued[event.collateral_id] = Valuation(event.value, on)


def _matter_opened(file: CaseFile, event: ev.MatterOpened, on: date, known_on: date) -> None:
    file.matter, file.stage, file.stage_on = event.matter_id, "filed", on
    file.limitation_from = max(on, file.limitation_from or on)


def _staged(file: CaseFile, event: ev.MatterStageReached, on: date, known_on: date) -> None:
    file.stage, file.stage_on = event.stage, on


def _opinion(file: CaseFile, event: ev.LegalOpinionSigned, on: date, known_on: date) -> None:
    file.opinion = True


def _written_off(file: CaseFile, event: ev.WrittenOff, on: date, known_on: date) -> None:
    file.written_off_on = on


def _recovered(file: CaseFile, event: ev.RecoveryBooked, on: date, known_on: date) -> None:
    file.recovered += event.amount


_FOLDS: dict[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.EpisodeOpened: _opened,
    ev.DecisionMade: _decided,
    ev.EpisodeClosed: _closed,
    ev.VisitLeft: _left,
    ev.GateOpened: _gate_opened,
    ev.GateAnswered: _gate_answered,
    ev.GateWithdrawn: _gate_withdrawn,
    ev.ApprovalVoided: _voided,
    ev.MemberDropped: _dropped,
    ev.MemberStruck: _struck,
    ev.ActReleased: _released,
    ev.ActCompleted: _completed,
    ev.ActWithdrawn: _withdrawn,
    ev.ContactRecorded: _contacted,
    ev.DeliveryProved: _delivered,
    ev.PaymentReceived: _paid,
    ev.BrakePlaced: _brake_placed,
    ev.BrakeReleased: _brake_released,
    ev.ArrangementMade: _arranged,
    ev.ArrangementEnded: _arrangement_ended,
    ev.DebtAccelerated: _accelerated,
    ev.PlacementMade: _placed,
    ev.PlacementRecalled: _recalled,
    ev.PlacementReturned: _returned,
    ev.OutsourcingTold: _told,
    ev.AgencyContacted: _contacted,
    ev.GuarantorClaimed: _claimed,
    ev.CollateralValued: _valued,
    ev.MatterOpened: _matter_opened,
    ev.MatterStageReached: _staged,
    ev.LegalOpinionSigned: _opinion,
    ev.WrittenOff: _written_off,
    ev.RecoveryBooked: _recovered,
}
