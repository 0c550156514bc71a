"""The entry of a caller 催收员 in the register: what the journal of its stream ``collector:<id>`` adds up to. Pure.

`fold` is the only way an entry changes, so the table `collectors` can be rebuilt from the journal (`recourse verify` does).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev

STREAM = "collector:"
OWN = "own"
"""The employer of the bank's own callers; any other is an agency."""


class Held(msgspec.Struct, frozen=True, omit_defaults=True):
    """A certificate from one day to another (None: it names no last day)."""

    issued_on: date
    expires_on: date | None = None
    proof: str = ""


class Entry(msgspec.Struct, omit_defaults=True):
    """A caller as the bank knows it today. `skills`: skill → its last day; `capacity`: calls in a day."""

    collector: str = ""
    employer: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    capacity: int = 0
    certificates: dict[str, tuple[Held, ...]] = {}
    skills: dict[str, date | None] = {}

    def works_on(self, day: date) -> bool:
        """Whether it has begun and not ended."""
        started = self.started_on is not None and self.started_on <= day
        return started and (self.ended_on is None or day <= self.ended_on)

    def skills_on(self, day: date) -> frozenset[str]:
        return frozenset(skill for skill, until in self.skills.items() if until is None or day <= until)


def fold(entry: Entry, event: ev.Event, on: date) -> Entry:
    """Apply one event to the entry, in place, and return it. Events that the entry does not keep change nothing."""
    handler = _FOLDS.get(type(event))
    if handler is not None:
        handler(entry, event)
    return entry


def stream_of(collector: str) -> str:
    return f"{STREAM}{collector}"


def _enrolled(entry: Entry, event: ev.CollectorEnrolled) -> None:
    entry.collector, entry.employer = event.collector, event.employer
    entry.started_on, entry.ended_on, entry.capacity = event.started_on, None, event.capacity


def _certified(entry: Entry, event: ev.CollectorCertified) -> None:
    held = Held(event.issued_on, event.expires_on, event.proof)
    others = (each for each in entry.certificates.get(event.certificate, ()) if each.issued_on != held.issued_on)
    entry.certificates[event.certificate] = tuple(sorted((*others, held), key=lambda each: each.issued_on))


def _given(entry: Entry, event: ev.SkillGiven) -> None:
    entry.skills[event.skill] = event.until_on


def _taken(entry: Entry, event: ev.SkillTaken) -> None:
    entry.skills.pop(event.skill, None)


def _ended(entry: Entry, event: ev.CollectorEnded) -> None:
    entry.ended_on = event.last_on


_FOLDS: dict[type[ev.Event], Callable[[Entry, Any], None]] = {
    ev.CollectorEnrolled: _enrolled,
    ev.CollectorCertified: _certified,
    ev.SkillGiven: _given,
    ev.SkillTaken: _taken,
    ev.CollectorEnded: _ended,
}
