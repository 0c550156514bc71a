"""Folding events into a case file: the only way a file changes.

Here: the case itself, its gates, acts, contacts and money. Brakes and what debtors bring stand in `recourse.fold_brakes`,
the tracks in `recourse.fold_tracks`, the debt's fate in `recourse.fold_debt`, promises and arrangements in
`recourse.fold_agreed`, third parties and visits in `recourse.fold_contact`, who the debtor is in `recourse.fold_debtor`,
what was taken over in `recourse.fold_imported`, packets in `recourse.fold_packets`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from recourse import events as ev
from recourse import limitation
from recourse.casefile import CaseFile, Visit
from recourse.fold_agreed import AGREED_FOLDS, promised, take_money
from recourse.fold_brakes import BRAKE_FOLDS
from recourse.fold_contact import CONTACT_FOLDS, reached
from recourse.fold_debt import DEBT_FOLDS
from recourse.fold_debtor import DEBTOR_FOLDS
from recourse.fold_imported import IMPORTED_FOLDS, UNANSWERED
from recourse.fold_packets import PACKET_FOLDS
from recourse.fold_tracks import TRACK_FOLDS, interrupt, leave, take_back


def fold(file: CaseFile, event: ev.Event, effective_on: date, known_on: date) -> CaseFile:
    """Apply one event to the file, in place, and return it. Events the file does not keep change nothing."""
    kind = type(event)
    handler = _FOLDS.get(kind)
    if handler is not None:
        handler(file, event, effective_on, known_on)
    if kind in limitation.GROUNDS:
        payment = event.payment_id if isinstance(event, ev.PaymentReceived) else ""
        interrupt(file, limitation.link_of(event, effective_on, file.filed_on), payment)
    return file


def _opened(file: CaseFile, event: ev.EpisodeOpened, on: date, known_on: date) -> None:
    file.opened_on, file.strategy_on, file.episode = known_on, event.strategy_on, event.episode
    file.limitation_from, file.restructured_on = event.limitation_from, event.restructured_on


def _decided(file: CaseFile, event: ev.DecisionMade, on: date, known_on: date) -> None:
    for node in event.expired:
        leave(file, node, "expired", known_on)
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
        leave(file, node, "case_closed", known_on)


def _left(file: CaseFile, event: ev.VisitLeft, on: date, known_on: date) -> None:
    leave(file, event.node, event.outcome, known_on)


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
        leave(file, event.node, event.verdict, known_on)
        if file.asked is not None and file.asked.node == event.node:
            file.asked = None


def _gate_withdrawn(file: CaseFile, event: ev.GateWithdrawn, on: date, known_on: date) -> None:
    if event.node:
        leave(file, event.node, "withdrawn", known_on)


def _under_authority(file: CaseFile, event: ev.StandingApplied, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    if visit is not None and visit.state != "left":
        visit.state, visit.gate_id = "queued", ""


def _voided(file: CaseFile, event: ev.ApprovalVoided, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    if visit is not None and visit.state != "left":
        visit.state = "gate"


def _dropped(file: CaseFile, event: ev.MemberDropped, on: date, known_on: date) -> None:
    for node, visit in file.open_visits():
        if visit.gate_id == event.gate_id:
            leave(file, node, "dropped", known_on)


def _struck(file: CaseFile, event: ev.MemberStruck, on: date, known_on: date) -> None:
    for node, visit in file.open_visits():
        if visit.gate_id == event.gate_id:
            leave(file, node, "struck", known_on)


def _released(file: CaseFile, event: ev.ActReleased, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    if visit is not None and visit.state != "left":
        visit.state = "released"


def _completed(file: CaseFile, event: ev.ActCompleted, on: date, known_on: date) -> None:
    if event.outcome:
        leave(file, event.node, event.outcome, known_on)
        return
    visit = file.visits.get(event.node)
    if visit is not None and visit.state == "released":
        visit.state = "open"


def _withdrawn(file: CaseFile, event: ev.ActWithdrawn, on: date, known_on: date) -> None:
    leave(file, event.node, "withdrawn", known_on)


def _contacted(file: CaseFile, event: ev.ContactRecorded | ev.AgencyContacted, on: date, known_on: date) -> None:
    file.attempts += 1
    if event.code in UNANSWERED:
        file.unanswered += 1
        return
    file.unanswered, file.reached_on = 0, on
    if event.code not in SOMEBODY_ELSE:
        reached(file)
    if event.promise_on is not None:
        promised(file, event, on)


def _delivered(file: CaseFile, event: ev.DeliveryProved, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    if event.part and visit is not None:
        file.letters[f"{event.node}/{visit.n}/{event.part}"] = event.status
    else:
        leave(file, event.node, event.status, known_on)


def _paid(file: CaseFile, event: ev.PaymentReceived, on: date, known_on: date) -> None:
    file.paid += event.amount
    if event.amount > 0:
        file.last_paid_on = max(on, file.last_paid_on or on)
    elif event.amount < 0:
        take_back(file, event.refers_to)
    take_money(file, event.amount, on)


SOMEBODY_ELSE = frozenset({"third_party_answered"})

_FOLDS: dict[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    **TRACK_FOLDS,
    **DEBT_FOLDS,
    **CONTACT_FOLDS,
    **DEBTOR_FOLDS,
    **AGREED_FOLDS,
    **IMPORTED_FOLDS,
    **BRAKE_FOLDS,
    **PACKET_FOLDS,
    ev.EpisodeOpened: _opened,
    ev.DecisionMade: _decided,
    ev.EpisodeClosed: _closed,
    ev.VisitLeft: _left,
    ev.GateOpened: _gate_opened,
    ev.GateAnswered: _gate_answered,
    ev.GateWithdrawn: _gate_withdrawn,
    ev.StandingApplied: _under_authority,
    ev.ApprovalVoided: _voided,
    ev.MemberDropped: _dropped,
    ev.MemberStruck: _struck,
    ev.ActReleased: _released,
    ev.ActCompleted: _completed,
    ev.ActWithdrawn: _withdrawn,
    ev.ContactRecorded: _contacted,
    ev.AgencyContacted: _contacted,
    ev.DeliveryProved: _delivered,
    ev.PaymentReceived: _paid,
}
