"""Rows that follow from brakes, complaints, hardship, disputes and credit reporting: part of `projections`.

A complaint, an application and a dispute is a row of its own, and a row of `holds` beside it under the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Table

from recourse import events as ev
from recourse.canonical import encode
from recourse.ledger.tables import complaints, credit_notices, credit_objections, disputes, hardships, holds

Change = tuple[Table, tuple[str, ...], tuple[Any, ...]]
Move = tuple[Table, tuple[str, ...], tuple[str, ...], tuple[Any, ...]]

HOLD = ("hold_id", "case_id", "kind", "from_on", "until_on", "ground", "evidence", "released_on", "reason")


def _hold(hold_id: str, case_id: str, kind: str, on: date, ground: str, until_on: date | None = None) -> Change:
    return holds, HOLD, (hold_id, case_id, kind, on, until_on, ground, "", None, "")


def _placed(case_id: str, person_id: str, event: ev.BrakePlaced, on: date) -> tuple[Change, ...]:
    return (_hold(event.hold_id, case_id, event.kind, on, event.ground, event.until_on),)


def _complaint(case_id: str, person_id: str, event: ev.ComplaintReceived, on: date) -> tuple[Change, ...]:
    columns = ("complaint_id", "case_id", "channel", "category", "text", "is_complex", "received_on", "referred_by",
               "referred_on", "about", "contact", "state", "outcome", "reply")  # fmt: skip
    row = (event.complaint_id, case_id, event.channel, event.category, event.text, event.is_complex, on,
           event.referred_by, on if event.referred_by else None, event.about, event.contact, "open", "", "")  # fmt: skip
    return (complaints, columns, row), _hold(event.complaint_id, case_id, "complaint", on, event.category)


def _hardship(case_id: str, person_id: str, event: ev.HardshipApplied, on: date) -> tuple[Change, ...]:
    columns = ("application_id", "case_id", "cause", "applied_on", "lacking", "state")
    row = (event.application_id, case_id, event.cause, on, encode(event.wanted), "applied")
    return (hardships, columns, row), _hold(event.application_id, case_id, "hardship", on, event.cause)


def _dispute(case_id: str, person_id: str, event: ev.DisputeRaised, on: date) -> tuple[Change, ...]:
    columns = ("dispute_id", "case_id", "kind", "raised_on", "state", "outcome", "proof", "reply")
    row = (event.dispute_id, case_id, event.kind, on, "open", "", event.proof, "")
    return (disputes, columns, row), _hold(event.dispute_id, case_id, event.hold, on, event.kind)


def _notice(case_id: str, person_id: str, event: ev.CreditNoticeGiven, on: date) -> tuple[Change, ...]:
    columns = ("notice_id", "case_id", "party_id", "channel", "given_on", "proof")
    return ((credit_notices, columns, (event.notice_id, case_id, event.party_id, event.channel, on, event.proof)),)


def _objection(case_id: str, person_id: str, event: ev.CreditObjectionRaised, on: date) -> tuple[Change, ...]:
    columns = ("objection_id", "case_id", "months", "ground", "raised_on", "state", "outcome", "reply")
    row = (event.objection_id, case_id, encode(event.months), event.ground, on, "flagged", "", "")
    return ((credit_objections, columns, row),)


MADE: dict[type[ev.Event], Callable[[str, str, Any, date], tuple[Change, ...]]] = {
    ev.BrakePlaced: _placed,
    ev.ComplaintReceived: _complaint,
    ev.HardshipApplied: _hardship,
    ev.DisputeRaised: _dispute,
    ev.CreditNoticeGiven: _notice,
    ev.CreditObjectionRaised: _objection,
}

_HOLD_KEY, _COMPLAINT_KEY = ("hold_id",), ("complaint_id",)


def _released(hold_id: str, on: date, reason: str) -> Move:
    return holds, _HOLD_KEY, ("released_on", "reason"), (hold_id, on, reason)


def _of_complaint(complaint_id: str, **values: Any) -> Move:
    return complaints, _COMPLAINT_KEY, tuple(values), (complaint_id, *values.values())


def _of_hardship(application_id: str, **values: Any) -> Move:
    return hardships, ("application_id",), tuple(values), (application_id, *values.values())


def _of_objection(objection_id: str, **values: Any) -> Move:
    return credit_objections, ("objection_id",), tuple(values), (objection_id, *values.values())


def _brake_released(event: ev.BrakeReleased, on: date) -> list[Move]:
    """A hardship whose brake is lifted is at its end; a complaint or a dispute is not."""
    released = _released(event.hold_id, on, event.reason)
    return (
        [released, _of_hardship(event.hold_id, state="ended", decided_on=on)]
        if event.kind == "hardship"
        else [released]
    )


def _complaint_answered(event: ev.ComplaintAnswered, on: date) -> list[Move]:
    answer = _of_complaint(
        event.complaint_id, state="answered", outcome=event.outcome, reply=event.reply, answered_on=on
    )
    return [answer, _released(event.complaint_id, on, event.outcome)]


def _complaint_closed(event: ev.ComplaintClosed, on: date) -> list[Move]:
    closed = _of_complaint(event.complaint_id, state="closed", closed_on=on)
    return [closed] if event.cause == "settled" else [closed, _released(event.complaint_id, on, event.cause)]


def _hardship_decided(event: ev.HardshipDecided, on: date) -> list[Move]:
    decided = _of_hardship(event.application_id, state=event.outcome, decided_on=on, review_on=event.review_on)
    return [decided] if event.outcome == "accepted" else [decided, _released(event.application_id, on, event.outcome)]


def _dispute_answered(event: ev.DisputeAnswered, on: date) -> list[Move]:
    columns = ("state", "outcome", "proof", "reply", "answered_on")
    row = (event.dispute_id, "answered", event.outcome, event.proof, event.reply, on)
    return [(disputes, ("dispute_id",), columns, row)]


MOVED: Mapping[type[ev.Event], Callable[[Any, date], list[Move]]] = {
    ev.BrakeEvidenced: lambda e, on: [(holds, _HOLD_KEY, ("evidence",), (e.hold_id, e.evidence))],
    ev.BrakeReleased: _brake_released,
    ev.ComplaintExtended: lambda e, on: [_of_complaint(e.complaint_id, until_on=e.until_on)],
    ev.ComplaintReferred: lambda e, on: [_of_complaint(e.complaint_id, referred_by=e.referred_by, referred_on=on)],
    ev.ComplaintAnswered: _complaint_answered,
    ev.ComplaintVerificationAsked: lambda e, on: [_of_complaint(e.complaint_id, state="verifying", verify_on=on)],
    ev.ComplaintClosed: _complaint_closed,
    ev.HardshipEvidenced: lambda e, on: [_of_hardship(e.application_id, lacking=encode(e.lacking))],
    ev.HardshipReminded: lambda e, on: [_of_hardship(e.application_id, reminded_on=on)],
    ev.HardshipDecided: _hardship_decided,
    ev.DisputeAnswered: _dispute_answered,
    ev.CreditObjectionAnswered: lambda e, on: [
        _of_objection(e.objection_id, state="answered", outcome=e.outcome, reply=e.reply, answered_on=on)
    ],
    ev.CreditCorrected: lambda e, on: [_of_objection(e.objection_id, state=e.step, corrected_on=on)],
}
"""The rows that an event changes, each found by its whole primary key."""

REBUILT: tuple[Table, ...] = (holds, complaints, hardships, disputes, credit_notices, credit_objections)
