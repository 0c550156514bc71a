"""The packs of topic interest: uplifts, caps, the doubled part, each on both sides of its boundary."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.interest import above_uplift, cap_test
from recourse.money import Amounts
from recourse.policy.book import Policy
from recourse.policy.money_values import RateCap, Uplift
from tests.core.any_facts import book

TODAY = date(2026, 11, 27)


def policy(on: date = TODAY, product: str = "online_consumer_loan") -> Policy:
    return book().at(on, "cn", product)


CASES = (
    # file, what is asked, what it says
    ("penalty_uplift", 500_000, 0),
    ("penalty_uplift", 500_001, 1),
    ("compound_on_penalty", None, 0),
    ("doubled_per_million_per_day", None, 175),
    ("court_cap", 24_000, 0),
    ("court_cap", 24_001, 1),
    ("all_in_cap.online", 24_000, 0),
    ("all_in_cap.online", 24_001, 1),
)


@pytest.mark.parametrize(("file", "asked", "says"), CASES)
def test_each_rule_on_both_sides_of_its_number(file: str, asked: int | None, says: int) -> None:
    """The caps: 1,000.00 of principal, 365 days overdue, so 240.00 of charges are the most."""
    rule = f"interest.{file.partition('.')[0]}"
    if asked is None:
        assert policy().number(rule) == says
        return
    bands = {source.rule: value for source, value in policy().of("uplift", Uplift)}
    caps = {source.rule: value for source, value in policy().of("rate_cap", RateCap)}
    if rule in bands:
        assert above_uplift(asked, bands[rule]) == says
    else:
        assert cap_test(rule, caps[rule], Amounts(100_000, penalty=asked), 120_000, 365).excess == says


@pytest.mark.parametrize(
    ("on", "product", "rules"),
    [
        (date(2017, 8, 3), "online_consumer_loan", set()),
        (date(2017, 8, 4), "online_consumer_loan", {"interest.court_cap"}),
        (date(2025, 9, 30), "online_consumer_loan", {"interest.court_cap"}),
        (date(2025, 10, 1), "online_consumer_loan", {"interest.court_cap", "interest.all_in_cap"}),
        (date(2025, 10, 1), "mortgage", {"interest.court_cap"}),
    ],
)
def test_the_caps_of_a_day(on: date, product: str, rules: set[str]) -> None:
    assert {source.rule for source, _ in policy(on, product).of("rate_cap", RateCap)} == rules


def test_the_doubled_part_has_no_number_before_its_interpretation() -> None:
    name = "interest.doubled_per_million_per_day"
    assert name not in policy(date(2014, 7, 31)).numbers
    assert policy(date(2014, 8, 1)).numbers[name] == 175
