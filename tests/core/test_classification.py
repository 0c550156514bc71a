"""The least five-tier class: thresholds, the worse of two tables, restructured debts, contagion, the way back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.classification import (
    Asset,
    Claim,
    Cured,
    against_upgrade,
    least_class,
    observation,
    spoiled,
)
from recourse.days import months_later
from recourse.policy.book import Policy
from recourse.policy.debtor_values import Classes, Contagion
from tests.core.any_facts import book

ON = date(2026, 3, 2)
NUMBERS = book().at(ON, "cn", "consumer_loan").numbers


def policy(product: str = "consumer_loan") -> Policy:
    return book().at(ON, "cn", product)


@pytest.mark.parametrize(
    ("late", "loan", "card"),
    [
        (0, "pass", "pass"),
        (1, "special_mention", "special_mention"),
        (90, "special_mention", "special_mention"),
        (91, "substandard", "substandard"),
        (120, "substandard", "substandard"),
        (121, "substandard", "doubtful"),
        (180, "substandard", "doubtful"),
        (181, "substandard", "loss"),
        (270, "substandard", "loss"),
        (271, "doubtful", "loss"),
        (360, "doubtful", "loss"),
        (361, "loss", "loss"),
    ],
)
def test_by_days_past_due(late: int, loan: str, card: str) -> None:
    assert least_class(Asset(late), policy()).at_least == loan
    assert least_class(Asset(late), policy("credit_card")).at_least == card


def test_where_two_tables_differ_the_worse_counts_and_the_risk_department_is_told() -> None:
    agreed, differing = (least_class(Asset(late), policy("credit_card")) for late in (120, 121))
    assert (agreed.tables_differ, differing.tables_differ) == (False, True)
    assert "classification.card" in differing.why
    assert "classification.overdue" not in differing.why
    assert not least_class(Asset(121), policy()).tables_differ


@pytest.mark.parametrize(
    ("impairment", "least"),
    [
        (0, "pass"),
        (1, "substandard"),
        (5_000, "substandard"),
        (5_001, "doubtful"),
        (9_000, "doubtful"),
        (9_001, "loss"),
    ],
)
def test_by_impairment(impairment: int, least: str) -> None:
    assert least_class(Asset(0, impairment), policy()).at_least == least


def test_an_impairment_that_nobody_knows_asks_for_nothing() -> None:
    verdict = least_class(Asset(0), policy())
    assert (verdict.at_least, verdict.unknown) == ("pass", ("impairment",))


def test_the_exception_for_technical_delays_is_off() -> None:
    assert least_class(Asset(1, technical=True), policy()).at_least == "special_mention"


@pytest.mark.parametrize(
    ("asset", "least"),
    [
        (Asset(0, restructurings=1), "special_mention"),
        (Asset(0, restructurings=2), "substandard"),
        (Asset(0, evasion="suspected"), "special_mention"),
        (Asset(0, evasion="found"), "special_mention"),
        (Asset(1, evasion="suspected"), "special_mention"),
        (Asset(1, evasion="found"), "substandard"),
    ],
)
def test_restructured_debts_and_debtors_who_evade(asset: Asset, least: str) -> None:
    assert least_class(asset, policy()).at_least == least


@given(st.sampled_from(["consumer_loan", "credit_card", "business_loan"]), st.integers(0, 800), st.integers(0, 800),
       st.none() | st.integers(0, 10_000), st.integers(0, 3), st.sampled_from(["", "suspected", "found"]))  # fmt: skip
def test_more_days_past_due_never_make_the_class_better(
    product: str, some: int, more: int, impairment: int | None, restructured: int, evasion: str
) -> None:
    few, many = (
        Classes.index(least_class(Asset(late, impairment, restructured, evasion), policy(product)).at_least)
        for late in sorted((some, more))
    )
    assert few <= many


# --- contagion ------------------------------------------------------------------------------------------------------


def claims(bad: int, good: int) -> list[Claim]:
    return [Claim("A", "X", True, bad), Claim("B", "X", False, good), Claim("C", "Y", False, 50)]


def test_one_bad_loan_of_many_spoils_a_business_above_a_tenth() -> None:
    share = next(rule for _, rule in policy("business_loan").of("contagion", Contagion))
    assert spoiled(claims(10, 90), share) == {}
    assert spoiled(claims(11, 89), share) == {"X": ("B",)}


def test_retail_debts_are_classed_one_by_one() -> None:
    assert not list(policy().of("contagion", Contagion))
    assert spoiled(claims(99, 1), Contagion("none")) == {}
    assert spoiled(claims(1, 99), Contagion("customer")) == {"X": ("B",)}
    assert spoiled([Claim("A", "X", True, None), Claim("B", "X", False, 5)], Contagion("share", 10)) == {}


# --- observation and upgrade -----------------------------------------------------------------------------------------

MONTHLY = [months_later(date(2026, 4, 10), n) for n in range(30)]


def test_a_restructured_debt_is_observed_for_a_year_from_its_first_repayment_date() -> None:
    runs = observation(MONTHLY[0], MONTHLY, [], NUMBERS)
    assert (runs.from_on, runs.until_on) == (date(2026, 4, 10), date(2027, 4, 9))


def test_two_periods_are_asked_for_where_they_are_longer_than_a_year() -> None:
    yearly = [date(2026, 4, 10), date(2027, 4, 10), date(2028, 4, 10), date(2029, 4, 10)]
    assert observation(yearly[0], yearly, [], NUMBERS).until_on == date(2028, 4, 10)
    assert observation(yearly[0], yearly[:2], [], NUMBERS).until_on is None


def test_a_breach_starts_the_observation_again() -> None:
    runs = observation(MONTHLY[0], MONTHLY, [date(2026, 1, 1), date(2026, 9, 11)], NUMBERS)
    assert (runs.from_on, runs.until_on) == (date(2026, 9, 11), date(2027, 9, 10))


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(1, 14), st.lists(st.integers(-100, 500), max_size=3))
def test_an_observation_is_never_shorter_than_the_law_asks(first: date, every: int, breaches: list[int]) -> None:
    dues = [months_later(first, every * n) for n in range(8)]
    runs = observation(first, dues, [first + timedelta(days=n) for n in breaches], NUMBERS)
    assert runs.from_on >= first
    if runs.until_on is not None:
        assert runs.until_on >= months_later(runs.from_on, 12) - timedelta(days=1)
        assert sum(runs.from_on < day <= runs.until_on for day in dues) >= 2
    else:
        assert sum(day > runs.from_on for day in dues) < 2


SHOWN = Cured(date(2025, 9, 2), 2, False, True)


def test_an_upgrade_that_is_shown_whole_has_nothing_against_it() -> None:
    assert against_upgrade(SHOWN, ON, NUMBERS) == ()


@pytest.mark.parametrize(
    ("cured", "on", "says"),
    [
        (SHOWN, date(2026, 3, 1), "not yet 6 months"),
        (Cured(date(2025, 9, 2), 1, False, True), ON, "1 of 2 repayment periods"),
        (Cured(None, None, False, True), ON, "arrears and costs are not shown"),
        (Cured(date(2025, 9, 2), 2, True, True), ON, "another asset of the debtor is impaired"),
        (Cured(date(2025, 9, 2), 2, None, True), ON, "other assets are not known"),
        (Cured(date(2025, 9, 2), 2, False, None), ON, "nobody found"),
        (Cured(date(2025, 9, 2), 2, False, False), ON, "nobody found"),
    ],
)
def test_what_an_upgrade_lacks_is_said(cured: Cured, on: date, says: str) -> None:
    assert any(says in each for each in against_upgrade(cured, on, NUMBERS))
