"""The measure of the debtor's deposits of one source: only what the core told of lately enough for an adverse act. Pure.

What is too old may not be taken (`recourse.proposals`), so nobody is asked about it either. As days go by with no news the
sum only falls; deposits that are told of anew after a break wake their cases (`recourse.intake.deposit_load`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from recourse.days import later
from recourse.debtor_measures import Numbers, Own, Shared, Test, limit_of
from recourse.facts import Facts
from recourse.ladder import ActClass
from recourse.outlooks import HOLDS, NEVER, Outlook
from recourse.policy.values import Condition

OLDEST = f"freshness.{ActClass.ADVERSE.value}"
"""The number of the pack: the days after which a deposit is too old for an adverse act, such as set-off."""


def fresh_sum(facts: Facts, source: str, today: date, numbers: Numbers) -> int:
    """What lies in deposits of a source, in minor units, those left out that are too old on a day."""
    oldest = numbers.get(OLDEST)
    return sum(
        row.balance
        for row in facts.deposit_rows
        if row.source == source and (oldest is None or (today - row.as_of).days <= oldest)
    )


def _sum_test(condition: Condition) -> Test:
    source, low, high = condition.of, condition.at_least, condition.at_most

    def test(facts: Facts, today: date, shared: Shared) -> Outlook:
        now = fresh_sum(facts, source, today, shared.numbers)
        if high is None:
            return HOLDS if now >= limit_of(low or 0, shared.grade) else NEVER
        most = limit_of(high, shared.grade)
        return HOLDS if now <= most else _falls_to(most, facts, source, today, shared.numbers)

    return test


def _falls_to(most: int, facts: Facts, source: str, today: date, numbers: Numbers) -> Outlook:
    """The day on which so much is too old that the sum is no more than `most`; never while nothing grows too old."""
    oldest = numbers.get(OLDEST)
    days = sorted({later(row.as_of, oldest + 1) for row in facts.deposit_rows}) if oldest is not None else []
    falls = (day for day in days if day > today and fresh_sum(facts, source, day, numbers) <= most)
    return Outlook(False, next(falls, None))


DEPOSIT_MEASURES: Mapping[str, Own] = {
    "deposits_of": Own(lambda facts, of, today, numbers: fresh_sum(facts, of, today, numbers), _sum_test, True)
}
