"""An auction round by round: no floor undercut by a fen, no day too early, and what may follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.legal.auction import (
    Lot,
    PriceFacts,
    Taken,
    debt_for_asset,
    first_round,
    next_method,
    price_methods,
    rounds,
    second_round,
    sell_off,
    taken,
    validity,
)
from recourse.policy.book import Policy

FLAT = Lot(100_000_000, movable=False)
CAR = Lot(10_000_001, movable=True)
ON = date(2026, 3, 2)


def test_a_flat_of_a_million_through_every_round(policy: Policy) -> None:
    """Reserve 700,000, then 560,000, sold off at that, taken at that."""
    course = rounds(FLAT, policy, ON)
    assert [(each.name, each.start_price, each.earliest_on, each.latest_on) for each in course] == [
        ("auction_first", 70_000_000, date(2026, 4, 1), None),
        ("auction_second", 56_000_000, date(2026, 4, 16), date(2026, 5, 1)),
        ("sell_off", 56_000_000, date(2026, 4, 16), date(2026, 6, 15)),
        ("debt_for_asset", 56_000_000, date(2026, 6, 15), None),
    ]
    assert (course[0].deposit_least, course[0].deposit_most) == (3_500_000, 14_000_000)
    assert [each.next for each in course] == [
        ("auction_second", "debt_for_asset"),
        ("sell_off", "debt_for_asset"),
        ("debt_for_asset",),
        (),
    ]


def test_movables_are_announced_for_less_time(policy: Policy) -> None:
    first, second, *_ = rounds(CAR, policy, ON)
    assert first.earliest_on == ON + timedelta(days=15)
    assert second.earliest_on == first.earliest_on + timedelta(days=7)
    assert (first.start_price, second.start_price) == (7_000_001, 5_600_001)


@given(st.integers(0, 10**12), st.booleans())
def test_no_reserve_undercuts_its_floor_and_none_is_a_fen_too_high(
    policy: Policy, reference: int, movable: bool
) -> None:
    first, second, sale, asset = rounds(Lot(reference, movable), policy, ON)
    assert 0 <= first.start_price * 100 - reference * 70 < 100
    assert 0 <= second.start_price * 100 - first.start_price * 80 < 100
    assert second.start_price * 100 >= reference * 56
    assert sale.start_price == asset.start_price == second.start_price
    for each in (first, second, sale):
        assert each.deposit_least * 100 >= each.start_price * 5
        assert each.deposit_most >= each.deposit_least


def test_the_grounds_say_what_is_law_and_what_is_not_confirmed(policy: Policy) -> None:
    first, second, sale, _ = rounds(FLAT, policy, ON)
    assert [each.because[0].force.value for each in (first, second, sale)] == ["law", "law", "bank"]
    assert "70%" in first.because[0].zh
    assert "26" in second.because[0].source


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (("auction.first_reserve_percent",), []),
        (("auction.notice_realty_days",), []),
        (("auction.cut_percent",), ["auction_first", "debt_for_asset"]),
        (("auction.sell_off_days",), ["auction_first", "auction_second", "debt_for_asset"]),
    ],
)
def test_where_a_rule_is_missing_the_course_ends(
    gone: tuple[str, ...], left: list[str], without: Callable[..., Policy]
) -> None:
    assert [each.name for each in rounds(FLAT, without(*gone), ON)] == left


def test_rounds_one_by_one(policy: Policy) -> None:
    """The court set 750,000; the second round goes by what it set."""
    first = first_round(Lot(107_142_857, movable=False), policy, ON)
    assert first is not None
    assert first.start_price == 75_000_000
    second = second_round(first, FLAT, policy, date(2026, 4, 2))
    assert second is not None
    assert (second.start_price, second.latest_on) == (60_000_000, date(2026, 5, 2))
    assert sell_off(second, policy, ON) is not None
    assert debt_for_asset(first, ON).start_price == 75_000_000
    assert first_round(Lot(-1, movable=True), policy, ON) is None


def test_taking_an_asset_pays_what_it_is_worth_and_no_more() -> None:
    assert taken(560, 1_000) == Taken(560, 440, 0)
    assert taken(560, 500) == Taken(500, 0, 60)
    with pytest.raises(UserError, match="below zero"):
        taken(-1, 5)


METHODS = [
    (PriceFacts(), None),
    (PriceFacts(parties_agree=True), "negotiated"),
    (PriceFacts(parties_agree=False), None),
    (PriceFacts(parties_agree=False, official_price=True), "directed"),
    (PriceFacts(parties_agree=False, official_price=False), None),
    (PriceFacts(False, False, needs_expert=False, can_be_queried=True), "online"),
    (PriceFacts(False, False, needs_expert=True, can_be_queried=True), "appraised"),
    (PriceFacts(False, False, needs_expert=False, can_be_queried=False), "appraised"),
    (PriceFacts(True, True, False, True, must_be_appraised=True), "appraised"),
]


@pytest.mark.parametrize(("facts", "name"), METHODS)
def test_the_way_to_a_price_goes_in_order_and_skips_nothing_unknown(facts: PriceFacts, name: str | None) -> None:
    found = next_method(facts)
    assert (found.name if found else None) == name
    assert [method.name for method in price_methods(facts)] == ["negotiated", "directed", "online", "appraised"]


PRICED = date(2026, 1, 15)
VALID = [
    # on, listed, term of the report, usable
    (date(2027, 1, 15), None, None, True),
    (date(2027, 1, 16), None, None, False),
    (date(2027, 7, 15), date(2027, 1, 15), None, True),
    (date(2027, 7, 16), date(2027, 1, 15), None, False),
    (date(2027, 3, 1), date(2027, 1, 16), None, False),
    (date(2026, 8, 1), None, date(2026, 7, 15), False),
    (date(2026, 8, 1), date(2026, 7, 1), date(2026, 7, 15), True),
    (date(2026, 6, 1), None, date(2030, 1, 1), True),
    (date(2027, 6, 1), None, date(2030, 1, 1), False),
    (date(2026, 1, 14), None, None, False),
]


@pytest.mark.parametrize(("on", "listed", "term", "usable"), VALID)
def test_a_price_is_used_for_a_year_and_six_months_once_listed(
    on: date, listed: date | None, term: date | None, usable: bool, policy: Policy
) -> None:
    found = validity(PRICED, policy, on, listed, term)
    assert found is not None
    assert found.usable is usable
    assert found.start_sale_by_on == date(2026, 1, 25)


def test_without_its_rule_nobody_knows_how_long_a_price_holds(without: Callable[..., Policy]) -> None:
    assert validity(PRICED, without("clock.valuation_years"), PRICED) is None
