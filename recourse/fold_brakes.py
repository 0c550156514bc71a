"""Folding brakes, complaints, hardship, disputes and credit reporting into a case file.

A complaint, an application and a dispute each bring their own brake, under their own id, and their own clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.casefile import Asked, CaseFile, Hold
from recourse.clocks import Timer
from recourse.fold_tracks import start, stop

COMPLAINT_CLOCKS = (
    "complaint",
    "complaint_complex",
    "complaint_extension",
    "complaint_referral",
    "complaint_verification",
)
STEPS = {"complex": "complaint_complex", "approved": "complaint_extension", "verification": "complaint_verification"}
"""Step by which a complaint gets more time → its clock from then on."""


def brake_placed(file: CaseFile, event: ev.BrakePlaced, on: date, known_on: date) -> None:
    file.holds[event.hold_id] = Hold(event.kind, on, event.until_on)
    if event.kind == "complaint":
        file.timers[f"complaint:{event.hold_id}"] = Timer("complaint", on)


def brake_released(file: CaseFile, event: ev.BrakeReleased, on: date, known_on: date) -> None:
    hold = file.holds.pop(event.hold_id, None)
    if event.kind == "parked":
        file.release = {}
    if hold is None or not hold.own:
        file.timers.pop(f"complaint:{event.hold_id}", None)
    elif hold.kind == "hardship":
        stop(file, "hardship_evidence", event.hold_id)
        stop(file, "hardship_review", event.hold_id)
    if file.asked is not None and not any(hold_id in file.holds for hold_id in file.asked.hold_ids):
        file.asked = None


def _release_proposed(file: CaseFile, event: ev.ReleaseProposed, on: date, known_on: date) -> None:
    file.asked = Asked(event.kind, event.hold_ids, known_on, event.reason, event.evidence, event.node)
    file.makers[event.node] = event.by


def _complained(file: CaseFile, event: ev.ComplaintReceived, on: date, known_on: date) -> None:
    file.holds[event.complaint_id] = Hold("complaint", on, own=True)
    kind = "complaint_complex" if event.is_complex else "complaint"
    start(file, event.complaint_id, Timer(kind, on), event.text)
    if event.referred_by:
        start(file, event.complaint_id, Timer("complaint_referral", on), event.referred_by)


def _extended(file: CaseFile, event: ev.ComplaintExtended, on: date, known_on: date) -> None:
    if not event.approved_by:
        return
    for kind in ("complaint", "complaint_complex", "complaint_extension"):
        stop(file, kind, event.complaint_id)
    start(
        file,
        event.complaint_id,
        Timer(STEPS.get(event.step, "complaint_extension"), on, event.until_on),
        event.approved_by,
    )


def _referred(file: CaseFile, event: ev.ComplaintReferred, on: date, known_on: date) -> None:
    start(file, event.complaint_id, Timer("complaint_referral", on), event.proof)


def _answered(file: CaseFile, event: ev.ComplaintAnswered, on: date, known_on: date) -> None:
    _complaint_ended(file, event.complaint_id)


def _verification(file: CaseFile, event: ev.ComplaintVerificationAsked, on: date, known_on: date) -> None:
    start(file, event.complaint_id, Timer("complaint_verification", on), event.proof)


def _complaint_closed(file: CaseFile, event: ev.ComplaintClosed, on: date, known_on: date) -> None:
    _complaint_ended(file, event.complaint_id)


def _complaint_ended(file: CaseFile, complaint_id: str) -> None:
    file.holds.pop(complaint_id, None)
    for kind in COMPLAINT_CLOCKS:
        stop(file, kind, complaint_id)


def _applied(file: CaseFile, event: ev.HardshipApplied, on: date, known_on: date) -> None:
    file.holds[event.application_id] = Hold("hardship", on, own=True)
    if event.wanted:
        start(file, event.application_id, Timer("hardship_evidence", on), "")


def _evidenced(file: CaseFile, event: ev.HardshipEvidenced, on: date, known_on: date) -> None:
    if not event.lacking:
        stop(file, "hardship_evidence", event.application_id)


def _hardship_decided(file: CaseFile, event: ev.HardshipDecided, on: date, known_on: date) -> None:
    stop(file, "hardship_evidence", event.application_id)
    stop(file, "hardship_review", event.application_id)
    if event.outcome == "accepted" and event.review_on is not None:
        file.timers[f"hardship_review:{event.application_id}"] = Timer("hardship_review", on, event.review_on)
    else:
        file.holds.pop(event.application_id, None)


def _disputed(file: CaseFile, event: ev.DisputeRaised, on: date, known_on: date) -> None:
    file.holds[event.dispute_id] = Hold(event.hold, on, own=True)
    start(file, event.dispute_id, Timer("dispute", on), event.proof)


def _dispute_answered(file: CaseFile, event: ev.DisputeAnswered, on: date, known_on: date) -> None:
    stop(file, "dispute", event.dispute_id)


def _objected(file: CaseFile, event: ev.CreditObjectionRaised, on: date, known_on: date) -> None:
    start(file, event.objection_id, Timer("credit_objection", on), event.proof)


def _objection_answered(file: CaseFile, event: ev.CreditObjectionAnswered, on: date, known_on: date) -> None:
    stop(file, "credit_objection", event.objection_id)


BRAKE_FOLDS: Mapping[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.BrakePlaced: brake_placed,
    ev.BrakeReleased: brake_released,
    ev.ReleaseProposed: _release_proposed,
    ev.ComplaintReceived: _complained,
    ev.ComplaintExtended: _extended,
    ev.ComplaintReferred: _referred,
    ev.ComplaintAnswered: _answered,
    ev.ComplaintVerificationAsked: _verification,
    ev.ComplaintClosed: _complaint_closed,
    ev.HardshipApplied: _applied,
    ev.HardshipEvidenced: _evidenced,
    ev.HardshipDecided: _hardship_decided,
    ev.DisputeRaised: _disputed,
    ev.DisputeAnswered: _dispute_answered,
    ev.CreditObjectionRaised: _objected,
    ev.CreditObjectionAnswered: _objection_answered,
}
