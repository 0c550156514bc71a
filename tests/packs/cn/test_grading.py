"""cn/grading, cn/plan and cn/gap: what each file says for each grade, and from which day on."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.grading import card_of, grader
from recourse.policy.debtor_values import Grades, Plan
from tests.core.any_facts import TODAY, book
from tests.core.test_scorecard import debt

BEFORE, FROM = date(2025, 12, 31), date(2026, 1, 1)


def test_scorecard_binds_from_2026_and_internal_before() -> None:
    days = {day: card_of(book().at(day, "cn", "mortgage")) for day in (BEFORE, FROM)}
    assert (days[BEFORE], days[FROM] is None) == (None, False)
    bands = grader(book().at(BEFORE, "cn", "mortgage"))
    assert [bands.grade(debt(late), TODAY)[0] for late in (30, 31, 60, 61, 90, 91)] == [
        "R1",
        "R2",
        "R2",
        "R3",
        "R3",
        "R4",
    ]
    card = days[FROM]
    marks = [] if card is None else [band.points_at_least for band in card.values.bands]
    assert marks == [0, 20, 45, 70]


PLANS: list[tuple[str, tuple[str, ...], int, int, int, str, int]] = [
    ("care", ("R1",), 10, 100, 3, "care", 4),
    ("calls", ("R2",), 7, 100, 12, "calls", 3),
    ("pressure", ("R3",), 5, 90, 24, "calls", 2),
    ("senior", ("R4",), 3, 70, 36, "senior", 1),
    ("oversight", ("R1", "R2"), 10, 100, 1, "care", 5),
    ("hardship", Grades, 10, 80, 60, "calls", 3),
    ("illness", Grades, 15, 60, 60, "senior", 3),
    ("dispute", Grades, 15, 0, 12, "senior", 2),
]


@pytest.mark.parametrize(("stem", "grades", "cadence", "floor", "months", "team", "priority"), PLANS)
def test_plans(
    stem: str, grades: tuple[str, ...], cadence: int, floor: int, months: int, team: str, priority: int
) -> None:
    plans = {source.rule: plan for source, plan in book().at(TODAY, "cn", "mortgage").of("plan", Plan)}
    plan = plans[f"plan.{stem}"]
    assert (plan.grades, plan.cadence_days, plan.floor_percent, plan.longest_months, plan.team, plan.priority) == (
        grades, cadence, floor, months, team, priority,
    )  # fmt: skip


def test_the_higher_the_grade_the_sooner_and_the_lower_the_floor() -> None:
    policy = book().at(TODAY, "cn", "mortgage")
    plans = [found[1] for grade in Grades if (found := policy.plan_for(grade, ""))]
    assert [plan.priority for plan in plans] == [4, 3, 2, 1]
    assert [plan.cadence_days for plan in plans] == sorted((plan.cadence_days for plan in plans), reverse=True)
    assert [plan.floor_percent for plan in plans] == sorted((plan.floor_percent for plan in plans), reverse=True)


@pytest.mark.parametrize(("stem", "before", "by_grade"), [("contact", 3, [4, 3, 2, 2]), ("legal", 1, [5, 3, 1, 1])])
def test_gap(stem: str, before: int, by_grade: list[int]) -> None:
    old, new = (book().at(TODAY, "cn", "mortgage", day).gaps[stem] for day in (BEFORE, FROM))
    assert {old.of(grade, False) for grade in Grades} == {before}
    assert [new.of(grade, False) for grade in Grades] == by_grade
    assert {new.of(grade, True) for grade in Grades} == {1}


@pytest.mark.parametrize(
    ("stem", "measure", "by_grade"),
    [
        ("call", "dpd", [10, 7, 4, 3]),
        ("formal_notice", "dpd", [45, 31, 31, 31]),
        ("acceleration", "dpd", [90, 75, 60, 60]),
        ("litigation_route", "dpd", [120, 105, 98, 91]),
        ("outsourcing_notice", "dpd", [120, 105, 98, 91]),
    ],
)
def test_entry_by_grade(stem: str, measure: str, by_grade: list[int]) -> None:
    _, entry = book().at(TODAY, "cn", "mortgage", FROM).entries[stem]
    asked = next(each for each in entry.any[0].all if each.measure == measure and isinstance(each.at_least, dict))
    assert isinstance(asked.at_least, dict)
    assert [asked.at_least[grade] for grade in Grades] == by_grade


@pytest.mark.parametrize("stem", ["acceleration", "litigation_route", "preservation"])
def test_entry_comes_sooner_where_evasion_was_found_and_asks_nothing_less_of_what_goes_before(stem: str) -> None:
    _, entry = book().at(TODAY, "cn", "consumer_loan", FROM).entries[stem]
    early = [clause for clause in entry.any if any(each.measure == "evasion" for each in clause.all)]
    assert len(early) == 1
    assert not early[0].clock, "only a clock passes over what a node usually follows"
    if stem == "acceleration":
        assert any(each.measure == "outcome" and each.of == "formal_notice" for each in early[0].all)


@pytest.mark.parametrize(("stem", "by_grade"), [("reminder", [10, 7, 5, 5]), ("call", [7, 5, 3, 3])])
def test_cadence_by_grade(stem: str, by_grade: list[int]) -> None:
    _, entry = book().at(TODAY, "cn", "mortgage", FROM).entries[stem]
    assert entry.again_after_days == dict(zip(Grades, by_grade, strict=True))


def test_entry_evasion_finding_waits_for_a_proposal() -> None:
    _, entry = book().at(TODAY, "cn", "mortgage").entries["evasion_finding"]
    assert [each.measure for each in entry.any[0].all] == ["evasion_proposed", "dpd"]
