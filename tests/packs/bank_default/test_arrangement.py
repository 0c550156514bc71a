"""The bank's own rules on arrangements and promises: each number at work on both sides of its boundary."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from recourse import events as ev
from recourse import watch
from recourse.arrangements import _below_plan, against
from recourse.authority import amount_of, tier_of
from recourse.casefile import CaseFile, Hold, OwnPlan, Promise, Proposal
from recourse.clocks import Timer
from recourse.days import months_later
from recourse.facts import Facts, Security, Terms
from recourse.fold import fold
from recourse.initial_plan import made_for
from recourse.money import Amounts
from recourse.offers import Offer
from recourse.schedules import Row as Instalment
from tests.core.any_facts import book
from tests.packs.rules import BANK, SINCE, Row, look_at

DAY = date(2026, 3, 2)
POLICY = book().at(DAY, "cn", "consumer_loan")
CASES: list[Row] = [
    ("promise/tolerance_days", SINCE, BANK, 3),
    ("promise/kept_percent", SINCE, BANK, 100),
    ("promise/part_percent", SINCE, BANK, 50),
    ("promise/broken_at_most", SINCE, BANK, 2),
    ("promise/longest_days", SINCE, BANK, 30),
    ("arrangement/tolerance_days", SINCE, BANK, 3),
    ("arrangement/missed_instalments", SINCE, BANK, 2),
    ("arrangement/missed_instalments_waiver", SINCE, BANK, 1),
    ("arrangement/missed_days", SINCE, BANK, 30),
    ("arrangement/extension_longest_months", SINCE, BANK, 12),
    ("arrangement/settlement_longest_months", SINCE, BANK, 12),
    # placeholders for a bank to set: first percent, months, percent that may be waived; more for a worse grade
    (
        "arrangement/floor",
        SINCE,
        BANK,
        {
            "R1": (0, 60, {"penalty": 50, "compound": 50, "fees": 50}),
            "R2": (1, 60, {"interest": 20, "penalty": 80, "compound": 80, "fees": 80}),
            "R3": (1, 60, {"principal": 10, "interest": 50, "penalty": 100, "compound": 100, "fees": 100}),
            "R4": (1, 60, {"principal": 30, "interest": 100, "penalty": 100, "compound": 100, "fees": 100}),
        },
    ),
]

test_what_each_file_says = look_at("bank_default", CASES)


@pytest.mark.parametrize(("rule", "number"), [(row[0], row[3]) for row in CASES if isinstance(row[3], int)])
@pytest.mark.parametrize("jurisdiction", ["cn", "tw"])
def test_the_number_everywhere(rule: str, number: int, jurisdiction: str) -> None:
    assert book().at(DAY, jurisdiction, "credit_card").number(rule.replace("/", ".")) == number


def loan(file: CaseFile, **owed: int) -> Facts:
    amounts = Amounts(**(owed or {"principal": 100_000}))
    return Facts("c", "a", "p", "cn", "consumer_loan", "CNY", "e", "b", date(2026, 1, 5), (), 1_000, amounts, DAY, 10**9,
                 Terms(matures_on=date(2026, 9, 1)), Security(), file)  # fmt: skip


# --- promise/tolerance_days, kept_percent, part_percent, broken_at_most ---------------------------------------------------


@pytest.mark.parametrize(("after", "paid", "state"), [(3, 0, ""), (4, 0, "broken"), (4, 4_999, "broken"), (4, 5_000, "part_kept"),
                                                      (4, 9_999, "part_kept"), (0, 10_000, "kept")])  # fmt: skip
def test_a_promise_by_day_and_sum(after: int, paid: int, state: str) -> None:
    promise = Promise(DAY, DAY + timedelta(days=5), 10_000)
    assert watch.state_of(promise, paid, POLICY.numbers, promise.due_on + timedelta(days=after)) == state


@pytest.mark.parametrize(("broken", "stops"), [(1, True), (2, False)])
def test_how_many_broken_promises_it_takes(broken: int, stops: bool) -> None:
    file = CaseFile(promises={"p": Promise(DAY, DAY, None)}, broken_promises=broken)
    assert (watch.pauses_until(file, POLICY.numbers) is not None) is stops


# --- arrangement/tolerance_days, missed_instalments, missed_instalments_waiver, missed_days ------------------------------


def ended(instalments: int, days_after_first: int, *, apart: int = 5, waived: int = 0) -> bool:
    """Whether a plan of which nothing is paid is broken so many days after its first instalment fell due."""
    first = DAY + timedelta(days=10)
    rows = tuple(Instalment(first + timedelta(days=apart * n), 100) for n in range(instalments))
    made = ev.ArrangementMade("r", "reschedule", rows[-1].due_on, "p", rows, waived=Amounts(penalty=waived))
    file = fold(CaseFile(), made, DAY, DAY)
    told = watch.results(loan(file), POLICY.numbers, first + timedelta(days=days_after_first))
    return any(isinstance(each, ev.ArrangementEnded) for each in told)


def test_the_second_missed_instalment_breaks_it_the_day_after_its_tolerance() -> None:
    assert (ended(3, 8), ended(3, 9)) == (False, True)


def test_with_a_waiver_the_first_does() -> None:
    assert (ended(3, 3, waived=1), ended(3, 4, waived=1)) == (False, True)


def test_one_that_is_missed_for_more_than_thirty_days_does() -> None:
    assert (ended(1, 30), ended(1, 31)) == (False, True)


# --- arrangement/floor, settlement_longest_months, extension_longest_months -----------------------------------------------


def offer(
    kind: str = "reschedule", *, months: int = 1, first: int = 50, waived: Amounts | None = None,
    owed: Amounts | None = None,
) -> Offer:  # fmt: skip
    rows = (Instalment(DAY + timedelta(days=1), first), Instalment(months_later(DAY, months), 100 * 100 - first))
    return Offer(
        kind, rows, waived or Amounts(), owed or Amounts(100_000), DAY, applied_on=DAY, begun_on=date(2020, 1, 1)
    )


@pytest.mark.parametrize(
    ("grade", "first", "fits"), [("R1", 0, True), ("R2", 99, False), ("R2", 100, True), ("", 0, True)]
)
def test_floor_first_instalment(grade: str, first: int, fits: bool) -> None:
    assert (against(loan(CaseFile(grade=grade)), offer(first=first), POLICY, DAY) == "") is fits


def hard(file: CaseFile) -> CaseFile:
    """The file with a hardship that was accepted on its papers."""
    file.holds["h"], file.timers["hardship_review:h"] = Hold("hardship", DAY, own=True), Timer("hardship_review", DAY)
    return file


@pytest.mark.parametrize(("months", "fits"), [(60, True), (61, False)])
def test_floor_longest_months(months: int, fits: bool) -> None:
    assert (against(loan(hard(CaseFile(grade="R3"))), offer(months=months, first=200), POLICY, DAY) == "") is fits


@pytest.mark.parametrize(
    ("grade", "cause", "plan", "months"),
    [("R1", "", "care", 12), ("R2", "", "calls", 24), ("R3", "", "pressure", 36), ("R1", "oversight", "oversight", 3),
     ("R1", "job_loss", "hardship", 60)],
)  # fmt: skip
def test_the_longest_term_of_the_plan_in_force(grade: str, cause: str, plan: str, months: int) -> None:
    """No person planned anything: the plan of the rule binds, and the line names plan, grade and number."""
    file = CaseFile(grade=grade, cause=cause)
    said = [against(loan(file), offer(months=each, first=200), POLICY, DAY) for each in (months, months + 1)]
    assert said[0] == ""
    assert f"longer than {months} months" in said[1]
    assert months == 60 or said[1].endswith(f"[plan.{plan}, {grade}]")


@pytest.mark.parametrize(("grade", "plan", "percent"), [("R1", "care", 95), ("R2", "calls", 90), ("R3", "pressure", 80),
                                                        ("R4", "senior", 60)])  # fmt: skip
def test_the_least_share_of_the_plan_in_force(grade: str, plan: str, percent: int) -> None:
    """Of a claim of which most is penalty interest, that the grade alone would let go."""
    owed = Amounts(principal=40_00, penalty=60_00)
    said = [
        against(loan(CaseFile(grade=grade)), offer(first=200, waived=Amounts(penalty=waived), owed=owed), POLICY, DAY)
        for waived in ((100 - percent) * 100, (100 - percent) * 100 + 1)
    ]
    assert said == ["", f"{percent - 1} % of the claim is below the floor of {percent} % [plan.{plan}, {grade}]"]


def test_an_extension_is_as_long_as_what_it_adds() -> None:
    """Twelve months from maturity, not from the day on which it is talked about."""
    first = Instalment(DAY + timedelta(days=1), 200)
    for until, fits in ((date(2027, 9, 1), True), (date(2027, 9, 2), False)):
        each = msgspec.structs.replace(offer("extension"), rows=(first, Instalment(until, 9_800)))
        lines = list(_below_plan(loan(CaseFile(grade="R1")), each, POLICY, DAY))
        assert (lines == []) is fits


@pytest.mark.parametrize("accepted", [True, False])
def test_hardship_that_was_accepted_is_judged_by_the_rules_of_arrangements_alone(accepted: bool) -> None:
    """A word of hardship in a call is a brake, and not yet a reason to go below the floor."""
    file = CaseFile(grade="R1", holds={"h": Hold("hardship", DAY)})
    said = against(loan(hard(file) if accepted else file), offer(months=60, first=200), POLICY, DAY)
    assert (said == "") is accepted
    file.holds.clear()
    assert against(loan(file), offer(months=60, first=200), POLICY, DAY) != "", "lifted, it excuses nothing"


def test_a_card_agreement_may_run_for_its_five_years_at_any_grade() -> None:
    card = msgspec.structs.replace(loan(CaseFile(grade="R1")), product="credit_card")
    policy = book().at(DAY, "cn", "credit_card")
    for months, fits in ((60, True), (61, False)):
        each = msgspec.structs.replace(
            offer("personal_instalments", months=months, first=200), above_ability="a", willing="b", no_new_cards=True,
            terms="c",
        )  # fmt: skip
        assert (against(card, each, policy, DAY) == "") is fits


@pytest.mark.parametrize(("months", "waived", "fits"), [(12, 10, True), (13, 10, False), (12, 11, False)])
def test_the_floor_that_a_person_planned_for_the_case(months: int, waived: int, fits: bool) -> None:
    """Ninety percent of the claim within twelve months, where the grade alone would let more go."""
    own = OwnPlan(("sms",), 20, 90, 12)
    planned = loan(CaseFile(grade="R4", own_plan=own, planned_for=made_for("R4", "")), principal=100)
    given = offer(months=months, first=200, waived=Amounts(waived), owed=Amounts(100))
    said = against(planned, given, POLICY, DAY)
    assert (said == "") is fits, said
    assert fits or "[own, R4]" in said
    free = msgspec.structs.replace(planned, file=CaseFile(grade="R4"))
    assert against(free, given, POLICY, DAY) == ""


@pytest.mark.parametrize(
    ("grade", "part", "waived", "fits"),
    [("R1", "penalty", 50, True), ("R1", "penalty", 51, False), ("R2", "interest", 20, True), ("R2", "interest", 21, False),
     ("R3", "principal", 10, True), ("R3", "principal", 11, False), ("R4", "principal", 30, True), ("R4", "principal", 31, False),
     ("R4", "costs", 1, False)],
)  # fmt: skip
def test_floor_waived_percent(grade: str, part: str, waived: int, fits: bool) -> None:
    each = offer(first=200, waived=Amounts(**{part: waived}), owed=Amounts(100, 100, 100, 100, 100, 100))
    assert (against(loan(hard(CaseFile(grade=grade))), each, POLICY, DAY) == "") is fits


@pytest.mark.parametrize(("months", "fits"), [(12, True), (13, False)])
def test_settlement_longest_months(months: int, fits: bool) -> None:
    each = offer(
        "settlement_with_waiver", months=months, first=200, waived=Amounts(penalty=1), owed=Amounts(100, 0, 100)
    )
    assert (against(loan(CaseFile(grade="R3")), each, POLICY, DAY) == "") is fits


@pytest.mark.parametrize(("until", "fits"), [(date(2027, 9, 1), True), (date(2027, 9, 2), False)])
def test_extension_longest_months(until: date, fits: bool) -> None:
    each = offer("extension", first=200)
    extended = msgspec.structs.replace(each, rows=(each.rows[0], Instalment(until, 9_800)))
    assert (against(loan(CaseFile(grade="R3")), extended, POLICY, DAY) == "") is fits


# --- authority: waiver_interest, waiver_principal, write_off -----------------------------------------------------------------


def test_tiers_by_what_is_waived_and_what_is_lost() -> None:
    """An exposure of ten million: the plan is of the highest tier, a waiver of 50,000 yuan of the lowest, a fen more not."""
    waived = Amounts(penalty=50_000_00)
    file = CaseFile(proposal=Proposal("p", "interest_waiver", DAY, offer(waived=waived)))
    facts = loan(file, principal=300_000_01)
    assert [tier_of(facts, POLICY, action) for action in ("arrangement", "waiver_interest", "write_off")] == [
        "T4",
        "T0",
        "T2",
    ]
    more = CaseFile(proposal=Proposal("p", "interest_waiver", DAY, offer(waived=Amounts(penalty=50_000_01))))
    assert tier_of(loan(more), POLICY, "waiver_principal") == "T1"
    assert amount_of(loan(CaseFile()), "waived") == 0


def test_what_is_proposed_voids_an_approval_when_it_changes() -> None:
    """materiality: arrangement, waiver_interest, waiver_principal."""
    for action in ("arrangement", "waiver_interest", "waiver_principal"):
        assert "proposal" in POLICY.materiality[action]
