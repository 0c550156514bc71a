"""Order, rank and proceeds of security, and the home, in small cases of the Civil Code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.legal.dwelling import Home, home_view
from recourse.legal.grounds import Force
from recourse.legal.security import Backing, Behind, Charge, dispose_by, ranks, split, still_owed, turns
from recourse.policy.book import Policy

OWN, HERS = Behind("own flat", Backing.OWN), Behind("her car", Backing.THIRD_PARTY)
LI, WANG = Behind("Li", Backing.JOINT), Behind("Wang", Backing.GENERAL)


def order(*behind: Behind, agreed: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    return [turn.names for turn in turns(behind, agreed)]


def test_the_debtors_own_security_comes_before_the_third_party_and_the_surety() -> None:
    """民法典 392: own first; third party's thing or the joint surety at choice; the general one after enforcement."""
    assert order(WANG, LI, HERS, OWN) == [("own flat",), ("Li", "her car"), ("Wang",)]
    assert [turn.because.code for turn in turns([WANG, LI, OWN])] == ["own_first", "choice", "after"]


def test_what_was_agreed_goes_first() -> None:
    assert order(OWN, LI, HERS, agreed=("Li",)) == [("Li",), ("own flat",), ("her car",)]
    with pytest.raises(UserError, match="'Zhao' is agreed on"):
        order(OWN, agreed=("Zhao",))


def test_without_the_debtors_own_security_the_bank_chooses() -> None:
    assert order(LI, HERS) == [("Li", "her car")]
    assert order() == []


A = Charge("A", 600, date(2020, 5, 1))
B = Charge("B", 300, date(2021, 5, 1))
C, D = Charge("C", 200), Charge("D", 100)


def names(*charges: Charge) -> list[list[str]]:
    return [[charge.name for charge in group] for group in ranks(charges)]


def test_registered_before_unregistered_earlier_before_later_and_the_rest_alike() -> None:
    assert names(D, B, C, A) == [["A"], ["B"], ["C", "D"]]


def test_a_pledge_delivered_before_the_mortgage_was_registered_ranks_before_it() -> None:
    pledge = Charge("pledge", 100, date(2020, 4, 30))
    assert names(A, pledge) == [["pledge"], ["A"]]


def test_of_one_day_the_registrys_number_decides_and_without_one_they_share() -> None:
    first, second = Charge("Z", 100, date(2020, 5, 1), 7), Charge("Y", 100, date(2020, 5, 1), 9)
    assert names(second, first) == [["Z"], ["Y"]]
    assert names(Charge("Z", 1, date(2020, 5, 1)), Charge("Y", 1, date(2020, 5, 1))) == [["Y", "Z"]]


def test_the_sellers_charge_for_the_price_of_the_thing_comes_before_all() -> None:
    assert names(A, Charge("seller", 1, date(2022, 1, 1), price_of_the_thing=True)) == [["seller"], ["A"]]


def test_costs_then_ranks_then_the_owner() -> None:
    """1,000 come in, 50 are costs: A has 600, B 300, C and D share 50 by 2 to 1."""
    shares = split(1_000, 50, [D, C, B, A])
    assert (shares.costs, shares.charges, shares.surplus) == (50, {"A": 600, "B": 300, "C": 34, "D": 16}, 0)
    assert shares.shortfall == {"A": 0, "B": 0, "C": 166, "D": 84}


def test_what_is_over_goes_to_the_owner_and_what_is_short_stays_with_the_debtor() -> None:
    assert split(2_000, 50, [A, B]).surplus == 1_050
    assert split(40, 50, [A]).charges == {"A": 0}
    assert still_owed(900, split(500, 50, [A]).charges["A"]) == 450
    assert still_owed(400, 450) == 0


CHARGES = st.lists(
    st.builds(
        Charge,
        st.sampled_from("ABCDEFGH"),
        st.integers(0, 10**6),
        st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 3)),
    ),
    max_size=6,
    unique_by=lambda charge: charge.name,
)


@given(st.integers(0, 10**7), st.integers(0, 10**5), CHARGES)
def test_the_parts_are_the_proceeds_and_no_later_rank_eats_before_an_earlier_is_full(
    proceeds: int, costs: int, charges: list[Charge]
) -> None:
    shares = split(proceeds, costs, charges)
    assert shares.costs + sum(shares.charges.values()) + shares.surplus == proceeds
    assert all(0 <= shares.charges[charge.name] <= charge.secured for charge in charges)
    full = shares.costs == costs
    for group in ranks(charges):
        paid = sum(shares.charges[charge.name] for charge in group)
        assert full or paid == 0
        assert all(
            abs(shares.charges[charge.name] * sum(each.secured for each in group) - paid * charge.secured)
            < sum(each.secured for each in group) or charge.secured == 0
            for charge in group
        )  # fmt: skip
        full = full and paid == sum(charge.secured for charge in group)
    assert full or shares.surplus == 0


@pytest.mark.parametrize(
    ("charges", "says"), [([A, A], "two charges"), ([Charge("A", -1)], "below zero")], ids=["twice", "negative"]
)
def test_what_cannot_be_split_is_refused(charges: list[Charge], says: str) -> None:
    with pytest.raises(UserError, match=says):
        split(1_000, 0, charges)


def test_a_bank_sells_what_it_took_within_two_years(policy: Policy, without: Callable[..., Policy]) -> None:
    assert dispose_by(date(2024, 2, 29), policy) == date(2026, 2, 28)
    assert dispose_by(date(2024, 2, 29), without("clock.foreclosed_asset_years")) is None


HOMES: list[tuple[dict[str, Any], bool | None, str]] = [
    ({"needed_to_live": True}, False, "needed"),
    ({"needed_to_live": None}, None, "need_unknown"),
    ({"needed_to_live": False}, True, "not_needed"),
    ({"needed_to_live": True, "supporter_has_home": True}, True, "supporter"),
    ({"needed_to_live": True, "moved_another_away": True}, True, "moved"),
    ({"needed_to_live": True, "housing_offered": True}, True, "housing"),
    ({"needed_to_live": True, "rent_deducted": True, "monthly_rent": 200_000}, True, "rent"),
    ({"needed_to_live": True, "rent_deducted": True}, None, "rent_unknown"),
    ({"needed_to_live": True, "mortgaged_to_us": True}, None, "mortgaged"),
]


@pytest.mark.parametrize(("home", "may_sell", "code"), HOMES)
def test_a_home_is_sealed_and_sold_only_by_a_rule(
    home: dict[str, Any], may_sell: bool | None, code: str, policy: Policy
) -> None:
    view = home_view(Home(subsistence=False, **home), policy)
    assert view.may_seal
    assert view.may_sell is may_sell
    assert code in {ground.code for ground in view.because}
    assert view.gate is (may_sell is None)


def test_five_to_eight_years_of_rent_are_kept_back(policy: Policy, without: Callable[..., Policy]) -> None:
    home = Home(needed_to_live=True, rent_deducted=True, monthly_rent=200_000)
    assert (home_view(home, policy).rent_least, home_view(home, policy).rent_most) == (12_000_000, 19_200_000)
    assert home_view(home, without("dwelling.rent_years_most")).may_sell is None
    assert home_view(Home(needed_to_live=True), policy).rent_most == 0


@pytest.mark.parametrize("subsistence", [True, None])
def test_a_family_on_subsistence_or_perhaps_so_is_not_put_out_by_a_machine(
    subsistence: bool | None, policy: Policy
) -> None:
    view = home_view(Home(needed_to_live=True, housing_offered=True, subsistence=subsistence), policy)
    assert (view.may_sell, view.gate) == (True, True)
    assert {ground.force for ground in view.because if ground.code == "subsistence"} == {Force.BANK}


def test_a_mortgaged_home_has_six_months_grace_after_the_ruling(policy: Policy) -> None:
    home = Home(
        needed_to_live=True, housing_offered=True, mortgaged_to_us=True, subsistence=False,
        sale_ruled_on=date(2026, 8, 31),
    )  # fmt: skip
    view = home_view(home, policy)
    assert (view.grace_until_on, view.gate) == (date(2027, 2, 28), True)
    assert home_view(Home(needed_to_live=True, sale_ruled_on=date(2026, 8, 31)), policy).grace_until_on is None
