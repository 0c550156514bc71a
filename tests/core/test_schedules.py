"""Instalment plans: vectors worked by hand, and what holds of every plan."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.schedules import Row, Terms, annuity, beside, due_days, rate_of, rounded, schedule, totals, year_share

SIGNED = date(2026, 1, 15)


def terms(**other: object) -> Terms:
    known: dict[str, object] = {
        "principal": 1_000_00, "charges": 0, "from_on": SIGNED, "first_due_on": date(2026, 2, 15), "times": 3,
    }  # fmt: skip
    return Terms(**{**known, **other})  # type: ignore[arg-type]


def test_equal_principal_without_interest_and_the_last_takes_the_rest() -> None:
    """1,000.00 in three: 333.33, 333.33, 333.34; charges of 10.00: 3.33, 3.33, 3.34."""
    rows = schedule(terms(charges=10_00))
    assert [(row.principal, row.charges) for row in rows] == [(333_33, 3_33), (333_33, 3_33), (333_34, 3_34)]
    assert [row.due_on for row in rows] == [date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)]


def test_equal_principal_with_interest() -> None:
    """12 % a year is 1 % a month: on 1,200.00, then 800.00, then 400.00."""
    rows = schedule(terms(principal=1_200_00, rate="12"))
    assert [(row.principal, row.interest) for row in rows] == [(400_00, 12_00), (400_00, 8_00), (400_00, 4_00)]


def test_equal_instalments() -> None:
    """1,000.00 at 1 % a month in three: 1000 × 0.01 × 1.030301 / 0.030301 = 340.0221…, so 340.02 each.

    Interest 10.00, then on 669.98 6.70, then on 336.66 3.37; the last takes 336.66 and comes to 340.03.
    """
    rows = schedule(terms(rate="12", method="equal_instalments"))
    assert annuity(terms(rate="12"), rate_of("12")) == 340_02
    assert [(row.principal, row.interest) for row in rows] == [(330_02, 10_00), (333_32, 6_70), (336_66, 3_37)]
    assert [row.total for row in rows] == [340_02, 340_02, 340_03]


def test_interest_then_the_principal_at_once() -> None:
    rows = schedule(terms(rate="6", method="interest_only"))
    assert [(row.principal, row.interest) for row in rows] == [(0, 5_00), (0, 5_00), (1_000_00, 5_00)]


def test_a_bullet_by_days() -> None:
    """73 of 365 days at 5 % on 1,000.00 is 10.00; of 360 days 10.1388…, so 10.14."""
    bullet = terms(rate="5", method="bullet", times=1, first_due_on=SIGNED + timedelta(days=73), charges=7)
    (row,) = schedule(terms(**{**_fields(bullet), "count": "act/365"}))
    assert (row.principal, row.charges, row.interest) == (1_000_00, 7, 10_00)
    assert schedule(terms(**{**_fields(bullet), "count": "act/360"}))[0].interest == 10_14


def _fields(of: Terms) -> dict[str, object]:
    return {name: getattr(of, name) for name in Terms.__struct_fields__}


def test_every_fourteen_days() -> None:
    days = due_days(terms(first_due_on=date(2026, 2, 20), days=14))
    assert days == (date(2026, 2, 20), date(2026, 3, 6), date(2026, 3, 20))


def test_ends_of_months() -> None:
    """The 31st falls on the last day of a shorter month and is the 31st again; from 30 April on, only if so agreed."""
    the_31st = terms(first_due_on=date(2026, 1, 31), times=4)
    assert [day.day for day in due_days(the_31st)] == [31, 28, 31, 30]
    april = _fields(terms(first_due_on=date(2026, 4, 30), times=3))
    assert [day.day for day in due_days(terms(**april))] == [30, 30, 30]
    assert [day.day for day in due_days(terms(**{**april, "end_of_month": True}))] == [30, 31, 30]


def test_a_whole_month_is_a_twelfth_by_30_360_whichever_month() -> None:
    """From 31 January on: February is as long as March."""
    rows = schedule(
        terms(rate="12", from_on=date(2025, 12, 31), first_due_on=date(2026, 1, 31), method="interest_only")
    )
    assert [row.interest for row in rows] == [10_00, 10_00, 10_00]


def test_a_first_period_that_is_no_whole_month() -> None:
    """15 January to 1 March by 30/360: 46 days."""
    assert year_share(SIGNED, date(2026, 3, 1), "30/360") == Fraction(46, 360)
    rows = schedule(terms(rate="36", first_due_on=date(2026, 3, 1), method="interest_only"))
    assert [row.interest for row in rows] == [46_00, 30_00, 30_00]


def test_a_list_of_days_and_amounts_pays_charges_first() -> None:
    listed = ((date(2026, 2, 1), 100_00), (date(2026, 5, 1), 950_00))
    rows = schedule(terms(method="free", charges=50_00, listed=listed))
    assert [(row.principal, row.charges) for row in rows] == [(50_00, 50_00), (950_00, 0)]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"method": "free", "listed": ((date(2026, 2, 1), 999_99),)}, "come to 99999 minor units"),
        ({"method": "free", "listed": ((date(2026, 3, 1), 500_00), (date(2026, 2, 1), 500_00))}, "in order"),
        ({"method": "free", "listed": ()}, "names each day once"),
        ({"first_due_on": SIGNED}, "first instalment would fall due on 2026-01-15"),
        ({"times": 0}, "0 instalments"),
        ({"principal": 0}, "nothing to be paid"),
        ({"principal": -1}, "nothing to be paid"),
        ({"rate": "much"}, "not a rate"),
        ({"rate": "-1"}, "a rate of -1 percent"),
        ({"method": "bullet"}, "at once"),
        ({"months": 0}, "no time between"),
        ({"first_due_on": date(9999, 12, 1)}, "off the calendar"),
    ],
)
def test_terms_that_make_no_plan_are_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(UserError, match=says):
        schedule(terms(**wrong))


def test_the_contract_goes_on_beside_a_plan_over_the_arrears() -> None:
    contract = [(date(2026, 2, 10), 300), (date(2026, 3, 15), 300), (date(2026, 4, 16), 300)]
    rows = beside(schedule(terms(times=2, principal=100)), contract)
    assert [(row.due_on, row.principal, row.current) for row in rows] == [
        (date(2026, 2, 10), 0, 300), (date(2026, 2, 15), 50, 0), (date(2026, 3, 15), 50, 300),
    ]  # fmt: skip


def test_rounding_is_half_up() -> None:
    assert [rounded(Fraction(n, 2)) for n in (1, 2, 3)] == [1, 1, 2]


plans = st.builds(
    Terms,
    principal=st.integers(1, 10**11),
    charges=st.integers(0, 10**9),
    from_on=st.just(SIGNED),
    first_due_on=st.integers(1, 400).map(lambda days: SIGNED + timedelta(days=days)),
    times=st.integers(1, 120),
    method=st.sampled_from(["equal_instalments", "equal_principal", "interest_only"]),
    rate=st.sampled_from(["", "0", "0.01", "4.35", "14.6", "24", "360"]),
    count=st.sampled_from(["30/360", "act/360", "act/365"]),
    months=st.sampled_from([1, 3]),
    days=st.sampled_from([0, 0, 7, 30]),
    end_of_month=st.booleans(),
)


@given(plans)
def test_what_holds_of_every_plan(of: Terms) -> None:
    """The sum is exact, nothing is negative, days go on; no interest runs without a rate."""
    rows = schedule(of)
    sums = totals(rows)
    assert (len(rows), sums.principal, sums.charges) == (of.times, of.principal, of.charges)
    assert all(part >= 0 for row in rows for part in (row.principal, row.charges, row.interest, row.current))
    assert all(a.due_on < b.due_on for a, b in pairwise(rows))
    assert rows[0].due_on > of.from_on
    assert (sums.interest == 0) or rate_of(of.rate) > 0
    assert all(isinstance(row, Row) for row in rows)


@given(st.integers(10**6, 10**11), st.integers(1, 120), st.sampled_from(["", "4.35", "14.6", "24"]))
def test_level_payments_are_level(principal: int, times: int, rate: str) -> None:
    """By 30/360 and whole periods every instalment but the last is the same to the fen."""
    rows = schedule(Terms(principal, 0, SIGNED, date(2026, 2, 15), times, "equal_instalments", rate))
    assert len({row.total for row in rows[:-1]}) <= 1
