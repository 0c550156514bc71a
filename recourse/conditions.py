"""A condition of a policy made ready to be asked: does it hold, or when will it first? Pure.

Conditions are compiled once a policy and asked for every case of a night, so each test does only what its own condition
needs, and what several tests of one decision look at is worked out once (:class:`Moment`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from recourse.arrears import dpd, dpd_reaches
from recourse.buckets import Scheme, scheme_of
from recourse.clocks import GROUPS, Numbers, Running, next_end, running
from recourse.days import later
from recourse.debtor_measures import Own
from recourse.facts import Facts
from recourse.measures import (
    MEASURES,
    Anchor,
    DaysPastDue,
    Held,
    Scalar,
    Since,
    Still,
    Until,
    in_force,
)
from recourse.outlooks import HOLDS as HOLDS
from recourse.outlooks import NEVER, UNKNOWN
from recourse.outlooks import Outlook as Outlook
from recourse.policy.values import Condition, Threshold


class Moment:
    """What the tests of one decision share: the internal grade, the DPD, the clocks whose last day is known, the numbers
    of the pack and the M stages that stand in them."""

    __slots__ = ("_scheme", "clocks", "dpd", "grade", "numbers")

    def __init__(self, facts: Facts, today: date, grade: str, numbers: Numbers, scheme: Scheme | None = None) -> None:
        self.grade, self.numbers, self._scheme = grade, numbers, scheme
        self.dpd = dpd(facts.oldest_unpaid_due_on, facts.pauses, today)
        self.clocks: list[Running] = list(running(facts, numbers))

    @property
    def scheme(self) -> Scheme:
        """How M stages are counted."""
        if self._scheme is None:
            self._scheme = scheme_of(self.numbers)
        return self._scheme


Test = Callable[[Facts, date, Moment], Outlook]


def holds(condition: Condition, facts: Facts, today: date, numbers: Numbers) -> bool:
    """Whether a condition holds today; a measure that is not known holds no condition."""
    return compile_test(condition)(facts, today, Moment(facts, today, facts.file.grade, numbers)).holds


def holds_of(condition: Condition, seen: Scalar) -> bool | None:
    """Whether a condition on a measure that stands still holds of a value; None: that depends on the grade."""
    if seen is None:
        return False
    if condition.is_ is not None:
        return seen is condition.is_
    if condition.in_ is not None:
        return seen in condition.in_
    if not isinstance(seen, int):
        return False
    low, high = condition.at_least, condition.at_most
    limits = low if low is not None else high
    held = {seen >= limit if low is not None else seen <= limit for limit in _all(limits or 0)}
    return held.pop() if len(held) == 1 else None


def _all(threshold: Threshold) -> tuple[int, ...]:
    return (threshold,) if isinstance(threshold, int) else tuple(threshold.values())


def compile_test(condition: Condition) -> Test:
    """The test of a condition as a function of facts, day and moment."""
    measure, of = MEASURES[condition.measure], condition.of
    low, high = condition.at_least, condition.at_most
    if isinstance(measure, Still):
        return _still_test(measure.value, condition)
    if isinstance(measure, Own):
        return measure.compile(condition)
    if isinstance(measure, DaysPastDue):
        return _dpd_test(low, high)
    if isinstance(measure, Since):
        return _since_test(measure.anchor, of, low, high)
    if isinstance(measure, Held):
        return _held_test(measure.kind, bool(condition.is_))
    return _until_test(_end(measure, of), low, high)


def _limit(threshold: Threshold, grade: str) -> int:
    return threshold if isinstance(threshold, int) else threshold[grade]


def _still_test(value: Callable[[Facts, str], Scalar], condition: Condition) -> Test:
    of, wanted, among = condition.of, condition.is_, condition.in_
    if wanted is not None:

        def is_test(facts: Facts, today: date, moment: Moment) -> Outlook:
            seen = value(facts, of)
            return HOLDS if seen is wanted else UNKNOWN if seen is None else NEVER

        return is_test
    if among is not None:
        allowed = frozenset(among)

        def in_test(facts: Facts, today: date, moment: Moment) -> Outlook:
            seen = value(facts, of)
            return HOLDS if seen in allowed else UNKNOWN if seen is None else NEVER

        return in_test
    return _size_test(value, condition)


def _size_test(value: Callable[[Facts, str], Scalar], condition: Condition) -> Test:
    of, low, high = condition.of, condition.at_least, condition.at_most

    def test(facts: Facts, today: date, moment: Moment) -> Outlook:
        seen = value(facts, of)
        if not isinstance(seen, int):
            return UNKNOWN if seen is None else NEVER
        if low is not None:
            return HOLDS if seen >= _limit(low, moment.grade) else NEVER
        return HOLDS if high is not None and seen <= _limit(high, moment.grade) else NEVER

    return test


def _dpd_test(low: Threshold | None, high: Threshold | None) -> Test:
    def test(facts: Facts, today: date, moment: Moment) -> Outlook:
        if high is not None:
            return HOLDS if moment.dpd <= _limit(high, moment.grade) else NEVER
        bound = low if isinstance(low, int) else _limit(low or 0, moment.grade)
        if moment.dpd >= bound:
            return HOLDS
        return Outlook(False, dpd_reaches(facts.oldest_unpaid_due_on, facts.pauses, today, bound))

    return test


def _since_test(anchor: Anchor, of: str, low: Threshold | None, high: Threshold | None) -> Test:
    def test(facts: Facts, today: date, moment: Moment) -> Outlook:
        start = anchor(facts, of)
        if start is None:
            return NEVER
        days = (today - start).days
        if high is not None:
            if days < 0:
                return Outlook(False, start)
            return HOLDS if days <= _limit(high, moment.grade) else NEVER
        bound = max(_limit(low or 0, moment.grade), 0)
        return HOLDS if days >= bound else Outlook(False, later(start, bound))

    return test


End = Callable[[Facts, date, Moment], date | None]


def _end(measure: Until, of: str) -> End:
    """The end of the clock that a measure of days left is about; those that run were gathered in the moment."""
    clock = measure.clock
    if clock is not next_end:
        return lambda facts, today, moment: clock(facts, of, today, moment.numbers)
    wanted = GROUPS[of]

    def soonest(facts: Facts, today: date, moment: Moment) -> date | None:
        found = None
        for each in moment.clocks:
            ends = each.ends_on
            if each.kind in wanted and ends >= today and (found is None or ends < found):
                found = ends
        return found

    return soonest


def _until_test(end_of: End, low: Threshold | None, high: Threshold | None) -> Test:
    """`at_most` speaks of a clock that is about to end: once it has run out there is nothing left to hurry for."""

    def test(facts: Facts, today: date, moment: Moment) -> Outlook:
        end = end_of(facts, today, moment)
        if end is None:
            return NEVER
        days = (end - today).days
        if low is not None:
            if days >= _limit(low, moment.grade):
                return HOLDS
            return Outlook(False, later(end, 1)) if days >= 0 else NEVER
        bound = _limit(high or 0, moment.grade)
        if days < 0 <= bound:
            return NEVER
        return HOLDS if days <= bound else Outlook(False, later(end, -bound))

    return test


def _held_test(kind: str, wanted: bool) -> Test:
    def test(facts: Facts, today: date, moment: Moment) -> Outlook:
        if not facts.file.holds:
            return NEVER if wanted else HOLDS
        found = in_force(facts, kind, today)
        if bool(found) is wanted:
            return HOLDS
        if wanted:
            to_come = [hold.from_on for hold in facts.file.holds.values() if hold.kind == kind and hold.from_on > today]
            return Outlook(False, min(to_come)) if to_come else NEVER
        ends = [day for day in found if day is not None]
        return Outlook(False, later(max(ends), 1)) if len(ends) == len(found) else NEVER

    return test
