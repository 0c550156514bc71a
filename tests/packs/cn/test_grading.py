"""The internal risk grade: by bands until 2025, by the scorecard from 2026 on; and what nodes wait for by grade."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.grading import card_of, grader
from recourse.policy.debtor_values import Grades, Scorecard
from recourse.scorecard import points_of
from tests.core.any_facts import TODAY, book
from tests.core.test_scorecard import debt
from tests.packs.rules import BANK, OFF, SINCE, Row, look_at

BEFORE, FROM = date(2025, 12, 31), date(2026, 1, 1)
CASES: list[Row] = [
    # by days, raised from 200 thousand, 500 thousand, a million yuan on
    ("internal", SINCE, BANK, "R1:0 R2:0@200000 R2:31 R3:31@500000 R3:61 R4:61@1000000 R4:91"),
    ("scorecard", SINCE, OFF, "R1:0 R2:20 R3:45 R4:70"),
    ("scorecard", "2026-01-01", BANK, "R1:0 R2:20 R3:45 R4:70"),
]

test_what_each_file_says = look_at("cn/grading", CASES)
POINTS: list[tuple[str, list[tuple[int | str, int]]]] = [
    ("bucket", [(0, 0), (1, 5), (2, 20), (3, 40), (4, 55), (5, 55), (6, 70), (7, 70)]),
    ("amount", [(19_999_999, 0), (20_000_000, 15), (49_999_999, 15), (50_000_000, 25), (99_999_999, 25),
                (100_000_000, 40)]),
    ("credit_score", [(621, 0), (620, 5), (561, 5), (560, 10)]),
    ("debt_ratio", [(54, 0), (55, 5), (69, 5), (70, 10)]),
    ("security", [("secured", 0), ("guaranteed", 3), ("unsecured", 5)]),
    ("ability", [("sufficient", 0), ("strained", 8), ("none", 15)]),
    ("willingness", [("willing", 0), ("wavering", 8), ("unwilling", 20)]),
]  # fmt: skip


@pytest.mark.parametrize(("attribute", "edges"), POINTS)
def test_points_on_both_sides_of_each_edge(attribute: str, edges: list[tuple[int | str, int]]) -> None:
    ((_, card),) = book().at(FROM, "cn", "mortgage").of("scorecard", Scorecard)
    (asked,) = (each for each in card.attributes if each.attribute == attribute)
    assert [(seen, points_of(asked, seen)) for seen, _ in edges] == edges


def test_the_card_has_no_other_attribute() -> None:
    ((_, card),) = book().at(FROM, "cn", "mortgage").of("scorecard", Scorecard)
    assert [each.attribute for each in card.attributes] == [attribute for attribute, _ in POINTS]


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
