"""Our own penalty and compound interest beside the core's, carried from one balance to the next. Pure.

The core is the truth about money; this is the check of its arithmetic (`recourse.interest`). What is due comes from the
core's own balances, so only rates, days and rounding are tried. Where a stretch cannot be followed (money without its
parts, a value date that lies back, a change that no due date explains) nothing is claimed of it: the difference found so
far is carried over, and the watch goes on from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from fractions import Fraction

import msgspec

from recourse.errors import UserError
from recourse.interest import MILLION, Accrued, Change, Contract, Rate, accrue
from recourse.money import Amounts

LONGEST_DAYS = 31
"""A stretch longer than this is not followed: too much may have fallen due in it."""


class Told(msgspec.Struct, frozen=True):
    """A balance of the core. `principal_due`: what of the principal is due by the end of the day; None: not known."""

    as_of: date
    amounts: Amounts
    principal_due: int | None


class Booked(msgspec.Struct, frozen=True):
    """Money as the core booked it, by component (taken back: negative); None: it did not say."""

    booked_on: date
    paid_on: date
    parts: Amounts | None


class Watch(msgspec.Struct, frozen=True):
    """Where the watch of an account stands: ours by the end of `as_of`, beside what the core `told` then of both together.

    `principal` and `interest`: what bears from the next day on, None while it is not known. `terms`: the contract it was
    counted by.
    """

    from_on: date
    as_of: date
    principal: int | None
    interest: int
    penalty: Fraction
    compound: Fraction
    told: int
    terms: str

    @property
    def ours(self) -> int:
        """Whole minor units of both, fractions dropped as they are posted."""
        return int(self.penalty // 1) + int(self.compound // 1)

    @property
    def difference(self) -> int:
        """The core's less ours."""
        return self.told - self.ours


def contract_of(rate: int | None, uplift: int | None, year: int, *, on_penalty: bool) -> Contract | None:
    """How an account counts, by what the bank said of it; None while rate or uplift are not known."""
    if rate is None or uplift is None:
        return None
    return Contract((Rate(date.min, rate),), uplift, year, on_penalty)


def terms_text(contract: Contract) -> str:
    """The contract as a watch keeps it: rate, uplift, days of the year, what compounds."""
    return f"{contract.rates[0].per_year}/{contract.uplift}/{contract.year}/{int(contract.on_penalty)}"


def begun(told: Told, contract: Contract, difference: int = 0) -> Watch:
    """A watch that begins with the core's own figures, less a difference that was found before."""
    owed = told.amounts
    return Watch(
        told.as_of, told.as_of, told.principal_due, owed.interest, Fraction(owed.penalty - difference),
        Fraction(owed.compound), owed.penalty + owed.compound, terms_text(contract),
    )  # fmt: skip


def watched(
    before: Watch, told: Told, money: Iterable[Booked], dues: Collection[date], contract: Contract
) -> tuple[Watch, bool]:
    """The watch after a new balance, and whether the stretch between was followed. `dues`: days on which something of the
    plan falls due. Money told late is in the balances before it, so what differed may be that money: the watch begins anew.
    """
    booked = list(money)
    if any(each.booked_on <= before.as_of for each in booked):
        return begun(told, contract), True
    changes = _changes(before, told, booked, dues) if terms_text(contract) == before.terms else None
    now = None if changes is None else _grown(before, changes, contract, told.as_of)
    if now is None:
        return begun(told, contract, before.difference), False
    owed = told.amounts
    return Watch(
        before.from_on, told.as_of, told.principal_due, owed.interest, now.penalty, now.compound,
        owed.penalty + owed.compound, before.terms,
    ), True  # fmt: skip


def _grown(before: Watch, changes: list[Change], contract: Contract, until: date) -> Accrued | None:
    """Ours by the end of a day; None where more was paid than ours knows of. What fell due on the very day of the last
    balance, and was told after it, bears from the next day on."""
    at_once = [change for change in changes if change.on <= before.as_of]
    start = Accrued(
        before.as_of,
        (before.principal or 0) + sum(change.principal for change in at_once),
        before.interest + sum(change.interest for change in at_once),
        before.penalty,
        before.compound,
    )
    try:
        return accrue(start, changes, contract, until)
    except UserError:
        return None


def _changes(before: Watch, told: Told, money: list[Booked], dues: Collection[date]) -> list[Change] | None:
    """What moved between two balances, day by day; None where that cannot be said."""
    days = (told.as_of - before.as_of).days
    if before.principal is None or told.principal_due is None or not 0 < days <= LONGEST_DAYS:
        return None
    changes = []
    for each in money:
        if each.parts is None or each.paid_on != each.booked_on or each.booked_on > told.as_of:
            return None
        paid = each.parts
        changes.append(Change(each.booked_on, -paid.principal, -paid.interest, -paid.penalty, -paid.compound))
    principal = told.principal_due - before.principal - sum(change.principal for change in changes)
    interest = told.amounts.interest - before.interest - sum(change.interest for change in changes)
    if principal or interest:
        fell_due = [on for on in set(dues) if before.as_of <= on <= told.as_of]
        if len(fell_due) != 1 or min(principal, interest) < 0:
            return None
        changes.insert(0, Change(fell_due[0], principal, interest))
    return changes


def too_far(watch: Watch, tolerance_minor: int, tolerance_per_million: int) -> bool:
    """Whether the core's interest lies further from ours than the larger of two tolerances."""
    return abs(watch.difference) > max(tolerance_minor, watch.ours * tolerance_per_million // MILLION)
