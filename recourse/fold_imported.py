"""Folding what was done before Recourse into a case file. It counts for the ladder and never stands over our own steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.casefile import CaseFile, Visit
from recourse.fold_agreed import promised

UNANSWERED = frozenset({"no_answer", "switched_off", "invalid_number", "busy"})
ONLY_SENT = frozenset({"", "sent"})
"""Outcomes that say nothing of whether somebody was reached."""
SPOKEN = frozenset({"call", "visit"})
"""Channels on which somebody is reached or not."""


def _facts(file: CaseFile, event: ev.FactsImported, on: date, known_on: date) -> None:
    file.taken_over_on = file.taken_over_on or known_on


def _node(file: CaseFile, event: ev.NodeImported, on: date, known_on: date) -> None:
    """A visit of ours, or a later one, stands."""
    visit = file.visits.get(event.node)
    if visit is not None and (not visit.imported or visit.n > event.n):
        return
    state = "open" if event.left_on is None else "left"
    file.visits[event.node] = Visit(event.n, event.entered_on, state, event.left_on, event.outcome, imported=True)


def _contact(file: CaseFile, event: ev.ContactImported, on: date, known_on: date) -> None:
    if event.channel in SPOKEN:
        file.attempts += not event.again
        if event.code in UNANSWERED:
            file.unanswered += not event.again
        elif event.code not in ONLY_SENT:
            file.unanswered, file.reached_on = 0, max(on, file.reached_on or on)
    if event.promise_on is not None and event.promise_on >= known_on:
        promised(file, event, on)


def _agreed(file: CaseFile, event: ev.ReleaseAgreed, on: date, known_on: date) -> None:
    file.release[event.seat] = event.by


IMPORTED_FOLDS: Mapping[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.FactsImported: _facts,
    ev.NodeImported: _node,
    ev.ContactImported: _contact,
    ev.ReleaseAgreed: _agreed,
}
