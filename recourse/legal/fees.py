"""Court fees to the fen, from the scales in the pack (诉讼费用交纳办法, 国务院令第481号). Pure.

A scale adds up band by band, or is a share of another. Everything is exact until the one rounding at the end, half up to
the minor unit: the regulation is silent on fractions of a fen, and a court's cashier takes whole ones. A policy without
the scale, or an amount in another currency, has no fee that anyone could name: None, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from recourse.errors import UserError
from recourse.policy.book import Policy
from recourse.policy.legal_values import FeeSchedule

HALF = Fraction(1, 2)


def schedules(policy: Policy) -> Mapping[str, FeeSchedule]:
    """The scales in force, by name."""
    return {schedule.name: schedule for _, schedule in policy.of("fee_schedule", FeeSchedule)}


def exact(schedule: FeeSchedule, amount: int, scales: Mapping[str, FeeSchedule]) -> Fraction | None:
    """The fee before rounding, in minor units; `scales` has the one that this is a share of.

    None when that scale is not known. Raises UserError for an amount below zero.
    """
    if amount < 0:
        raise UserError(f"a fee on {amount}", mend="an amount at stake is zero or more")
    if schedule.share_of:
        other = scales.get(schedule.share_of)
        whole = None if other is None or other.share_of else exact(other, amount, scales)
        fee = None if whole is None else whole * Fraction(*schedule.share)
    else:
        fee = _by_bands(schedule, amount)
    return fee if fee is None or schedule.cap is None else min(fee, Fraction(schedule.cap))


def fee(policy: Policy, name: str, amount: int | None, currency: str = "CNY") -> int | None:
    """The fee on an amount in minor units, such as ``fee(policy, "case_acceptance", 5_000_000)``; None: not known."""
    return _fee(policy, name, amount, currency, Fraction(1))


def halved(policy: Policy, name: str, amount: int | None, currency: str = "CNY") -> int | None:
    """Half the fee: mediation or withdrawal (15), simplified procedure (16). A court halves once (民诉解释 206)."""
    return _fee(policy, name, amount, currency, HALF)


def without_amount(policy: Policy, name: str) -> int | None:
    """The fee where no amount is at stake; None when the scale names none, or is not known."""
    schedule = schedules(policy).get(name)
    return None if schedule is None else schedule.without_amount


def _fee(policy: Policy, name: str, amount: int | None, currency: str, part: Fraction) -> int | None:
    known = schedules(policy)
    schedule = known.get(name)
    if schedule is None or amount is None or schedule.currency != currency:
        return None
    whole = exact(schedule, amount, known)
    return None if whole is None else half_up(whole * part)


def half_up(amount: Fraction) -> int:
    """To whole minor units; a half goes up."""
    return int((amount + HALF) // 1)


def _by_bands(schedule: FeeSchedule, amount: int) -> Fraction:
    fee, below = Fraction(0), 0
    for number, band in enumerate(schedule.bands):
        if number and amount <= below:
            break
        top = amount if band.up_to is None else min(amount, band.up_to)
        fee += band.flat if band.flat is not None else Fraction((top - below) * (band.per_100k or 0), 100_000)
        below = top
    return fee
