"""M stages 逾期阶段: how far along a debt is, by days past due or by the billing cycles of a card. Pure.

The trade's convention, no statute. By days, M1 is 1-30 and so on. By billing cycles M1 begins with the second statement
on which the amount is unpaid and ends with the second due date, M2 ends with the third, and so on. Stages are numbers
here: 0 is M0, 4 is M4; the last one has no end. Pauses stop the count as they stop days past due.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

import msgspec

from recourse.arrears import Pause, dpd, dpd_reaches
from recourse.days import months_later

LEAD, LAST, FIRST_DAY = "bucket.statement_days_before_due", "bucket.last", "bucket.first_day_of_m"
"""Numbers of a policy in which its scheme stands."""
BY_DAYS = (1, 31, 61, 91, 121, 151, 181)
"""First days of M1 to M7 where no pack says otherwise."""


class Scheme(msgspec.Struct, frozen=True):
    """How stages are counted: by `first_days` of M1, M2 …; or, with `lead`, by billing cycles: how many days a statement
    comes before it is due, up to stage `last`."""

    first_days: tuple[int, ...] = BY_DAYS
    lead: int | None = None
    last: int = len(BY_DAYS)


def scheme_of(numbers: Mapping[str, int]) -> Scheme:
    """The scheme that stands in the numbers of a policy (`recourse.policy.book.Policy.numbers`)."""
    last = numbers.get(LAST, len(BY_DAYS))
    lead = numbers.get(LEAD)
    if lead is not None:
        return Scheme((), lead, last)
    days = tuple(numbers[f"{FIRST_DAY}{n}"] for n in range(1, last + 1) if f"{FIRST_DAY}{n}" in numbers)
    return Scheme(days or BY_DAYS, None, len(days or BY_DAYS))


def first_days(scheme: Scheme, oldest_due_on: date) -> tuple[int, ...]:
    """Days past due at which M1, M2 … begin for a debt whose oldest unpaid amount was due on a day."""
    if scheme.lead is None:
        return scheme.first_days
    return _of_cycles(oldest_due_on, scheme.lead, scheme.last)


@lru_cache(maxsize=8192)
def _of_cycles(due_on: date, lead: int, last: int) -> tuple[int, ...]:
    """A due date falls on the same day of each month, or on the month's last."""
    dues = [(months_later(due_on, n) - due_on).days for n in range(1, last)]
    return (max(dues[0] - lead, 1) if dues else 1, *(days + 1 for days in dues))


def stage(scheme: Scheme, oldest_due_on: date | None, days: int) -> int:
    """The stage of a debt that is so many days past due."""
    if oldest_due_on is None or days <= 0:
        return 0
    return bisect_right(first_days(scheme, oldest_due_on), days)


def stage_on(scheme: Scheme, oldest_due_on: date | None, pauses: Sequence[Pause], today: date) -> int:
    """The stage of a debt on a day."""
    return stage(scheme, oldest_due_on, dpd(oldest_due_on, pauses, today))


def reaches(
    scheme: Scheme, oldest_due_on: date | None, pauses: Sequence[Pause], today: date, wanted: int
) -> date | None:
    """The first day, from `today` on, on which the stage is at least `wanted` if no fact changes; None: it never is."""
    if wanted <= 0:
        return today
    if oldest_due_on is None or wanted > scheme.last:
        return None
    return dpd_reaches(oldest_due_on, pauses, today, first_days(scheme, oldest_due_on)[wanted - 1])


def name(scheme: Scheme, number: int) -> str:
    """M0, M1 …, and M7+ for the last."""
    return f"M{number}+" if number >= scheme.last else f"M{number}"
