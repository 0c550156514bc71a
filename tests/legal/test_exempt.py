"""Set-off never touches what is protected, never takes more than is owed, and leaves a household its living."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.legal.exempt import Balance, set_off
from recourse.policy.book import Policy
from recourse.policy.legal_values import ExemptFunds, Fund

PROTECTED = (
    "wages",
    "minimum_living_allowance",
    "survivor_benefit",
    "social_insurance",
    "housing_fund",
    "maintenance",
    "housing_subsidy",
)
FLOOR = 150_000


def test_the_pack_protects_what_the_rules_name(policy: Policy) -> None:
    ((_, funds),) = policy.of("exempt_funds", ExemptFunds)
    assert set(funds.protected) == set(PROTECTED)


@pytest.mark.parametrize("source", PROTECTED)
def test_protected_money_is_never_taken_and_asks_for_a_person(source: str, policy: Policy) -> None:
    found = set_off([Balance("b", 1_000_000, source)], 1_000_000, policy, established=frozenset({"b"}))
    assert (found.take, found.protected, found.gate) == (0, 1_000_000, True)
    assert found.takings[0].why is not None
    assert found.takings[0].why.rule == "exempt.protected_funds"


def test_other_money_is_taken_down_to_the_living_costs(policy: Policy) -> None:
    found = set_off([Balance("a", 100_000, "other"), Balance("b", 400_000, "other")], 300_000, policy)
    assert [(each.take, each.protected, each.left) for each in found.takings] == [
        (0, 100_000, 0),
        (300_000, 50_000, 50_000),
    ]
    assert (found.gate, found.still_owed) == (False, 0)


def test_a_household_of_three_keeps_three_times_the_floor(policy: Policy) -> None:
    found = set_off([Balance("a", 500_000, "other")], 500_000, policy, household=3)
    assert (found.take, found.protected, found.still_owed) == (50_000, 3 * FLOOR, 450_000)


def test_protected_money_that_stays_counts_towards_the_living_costs(policy: Policy) -> None:
    found = set_off([Balance("pay", 120_000, "wages"), Balance("a", 500_000, "other")], 900_000, policy)
    assert [each.take for each in found.takings] == [0, 470_000]


@pytest.mark.parametrize("source", [None, "unknown", "lottery"])
def test_money_of_unknown_source_waits_for_a_person(source: str | None, policy: Policy) -> None:
    balance = Balance("b", 500_000, source)
    before = set_off([balance], 500_000, policy)
    assert (before.take, before.gate) == (0, True)
    after = set_off([balance], 500_000, policy, established=frozenset({"b"}))
    assert (after.take, after.gate) == (350_000, False)


@pytest.mark.parametrize(
    "gone", ["exempt.protected_funds", "exempt.living_floor_monthly_minor", "exempt.living_floor_months"]
)
def test_without_a_rule_of_protection_nothing_is_taken(gone: str, without: Callable[..., Policy]) -> None:
    found = set_off([Balance("b", 500_000, "other")], 500_000, without(gone))
    assert (found.take, found.protected, found.gate) == (0, 500_000, True)


BALANCES = st.lists(
    st.builds(
        Balance,
        st.sampled_from("abcdef"),
        st.integers(0, 10**6),
        st.sampled_from([*PROTECTED, "other", "unknown", "lottery", None]),
    ),
    max_size=6,
    unique_by=lambda balance: balance.balance_id,
)


@given(BALANCES, st.integers(0, 3 * 10**6), st.integers(1, 4), st.frozensets(st.sampled_from("abcdef")))
def test_what_can_never_happen(
    policy: Policy, balances: list[Balance], owed: int, household: int, established: frozenset[str]
) -> None:
    found = set_off(balances, owed, policy, household=household, established=established)
    total = sum(balance.amount for balance in balances)
    assert found.take + found.still_owed == owed
    assert total - found.take >= min(total, FLOOR * household)
    for balance, taking in zip(balances, found.takings, strict=True):
        assert taking.balance_id == balance.balance_id
        assert taking.take + taking.protected + taking.left == balance.amount
        assert min(taking.take, taking.protected, taking.left) >= 0
        assert not (balance.source in PROTECTED and taking.take)
        known = balance.source == "other" or (balance.source not in PROTECTED and balance.balance_id in established)
        assert known or (taking.take == 0 and found.gate)
        assert (taking.why is None) <= (taking.protected == 0)


@given(BALANCES, st.integers(0, 10**6))
def test_no_money_is_left_lying_while_something_is_owed(policy: Policy, balances: list[Balance], owed: int) -> None:
    found = set_off(balances, owed, policy)
    assert found.still_owed == 0 or all(taking.left == 0 for taking in found.takings)


@pytest.mark.parametrize(
    ("balances", "owed", "household", "says"),
    [
        ([Balance("a", -1, "other")], 1, 1, "less than nothing"),
        ([], -1, 1, "less than nothing"),
        ([], 1, 0, "less than nothing"),
        ([Balance("a", 1, "other"), Balance("a", 1, "wages")], 1, 1, "one name"),
    ],
)
def test_what_makes_no_sense_is_refused(
    balances: list[Balance], owed: int, household: int, says: str, policy: Policy
) -> None:
    with pytest.raises(UserError, match=says):
        set_off(balances, owed, policy, household=household)


def test_a_fund_is_protected_or_open_and_says_by_what() -> None:
    with pytest.raises(ValueError, match="both protected and open"):
        ExemptFunds({"a": Fund("甲", "a", "x")}, {"a": Fund("甲", "a")})
    with pytest.raises(ValueError, match="which rule protects"):
        ExemptFunds({"a": Fund("甲", "a")}, {})
