"""The risk grade: points, edges, what is unknown, and the day on which the stage changes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recourse.casefile import CaseFile
from recourse.debtor_lines import debtor_lines
from recourse.facts import CollateralFact, Facts, GuaranteeFact, GuaranteeKind, Security, Terms
from recourse.grading import Bands, card_of, grader
from recourse.money import Amounts
from recourse.policy.book import PolicyBook
from recourse.policy.debtor_values import Grades, Scorecard
from recourse.policy.schema import Rule
from recourse.policy.thresholds import thresholds
from recourse.scorecard import BARE, Card
from tests.core.any_facts import ALWAYS_FRESH, TODAY, book, facts

POLICY = book().at(TODAY, "cn", "consumer_loan")
UNSECURED = Terms(secured=False, guaranteed=False)
SECURED = Security(collateral=(CollateralFact("k", "real_estate"),))
GUARANTEED = Security(guarantees=(GuaranteeFact("g", "q", GuaranteeKind.JOINT),))


def card() -> Card:
    found = card_of(POLICY)
    assert found is not None
    return found


def debt(days: int, yuan: int = 1_000, **more: Any) -> Facts:
    file = CaseFile(**more.pop("file", {}))
    return Facts(
        case_id="c", account_id="a", person_id="p", jurisdiction="CN", product=more.pop("product", "consumer_loan"), currency="CNY",
        entity="e", branch="b", oldest_unpaid_due_on=TODAY - timedelta(days=days), pauses=(), overdue=1,
        amounts=Amounts(principal=yuan * 100), balance_as_of=ALWAYS_FRESH, exposure=None, terms=more.pop("terms", Terms()),
        security=more.pop("security", Security()), file=file,
    )  # fmt: skip


def graded(of: Facts) -> tuple[str, int]:
    found = card().scored(of, TODAY)
    assert card().grade(of, TODAY)[0] == found.grade, "what is shown is what is decided by"
    return found.grade, found.points


@pytest.mark.parametrize(
    ("days", "grade"),
    [(1, "R1"), (30, "R1"), (31, "R2"), (60, "R2"), (61, "R3"), (90, "R3"), (91, "R3"), (150, "R3"), (151, "R4")],
)
def test_by_stage_alone(days: int, grade: str) -> None:
    assert graded(debt(days, terms=UNSECURED))[0] == grade


def test_the_day_that_a_known_lack_of_security_makes_worse_is_not_worse_for_who_is_not_known() -> None:
    assert [graded(debt(61, terms=terms))[0] for terms in (UNSECURED, Terms())] == ["R3", "R2"]


@pytest.mark.parametrize(
    ("more", "points"),
    [
        ({}, 0),
        ({"yuan": 199_999}, 0),
        ({"yuan": 200_000}, 15),
        ({"yuan": 500_000}, 25),
        ({"yuan": 1_000_000}, 40),
        ({"terms": Terms(credit_score=621)}, 0),
        ({"terms": Terms(credit_score=620)}, 5),
        ({"terms": Terms(credit_score=561)}, 5),
        ({"terms": Terms(credit_score=560)}, 10),
        ({"terms": Terms(debt_ratio=54)}, 0),
        ({"terms": Terms(debt_ratio=55)}, 5),
        ({"terms": Terms(debt_ratio=70)}, 10),
        ({"security": SECURED}, 0),
        ({"security": GUARANTEED}, 0),
        ({"security": GUARANTEED, "terms": Terms(secured=False)}, 3),
        ({"terms": Terms(secured=False, guaranteed=True)}, 3),
        ({"terms": Terms(secured=False, guaranteed=False)}, 5),
        ({"terms": Terms(secured=False)}, 0),
        ({"terms": Terms(guaranteed=False)}, 0),
        ({"terms": Terms(secured=True, guaranteed=False)}, 0),
        ({"security": SECURED, "terms": Terms(secured=False, guaranteed=False)}, 0),
        ({"product": "credit_card"}, 5),
        ({"product": "credit_card", "terms": Terms(guaranteed=True)}, 3),
        ({"product": "credit_card", "terms": Terms(secured=True)}, 0),
        ({"file": {"ability": "sufficient"}}, 0),
        ({"file": {"ability": "strained"}}, 8),
        ({"file": {"ability": "none"}}, 15),
        ({"file": {"willingness": "willing"}}, 0),
        ({"file": {"willingness": "wavering"}}, 8),
        ({"file": {"willingness": "unwilling"}}, 20),
    ],
)
def test_points_beside_the_stage(more: dict[str, Any], points: int) -> None:
    assert graded(debt(31, **more))[1] - graded(debt(31))[1] == points


def test_what_is_unknown_is_said_and_gives_no_point() -> None:
    lines = {line.attribute: (line.seen, line.points) for line in card().scored(debt(31), TODAY).lines}
    assert {name for name, (_, points) in lines.items() if points is None} == {
        "credit_score", "debt_ratio", "security", "ability", "willingness",
    }  # fmt: skip
    assert lines["bucket"] == ("M2", 20)
    assert lines["security"] == ("", None)


def test_a_debt_is_unsecured_when_the_bank_says_so_and_not_when_a_file_did_not_come() -> None:
    told = debt(31, terms=Terms(secured=False, guaranteed=False))
    assert [line.seen for of in (told, debt(31)) for line in card().scored(of, TODAY).lines if line.attribute == "security"] == [
        "unsecured", "",
    ]  # fmt: skip
    assert "security" in next(debtor_lines(debt(31), POLICY, TODAY)).partition("unknown, no points: ")[2]


UNKNOWN: list[tuple[str, list[Any]]] = [
    ("credit_score", [0, 560, 620, 621, 900]),
    ("debt_ratio", [0, 55, 70, 300]),
    ("secured", [True, False]),
    ("guaranteed", [True, False]),
    ("ability", ["sufficient", "strained", "none"]),
    ("willingness", ["willing", "wavering", "unwilling"]),
]


@settings(max_examples=60)
@given(facts(), st.sampled_from(UNKNOWN), st.data())
def test_nobody_is_graded_worse_because_something_is_not_known(
    of: Facts, unknown: tuple[str, list[Any]], data: st.DataObject
) -> None:
    """With a thing unknown the grade is at most that of every value it could have."""
    name, values = unknown
    assume(of.product not in BARE or name not in ("secured", "guaranteed"))
    value = data.draw(st.sampled_from(values))
    bare, told = (_with(of, name, each) for each in (None, value))
    assert Grades.index(card().grade(bare, TODAY)[0]) <= Grades.index(card().grade(told, TODAY)[0])


def _with(of: Facts, name: str, value: Any) -> Facts:
    if name in Terms.__struct_fields__:
        return msgspec.structs.replace(of, terms=msgspec.structs.replace(of.terms, **{name: value}))
    file = msgspec.structs.replace(of.file, **{name: value or ""})
    return msgspec.structs.replace(of, file=file)


@settings(max_examples=40)
@given(facts())
def test_until_the_day_said_the_grade_stays_and_then_it_changes(of: Facts) -> None:
    grade, on = card().grade(of, TODAY)
    last = TODAY + timedelta(days=250)
    day = TODAY
    while day < min(on or last, last):
        assert card().grade(of, day)[0] == grade
        day += timedelta(days=1)
    if on is not None and on <= last:
        assert on > TODAY
        assert card().grade(of, on)[0] > grade


@settings(max_examples=40)
@given(facts())
def test_the_points_shown_are_the_points_counted(of: Facts) -> None:
    shown = card().scored(of, TODAY)
    assert shown.points == sum(line.points or 0 for line in shown.lines)
    assert shown.grade == card().grade(of, TODAY)[0]


def test_every_amount_at_which_points_change_wakes_a_case() -> None:
    assert {20_000_000, 50_000_000, 100_000_000} <= set(thresholds(book()).owed)


def test_a_case_that_was_opened_before_the_scorecard_keeps_its_bands() -> None:
    before, after = (book().at(TODAY, "cn", "consumer_loan", day) for day in (date(2025, 12, 31), date(2026, 1, 1)))
    assert isinstance(grader(before), Bands)
    assert isinstance(grader(after), Card)
    of = debt(91)
    assert (grader(before).grade(of, TODAY)[0], grader(after).grade(of, TODAY)[0]) == ("R4", "R3")


BANDS: list[dict[str, Any]] = [{"grade": grade, "points_at_least": 10 * n} for n, grade in enumerate(Grades)]
STAGE: dict[str, Any] = {"attribute": "bucket", "zh": "阶段", "en": "stage", "lines": [{"at_least": 1, "points": 10}]}
GOOD: dict[str, Any] = {"bands": BANDS, "attributes": [STAGE]}


@pytest.mark.parametrize(
    "change",
    [
        {"bands": BANDS[:3]},
        {"bands": [{"grade": grade, "points_at_least": 10} for grade in Grades]},
        {"attributes": []},
        {"attributes": [{"attribute": "age", "zh": "年龄", "en": "age", "lines": [{"at_least": 1, "points": 10}]}]},
        {"attributes": [{**STAGE, "lines": [{"at_least": 1, "points": -1}]}]},
        {"attributes": [{**STAGE, "lines": [{"points": 1}]}]},
        {"attributes": [{**STAGE, "lines": [{"at_most": 3, "points": 1}]}]},
        {"attributes": [STAGE, {"attribute": "ability", "zh": "能力", "en": "ability",
                                              "lines": [{"is": "poor", "points": 1}]}]},
    ],
)  # fmt: skip
def test_a_scorecard_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    assert msgspec.convert(GOOD, Scorecard)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**GOOD, **change}, Scorecard)


def test_a_bank_of_its_own_scorecard_is_graded_by_it() -> None:
    rules = [(f"{jurisdiction}/x.yaml", rule) for jurisdiction, rule in book().rules("cn")]
    changed: list[tuple[str, Rule]] = []
    for place, rule in rules:
        if rule.rule == "grading.scorecard":
            values = tuple(each.model_copy(update={"value": GOOD}) for each in rule.values)
            rule = rule.model_copy(update={"values": values})
        changed.append((place, rule))
    own = PolicyBook(changed).at(TODAY, "cn", "consumer_loan")
    assert grader(own).grade(debt(1), TODAY)[0] == "R2"
