"""Interest after the due date, by the day and exact: penalty, compound, the doubled part after a judgment, and the caps.

For: the check of what the core has worked out, and what a claim may come to. What is claimed is the core's
(`recourse.money`). Days: the first day of interest is the day after a sum fell due, and what is paid on a day bears
interest to that day, both as loan contracts count. Everything is a fraction until it is posted; a posting is the whole
minor unit below, what is less is carried, so that no sum of postings is above what accrued. Rates are millionths a year.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction

import msgspec

from recourse.days import later
from recourse.errors import UserError
from recourse.money import Amounts
from recourse.policy.money_values import RateCap, Uplift

MILLION = 1_000_000
YEARS = (360, 365)
NOTHING = Fraction(0)


class Rate(msgspec.Struct, frozen=True):
    """A contract rate in millionths a year, from a day on, until the next of its series."""

    from_on: date
    per_year: int


class Contract(msgspec.Struct, frozen=True):
    """How a contract counts. `uplift`: on the rate when overdue, in millionths of it (500,000: half again). `year`: its days
    of a year. `on_penalty`: compound interest runs on penalty interest too, which is in dispute."""

    rates: tuple[Rate, ...]
    uplift: int
    year: int = 360
    on_penalty: bool = False

    def __post_init__(self) -> None:
        if self.year not in YEARS:
            raise UserError(f"a year of {self.year} days", mend=f"use one of {', '.join(map(str, YEARS))}")
        if not self.rates or self.uplift < 0 or any(rate.per_year < 0 for rate in self.rates):
            raise UserError("interest without a rate, or below zero", mend="give the contract's rates and its uplift")

    def penalty_rate(self, on: date) -> Fraction:
        """The penalty rate 罚息利率 of a day, a fraction a year (银发〔2003〕251号)."""
        return Fraction(rate_on(self.rates, on) * (MILLION + self.uplift), MILLION * MILLION)


class Change(msgspec.Struct, frozen=True):
    """What moves at the end of a day: sums that fall due are positive, what is paid of them negative. `penalty` and
    `compound`: what is paid of those."""

    on: date
    principal: int = 0
    interest: int = 0
    penalty: int = 0
    compound: int = 0


class Accrued(msgspec.Struct, frozen=True):
    """What is due and has grown by the end of `to_on`. Penalty and compound interest are what is still unpaid of them."""

    to_on: date
    principal: int = 0
    interest: int = 0
    penalty: Fraction = NOTHING
    compound: Fraction = NOTHING

    @property
    def posted(self) -> Amounts:
        """As whole minor units, fractions dropped: never above what has accrued."""
        return Amounts(self.principal, self.interest, int(self.penalty // 1), int(self.compound // 1))


class CapTest(msgspec.Struct, frozen=True):
    """The charges of a debt beside a cap, in minor units; `excess`: by how much they lie above it."""

    rule: str
    charged: int
    allowed: int

    @property
    def excess(self) -> int:
        return max(self.charged - self.allowed, 0)


def rate_on(rates: Sequence[Rate], on: date) -> int:
    """The rate of a day; before the series begins, its first."""
    in_force = [rate for rate in rates if rate.from_on <= on]
    if not in_force:
        return min(rates, key=lambda rate: rate.from_on).per_year
    return max(in_force, key=lambda rate: rate.from_on).per_year


def accrued_to(until: date, stopped_on: date | None = None) -> date:
    """The last day of interest: a freeze, or the acceptance of a bankruptcy (企业破产法 46), ends it on its day."""
    return until if stopped_on is None else min(until, stopped_on)


def accrue(
    start: Accrued, changes: Iterable[Change], contract: Contract, until: date, stopped_on: date | None = None
) -> Accrued:
    """Penalty and compound interest from the end of one day to the end of another, through what fell due and was paid.

    Changes of the last day count after its interest. UserError when more is paid than is due.
    """
    last, now = accrued_to(until, stopped_on), start
    for change in sorted(changes, key=lambda each: each.on):
        if start.to_on < change.on <= until:
            now = _changed(_grown(now, contract, min(change.on, last)), change)
    return _grown(now, contract, last)


def _grown(now: Accrued, contract: Contract, to_on: date) -> Accrued:
    """Without a change between: in one stretch for each rate, day by day where compound runs on a growing penalty."""
    turns = [rate.from_on for rate in contract.rates if now.to_on < later(rate.from_on, -1) < to_on]
    for turn in sorted(later(turn, -1) for turn in turns):
        now = _stretch(now, contract, turn)
    return _stretch(now, contract, to_on)


def _stretch(now: Accrued, contract: Contract, to_on: date) -> Accrued:
    days = (to_on - now.to_on).days
    if days <= 0:
        return now
    a_day = contract.penalty_rate(later(now.to_on, 1)) / contract.year
    penalty = now.principal * a_day
    compound = now.interest * a_day * days
    if contract.on_penalty:
        compound += sum((now.penalty + penalty * passed) * a_day for passed in range(days))
    return Accrued(to_on, now.principal, now.interest, now.penalty + penalty * days, now.compound + compound)


def _changed(now: Accrued, change: Change) -> Accrued:
    after = Accrued(
        now.to_on,
        now.principal + change.principal,
        now.interest + change.interest,
        now.penalty + change.penalty,
        now.compound + change.compound,
    )
    if min(after.principal, after.interest) < 0 or min(after.penalty, after.compound) < 0:
        raise UserError(f"more was paid on {change.on} than is due by then", mend="check the payments against the plan")
    return after


def doubled(
    principal: int, from_on: date, until: date, per_million_per_day: int, paid: Iterable[tuple[date, int]] = (),
    stays: Iterable[tuple[date, date]] = (),
) -> Fraction:  # fmt: skip
    """The doubled part of the interest for delay (法释〔2014〕8号 1-3): on the money debt that the judgment sets, from the day
    after the time to perform is over. `paid`: what of that debt was paid and when. `stays`: days, both included, on which
    enforcement stood still through no act of the debtor, and it does not run."""
    stood_still = [(first, last) for first, last in stays if first <= last]
    total, left, on = 0, principal, from_on
    by_day = sorted(paid)
    while on < until and left > 0:
        on += timedelta(days=1)
        if not any(first <= on <= last for first, last in stood_still):
            total += left
        while by_day and by_day[0][0] <= on:
            left -= by_day.pop(0)[1]
    return Fraction(total * per_million_per_day, MILLION)


def contract_interest(spells: Iterable[tuple[date, date, int]], rates: Sequence[Rate], year: int) -> Fraction:
    """Interest within the term on (from, to, principal), the first day excluded and the last included, by dated rates."""
    total = NOTHING
    for from_on, to_on, principal in spells:
        turns = sorted({later(rate.from_on, -1) for rate in rates if from_on < later(rate.from_on, -1) < to_on})
        for start, end in zip([from_on, *turns], [*turns, to_on], strict=True):
            total += Fraction(principal * rate_on(rates, later(start, 1)) * (end - start).days, MILLION * year)
    return total


def above_uplift(uplift: int, band: Uplift, *, misused: bool = False) -> int:
    """By how much, in millionths, an uplift lies above what the law lets a contract agree on; 0: within."""
    return max(uplift - (band.misused if misused else band.overdue)[1] * MILLION // 100, 0)


def cap_test(
    rule: str, cap: RateCap, owed: Amounts, rate: int, whole_days: int, before: tuple[int, int] = (0, 0)
) -> CapTest:
    """What is charged on a debt beside a cap that is a rate a year of its principal (法发〔2017〕22号 2(2)).

    Interest within the term was charged for as long as the contract rate takes to make it, and the cap lets so much more
    of it be asked as it lies above that rate; on top comes the cap on the principal for the days that all of it was
    overdue, of 365. `before`: how much of it was due before that, and for how many days; a day of an amount that bore
    interest is not counted again, so that these days with the interest are never more than the whole principal's.
    """
    charged = sum(max(getattr(owed, name), 0) for name in cap.counts)
    principal, (due, days) = max(owed.principal, 0), before
    term = Fraction(max(owed.interest, 0) * MILLION, rate) if rate and "interest" in cap.counts else NOTHING
    within = min(term + Fraction(due * days, 365), max(term, Fraction(principal * days, 365)))
    overdue = Fraction(principal * max(whole_days, 0), 365)
    return CapTest(rule, charged, int((within + overdue) * cap.per_year_percent / 100))


def trimmed(owed: Amounts, excess: int) -> Amounts:
    """A claim without what lies above a cap: taken off compound interest, penalty interest, fees and interest, in turn."""
    parts = dict(owed.items())
    for name in ("compound", "penalty", "fees", "interest"):
        cut = min(excess, max(parts[name], 0))
        parts[name], excess = parts[name] - cut, excess - cut
    return Amounts(**parts)
