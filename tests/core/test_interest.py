"""Interest by the day: vectors worked out by hand, with the arithmetic, and what holds of every history."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.interest import (
    Accrued,
    Change,
    Contract,
    Rate,
    above_uplift,
    accrue,
    accrued_to,
    cap_test,
    contract_interest,
    doubled,
    rate_on,
    trimmed,
)
from recourse.money import Amounts
from recourse.policy.money_values import RateCap, Uplift
from tests.core.any_facts import book

DAY = timedelta(days=1)
DUE = date(2026, 1, 31)
TWELVE = Contract((Rate(date(2024, 1, 1), 120_000),), 500_000)
"""12 % a year, half again when overdue: 18 %, of 360 days."""
CAP = RateCap(per_year_percent=24, counts=("interest", "compound", "penalty", "fees"))
POLICY = book().at(date(2026, 3, 2), "cn", "consumer_loan")


def grown(days: int, contract: Contract = TWELVE, *changes: Change, principal: int = 1_000_000, interest: int = 20_000,
          stopped_on: date | None = None) -> Accrued:  # fmt: skip
    return accrue(Accrued(DUE, principal, interest), changes, contract, DUE + days * DAY, stopped_on)


def test_penalty_and_compound_of_thirty_days() -> None:
    """10,000.00 at 18 % of 360 days is 5.00 a day, 150.00 in thirty; 200.00 of interest at 18 % is 0.10 a day, 3.00."""
    assert grown(30).posted == Amounts(1_000_000, 20_000, 15_000, 300)


def test_the_due_date_itself_bears_nothing_and_the_day_after_does() -> None:
    assert grown(0).posted == Amounts(1_000_000, 20_000)
    assert grown(1).posted == Amounts(1_000_000, 20_000, 500, 10)


def test_a_year_of_365_days_is_slower() -> None:
    """18 % of 10,000.00 over 365 days is 4.9315… a day: 147.945… in thirty, of which whole fen are posted."""
    contract = Contract(TWELVE.rates, TWELVE.uplift, 365)
    assert grown(30, contract).penalty == Fraction(1_000_000 * 18 * 30, 36_500)
    assert grown(30, contract).posted.penalty == 14_794


def test_an_uplift_of_thirty_percent() -> None:
    """12 % and 30 % of it are 15.6 %: 4.3333… a day on 10,000.00, 130.00 in thirty days."""
    assert grown(30, Contract(TWELVE.rates, 300_000)).posted.penalty == 13_000


def test_what_is_paid_bears_interest_to_its_day() -> None:
    """Ten days on 10,000.00 are 50.00; from then on 4,000.00 bear 2.00 a day, twenty days 40.00: 90.00."""
    change = Change(DUE + 10 * DAY, principal=-600_000)
    assert grown(30, TWELVE, change).posted.penalty == 9_000
    assert grown(30, TWELVE, change).principal == 400_000


def test_paid_penalty_is_gone_and_more_than_is_due_is_refused() -> None:
    assert grown(30, TWELVE, Change(DUE + 10 * DAY, penalty=-5_000)).posted.penalty == 10_000
    with pytest.raises(UserError, match="more was paid"):
        grown(30, TWELVE, Change(DUE + 10 * DAY, penalty=-5_001))


def test_another_instalment_falls_due_and_bears_from_the_day_after() -> None:
    """Thirty days at 5.00 are 150.00; of the second 2,000.00, due on day 20, ten days at 1.00 are 10.00."""
    assert grown(30, TWELVE, Change(DUE + 20 * DAY, principal=200_000)).posted.penalty == 16_000


def test_a_rate_that_changes_counts_from_its_first_day() -> None:
    """12 % to day 15, then 6 %: fifteen days at 5.00 and fifteen at 2.50 are 112.50."""
    contract = Contract((*TWELVE.rates, Rate(DUE + 16 * DAY, 60_000)), 500_000)
    assert grown(30, contract).posted.penalty == 11_250
    assert (rate_on(contract.rates, DUE + 15 * DAY), rate_on(contract.rates, DUE + 16 * DAY)) == (120_000, 60_000)
    assert rate_on(contract.rates, date(1999, 1, 1)) == 120_000


def test_compound_on_penalty_runs_only_where_the_switch_says_so() -> None:
    """On day n penalty of n - 1 days at 5.00 bears 18 % / 360 = 0.0005 a day: 5.00 × 0.0005 × (0 + 1 + … + 29) = 1.0875."""
    switched = Contract(TWELVE.rates, TWELVE.uplift, 360, on_penalty=True)
    assert grown(30, switched).compound - grown(30).compound == Fraction("108.75")
    assert POLICY.number("interest.compound_on_penalty") == 0


def test_a_freeze_ends_interest_on_its_day() -> None:
    assert grown(30, stopped_on=DUE + 10 * DAY) == grown(10)
    assert accrued_to(DUE + DAY, DUE) == DUE
    assert accrued_to(DUE, DUE + DAY) == accrued_to(DUE) == DUE


def test_doubled_interest_after_a_judgment() -> None:
    """10,000.00 × 0.0175 % is 1.75 a day: 17.50 in ten days; of them five on 6,000.00 at 1.05 make 8.75 + 5.25 = 14.00."""
    a_day = POLICY.number("interest.doubled_per_million_per_day")
    assert doubled(1_000_000, DUE, DUE + 10 * DAY, a_day) == 1_750
    assert doubled(1_000_000, DUE, DUE + 10 * DAY, a_day, [(DUE + 5 * DAY, 400_000)]) == 1_400
    assert doubled(1_000_000, DUE, DUE + 10 * DAY, a_day, stays=[(DUE + 3 * DAY, DUE + 4 * DAY)]) == 1_400
    assert doubled(1_000_000, DUE, DUE, a_day) == 0


def test_interest_within_the_term() -> None:
    """10,000.00 at 12 %, thirty days of 360 are 100.00; with 6 % for the last ten of them 66.666… + 16.666… = 83.333…"""
    spell = [(DUE, DUE + 30 * DAY, 1_000_000)]
    assert contract_interest(spell, TWELVE.rates, 360) == 10_000
    assert contract_interest(spell, (*TWELVE.rates, Rate(DUE + 21 * DAY, 60_000)), 360) == Fraction(25_000, 3)


def test_the_band_of_uplifts() -> None:
    band = Uplift(overdue=(30, 50), misused=(50, 100))
    assert [above_uplift(uplift, band) for uplift in (500_000, 500_001, 800_000)] == [0, 1, 300_000]
    assert [above_uplift(uplift, band, misused=True) for uplift in (1_000_000, 1_000_001)] == [0, 1]


@pytest.mark.parametrize(("fees", "excess"), [(24_000, 0), (24_001, 1)])
def test_the_cap_of_24_percent(fees: int, excess: int) -> None:
    """10,000.00, 12 %, 73 days overdue: a fifth of a year at 24 % is 480.00; 200.00 of interest took two months at 12 %,
    in which the cap is 400.00: 880.00 in all. Charged: 200.00 + 440.00 of penalty and fees reach it with 240.00 more."""
    owed = Amounts(1_000_000, 20_000, 40_000, 4_000, fees)
    found = cap_test("interest.court_cap", CAP, owed, 120_000, 73)
    assert (found.charged - found.excess, found.allowed, found.excess) == (88_000, 88_000, excess)


@pytest.mark.parametrize(
    ("due", "allowed"),
    [
        (0, 2_400_000),  # 120,000.00 of interest took a year of 1,000,000.00 at 12 %: 24 % of that year, once
        (5_000_000, 2_400_000),  # half of it due for 360 of these days: the interest bears them already
        (10_000_000, 2_400_000),
    ],
)
def test_a_day_that_bore_interest_is_not_counted_as_overdue_too(due: int, allowed: int) -> None:
    """100,000.00 at 12 %, 360 days behind: 12,000.00 of interest and 23,000.00 of penalty are 35 %, 11,000.00 too much."""
    found = cap_test("r", CAP, Amounts(10_000_000, 1_200_000, 2_300_000), 120_000, 0, (due, 360))
    assert (found.allowed, found.excess) == (allowed, 1_100_000)


def test_what_is_due_of_the_principal_has_its_own_days() -> None:
    """100.00 of interest on 10,000.00 at 12 % is a month, allowed 200.00; of 2,000.00 due, 73 days at 24 % are 96.00."""
    assert cap_test("r", CAP, Amounts(1_000_000, 10_000), 120_000, 0, (200_000, 73)).allowed == 29_600


def test_no_amount_has_more_days_than_there_were() -> None:
    """73 days of 10,000.00 at 24 % are 480.00; a month of interest and 9,000.00 due for 73 days would make 632.00."""
    assert cap_test("r", CAP, Amounts(1_000_000, 10_000), 120_000, 0, (900_000, 73)).allowed == 48_000


def test_the_days_of_the_whole_come_on_top_of_those_before_it_fell_due() -> None:
    """A year at 12 % before, 73 days of everything after: 2,400.00 + 480.00 on 10,000.00."""
    assert cap_test("r", CAP, Amounts(1_000_000, 120_000), 120_000, 73, (1_000_000, 360)).allowed == 288_000


def test_interest_above_the_cap_is_above_it_from_the_first_day() -> None:
    """36 % a year: 300.00 of a month's interest on 10,000.00, where 24 % lets 200.00 be asked."""
    assert cap_test("r", CAP, Amounts(1_000_000, 30_000), 360_000, 0).excess == 10_000


def test_a_claim_is_trimmed_from_what_is_furthest_from_the_principal() -> None:
    owed = Amounts(1_000, 100, 30, 20, 10, 5)
    assert trimmed(owed, 0) == owed
    assert trimmed(owed, 45) == Amounts(1_000, 100, 5, 0, 10, 5)
    assert trimmed(owed, 70) == Amounts(1_000, 90, 0, 0, 0, 5)


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ((TWELVE.rates, 0, 364), ((), 0, 360), (TWELVE.rates, -1, 360)):
        with pytest.raises(UserError):
            Contract(*wrong)


# --- whatever happens ---------------------------------------------------------------------------------------------------

contracts = st.builds(
    Contract,
    st.lists(st.builds(Rate, st.integers(-40, 90).map(lambda n: DUE + n * DAY), st.integers(0, 400_000)), min_size=1,
             max_size=3).map(tuple),
    st.integers(0, 1_000_000),
    st.sampled_from([360, 365]),
    st.booleans(),
)  # fmt: skip
changes = st.lists(
    st.builds(Change, st.integers(1, 60).map(lambda n: DUE + n * DAY), st.integers(0, 10**7), st.integers(0, 10**6)),
    max_size=4,
)


def by_the_day(contract: Contract, happened: list[Change], days: int) -> Accrued:
    """The slow way: one day after the other, nothing put together."""
    principal, interest, penalty, compound = 1_000_000, 20_000, Fraction(0), Fraction(0)
    for n in range(1, days + 1):
        on = DUE + n * DAY
        a_day = Fraction(rate_on(contract.rates, on), 10**6) * (1 + Fraction(contract.uplift, 10**6)) / contract.year
        compound += (interest + (penalty if contract.on_penalty else 0)) * a_day
        penalty += principal * a_day
        principal += sum(each.principal for each in happened if each.on == on)
        interest += sum(each.interest for each in happened if each.on == on)
    return Accrued(DUE + days * DAY, principal, interest, penalty, compound)


@given(contracts, changes, st.integers(0, 80))
def test_stretches_come_to_the_same_as_days(contract: Contract, happened: list[Change], days: int) -> None:
    assert grown(days, contract, *happened) == by_the_day(contract, happened, days)


@given(contracts, changes, st.integers(0, 80), st.integers(0, 80))
def test_two_stretches_are_one(contract: Contract, happened: list[Change], first: int, second: int) -> None:
    half = grown(first, contract, *happened)
    both = accrue(half, happened, contract, DUE + (first + second) * DAY)
    assert both == grown(first + second, contract, *happened)


@given(contracts, changes, st.integers(0, 80))
def test_postings_are_never_above_what_accrued(contract: Contract, happened: list[Change], days: int) -> None:
    found = grown(days, contract, *happened)
    assert 0 <= found.penalty - found.posted.penalty < 1
    assert 0 <= found.compound - found.posted.compound < 1


money = st.integers(0, 10**8)


@given(st.builds(Amounts, money, money), st.integers(1, 500_000), st.integers(0, 2_000), money, st.integers(0, 2_000))
def test_days_before_the_whole_is_due_add_no_more_than_themselves(
    owed: Amounts, rate: int, whole: int, due: int, days: int
) -> None:
    found = cap_test("r", CAP, owed, rate, whole, (min(due, owed.principal), days)).allowed
    assert (
        cap_test("r", CAP, owed, rate, whole).allowed <= found <= cap_test("r", CAP, owed, rate, whole + days).allowed
    )


@given(st.builds(Amounts, money, money, money, money, money, money), st.integers(1, 500_000), st.integers(0, 2_000))
def test_a_trimmed_claim_is_within_the_cap_and_keeps_the_principal(owed: Amounts, rate: int, days: int) -> None:
    found = cap_test("r", CAP, owed, rate, days)
    left = trimmed(owed, found.excess)
    assert left.total == owed.total - found.excess
    assert (left.principal, left.costs) == (owed.principal, owed.costs)
    assert sum(getattr(left, name) for name in CAP.counts) <= max(found.allowed, 0)
    assert min(amount for _, amount in left.items()) >= 0
