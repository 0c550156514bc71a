"""Initial plans: days between contacts, least percent of a settlement, longest term, team, priority."""

from __future__ import annotations

import pytest

from recourse.arrangements import CARD_MONTHS, EXTENSION_MONTHS, SETTLEMENT_MONTHS
from recourse.policy.debtor_values import Causes, Grades
from tests.core.any_facts import TODAY, book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("care", SINCE, BANK, (7, 95, 12, "care", 4)),
    ("calls", SINCE, BANK, (5, 90, 24, "calls", 3)),
    ("pressure", SINCE, BANK, (3, 80, 36, "calls", 2)),
    ("senior", SINCE, BANK, (3, 60, 60, "senior", 1)),
    ("oversight", SINCE, BANK, (10, 95, 3, "care", 5)),
    ("hardship", SINCE, BANK, (10, 60, 60, "calls", 3)),
    ("illness", SINCE, BANK, (15, 60, 60, "senior", 3)),
    ("dispute", SINCE, BANK, (15, 0, 60, "senior", 2)),
]

test_what_each_file_says = look_at("cn/plan", CASES)

POLICY = book().at(TODAY, "cn", "mortgage")


@pytest.mark.parametrize(
    ("grade", "cause", "stem"),
    [
        ("R1", "", "care"),
        ("R2", "", "calls"),
        ("R3", "", "pressure"),
        ("R4", "", "senior"),
        ("R2", "oversight", "oversight"),
        ("R2", "technical", "oversight"),
        ("R3", "oversight", "pressure"),
        ("R4", "job_loss", "hardship"),
        ("R4", "illness_accident", "illness"),
        ("R4", "dispute", "dispute"),
    ],
)
def test_the_plan_of_a_grade_and_a_cause(grade: str, cause: str, stem: str) -> None:
    """A cause goes before the grade, but nobody forgets for sixty days."""
    found = POLICY.plan_for(grade, cause)
    assert found is not None
    assert found[1].name == stem


def test_the_higher_the_grade_the_sooner_and_the_lower_the_floor() -> None:
    policy = book().at(TODAY, "cn", "mortgage")
    plans = [found[1] for grade in Grades if (found := policy.plan_for(grade, ""))]
    assert [plan.priority for plan in plans] == [4, 3, 2, 1]
    assert [plan.cadence_days for plan in plans] == sorted((plan.cadence_days for plan in plans), reverse=True)
    assert [plan.floor_percent for plan in plans] == sorted((plan.floor_percent for plan in plans), reverse=True)


HARD = ("temporary_shortage", "job_loss", "illness_accident", "family")
"""Causes that are a hardship."""


@pytest.mark.parametrize("product", ["credit_card", "consumer_loan"])
def test_the_floors_of_plans_fit_the_rules_of_arrangements(product: str) -> None:
    """A plan is within what any arrangement of its grade may be, leaves every kind its own longest term, and never forbids
    all that its grade may waive; who is in hardship keeps the five years of the card rules, and is asked for no more."""
    policy = book().at(TODAY, "cn", product)
    known = policy.plan_floor
    assert known is not None
    kinds = max(policy.number(rule) for rule in (EXTENSION_MONTHS, SETTLEMENT_MONTHS))
    for grade in Grades:
        outer, plans = known[1].of(grade), {cause: policy.plan_for(grade, cause) for cause in ("", *Causes)}
        own = plans[""]
        assert own is not None
        assert kinds <= own[1].longest_months <= outer.longest_months
        for found in plans.values():
            assert found is not None
            assert found[1].longest_months <= outer.longest_months
            assert (found[1].floor_percent < 100) is any(outer.waived_percent.values())
        for cause in HARD:
            hard = plans[cause]
            assert hard is not None
            assert hard[1].longest_months == policy.numbers.get(CARD_MONTHS, 60)
            assert hard[1].floor_percent <= own[1].floor_percent
