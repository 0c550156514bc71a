"""Measures of who the debtor is: the M stage, the cause, what people found, evasion. Pure; `recourse.measures` takes them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

import msgspec

from recourse.buckets import Scheme, reaches, scheme_of, stage, stage_on
from recourse.days import later
from recourse.facts import Facts
from recourse.outlooks import HOLDS, NEVER, Outlook
from recourse.policy.values import Condition, Threshold

Numbers = Mapping[str, int]


class Shared(Protocol):
    """What these measures need of what the tests of one decision share."""

    @property
    def grade(self) -> str: ...

    @property
    def dpd(self) -> int: ...

    @property
    def numbers(self) -> Numbers: ...

    @property
    def scheme(self) -> Scheme: ...


Test = Callable[[Facts, date, Shared], Outlook]


class Own(msgspec.Struct, frozen=True):
    """A measure that moves with the days in its own way, read of facts, of what it is asked about (`of`) and of a day.
    `counts`: it is a number; else it is so or not."""

    read: Callable[[Facts, str, date, Numbers], int | bool]
    compile: Callable[[Condition], Test]
    counts: bool


def limit_of(threshold: Threshold, grade: str) -> int:
    """The number of a threshold for a grade."""
    return threshold if isinstance(threshold, int) else threshold[grade]


def _stage_test(condition: Condition) -> Test:
    low, high = condition.at_least, condition.at_most

    def test(facts: Facts, today: date, shared: Shared) -> Outlook:
        due_on, scheme = facts.oldest_unpaid_due_on, shared.scheme
        now = stage(scheme, due_on, shared.dpd)
        if high is not None:
            return HOLDS if now <= limit_of(high, shared.grade) else NEVER
        wanted = limit_of(low or 0, shared.grade)
        return HOLDS if now >= wanted else Outlook(False, reaches(scheme, due_on, facts.pauses, today, wanted))

    return test


def evading(facts: Facts, today: date) -> bool:
    """Whether a finding of evasion is in force: through its review date."""
    until_on = facts.file.evasion_until_on
    return until_on is not None and today <= until_on


def _evasion_test(condition: Condition) -> Test:
    wanted = bool(condition.is_)

    def test(facts: Facts, today: date, shared: Shared) -> Outlook:
        until_on = facts.file.evasion_until_on
        if (until_on is not None and today <= until_on) is wanted:
            return HOLDS
        return NEVER if wanted or until_on is None else Outlook(False, later(until_on, 1))

    return test


DEBTOR_MEASURES: Mapping[str, Own] = {
    "bucket": Own(
        lambda facts, _, today, numbers: stage_on(
            scheme_of(numbers), facts.oldest_unpaid_due_on, facts.pauses, today
        ),
        _stage_test,
        True,
    ),
    "evasion": Own(lambda facts, _, today, __: evading(facts, today), _evasion_test, False),
}  # fmt: skip
