"""One debt: what is owed is, at every moment, what was lent, billed and accrued, less what was paid; to the fen."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.simulate.cards import Card
from recourse.simulate.courts import court_fee, scale_of_fees
from recourse.simulate.loans import Loan
from recourse.simulate.plans import bullet_plan, level_plan

FIRST = date(2025, 1, 10)
moves = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60)), max_size=14)


@given(st.integers(100_000, 300_000_000), st.integers(100, 2_000), st.integers(1, 240))
def test_a_level_plan_repays_the_loan_and_no_more(amount: int, rate: int, months: int) -> None:
    plan = level_plan(amount, rate * 100, months, FIRST)
    assert sum(row.principal for row in plan) == amount
    assert min(row.principal for row in plan) >= 0
    totals = [row.principal + row.interest for row in plan]
    assert len(set(totals[:-1])) <= 1, "all but the last are equal"
    rounding = sum((1 + rate / 120_000) ** month for month in range(months))
    assert abs(totals[-1] - totals[0]) <= rounding + 1


def test_a_plan_as_a_bank_would_print_it() -> None:
    """120,000 yuan at 4.8 % over a year: 10,261.90 a month, 480 of interest in the first."""
    plan = level_plan(12_000_000, 48_000, 12, FIRST)
    assert (plan[0].principal + plan[0].interest, plan[0].interest) == (1_026_190, 48_000)
    assert date.fromordinal(plan[11].due_on) == date(2025, 12, 10)
    assert bullet_plan(12_000_000, 48_000, 3, FIRST)[-1].principal == 12_000_000


@given(moves)
def test_a_loan_owes_what_was_lent_billed_and_accrued_less_what_was_paid(steps: list[tuple[int, int]]) -> None:
    """Penalty and compound interest are followed with exact fractions, day by day, beside the loan."""
    plan = level_plan(3_000_000, 72_000, 12, FIRST)
    begins = FIRST.toordinal() - 5
    loan = Loan("L", 72_000, 108_000, plan, 3_000_000, begins)
    dues = {row.due_on: row for row in plan}
    due, interest = 0, 0
    penalty, compound = Fraction(0), Fraction(0)
    paid = dict.fromkeys(loan.owed, 0)
    wanted: dict[int, int] = {}
    day = begins
    for gap, share in steps:
        day += gap
        wanted[day] = share
    for today in range(begins + 1, day + 1):
        penalty += Fraction(due * 108_000, 360 * 10**6)
        compound += Fraction(interest * 108_000, 360 * 10**6)
        if today in dues:
            assert loan.next_event_on == today
            assert loan.event(today)
            due, interest = due + dues[today].principal, interest + dues[today].interest
        if today in wanted:
            loan.accrue(today)
            split = loan.pay(today, loan.overdue(today) * wanted[today] // 60)
            due, interest = due - split.principal, interest - split.interest
            for name, amount in split.items():
                paid[name] += amount
        loan.accrue(today)
        assert loan.owed["penalty"] == penalty // 1 - paid["penalty"]
        assert loan.owed["compound"] == compound // 1 - paid["compound"]
        assert loan.owed["interest"] == interest
        assert loan.owed["principal"] == 3_000_000 - paid["principal"]
        assert loan.overdue(today) == due + interest + loan.owed["penalty"] + loan.owed["compound"]
        assert (loan.late_since(today + 1) is None) == (due + interest == 0)


def test_money_goes_to_charges_first_and_to_principal_once_it_is_long_late() -> None:
    plan = level_plan(1_200_000, 60_000, 12, FIRST)
    for days, first in ((40, "penalty"), (120, "principal")):
        loan = Loan("L", 60_000, 90_000, plan, 1_200_000, FIRST.toordinal() - 1)
        for row in plan:
            if row.due_on <= FIRST.toordinal() + days:
                loan.event(row.due_on)
        loan.accrue(FIRST.toordinal() + days)
        split = loan.pay(FIRST.toordinal() + days, 10)
        assert getattr(split, first) > 0 or (first == "penalty" and split.compound + split.penalty == 10)


def test_a_chargeback_puts_everything_back() -> None:
    plan = level_plan(1_200_000, 60_000, 12, FIRST)
    loan = Loan("L", 60_000, 90_000, plan, 1_200_000, FIRST.toordinal() - 1)
    loan.event(FIRST.toordinal())
    before = loan.amounts
    split = loan.pay(FIRST.toordinal(), loan.overdue(FIRST.toordinal()))
    assert loan.overdue(FIRST.toordinal()) == 0
    loan.take_back(FIRST.toordinal(), split)
    assert loan.amounts == before


def test_nobody_pays_more_than_is_owed() -> None:
    loan = Loan("L", 60_000, 90_000, level_plan(1_000, 60_000, 2, FIRST), 1_000, FIRST.toordinal() - 1)
    with pytest.raises(ValueError, match="more than is owed"):
        loan.pay(FIRST.toordinal(), 1_001)


def test_acceleration_makes_all_of_it_due() -> None:
    """30 days after the due date: the interest that ran on the rest since then is 1,100,… x 6 % x 30 / 360."""
    plan = level_plan(1_200_000, 60_000, 12, FIRST)
    loan = Loan("L", 60_000, 90_000, plan, 1_200_000, FIRST.toordinal() - 1)
    loan.event(FIRST.toordinal())
    rest, billed = loan.later, loan.owed["interest"]
    loan.accelerate(FIRST.toordinal() + 30)
    assert loan.overdue(FIRST.toordinal() + 30) == loan.total
    assert loan.owed["interest"] == billed + rest * 60_000 * 30 // (360 * 10**6)
    assert loan.late_since(FIRST.toordinal() + 40) == FIRST.toordinal()
    loan.accrue(FIRST.toordinal() + 40)
    loan.pay(FIRST.toordinal() + 40, loan.total)
    assert loan.late_since(FIRST.toordinal() + 41) is None


def test_a_card_asks_for_a_minimum_and_fines_what_is_missing() -> None:
    """10,000 yuan drawn: interest of 30 days at 0.05 % is 150.00; 5 % of the principal and that interest fall due."""
    card = Card("K", 1_000_000, 0, FIRST)
    on = FIRST.toordinal()
    assert not card.event(on)
    assert card.owed["interest"] == 15_000
    assert card.statements[0].minimum == 50_000 + 15_000
    assert card.event(on + 20)
    assert card.overdue(on + 20) == 65_000
    card.pay(on + 20, 25_000)
    assert not card.event(on + 21)
    assert card.owed["fees"] == 2_000
    assert card.late_since(on + 21) == on + 20
    card.pay(on + 22, card.overdue(on + 22))
    assert card.late_since(on + 23) is None


def test_a_cards_chargeback_opens_the_same_minimum_again() -> None:
    card = Card("K", 1_000_000, 0, FIRST)
    on = FIRST.toordinal()
    card.event(on)
    card.event(on + 20)
    split = card.pay(on + 20, 65_000)
    assert card.overdue(on + 20) == 0
    card.take_back(on + 22, split)
    assert card.overdue(on + 22) == 65_000


@pytest.mark.parametrize(
    ("yuan", "fee"), [(10_000, 25), (100_000, 1_150), (200_000, 2_150), (500_000, 4_400), (1_000_000, 6_900)]
)
def test_court_fees_are_half_the_scale(yuan: int, fee: int) -> None:
    """Full fees of the scale: 50, 2,300, 4,300, 8,800, 13,800 yuan."""
    assert court_fee(scale_of_fees(), yuan * 100) == fee * 100


def test_a_court_drops_a_fraction_of_a_fen() -> None:
    """12,345.67 yuan: 50 and 2.5 % of 2,345.67 are 108.64175; half of it is 54.320875."""
    assert court_fee(scale_of_fees(), 1_234_567) == 5_432
