"""Which grading binds a case: the scorecard of its policy, or the bands that came before it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from recourse.arrears import dpd, dpd_reaches
from recourse.buckets import scheme_of
from recourse.facts import Facts
from recourse.policy.book import Policy
from recourse.policy.debtor_values import Scorecard
from recourse.policy.values import Band
from recourse.scorecard import Card


class Grader(Protocol):
    """Gives the internal grade R1-R4 of a day, and the day on which the calendar alone changes it."""

    def grade(self, facts: Facts, today: date) -> tuple[str, date | None]: ...


class Bands:
    """Grades by days past due and the claim: the last band that fits."""

    def __init__(self, bands: Sequence[Band]) -> None:
        self._bands = tuple(bands)

    def grade(self, facts: Facts, today: date) -> tuple[str, date | None]:
        """See :class:`Grader`."""
        days, owed = dpd(facts.oldest_unpaid_due_on, facts.pauses, today), facts.owed or 0
        grade, ahead = "R1", None
        for band in self._bands:
            if owed < band.owed_at_least:
                continue
            if days >= band.dpd_at_least:
                grade = band.grade
            elif ahead is None or band.dpd_at_least < ahead:
                ahead = band.dpd_at_least
        if ahead is None:
            return grade, None
        return grade, dpd_reaches(facts.oldest_unpaid_due_on, facts.pauses, today, ahead)


def card_of(policy: Policy) -> Card | None:
    """The scorecard of a policy, compiled; None where only bands are in force."""
    found = next(iter(policy.of("scorecard", Scorecard)), None)
    return None if found is None else Card(found[1], scheme_of(policy.numbers), found[0].rule)


def grader(policy: Policy) -> Grader:
    """What grades the cases of a policy: its scorecard before its bands."""
    return card_of(policy) or Bands(policy.bands)
