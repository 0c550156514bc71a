"""Instalment plans, exact in fen: equal instalments 等额本息, or interest monthly and principal at the end 先息后本."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

import msgspec

MILLION = 1_000_000
_CONTEXT = Context(prec=40, rounding=ROUND_HALF_UP)


class PlanRow(msgspec.Struct, frozen=True):
    """What falls due on a day (ordinal), in minor units."""

    number: int
    due_on: int
    principal: int
    interest: int


def months_on(day: date, months: int) -> date:
    """The same day of the month, so many months on; `day` is at most the 28th."""
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, day.day)


def month_interest(principal: int, rate: int) -> int:
    """Interest of one month of twelve on `principal` at `rate` (millionths a year), half a fen rounded up."""
    return (2 * principal * rate + 12 * MILLION) // (24 * MILLION)


def level_plan(amount: int, rate: int, months: int, first_due_on: date) -> tuple[PlanRow, ...]:
    """Equal instalments; the last one takes what rounding left over."""
    pay, left, rows = _level_payment(amount, rate, months), amount, []
    for number in range(1, months + 1):
        interest = month_interest(left, rate)
        principal = left if number == months else min(left, pay - interest)
        left -= principal
        rows.append(PlanRow(number, months_on(first_due_on, number - 1).toordinal(), principal, interest))
    return tuple(rows)


def bullet_plan(amount: int, rate: int, months: int, first_due_on: date) -> tuple[PlanRow, ...]:
    """Interest every month, the principal with the last instalment."""
    interest = month_interest(amount, rate)
    return tuple(
        PlanRow(number, months_on(first_due_on, number - 1).toordinal(), amount if number == months else 0, interest)
        for number in range(1, months + 1)
    )


def _level_payment(amount: int, rate: int, months: int) -> int:
    monthly = _CONTEXT.divide(Decimal(rate), Decimal(12 * MILLION))
    growth = _CONTEXT.power(1 + monthly, months)
    payment = _CONTEXT.divide(_CONTEXT.multiply(Decimal(amount) * monthly, growth), growth - 1)
    return int(payment.to_integral_value(rounding=ROUND_HALF_UP))
