"""Folding what debtor and bank agree on into a case file: promises to pay and arrangements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from recourse import events as ev
from recourse.casefile import CaseFile, Plan, Promise, Proposal
from recourse.clocks import Timer
from recourse.fold_tracks import start
from recourse.money import Amounts

KEPT_DAYS = 120
"""A promise leaves the file so long after its day, once another is made: what came in meanwhile judges it no more."""

OBSERVATION = "restructure_observation"
"""The clock 观察期: it starts with the first new due day, and anew with each breach (2023 rules, art 20)."""

Told = ev.ContactRecorded | ev.AgencyContacted | ev.ContactImported
Judged = ev.PromiseKept | ev.PromisePartKept | ev.PromiseBroken


def promise_id(event: Told) -> str:
    """The id of a promise: of the contact in which it was made."""
    if isinstance(event, ev.ContactRecorded):
        return event.permit_id
    return event.contact_id if isinstance(event, ev.AgencyContacted) else event.contact_no


def promised(file: CaseFile, event: Told, on: date) -> None:
    """Take up a promise; those of long ago leave the file."""
    assert event.promise_on is not None
    told = promise_id(event)
    old = [name for name, each in file.promises.items() if each.state and each.due_on + timedelta(KEPT_DAYS) < on]
    for name in old:
        del file.promises[name]
    known = file.promises.get(told)
    amount = event.promise_amount if event.promise_amount is not None and event.promise_amount > 0 else None
    file.promises[told] = Promise(on, event.promise_on, amount, known.state if known else "")
    first = min(each.made_on for each in file.promises.values())
    file.promised_money = [entry for entry in file.promised_money if entry[0] >= first]


def take_money(file: CaseFile, amount: int, on: date) -> None:
    """Money with its sign, kept for whatever it may be held against."""
    if file.promises:
        file.promised_money.append((on, amount))
    for agreed in (file.proposal, file.plan):
        if agreed is not None:
            agreed.received.append((on, amount))


def _judged(file: CaseFile, event: Judged, on: date, known_on: date) -> None:
    known = file.promises.get(event.promise_id)
    if known is None:
        return
    state = {ev.PromiseKept: "kept", ev.PromisePartKept: "part_kept", ev.PromiseBroken: "broken"}[type(event)]
    file.broken_promises += (state == "broken") - (known.state == "broken")
    file.promises[event.promise_id] = msgspec.structs.replace(known, state=state)


def _released(file: CaseFile, event: ev.PromiseReleased, on: date, known_on: date) -> None:
    known = file.promises.get(event.promise_id)
    if known is not None:
        file.promises[event.promise_id] = msgspec.structs.replace(known, state="released")


def _proposed(file: CaseFile, event: ev.ArrangementProposed, on: date, known_on: date) -> None:
    file.proposal = Proposal(event.proposal_id, event.node, known_on, event.offer)


def _arranged(file: CaseFile, event: ev.ArrangementMade, on: date, known_on: date) -> None:
    file.arrangement, file.arrangement_until_on = event.arrangement_id, event.until_on
    file.arrangement_kind, file.waived, file.plan = event.kind, False, None
    file.recording = event.recording or file.recording
    if event.rows:
        of, proposal = event.arrangement_id, file.proposal
        received = list(proposal.received) if proposal is not None and proposal.proposal_id == of else []
        rows = [(row.due_on, row.total) for row in event.rows]
        waived = event.waived or Amounts()
        file.plan = Plan(of, event.kind, rows, [""] * len(rows), event.whole, waived, received)
    if event.restructured:
        file.restructured_on = event.rows[0].due_on if event.rows else on
        observed = Timer(OBSERVATION, file.restructured_on, event.observed_until_on)
        start(file, event.arrangement_id, observed, event.proof)


def _instalment(file: CaseFile, event: ev.InstalmentJudged, on: date, known_on: date) -> None:
    plan = file.plan
    if plan is None or plan.arrangement_id != event.arrangement_id:
        return
    plan.states[event.number - 1] = event.state
    if event.state == "missed" and f"{OBSERVATION}:{plan.arrangement_id}" in file.timers:
        start(file, plan.arrangement_id, Timer(OBSERVATION, event.due_on), "missed")


def _ended(file: CaseFile, event: ev.ArrangementEnded, on: date, known_on: date) -> None:
    plan, kind = file.plan, file.arrangement_kind
    performed = event.end == "performed"
    if plan is not None and plan.arrangement_id == event.arrangement_id:
        gives_up = kind == "settlement_with_waiver" or plan.waived.total > 0
        file.waived = performed and plan.whole and gives_up
        plan.performed = performed
        file.plan = plan if performed else None
    else:
        file.waived = performed and kind == "settlement_with_waiver"
    if file.arrangement == event.arrangement_id:
        file.arrangement, file.arrangement_kind, file.arrangement_until_on = "", "", None


AGREED_FOLDS: Mapping[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.PromiseKept: _judged,
    ev.PromisePartKept: _judged,
    ev.PromiseBroken: _judged,
    ev.PromiseReleased: _released,
    ev.ArrangementProposed: _proposed,
    ev.ArrangementMade: _arranged,
    ev.InstalmentJudged: _instalment,
    ev.ArrangementEnded: _ended,
}
