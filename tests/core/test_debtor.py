"""Plans and their floors, causes, judgements, evasion, and the history of grades: the pure rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from recourse import events as ev
from recourse.acts import Entry
from recourse.casefile import CaseFile
from recourse.climb.contact import _order
from recourse.conditions import Moment, compile_test
from recourse.debtor_measures import evading
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.findings import assessed, cause_found, said_in_call
from recourse.fold import fold
from recourse.grade_history import grades
from recourse.initial_plan import Floor, below, floor_of, planned, proposed, standing
from recourse.measures import value_of
from recourse.money import Amounts
from recourse.policy.debtor_values import Causes, Grades
from recourse.policy.values import Condition, Gap, for_grade
from tasks import evasion
from tests.core.any_facts import TODAY, book
from tests.core.test_scorecard import debt

POLICY = book().at(TODAY, "cn", "consumer_loan")


def graded(grade: str = "R2", cause: str = "", **file: Any) -> Facts:
    return debt(40, 10_000, file={"grade": grade, "cause": cause, "planned_for": f"{grade}/{cause}", **file})


# --- plans -----------------------------------------------------------------------------------------------------------


def test_every_grade_and_cause_has_a_plan() -> None:
    assert all(planned(POLICY, grade, cause) for grade in Grades for cause in ("", *Causes))


@pytest.mark.parametrize(
    ("grade", "cause", "rule"),
    [("R1", "", "care"), ("R2", "", "calls"), ("R3", "", "pressure"), ("R4", "", "senior"), ("R1", "oversight", "oversight"),
     ("R3", "oversight", "pressure"), ("R4", "job_loss", "hardship"), ("R1", "illness_accident", "illness"),
     ("R4", "dispute", "dispute")],
)  # fmt: skip
def test_the_plan_goes_by_grade_and_by_cause_first(grade: str, cause: str, rule: str) -> None:
    made = planned(POLICY, grade, cause)
    assert made is not None
    assert made.plan == f"plan.{rule}"


def test_where_no_rule_makes_a_plan_there_is_none_and_no_floor() -> None:
    policy = book().at(TODAY, "tw", "credit_card")
    assert (planned(policy, "R1", ""), floor_of(graded(), policy), below(None, percent=0)) == (None, None, "")


def test_the_floor_is_a_share_of_the_claim_rounded_up() -> None:
    of = msgspec.structs.replace(graded("R3"), amounts=Amounts(principal=1_001))
    assert floor_of(of, POLICY) == Floor(80, 801, 36, "plan.pressure")
    assert floor_of(msgspec.structs.replace(of, amounts=None), POLICY) == Floor(80, None, 36, "plan.pressure")


@pytest.mark.parametrize(
    ("offer", "says"),
    [
        ({"percent": 80}, ""),
        ({"percent": 79}, "79 % of the claim is below the floor of 80 %"),
        ({"amount": 801}, ""),
        ({"amount": 800}, "800 is below the floor of 801"),
        ({"months": 36}, ""),
        ({"months": 37}, "37 months are more than the longest term of 36"),
        ({}, ""),
    ],
)
def test_an_offer_below_the_floor_is_told_in_one_line(offer: dict[str, int], says: str) -> None:
    line = below(Floor(80, 801, 36, "plan.pressure"), **offer)
    assert line.startswith(says)
    assert bool(line) is bool(says)
    assert "\n" not in line


def test_a_person_makes_another_plan_within_the_floor_until_the_grade_changes() -> None:
    of = graded("R3")
    made = proposed(of, POLICY, ("sms", "call"), 6, 95, 12, "家属愿意代偿")
    fold(of.file, made, TODAY, TODAY)
    assert floor_of(of, POLICY) == Floor(95, 950_000, 12, "own")
    of.file.grade = "R4"
    plan = standing(of, POLICY)
    assert plan is not None
    assert plan.rule == "plan.senior"


@pytest.mark.parametrize(
    ("percent", "months", "reason", "says"),
    [(79, 36, "x", "below the floor"), (80, 37, "x", "longest term"), (80, 36, " ", "needs its reason"),
     (101, 36, "x", "a percent up to 100")],
)  # fmt: skip
def test_a_plan_below_the_floor_is_refused(percent: int, months: int, reason: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        proposed(graded("R3"), POLICY, ("call",), 6, percent, months, reason)
    assert proposed(graded("R3"), POLICY, ("call",), 6, 80, 36, "x").reason == "x"


# --- findings ----------------------------------------------------------------------------------------------------------


def test_a_cause_needs_a_known_word_and_evidence() -> None:
    assert cause_found("job_loss", "失业登记").cause == "job_loss"
    for cause, evidence in (("lazy", "x"), ("unknown", "x"), ("job_loss", " ")):
        with pytest.raises(UserError):
            cause_found(cause, evidence)
    assert said_in_call("", "c1") == ()
    assert said_in_call("family", "c1") == (ev.CauseFound("family", "call c1", "call"),)


def test_a_judgement_needs_evidence_and_nothing_but_the_words_of_the_card() -> None:
    assert assessed(graded(), "ability", "none", "收入证明").value == "none"
    for attribute, value, evidence in (("ability", "poor", "x"), ("honesty", "none", "x"), ("ability", "none", "")):
        with pytest.raises(UserError):
            assessed(graded(), attribute, value, evidence)


def moment_of(facts: Facts) -> Moment:
    return Moment(facts, TODAY, "R2", POLICY.numbers)


def test_a_cause_that_nobody_knows_tests_as_unknown() -> None:
    test = compile_test(Condition(measure="cause", in_=("job_loss",)))
    assert test(graded(), TODAY, moment_of(graded())).unknown
    assert test(graded(cause="job_loss"), TODAY, moment_of(graded())).holds


# --- evasion -----------------------------------------------------------------------------------------------------------

TWO = {"assets_moved": "查档记录", "vanished": "回执"}


def test_evasion_rests_on_two_different_signs_of_the_list_each_with_its_paper() -> None:
    made = evasion.proposed(graded(), POLICY, TWO, TODAY)
    assert made.signs == ("assets_moved: 查档记录", "vanished: 回执")
    for papers in ({"assets_moved": "x"}, {}, {**TWO, "late": "x"}, {**TWO, "vanished": " "}):
        with pytest.raises(UserError):
            evasion.proposed(graded(), POLICY, papers, TODAY)
    with pytest.raises(UserError, match="proposed already"):
        evasion.proposed(graded(evasion_proposed_on=TODAY, evasion_asks=("evasion_finding", 0)), POLICY, TWO, TODAY)


def test_a_finding_is_in_force_through_its_review_date_and_ends_by_itself() -> None:
    of = graded()
    fold(of.file, ev.EvasionFound(("a", "b"), date(2026, 8, 29)), TODAY, TODAY)
    assert [evading(of, day) for day in (date(2026, 8, 29), date(2026, 8, 30))] == [True, False]
    assert value_of("evasion", "", of, date(2026, 8, 30), POLICY.numbers) is False
    test = compile_test(Condition(measure="evasion", is_=False))
    assert test(of, TODAY, moment_of(of)).on == date(2026, 8, 30)
    assert of.file.timers["evasion_review:debtor"].until_on == date(2026, 8, 29)
    fold(of.file, evasion.ended(of, "查明系家属处分"), TODAY, TODAY)
    assert not evading(of, TODAY)
    assert of.file.timers == {}
    with pytest.raises(UserError, match="no evasion"):
        evasion.ended(of, "x")


def test_gaps_differ_by_grade_and_are_never_longer_for_who_evades() -> None:
    gap = Gap("contact", {"R1": 4, "R2": 3, "R3": 2, "R4": 2}, 1)
    assert [gap.of(grade, False) for grade in Grades] == [4, 3, 2, 2]
    assert [gap.of(grade, True) for grade in Grades] == [1, 1, 1, 1]
    assert (Gap("x", 2, 5).of("R1", True), Gap("x", 0).of("R1", False)) == (2, 1)
    assert (for_grade(7, ""), for_grade({"R1": 9, "R2": 8, "R3": 7, "R4": 6}, "")) == (7, 9)


# --- channels, history ------------------------------------------------------------------------------------------------


class Sends:
    permit = ("sms", "email", "post")


class Strategic:
    def policy_of(self, facts: Facts) -> object:
        return POLICY


class Case:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts


def test_an_act_takes_the_channels_in_the_order_of_the_plan() -> None:
    orders = {
        cause: _order(Sends(), Case(graded("R1", cause)), Strategic())  # type: ignore[arg-type]
        for cause in ("", "dispute")
    }
    assert orders == {"": ("sms", "email", "post"), "dispute": ("post", "email", "sms")}


def entry(on: str, event: ev.Event) -> Entry:
    day = date.fromisoformat(on)
    return Entry(ev.Envelope(event.TYPE, event.VERSION, day, day, "", "", msgspec.Raw(b"{}")), event, 1)


def test_a_grade_that_is_cleared_and_comes_back_is_a_new_row() -> None:
    opened = [ev.EpisodeOpened("A", "P", n, TODAY) for n in (1, 2)]
    journal = [
        entry("2026-01-05", opened[0]),
        entry("2026-01-05", ev.DecisionMade("", "", grade="R1")),
        entry("2026-01-09", ev.DecisionMade("", "", grade="R1")),
        entry("2026-02-05", ev.DecisionMade("", "", grade="R2")),
        entry("2026-02-20", ev.EpisodeClosed("cured")),
        entry("2026-02-20", opened[1]),
        entry("2026-02-20", ev.DecisionMade("", "", grade="R2")),
    ]
    assert [(row.grade, str(row.from_on), str(row.lifted_on), row.episode) for row in grades(journal)] == [
        ("R1", "2026-01-05", "2026-02-05", 1),
        ("R2", "2026-02-05", "2026-02-20", 1),
        ("R2", "2026-02-20", "None", 2),
    ]


def test_a_file_with_all_of_it_is_read_back_as_it_was() -> None:
    file = CaseFile()
    for event in (cause_found("family", "x"), proposed(graded("R3"), POLICY, ("call",), 6, 90, 24, "x"),
                  evasion.proposed(graded(), POLICY, TWO, TODAY)):  # fmt: skip
        fold(file, event, TODAY, TODAY)
    assert msgspec.json.decode(msgspec.json.encode(file), type=CaseFile) == file
    assert (file.cause, file.planned_for, file.evasion_proposed_on) == ("family", "R3/", TODAY)
