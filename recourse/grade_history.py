"""The history of an account's grades, as its journal has it: what was graded so from when to when. Pure.

Nothing is edited away: clearing the arrears ends a row, and arrears that come back (a payment that was taken back) open
a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from recourse import events as ev
from recourse.events import Entry


class Graded(msgspec.Struct, frozen=True):
    """One row: a grade, from when, until when (None: it stands), and in which episode."""

    grade: str
    from_on: date
    lifted_on: date | None
    episode: int


def grades(journal: Iterable[Entry]) -> tuple[Graded, ...]:
    """Every grade of an account, oldest first; `journal`: of all its cases, in order."""
    rows: list[Graded] = []
    episode = 0
    for entry in journal:
        event, on = entry.event, entry.envelope.effective_on
        if isinstance(event, ev.EpisodeOpened):
            episode = event.episode
        elif isinstance(event, ev.EpisodeClosed):
            _lift(rows, on)
        elif isinstance(event, ev.DecisionMade) and event.grade:
            standing = rows[-1] if rows and rows[-1].lifted_on is None else None
            if standing is None or standing.grade != event.grade:
                _lift(rows, on)
                rows.append(Graded(event.grade, on, None, episode))
    return tuple(rows)


def _lift(rows: list[Graded], on: date) -> None:
    if rows and rows[-1].lifted_on is None:
        rows[-1] = msgspec.structs.replace(rows[-1], lifted_on=on)
