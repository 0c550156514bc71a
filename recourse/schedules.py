"""Instalment plans 还款计划: exact arithmetic, in fractions and whole minor units, never in floats. Pure.

For: the plan of an arrangement, and holding it against what the core says. Not for: what is owed (the core says that) or
how late an account is (`recourse.arrears`). Each row is rounded half up to the minor unit and the last takes the rest, so
that the principal of the rows is the principal, to the fen. Nothing falls due twice on one day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec

from recourse.days import later, months_later
from recourse.errors import UserError

Method = Literal["equal_instalments", "equal_principal", "interest_only", "bullet", "free"]
"""等额本息, 等额本金, 先息后本 (interest, then the principal at once), 到期一次还本付息, and dates and amounts as agreed."""

DayCount = Literal["30/360", "act/360", "act/365"]
LONGEST_TIMES = 600


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """What falls due on a day, in minor units: `principal` of the claim; `charges`: its interest, penalty, fees and costs
    up to the plan; `interest`: what runs on the deferred principal; `current`: the contract's own instalment of the day."""

    due_on: date
    principal: int = 0
    charges: int = 0
    interest: int = 0
    current: int = 0

    @property
    def total(self) -> int:
        return self.principal + self.charges + self.interest + self.current


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a plan is made of. `rate`: percent a year as decimal text, "" = no interest runs. The first row falls due on
    `first_due_on`, the next every `months` months, or every `days` days if that is not 0. `end_of_month`: a first day that
    ends its month keeps to the ends of months. `listed`: the rows of a free plan, day and amount of what is owed today."""

    principal: int
    charges: int
    from_on: date
    first_due_on: date
    times: int = 1
    method: Method = "equal_principal"
    rate: str = ""
    count: DayCount = "30/360"
    months: int = 1
    days: int = 0
    end_of_month: bool = False
    listed: tuple[tuple[date, int], ...] = ()


class Totals(msgspec.Struct, frozen=True):
    """A plan added up, in minor units."""

    principal: int
    charges: int
    interest: int
    current: int

    @property
    def total(self) -> int:
        return self.principal + self.charges + self.interest + self.current


def totals(rows: Sequence[Row]) -> Totals:
    """What the rows come to, by component."""
    return Totals(
        sum(row.principal for row in rows), sum(row.charges for row in rows),
        sum(row.interest for row in rows), sum(row.current for row in rows),
    )  # fmt: skip


def rounded(amount: Fraction) -> int:
    """To the minor unit, half up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def rate_of(text: str) -> Fraction:
    """The rate a year as a fraction: ``rate_of("4.35") == Fraction(435, 10000)``. Refused: no number, or below zero."""
    if not text:
        return Fraction(0)
    try:
        percent = Decimal(text)
    except InvalidOperation:
        raise UserError(f"not a rate: {text!r}", mend="write percent a year, such as 4.35") from None
    if not percent.is_finite() or percent < 0 or percent > 1000:
        raise UserError(f"a rate of {text} percent", mend="write percent a year, such as 4.35")
    return Fraction(percent) / 100


def year_share(from_on: date, to_on: date, count: DayCount) -> Fraction:
    """The part of a year between two days: 30/360 counts every month as 30 days, the others count days."""
    if count == "30/360":
        months = (to_on.year - from_on.year) * 12 + to_on.month - from_on.month
        return Fraction(months * 30 + min(to_on.day, 30) - min(from_on.day, 30), 360)
    return Fraction((to_on - from_on).days, 360 if count == "act/360" else 365)


def _shares(terms: Terms, days: Sequence[date]) -> list[Fraction]:
    """The part of a year before each row; by 30/360 every whole period of months is the same, however long its months."""
    found = [year_share(a, b, terms.count) for a, b in pairwise((terms.from_on, *days))]
    if terms.count == "30/360" and terms.method != "free" and not terms.days:
        whole = months_later(terms.from_on, terms.months) == days[0]
        found[int(not whole) :] = [Fraction(terms.months, 12)] * (len(days) - int(not whole))
    return found


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def due_days(terms: Terms) -> tuple[date, ...]:
    """The days on which the rows fall due; where a month has no such day, its last (民法典 202)."""
    if terms.days:
        return tuple(later(terms.first_due_on, terms.days * n) for n in range(terms.times))
    found = [months_later(terms.first_due_on, terms.months * n) for n in range(terms.times)]
    if terms.end_of_month and _ends_month(terms.first_due_on):
        found = [day.replace(day=monthrange(day.year, day.month)[1]) for day in found]
    return tuple(found)


def schedule(terms: Terms) -> tuple[Row, ...]:
    """The rows of a plan, oldest first. Raises UserError for terms that make no plan."""
    _refuse(terms)
    if terms.method == "free":
        return _free(terms)
    days = due_days(terms)
    if days[-1] == date.max or any(a >= b for a, b in pairwise(days)):
        raise UserError("the plan runs off the calendar", mend="fewer instalments, or a shorter period")
    rate = rate_of(terms.rate)
    principal = _principal(terms, days, rate)
    interest = _interest(terms, days, principal, rate)
    charges = spread(terms.charges, len(days)) if terms.method != "bullet" else [0] * (len(days) - 1) + [terms.charges]
    return tuple(
        Row(day, part, charge, run) for day, part, charge, run in zip(days, principal, charges, interest, strict=True)
    )


def _refuse(terms: Terms) -> None:
    if terms.principal < 0 or terms.charges < 0 or terms.principal + terms.charges == 0:
        raise UserError("nothing to be paid by instalments", mend="see `recourse explain ACCOUNT` for what is owed")
    first = terms.listed[0][0] if terms.method == "free" and terms.listed else terms.first_due_on
    if first <= terms.from_on:
        raise UserError(f"the first instalment would fall due on {first}", mend=f"give a day after {terms.from_on}")
    if terms.method == "free":
        return
    if not 1 <= terms.times <= LONGEST_TIMES:
        raise UserError(f"{terms.times} instalments", mend=f"from 1 to {LONGEST_TIMES}")
    if terms.method == "bullet" and terms.times != 1:
        raise UserError("a bullet is paid at once", mend="one instalment, or another method")
    if (terms.days or terms.months) < 1:
        raise UserError("no time between two instalments", mend="a month, or a number of days")


def spread(amount: int, times: int) -> list[int]:
    """Equal parts of an amount; the last takes the rest."""
    part = amount // times
    return [part] * (times - 1) + [amount - part * (times - 1)]


def _principal(terms: Terms, days: Sequence[date], rate: Fraction) -> list[int]:
    times = len(days)
    if terms.method in ("interest_only", "bullet"):
        return [0] * (times - 1) + [terms.principal]
    if terms.method == "equal_principal" or not rate:
        return spread(terms.principal, times)
    payment, left = annuity(terms, rate), terms.principal
    parts: list[int] = []
    for share in _shares(terms, days)[:-1]:
        parts.append(min(max(payment - rounded(left * rate * share), 0), left))
        left -= parts[-1]
    return [*parts, left]


def annuity(terms: Terms, rate: Fraction) -> int:
    """The level payment 等额本息 that pays the principal with its interest in so many periods, in minor units."""
    days = Fraction(terms.days, 365 if terms.count == "act/365" else 360)
    per = rate * (days if terms.days else Fraction(terms.months, 12))
    grown = (1 + per) ** terms.times
    return rounded(terms.principal * per * grown / (grown - 1))


def _interest(terms: Terms, days: Sequence[date], principal: Sequence[int], rate: Fraction) -> list[int]:
    """What runs on the principal not yet due, from one due day to the next."""
    if not rate:
        return [0] * len(days)
    left, found = terms.principal, []
    for share, part in zip(_shares(terms, days), principal, strict=True):
        found.append(rounded(left * rate * share))
        left -= part
    return found


def _free(terms: Terms) -> tuple[Row, ...]:
    """Dates and amounts as agreed: charges are paid first, then principal (民法典 561); interest comes on top."""
    days = [day for day, _ in terms.listed]
    if not days or days != sorted(set(days)) or any(amount < 0 for _, amount in terms.listed):
        raise UserError("a list of instalments names each day once, in order, with an amount", mend="DAY=AMOUNT …")
    owed = terms.principal + terms.charges
    listed = sum(amount for _, amount in terms.listed)
    if listed != owed:
        raise UserError(f"the instalments come to {listed} minor units", mend=f"they have to come to {owed}")
    left, charges, principal = terms.charges, [], []
    for _, amount in terms.listed:
        charges.append(min(left, amount))
        principal.append(amount - charges[-1])
        left -= charges[-1]
    interest = _interest(terms, days, principal, rate_of(terms.rate))
    return tuple(
        Row(day, part, charge, run) for day, part, charge, run in zip(days, principal, charges, interest, strict=True)
    )


def beside(rows: Sequence[Row], contract: Sequence[tuple[date, int]]) -> tuple[Row, ...]:
    """A plan over the arrears, with the contract's own instalments that fall due while it runs: what has to be paid."""
    found = {row.due_on: row for row in rows}
    last = max(found)
    for day, amount in contract:
        if day <= last and amount > 0:
            row = found.get(day, Row(day))
            found[day] = msgspec.structs.replace(row, current=row.current + amount)
    return tuple(found[day] for day in sorted(found))
