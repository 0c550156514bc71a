"""The rounds of a court's online auction: reserve prices, days, deposits, and what may follow each. Pure.

法释〔2016〕18号 for the rounds, 法释〔2018〕15号 for the reference price. Prices are the lowest that the rules allow, rounded
up to the minor unit so that a floor is never undercut; the court sets the price, and may set a higher one. After two
failed auctions the asset is sold off, or taken for the debt at the price of the failed round (拍卖、变卖规定 16, 24, 25).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from recourse.days import later, months_later, years_later
from recourse.errors import UserError
from recourse.legal.grounds import Ground, bank, law, ruled
from recourse.policy.book import Policy

RESERVE, CUT = "auction.first_reserve_percent", "auction.cut_percent"
LEAST, MOST = "auction.deposit_least_percent", "auction.deposit_most_percent"
SECOND, SELL_OFF = "clock.auction_second_days", "auction.sell_off_days"
START, VALID, EXTRA = "auction.start_within_days", "clock.valuation_years", "auction.valuation_extra_months"
NOTICE = {True: "auction.notice_movable_days", False: "auction.notice_realty_days"}
SECOND_NOTICE = {True: "auction.second_notice_movable_days", False: "auction.second_notice_realty_days"}
"""How long a round is announced, for movables or not."""
ROUND_RULES = "网络司法拍卖规定 10、12、17"
SECOND_RULES = "网络司法拍卖规定 26"


class Lot(msgspec.Struct, frozen=True):
    """What is sold. `reference`: appraisal or market price in minor units; `movable`: decides how long it is announced."""

    reference: int
    movable: bool


class Round(msgspec.Struct, frozen=True, omit_defaults=True):
    """One round. `start_price` and deposits in minor units; `latest_on`: last day to hold it; `next`: what may follow.

    For `debt_for_asset` the start price is the price at which the asset is taken.
    """

    name: str
    start_price: int
    earliest_on: date
    latest_on: date | None
    deposit_least: int
    deposit_most: int
    next: tuple[str, ...]
    because: tuple[Ground, ...]


class Taken(msgspec.Struct, frozen=True):
    """An asset taken for the debt, in minor units: what it pays off, what is left owing, what the taker pays in."""

    credited: int
    left_owing: int
    pays_in: int


def first_round(lot: Lot, policy: Policy, announced_on: date) -> Round | None:
    """The first auction when it is announced on a day; None while a rule is missing."""
    notice = NOTICE[lot.movable]
    given = ruled(policy, (RESERVE, notice, LEAST, MOST)).numbers
    if len(given) < 4 or lot.reference < 0:
        return None
    start = _up(lot.reference * given[RESERVE], 100)
    reserve = law(
        "reserve",
        ROUND_RULES,
        f"保留价不低于参考价的 {given[RESERVE]}%，公告期 {given[notice]} 天",
        f"reserve of at least {given[RESERVE]}% of the reference price, announced {given[notice]} days before",
        RESERVE,
    )
    after = ("auction_second", "debt_for_asset")
    return _round("auction_first", start, later(announced_on, given[notice]), None, given, after, (reserve,))


def second_round(first: Round, lot: Lot, policy: Policy, failed_on: date) -> Round | None:
    """The second auction after the first failed; None while a rule is missing."""
    notice = SECOND_NOTICE[lot.movable]
    given = ruled(policy, (CUT, notice, SECOND, LEAST, MOST)).numbers
    if len(given) < 5:
        return None
    start = _up(first.start_price * (100 - given[CUT]), 100)
    cut = law(
        "cut",
        SECOND_RULES,
        f"流拍后 {given[SECOND]} 天内再次拍卖，降价不超过前次起拍价的 {given[CUT]}%，公告期 {given[notice]} 天",
        f"within {given[SECOND]} days of the failure, at most {given[CUT]}% below, announced {given[notice]} days before",
        CUT,
    )
    earliest, latest = later(failed_on, given[notice]), later(failed_on, given[SECOND])
    return _round("auction_second", start, earliest, latest, given, ("sell_off", "debt_for_asset"), (cut,))


def sell_off(second: Round, policy: Policy, announced_on: date) -> Round | None:
    """The sell-off at the second start price; None while its length is not in the pack, or switched off."""
    given = ruled(policy, (SELL_OFF, LEAST, MOST)).numbers
    if len(given) < 3:
        return None
    sale = bank(
        "sell_off",
        SECOND_RULES,
        f"按二拍起拍价变卖，变卖期 {given[SELL_OFF]} 天",
        f"sold off at the second start price within {given[SELL_OFF]} days",
        SELL_OFF,
    )
    ends = later(announced_on, given[SELL_OFF])
    return _round("sell_off", second.start_price, announced_on, ends, given, ("debt_for_asset",), (sale,))


def debt_for_asset(failed: Round, failed_on: date) -> Round:
    """Taking the asset at the price of the round that failed; if nobody does after the last round, it goes back."""
    price = law(
        "taken",
        "拍卖、变卖规定 16、24、25",
        "按流拍轮次的保留价抵债；拒绝接受的解除查封、退还被执行人",
        "taken at the reserve of the failed round; refused, the seizure is lifted and the asset goes back",
    )
    return Round("debt_for_asset", failed.start_price, failed_on, None, 0, 0, (), (price,))


def taken(price: int, claim: int) -> Taken:
    """What taking an asset at a price does to a claim; a price above it is made up in money (拍卖、变卖规定 16)."""
    if price < 0 or claim < 0:
        raise UserError("an asset taken at a price below zero, or for no claim", mend="amounts are zero or more")
    credited = min(price, claim)
    return Taken(credited, claim - credited, price - credited)


def rounds(lot: Lot, policy: Policy, announced_on: date) -> tuple[Round, ...]:
    """The whole course if every round fails on its earliest day, as far as the packs go."""
    course: list[Round] = []
    first = first_round(lot, policy, announced_on)
    if first is not None:
        course.append(first)
        second = second_round(first, lot, policy, first.earliest_on)
        if second is not None:
            course.append(second)
            sale = sell_off(second, policy, second.earliest_on)
            course += [sale] if sale is not None else []
        last = course[-1]
        course.append(
            debt_for_asset(last, last.latest_on if last.name == "sell_off" and last.latest_on else last.earliest_on)
        )
    return tuple(course)


class PriceFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What decides how the reference price is found; None: not known.

    `parties_agree`: False also when one refuses or is missing. `official_price`: a tax base, a fixed or a guided price.
    `must_be_appraised`: by law or because both parties ask it; that closes the other ways.
    `needs_expert`: somebody has to inspect. `can_be_queried`: a court's query platform has data of such assets.
    """

    parties_agree: bool | None = None
    official_price: bool | None = None
    needs_expert: bool | None = None
    can_be_queried: bool | None = None
    must_be_appraised: bool = False


class Method(msgspec.Struct, frozen=True):
    """One way to the reference price, in the order of the rules; `open` None: something is not known yet."""

    name: str
    open: bool | None
    because: Ground


def price_methods(facts: PriceFacts) -> tuple[Method, ...]:
    """议价 → 定向询价 → 网络询价 → 委托评估, each with whether it is open; the last one always is (法释〔2018〕15号 4–7, 14)."""
    expert, platform = facts.needs_expert, facts.can_be_queried
    queried = False if expert or platform is False else None if expert is None or platform is None else True
    agree, official = facts.parties_agree, facts.official_price
    if facts.must_be_appraised:
        agree = official = queried = False
    return (
        Method("negotiated", agree, law("negotiated", "参考价规定 4", "当事人议价", "the parties agree")),
        Method("directed", official, law("directed", "参考价规定 5", "定向询价", "asked of an authority")),
        Method("online", queried, law("online", "参考价规定 7", "网络询价", "asked of query platforms")),
        Method("appraised", True, law("appraised", "参考价规定 14", "委托评估", "appraised by an expert")),
    )


def next_method(facts: PriceFacts) -> Method | None:
    """The first method that is open; None while an earlier one may still be."""
    first = next(method for method in price_methods(facts) if method.open is not False)
    return first if first.open else None


class Validity(msgspec.Struct, frozen=True):
    """How long a reference price may be used: `usable_until_on` counts the grace of a listing within its term."""

    usable: bool
    term_ends_on: date
    usable_until_on: date
    start_sale_by_on: date


def validity(
    priced_on: date, policy: Policy, on: date, listed_on: date | None = None, term_ends_on: date | None = None
) -> Validity | None:
    """Whether a price may still be used on a day. `term_ends_on`: a shorter term that the report itself names.

    A price listed for the first auction within its term stays usable some months past it (参考价规定 27). None while a
    rule is missing.
    """
    given = ruled(policy, (VALID, EXTRA, START)).numbers
    if len(given) < 3:
        return None
    longest = years_later(priced_on, given[VALID])
    term = longest if term_ends_on is None else min(longest, term_ends_on)
    listed = listed_on is not None and priced_on <= listed_on <= min(term, on)
    until = months_later(term, given[EXTRA]) if listed else term
    return Validity(priced_on <= on <= until, term, until, later(priced_on, given[START]))


def _round(
    name: str,
    start: int,
    earliest: date,
    latest: date | None,
    given: dict[str, int],
    after: tuple[str, ...],
    because: Iterable[Ground],
) -> Round:
    least, most = _up(start * given[LEAST], 100), start * given[MOST] // 100
    return Round(name, start, earliest, latest, least, max(least, most), after, tuple(because))


def _up(amount: int, by: int) -> int:
    """A division rounded up: a floor is never undercut."""
    return -(-amount // by)
