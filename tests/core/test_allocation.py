"""Where a payment goes: vectors worked out by hand, and what holds of every payment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.allocation import (
    Debt,
    Posting,
    Undone,
    after_judgment,
    allocate,
    criteria_of,
    less,
    order_of,
    undo,
    undo_newest,
    within,
)
from recourse.errors import UserError
from recourse.money import Amounts
from recourse.policy.book import Policy
from tests.core.any_facts import book

ON = date(2026, 3, 2)
OWED = Amounts(principal=100_000, interest=2_000, penalty=300, compound=40, fees=500, costs=1_000)


def policy(product: str = "consumer_loan", on: date = ON, jurisdiction: str = "cn") -> Policy:
    return book().at(on, jurisdiction, product)


# --- one debt: 民法典 561, and cards by days past due -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "paid"),
    [
        (999, Amounts(costs=999)),
        (1_000, Amounts(costs=1_000)),
        (3_000, Amounts(costs=1_000, interest=2_000)),
        (3_039, Amounts(costs=1_000, interest=2_000, compound=39)),
        (3_340, Amounts(costs=1_000, interest=2_000, compound=40, penalty=300)),
        (3_841, Amounts(costs=1_000, interest=2_000, compound=40, penalty=300, fees=500, principal=1)),
        (103_840, OWED),
    ],
)
def test_costs_then_interest_then_principal(amount: int, paid: Amounts) -> None:
    assert within(OWED, order_of(policy(), 400), amount) == (paid, 0)


@pytest.mark.parametrize(
    ("dpd", "paid"),
    [
        (90, Amounts(costs=1_000, interest=2_000, compound=40, penalty=300, fees=500, principal=1_160)),
        (91, Amounts(costs=1_000, principal=4_000)),
    ],
)
def test_a_card_pays_its_principal_first_from_the_91st_day_on(dpd: int, paid: Amounts) -> None:
    """5,000 on 1,000 + 2,000 + 40 + 300 + 500 of charges: 1,160 are left for the principal; from day 91, 4,000 are."""
    assert within(OWED, order_of(policy("credit_card"), dpd), 5_000) == (paid, 0)


def test_before_the_card_rules_a_card_was_a_debt_like_others() -> None:
    assert order_of(policy("credit_card", date(2011, 1, 12)), 91)[1] == "interest"
    assert order_of(policy("credit_card", date(2011, 1, 13)), 91)[1] == "principal"


def test_a_judgment_comes_before_the_doubled_interest() -> None:
    """法释〔2014〕8号 4: 103,840 of the award, then 700 doubled; 104,000 leave 160 for the doubled part."""
    order = order_of(policy(), 0, "judgment")
    assert after_judgment(OWED, 700, order, 103_840) == (OWED, 0, 0)
    assert after_judgment(OWED, 700, order, 104_000) == (OWED, 160, 0)
    assert after_judgment(OWED, 700, order, 105_000) == (OWED, 700, 460)


def test_a_stage_without_a_rule_is_refused() -> None:
    with pytest.raises(UserError, match="no order of payment for judgment debts"):
        order_of(policy("consumer_loan", ON, "tw"), 0, "judgment")


# --- several debts: 民法典 560 ------------------------------------------------------------------------------------------

ORDER = order_of(policy(), 0)
CRITERIA = criteria_of(policy())


def debt(name: str, principal: int, due: int = -10, secured: int | None = 0, rate: int = 0, interest: int = 0) -> Debt:
    return Debt(name, Amounts(principal, interest), ORDER, ON + timedelta(days=due), secured, rate)


@pytest.mark.parametrize(
    ("debts", "first"),
    [
        ((debt("a", 500, due=1), debt("b", 500, due=0)), "b"),
        ((debt("a", 500, secured=400), debt("b", 500, secured=399)), "b"),
        ((debt("a", 500, secured=1), debt("b", 500, secured=None)), "b"),
        ((debt("a", 500, rate=50_000), debt("b", 500, rate=50_001)), "b"),
        ((debt("a", 500, due=-10), debt("b", 500, due=-11)), "b"),
        ((debt("a", 500, due=-99, secured=1, rate=9), debt("b", 500, due=-1, rate=1)), "b"),
        ((debt("a", 500, due=1, rate=9), debt("b", 500, due=-1, secured=500)), "b"),
    ],
)
def test_due_then_least_secured_then_heavier_then_earlier(debts: tuple[Debt, ...], first: str) -> None:
    found = allocate(debts, 500, CRITERIA, ON)
    assert found.to(first).total == 500


def test_what_the_debtor_names_is_paid_first_and_the_rest_by_rank() -> None:
    debts = (debt("a", 500, due=-50), debt("b", 500, due=-40), debt("c", 500, due=9))
    found = allocate(debts, 700, CRITERIA, ON, designated="c")
    assert (found.to("c").total, found.to("a").total, found.to("b").total) == (500, 200, 0)
    with pytest.raises(UserError, match="no debt 'd'"):
        allocate(debts, 1, CRITERIA, ON, designated="d")


def test_equal_debts_share_pro_rata_and_the_rest_goes_to_the_largest_remainder() -> None:
    """100 over 100 : 200 : 301 of 601 — 16.64, 33.28, 50.08: 16 + 33 + 50 = 99, and the one left goes to 0.64."""
    found = allocate((debt("a", 100), debt("b", 200), debt("c", 301)), 100, CRITERIA, ON)
    assert [share.paid.total for share in found.shares] == [17, 33, 50]


def test_within_each_debt_the_share_follows_its_own_order() -> None:
    """60 over two debts of 100 with 20 of interest each: 30 to each, of which 20 are interest."""
    found = allocate((debt("a", 80, interest=20), debt("b", 80, interest=20)), 60, CRITERIA, ON)
    assert [share.paid for share in found.shares] == [Amounts(10, 20), Amounts(10, 20)]


# --- taking back --------------------------------------------------------------------------------------------------------

POSTINGS = (
    Posting("p1", ON, Amounts(principal=50, interest=20), ORDER),
    Posting("p2", ON + timedelta(days=1), Amounts(principal=30, interest=5), ORDER),
)


def test_the_very_payment_is_taken_back_whole() -> None:
    assert undo(POSTINGS, "p1") == Undone(Amounts(50, 20), (POSTINGS[1],))
    with pytest.raises(UserError, match="never booked"):
        undo(POSTINGS, "p9")


def test_without_a_name_the_newest_goes_first_and_of_it_what_it_paid_last() -> None:
    """33 back: of p2 its 30 of principal, then 3 of its 5 of interest."""
    found = undo_newest(POSTINGS, 33)
    assert found.owed_again == Amounts(30, 3)
    assert found.postings == (POSTINGS[0], Posting("p2", ON + timedelta(days=1), Amounts(0, 2), ORDER))
    assert undo_newest(POSTINGS, 106).left == 1


# --- whatever is paid ---------------------------------------------------------------------------------------------------

sums = st.integers(0, 10**9)
amounts = st.builds(Amounts, *[st.integers(0, 10**8)] * 6)
orders = st.permutations(list(Amounts.__struct_fields__)).map(tuple)


@given(amounts, orders, sums)
def test_a_payment_is_all_there_and_keeps_the_order(owed: Amounts, order: tuple[str, ...], amount: int) -> None:
    paid, left = within(owed, order, amount)
    rest = less(owed, paid)
    assert paid.total + left == amount
    assert min(each for _, each in paid.items()) >= 0
    assert min(each for _, each in rest.items()) >= 0
    touched = [name for name in order if getattr(paid, name)]
    for name in touched[:-1]:
        assert getattr(rest, name) == 0, "a component gets nothing before the one ahead is paid"
    assert left == 0 or rest.total == 0


@given(amounts, orders, sums, sums)
def test_one_payment_is_two_in_a_row(owed: Amounts, order: tuple[str, ...], first: int, second: int) -> None:
    one, _ = within(owed, order, first)
    two, left = within(less(owed, one), order, second)
    whole, _ = within(owed, order, first + second)
    assert one + two == whole or left + first - one.total > 0


@st.composite
def several(draw: st.DrawFn) -> list[Debt]:
    count = draw(st.integers(1, 5))
    return [
        Debt(
            f"d{n}",
            draw(amounts),
            draw(orders),
            draw(st.none() | st.integers(-5, 5).map(lambda days: ON + timedelta(days=days))),
            draw(st.none() | st.integers(0, 3)),
            draw(st.none() | st.integers(0, 3)),
        )
        for n in range(count)
    ]


@given(several(), sums, st.sampled_from(["", "d0"]))
def test_over_several_debts_nothing_is_lost_and_nothing_is_overpaid(debts: list[Debt], amount: int, named: str) -> None:
    found = allocate(debts, amount, CRITERIA, ON, named)
    assert sum(share.paid.total for share in found.shares) + found.left == amount
    for each in debts:
        rest = less(each.owed, found.to(each.debt_id))
        assert min(owed for _, owed in rest.items()) >= 0
    assert found.left == 0 or all(less(d.owed, found.to(d.debt_id)).total == 0 for d in debts)
    assert allocate(debts[::-1], amount, CRITERIA, ON, named).left == found.left
    assert {s.debt_id: s.paid for s in allocate(debts[::-1], amount, CRITERIA, ON, named).shares} == {
        s.debt_id: s.paid for s in found.shares
    }, "the order of the rows decides nothing"


@given(several(), sums, sums)
def test_debts_of_different_rank_take_two_payments_as_one(debts: list[Debt], first: int, second: int) -> None:
    ranked = [Debt(d.debt_id, d.owed, d.order, ON - timedelta(days=n)) for n, d in enumerate(debts)]
    one = allocate(ranked, first, ("earlier",), ON)
    left = [Debt(d.debt_id, less(d.owed, one.to(d.debt_id)), d.order, d.due_on) for d in ranked]
    two = allocate(left, second, ("earlier",), ON)
    whole = allocate(ranked, first + second, ("earlier",), ON)
    for d in ranked:
        assert one.to(d.debt_id) + two.to(d.debt_id) == whole.to(d.debt_id)


@given(amounts, orders, sums)
def test_what_is_undone_was_paid_and_nothing_else(owed: Amounts, order: tuple[str, ...], amount: int) -> None:
    paid, _ = within(owed, order, amount)
    posting = Posting("p", ON, paid, order)
    for found in (undo([posting], "p"), undo_newest([posting], paid.total)):
        assert less(owed, paid) + found.owed_again == owed
    back = amount // 2
    half = undo_newest([posting], min(back, paid.total))
    again, _ = within(owed, order, paid.total - half.owed_again.total)
    assert again == less(paid, half.owed_again), "as if only the rest had been paid"
