"""What is owed on an account, how it came to that, where a payment would go, and how it stands beside the caps. Pure.

The components are the core's; the rest is our arithmetic (`recourse.interest`, `recourse.allocation`), by what the bank
told of the contract. What it did not tell is None and shown as not known.
"""

from __future__ import annotations

from datetime import date

import msgspec

from recourse import allocation
from recourse.arrears import dpd
from recourse.claims import claimable, whole_due_on
from recourse.facts import Facts
from recourse.interest import MILLION, above_uplift, cap_test, trimmed
from recourse.money import Amounts
from recourse.policy.book import Policy
from recourse.policy.money_values import RateCap, Uplift

TRIM_RULE = "interest.trim_to_cap"


class Cap(msgspec.Struct, frozen=True):
    """The charges of the debt beside a cap in force; amounts in minor units, None while the contract rate is not known."""

    rule: str
    citation: str
    per_year_percent: int
    charged: int
    allowed: int | None
    excess: int | None


class Preview(msgspec.Struct, frozen=True):
    """Where a payment would go today; `left`: what is more than is owed."""

    amount: int
    order: tuple[str, ...]
    rule: str
    paid: Amounts
    left: int
    owed_after: Amounts


class View(msgspec.Struct, frozen=True):
    """Everything `recourse amounts` says. Rates in millionths; `per_day`: penalty and compound interest that a day adds on
    what is due, rounded down; `excess`: the most by which a cap is passed; `in_suit`: what a suit would claim."""

    account_id: str
    on: date
    currency: str
    as_of: date | None
    days_past_due: int
    amounts: Amounts | None
    claimable: Amounts | None
    annual_rate: int | None
    penalty_uplift: int | None
    penalty_rate: int | None
    day_count: int
    uplift_above: int
    uplift_rule: str
    per_day: int | None
    caps: tuple[Cap, ...]
    excess: int | None
    in_suit: Amounts | None
    preview: Preview | None = None


def caps(facts: Facts, policy: Policy) -> tuple[Cap, ...]:
    """Every cap in force for the product, strictest last; none while no amount is known."""
    if facts.amounts is None:
        return ()
    found, days, before = [], *_days_overdue(facts, facts.amounts)
    for source, cap in policy.of("rate_cap", RateCap):
        test = cap_test(source.rule, cap, facts.amounts, facts.terms.annual_rate or 0, days, before)
        known = facts.terms.annual_rate is not None
        allowed, excess = (test.allowed, test.excess) if known else (None, None)
        found.append(Cap(source.rule, source.citation, cap.per_year_percent, test.charged, allowed, excess))
    return tuple(sorted(found, key=lambda each: (each.excess or 0, each.rule)))


def _days_overdue(facts: Facts, owed: Amounts) -> tuple[int, tuple[int, int]]:
    """Days for which the whole debt was overdue, to the day of the balance, paused or not; and the principal that was due
    before that, with its days: all of it where the core does not say how much."""
    since, until = facts.oldest_unpaid_due_on, facts.balance_as_of
    if since is None or until is None or until <= since:
        return 0, (0, 0)
    whole_on = whole_due_on(facts)
    turn = until if whole_on is None else min(max(whole_on, since), until)
    due = claimable(facts, until) or owed
    return (until - turn).days, (max(due.principal, 0), (turn - since).days)


def in_suit(facts: Facts, policy: Policy) -> Amounts | None:
    """What a suit claims: all that is owed, less what lies above a cap where the bank does not ask for that."""
    if facts.amounts is None or not policy.numbers.get(TRIM_RULE, 0):
        return facts.amounts
    above = max((cap.excess or 0 for cap in caps(facts, policy)), default=0)
    return trimmed(facts.amounts, above) if above else facts.amounts


def preview(facts: Facts, policy: Policy, on: date, amount: int) -> Preview | None:
    """Where an amount would go by the order in force; None while no balance is known. Before the whole debt is due, what
    is due is paid first, and then the principal that is not."""
    if facts.amounts is None:
        return None
    days = dpd(facts.oldest_unpaid_due_on, facts.pauses, on)
    order = allocation.order_of(policy, days)
    due = claimable(facts, on) or facts.amounts
    paid, left = allocation.within(due, order, amount)
    ahead, left = allocation.within(allocation.less(facts.amounts, due), order, left)
    whole = paid + ahead
    rule = allocation.rule_of(policy)
    return Preview(amount, order, rule, whole, left, allocation.less(facts.amounts, whole))


def view(facts: Facts, policy: Policy, on: date, pay: int | None = None) -> View:
    """The view of an account on a day; `pay`: an amount to try, in minor units."""
    terms, tests = facts.terms, caps(facts, policy)
    known = [cap.excess for cap in tests if cap.excess is not None]
    source, band = next(((s.rule, b) for s, b in policy.of("uplift", Uplift)), ("", None))
    year = terms.day_count or policy.numbers.get("interest.day_count", 360)
    rate = _penalty_rate(facts)
    return View(
        account_id=facts.account_id,
        on=on,
        currency=facts.currency,
        as_of=facts.balance_as_of,
        days_past_due=dpd(facts.oldest_unpaid_due_on, facts.pauses, on),
        amounts=facts.amounts,
        claimable=claimable(facts, on),
        annual_rate=terms.annual_rate,
        penalty_uplift=terms.penalty_uplift,
        penalty_rate=rate,
        day_count=year,
        uplift_above=above_uplift(terms.penalty_uplift or 0, band) if band is not None else 0,
        uplift_rule=source,
        per_day=_per_day(claimable(facts, on), rate, year),
        caps=tests,
        excess=max(known, default=None),
        in_suit=in_suit(facts, policy),
        preview=None if pay is None else preview(facts, policy, on, pay),
    )


def _penalty_rate(facts: Facts) -> int | None:
    """The penalty rate, in millionths a year, rounded down; None while rate or uplift are not known."""
    rate, uplift = facts.terms.annual_rate, facts.terms.penalty_uplift
    return None if rate is None or uplift is None else rate * (MILLION + uplift) // MILLION


def _per_day(due: Amounts | None, rate: int | None, year: int) -> int | None:
    if due is None or rate is None:
        return None
    return (max(due.principal, 0) + max(due.interest, 0)) * rate // (year * MILLION)


def above_caps(facts: Facts, policy: Policy) -> list[tuple[str, int]]:
    """For a seat: each cap that is passed, by how much, and what is charged; nothing where none is."""
    found: list[tuple[str, int]] = []
    for cap in caps(facts, policy):
        if cap.excess:
            found += [(f"{cap.rule} charged", cap.charged), (f"{cap.rule} above", cap.excess)]
    return found
