"""Where a payment goes: which of several debts, and within one debt which component, exact to the minor unit. Pure.

For: a preview of what the core will book, the check of what it booked, and the undoing of a payment. The truth stays
with the core (`recourse.money`). The orders are pack data: within one debt 民法典 561 (a card by its days past due), among
several 民法典 560, after a judgment 法释〔2014〕8号 4. Amounts are minor units of one currency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import msgspec

from recourse.errors import UserError
from recourse.money import Amounts
from recourse.policy.book import Policy
from recourse.policy.money_values import DOUBLED, DebtOrder, OrderBand, PaymentOrder

WITHIN, AMONG = "allocation.order", "allocation.several_debts"


class Debt(msgspec.Struct, frozen=True):
    """One debt of a debtor. `order`: of its components (:func:`order_of`); `secured`: what its security covers, None when
    nobody knows (ranked as unsecured); `per_year`: its rate in millionths, for which debt weighs heavier."""

    debt_id: str
    owed: Amounts
    order: tuple[str, ...]
    due_on: date | None = None
    secured: int | None = None
    per_year: int | None = None


class Share(msgspec.Struct, frozen=True):
    """What of a payment went to one debt, by component."""

    debt_id: str
    paid: Amounts


class Allocated(msgspec.Struct, frozen=True):
    """Where a payment went; `left`: more than all debts took."""

    shares: tuple[Share, ...]
    left: int = 0

    def to(self, debt_id: str) -> Amounts:
        """What went to one debt."""
        return next((share.paid for share in self.shares if share.debt_id == debt_id), Amounts())


class Posting(msgspec.Struct, frozen=True):
    """A payment as it was booked on one debt."""

    payment_id: str
    paid_on: date
    paid: Amounts
    order: tuple[str, ...]


class Undone(msgspec.Struct, frozen=True):
    """What is owed again after a reversal, the postings that are left, and what no posting covered."""

    owed_again: Amounts
    postings: tuple[Posting, ...]
    left: int = 0


def order_of(policy: Policy, dpd: int, stage: str = "contract") -> tuple[str, ...]:
    """The order in force for a debt so many days past due; UserError when the pack has none."""
    found = _orders(policy, stage)
    if found is None:
        raise UserError(
            f"no order of payment for {stage} debts is in force",
            where=policy.jurisdiction,
            mend=f"add {WITHIN} to the pack",
        )
    return max((band for band in found[1] if band.from_dpd <= dpd), key=lambda band: band.from_dpd).order


def rule_of(policy: Policy, stage: str = "contract") -> str:
    """The id of the rule that gives the order; "" when none is in force."""
    found = _orders(policy, stage)
    return found[0] if found is not None else ""


def _orders(policy: Policy, stage: str) -> tuple[str, tuple[OrderBand, ...]] | None:
    rules = policy.of("payment_order", PaymentOrder)
    return next(((source.rule, value.bands) for source, value in rules if value.stage == stage), None)


def criteria_of(policy: Policy) -> tuple[str, ...]:
    """By what several debts are ranked; UserError when the pack does not say."""
    for _, value in policy.of("debt_order", DebtOrder):
        return value.criteria
    raise UserError(
        "no order among several debts is in force", where=policy.jurisdiction, mend=f"add {AMONG} to the pack"
    )


def spread(owed: Mapping[str, int], order: Sequence[str], amount: int) -> tuple[dict[str, int], int]:
    """An amount laid over components in an order; what went to each, and what is left. A credit takes nothing."""
    _refuse_below_zero(amount)
    paid = dict.fromkeys(owed, 0)
    for name in order:
        paid[name] = min(amount, max(owed.get(name, 0), 0))
        amount -= paid[name]
    return paid, amount


def within(owed: Amounts, order: Sequence[str], amount: int) -> tuple[Amounts, int]:
    """A payment on one debt, by component, and what is left of it."""
    paid, left = spread(dict(owed.items()), [name for name in order if name != DOUBLED], amount)
    return Amounts(**paid), left


def after_judgment(owed: Amounts, doubled: int, order: Sequence[str], amount: int) -> tuple[Amounts, int, int]:
    """A payment on a judgment: what went to the award, what to the doubled interest, and what is left (法释〔2014〕8号 4)."""
    paid, left = spread({**dict(owed.items()), DOUBLED: doubled}, order, amount)
    to_doubled = paid.pop(DOUBLED)
    return Amounts(**paid), to_doubled, left


def less(owed: Amounts, paid: Amounts) -> Amounts:
    """What is owed after a payment."""
    return Amounts(**{name: amount - getattr(paid, name) for name, amount in owed.items()})


def allocate(debts: Sequence[Debt], amount: int, criteria: Sequence[str], on: date, designated: str = "") -> Allocated:
    """A payment of one debtor over several debts (民法典 560): the debt that the debtor named first, then rank by rank;
    debts of one rank share pro rata, the rest by the largest remainder, equal remainders by id."""
    _refuse_below_zero(amount)
    if designated and all(debt.debt_id != designated for debt in debts):
        raise UserError(f"no debt {designated!r} of this debtor", mend="name one of the debts")
    named = [debt for debt in debts if debt.debt_id == designated]
    shares: list[Share] = []
    for group in (*([named] if named else []), *_ranked([d for d in debts if d not in named], criteria, on)):
        for debt, part in zip(group, _pro_rata([_takes(debt) for debt in group], amount), strict=True):
            paid, over = within(debt.owed, debt.order, part)
            assert over == 0, "a share is never more than what is owed"
            shares.append(Share(debt.debt_id, paid))
        amount -= sum(share.paid.total for share in shares[len(shares) - len(group) :])
    return Allocated(tuple(shares), amount)


def _takes(debt: Debt) -> int:
    return sum(max(owed, 0) for _, owed in debt.owed.items())


def _ranked(debts: Sequence[Debt], criteria: Sequence[str], on: date) -> list[list[Debt]]:
    """Groups of debts that rank alike, the first to be paid first."""

    def rank(debt: Debt) -> tuple[Any, ...]:
        return tuple(_RANKS[name](debt, on) for name in criteria)

    ordered = sorted(debts, key=lambda debt: (rank(debt), debt.debt_id))
    return [list(group) for _, group in groupby(ordered, key=rank)]


_RANKS: Mapping[str, Callable[[Debt, date], Any]] = {
    "due": lambda debt, on: debt.due_on is None or debt.due_on > on,
    "least_secured": lambda debt, on: min(debt.secured or 0, _takes(debt)),
    "heavier": lambda debt, on: -(debt.per_year or 0),
    "earlier": lambda debt, on: debt.due_on or date.max,
}


def _pro_rata(owed: Sequence[int], amount: int) -> list[int]:
    """An amount shared by what is owed, at most all of it: whole units, what is left to the largest remainders."""
    total = sum(owed)
    if amount >= total:
        return list(owed)
    parts = [divmod(amount * each, total) for each in owed]
    shares = [whole for whole, _ in parts]
    by_rest = sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))
    for at in by_rest[: amount - sum(shares)]:
        shares[at] += 1
    return shares


def undo(postings: Sequence[Posting], payment_id: str) -> Undone:
    """A payment taken back whole 退票: what it paid is owed again, by the component that it had paid."""
    found = [posting for posting in postings if posting.payment_id == payment_id]
    if not found:
        raise UserError(f"payment {payment_id!r} was never booked here", mend="name the payment that is taken back")
    again = sum((posting.paid for posting in found), Amounts())
    return Undone(again, tuple(posting for posting in postings if posting.payment_id != payment_id))


def undo_newest(postings: Sequence[Posting], amount: int) -> Undone:
    """An amount taken back without naming a payment: the newest payment first, and of it what it had paid last."""
    _refuse_below_zero(amount)
    kept = sorted(postings, key=lambda posting: (posting.paid_on, posting.payment_id))
    again = Amounts()
    while amount and kept:
        newest = kept.pop()
        back, amount = within(newest.paid, newest.order[::-1], amount)
        again += back
        if back != newest.paid:
            kept.append(msgspec.structs.replace(newest, paid=less(newest.paid, back)))
    return Undone(again, tuple(kept), amount)


def _refuse_below_zero(amount: int) -> None:
    if amount < 0:
        raise UserError("a payment of less than nothing", mend="a reversal has a function of its own")
