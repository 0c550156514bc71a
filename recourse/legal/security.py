"""Security before and in a sale: which is used first, who ranks before whom, and who gets what of the proceeds. Pure.

民法典 392 for the order, 414–416 for the ranks, 413 for surplus and shortfall. Amounts are minor units of one currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import groupby

import msgspec

from recourse.days import years_later
from recourse.errors import UserError
from recourse.legal.grounds import Ground, law
from recourse.policy.book import Policy

FORECLOSED = "clock.foreclosed_asset_years"


class Backing(StrEnum):
    """What stands behind a claim: the debtor's own thing, somebody else's, or a person."""

    OWN = "own"
    THIRD_PARTY = "third_party"
    JOINT = "joint"
    GENERAL = "general"


class Behind(msgspec.Struct, frozen=True):
    """One security or guarantee behind the claim."""

    name: str
    backing: Backing


class Turn(msgspec.Struct, frozen=True):
    """Those that may be used at one point, at the creditor's choice; all earlier turns come first."""

    names: tuple[str, ...]
    because: Ground


_AGREED = law("agreed", "民法典 392", "按约定的顺序", "in the order that was agreed")
_OWN = law("own_first", "民法典 392", "债务人自己提供的物的担保先实现", "the debtor's own security comes first")
_CHOICE = law("choice", "民法典 392", "第三人物保与保证人可任选", "third-party security or a surety, at choice")
_AFTER = law(
    "after",
    "民法典 687",
    "一般保证人在强制执行债务人财产后担责",
    "a general guarantor, after enforcement on the debtor",
)


def turns(behind: Sequence[Behind], agreed: Sequence[str] = ()) -> tuple[Turn, ...]:
    """In which order the backings are used: what was agreed, then by law. `agreed` may name some of them only.

    Raises UserError when `agreed` names something that is not behind the claim.
    """
    known = {each.name for each in behind}
    if strangers := [name for name in agreed if name not in known]:
        raise UserError(f"{strangers[0]!r} is agreed on, but not behind the claim", mend="name what secures it")
    left = [each for each in behind if each.name not in agreed]
    found = [Turn((name,), _AGREED) for name in agreed]
    for backings, ground in (
        ((Backing.OWN,), _OWN),
        ((Backing.THIRD_PARTY, Backing.JOINT), _CHOICE),
        ((Backing.GENERAL,), _AFTER),
    ):
        names = tuple(sorted(each.name for each in left if each.backing in backings))
        found += [Turn(names, ground)] if names else []
    return tuple(found)


class Charge(msgspec.Struct, frozen=True, omit_defaults=True):
    """One right on a thing and what it secures, in minor units. `perfected_on`: registered, or delivered for a pledge;
    None: neither. `serial`: orders charges of one day (the registry's number). `price_of_the_thing`: 民法典 416.
    """

    name: str
    secured: int
    perfected_on: date | None = None
    serial: int = 0
    price_of_the_thing: bool = False


def ranks(charges: Sequence[Charge]) -> tuple[tuple[Charge, ...], ...]:
    """The charges by rank, first first; those of one rank share pro rata.

    By the day of registration or delivery; what is neither comes last, together (414, 415). A charge for the price of the
    very thing, registered within ten days of delivery, comes before all (416); whether it is one, the caller has found.
    """
    ordered = sorted(charges, key=lambda charge: (_rank(charge), charge.name))
    return tuple(tuple(group) for _, group in groupby(ordered, key=_rank))


def _rank(charge: Charge) -> tuple[int, date, int]:
    if charge.perfected_on is None:
        return 2, date.max, 0
    return 0 if charge.price_of_the_thing else 1, charge.perfected_on, charge.serial


class Shares(msgspec.Struct, frozen=True):
    """Who gets what of the proceeds, in minor units; the parts add up to the proceeds.

    `surplus` goes to the owner of the thing; `shortfall` of each charge is what its debtor still owes (413).
    """

    costs: int
    charges: dict[str, int]
    surplus: int
    shortfall: dict[str, int]


def split(proceeds: int, costs: int, charges: Sequence[Charge]) -> Shares:
    """Costs of the sale first, then rank by rank up to what each secures, then the owner.

    Within a rank pro rata; the fen that does not divide goes to the earlier name. Raises UserError for amounts below zero
    and for two charges of one name.
    """
    if min(proceeds, costs, *(charge.secured for charge in charges), 0) < 0:
        raise UserError("an amount below zero", mend="proceeds, costs and what is secured are zero or more")
    if len({charge.name for charge in charges}) != len(charges):
        raise UserError("two charges of one name", mend="name each charge once")
    paid_costs = min(proceeds, costs)
    left, paid = proceeds - paid_costs, dict[str, int]()
    for group in ranks(charges):
        shares = _pro_rata(left, group)
        paid |= shares
        left -= sum(shares.values())
    return Shares(paid_costs, paid, left, {charge.name: charge.secured - paid[charge.name] for charge in charges})


def _pro_rata(left: int, group: Sequence[Charge]) -> dict[str, int]:
    secured = sum(charge.secured for charge in group)
    if left >= secured:
        return {charge.name: charge.secured for charge in group}
    shares = {charge.name: left * charge.secured // secured for charge in group}
    over = left - sum(shares.values())
    for charge in group:
        more = min(over, charge.secured - shares[charge.name], 1)
        shares[charge.name] += more
        over -= more
    return shares


def still_owed(owed: int, got: int) -> int:
    """What stays with the debtor after the security is used up: never less than nothing (民法典 413)."""
    return max(0, owed - got)


def dispose_by(acquired_on: date, policy: Policy) -> date | None:
    """By when a bank has to sell real estate or shares that it took for a debt (商业银行法 42); None: no rule in force."""
    years = policy.numbers.get(FORECLOSED)
    return None if years is None else years_later(acquired_on, years)
