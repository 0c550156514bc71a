"""Folding what was found of the debtor into a case file: cause, ability, willingness, evasion, plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.casefile import CaseFile, OwnPlan
from recourse.clocks import Timer
from recourse.fold_tracks import start, stop
from recourse.initial_plan import OWN, made_for


def _cause(file: CaseFile, event: ev.CauseFound, on: date, known_on: date) -> None:
    file.cause = event.cause


def _assessed(file: CaseFile, event: ev.DebtorAssessed, on: date, known_on: date) -> None:
    if event.attribute == "ability":
        file.ability = event.value
    elif event.attribute == "willingness":
        file.willingness = event.value


def _evasion_proposed(file: CaseFile, event: ev.EvasionProposed, on: date, known_on: date) -> None:
    visit = file.visits.get(event.node)
    file.evasion_signs, file.evasion_proposed_on = event.signs, known_on
    file.evasion_asks = (event.node, visit.n if visit is not None else 0)


def _evasion_found(file: CaseFile, event: ev.EvasionFound, on: date, known_on: date) -> None:
    """It ends with its review date; only another finding moves that."""
    file.evasion_until_on, file.evasion_signs, file.evasion_proposed_on = event.review_on, (), None
    start(file, "debtor", Timer("evasion_review", on, event.review_on), ", ".join(event.signs))


def _evasion_ended(file: CaseFile, event: ev.EvasionEnded, on: date, known_on: date) -> None:
    file.evasion_until_on, file.evasion_signs, file.evasion_proposed_on = None, (), None
    stop(file, "evasion_review")


def _planned(file: CaseFile, event: ev.PlanMade, on: date, known_on: date) -> None:
    file.planned_for = made_for(event.grade, event.cause)
    own = event.plan == OWN
    file.own_plan = (
        OwnPlan(event.channels, event.cadence_days, event.floor_percent, event.longest_months) if own else None
    )


DEBTOR_FOLDS: Mapping[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.CauseFound: _cause,
    ev.DebtorAssessed: _assessed,
    ev.EvasionProposed: _evasion_proposed,
    ev.EvasionFound: _evasion_found,
    ev.EvasionEnded: _evasion_ended,
    ev.PlanMade: _planned,
}
