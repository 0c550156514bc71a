"""Folding what is asked of third parties and what comes of field visits into a case file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.casefile import CaseFile

NOT_THERE = frozenset({"not_there", "moved_away"})
"""Outcomes of a visit in which the debtor was not met."""


def reached(file: CaseFile) -> None:
    """The debtor was reached: nobody else need be asked where he is."""
    file.locate, file.locate_number, file.locate_grounds = "", "", ()


def _proposed(file: CaseFile, event: ev.LocateProposed, on: date, known_on: date) -> None:
    file.locate, file.locate_number, file.locate_grounds = event.locate_id, event.number_id, event.grounds
    file.locate_contact, file.locate_on = event.contact_id, known_on


def _recorded(file: CaseFile, event: ev.LocateRecorded, on: date, known_on: date) -> None:
    if event.locate_id == file.locate and event.code in ENDS:
        reached(file)


def _ended(file: CaseFile, event: ev.LocateEnded, on: date, known_on: date) -> None:
    if event.locate_id == file.locate:
        reached(file)


def _visit_proposed(file: CaseFile, event: ev.FieldVisitProposed, on: date, known_on: date) -> None:
    file.trip_on, file.trip_reason = known_on, event.reason


def _visit_made(file: CaseFile, event: ev.FieldVisitMade, on: date, known_on: date) -> None:
    file.attempts += 1
    if event.code in NOT_THERE:
        file.unanswered += 1
        return
    file.unanswered, file.reached_on = 0, on
    reached(file)


ENDS = frozenset({"told_contact", "passed_on", "refused", "wrong_person", "offered_to_pay", "invalid_number"})
"""Outcomes after which the question is not asked again at this contact point."""

CONTACT_FOLDS: Mapping[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.LocateProposed: _proposed,
    ev.LocateRecorded: _recorded,
    ev.LocateEnded: _ended,
    ev.FieldVisitProposed: _visit_proposed,
    ev.FieldVisitMade: _visit_made,
}
