"""Who a debtor is, told as lives: the grade and its points, causes, evasion, plans, classes that are too light."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from desk.debtors import Debtors, class_differences
from recourse import events as ev
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import work_items
from tests.stories.bank import Bank, on_both

TWO_SIGNS = {"assets_moved": "不动产登记查询结果", "able_and_refusing": "通话录音"}


def in_2026(bank: Bank, day: str = "2026-01-05") -> Bank:
    """The bank opens its doors under the strategy of 2026."""
    bank.miss_nights(until=day)
    return bank


def debtors(bank: Bank, actor: str = "blg-01") -> Debtors:
    return Debtors(bank.desk_of(actor))


def plans(bank: Bank, account_id: str) -> list[tuple[str, str, str]]:
    """(plan, grade, cause) of every plan that was made."""
    return [(each.plan, each.grade, each.cause) for each in bank.life(account_id).happened(ev.PlanMade)]


def items(bank: Bank) -> dict[str, tuple[str, date | None]]:
    """Class differences by account: what is said, and when it was closed."""
    query = select(work_items).where(work_items.c.kind == "class_difference")
    with reading(bank.desk.engine) as connection:
        return {row.account_id: (row.what, row.closed_on) for row in connection.execute(query)}


# --- grade ------------------------------------------------------------------------------------------------------------


def test_a_grade_explains_itself_and_moves_with_what_is_found(bank: Bank) -> None:
    """A small debt in M1 is R1. A person finds the debtor unwilling: R2 on the next day, with the points to show for it. The
    stage makes it R3 on its day; nothing had to happen for that. Each change made a plan of its own."""
    in_2026(bank).loan("A1", due="2026-01-05")
    bank.play(until="2026-01-12")
    assert bank.life("A1").file.grade == "R1"
    debtors(bank).assess([("A1", "willingness", "unwilling", "通话录音 R-17")])
    bank.play(until="2026-01-13")
    found = debtors(bank).grade("A1")
    assert (found.grade, found.stage) == ("R2", "M1")
    assert found.scored is not None
    assert {line.attribute: line.points for line in found.scored.lines} == {
        "bucket": 5, "amount": 0, "credit_score": None, "debt_ratio": None, "security": 5, "ability": None, "willingness": 20,
    }  # fmt: skip
    assert any("unknown, no points: credit score" in line for line in bank.explains("A1").debtor)
    bank.play(until="2026-02-03", every=3)
    bank.play(until="2026-02-06")
    assert [(row.grade, row.from_on) for row in debtors(bank).grade("A1").history] == [
        ("R1", date(2026, 1, 6)), ("R2", date(2026, 1, 13)), ("R3", date(2026, 2, 5)),
    ]  # fmt: skip
    assert plans(bank, "A1") == [("plan.care", "R1", ""), ("plan.calls", "R2", ""), ("plan.pressure", "R3", "")]


def test_older_cases_keep_the_grading_they_were_opened_under(bank: Bank) -> None:
    """Two debts of one kind, one opened in 2025. On the same day past due each is graded by its own strategy."""
    in_2026(bank, "2025-12-29").loan("A1", due="2025-12-29")
    bank.play(until="2025-12-31")
    bank.loan("A2", debtor="D2", due="2026-01-05")
    bank.play(until="2026-03-31", every=6)
    bank.play(until="2026-04-08")
    grades = {name: debtors(bank).grade(name) for name in ("A1", "A2")}
    assert {name: (each.grade, each.scored is None) for name, each in grades.items()} == {
        "A1": ("R4", True), "A2": ("R3", False),
    }  # fmt: skip
    assert grades["A2"].stage == "M4"


def test_a_low_grade_is_written_to_later_than_a_high_one(bank: Bank) -> None:
    """Both are in M2. The secured one is R1's neighbour and waits; the unwilling one gets the formal notice at once."""
    in_2026(bank)
    bank.loan("A1", debtor="D1", due="2026-01-05", mortgaged=True, product="mortgage", told={"credit_score": 700})
    bank.loan("A2", debtor="D2", due="2026-01-05")
    bank.play(until="2026-01-12")
    debtors(bank).assess([("A2", "willingness", "unwilling", "录音")])
    bank.play(until="2026-02-13")
    lives = {name: bank.life(name) for name in ("A1", "A2")}
    assert {name: life.file.grade for name, life in lives.items()} == {"A1": "R2", "A2": "R3"}
    calls = {name: len(life.visits("call")) for name, life in lives.items()}
    assert calls["A2"] > calls["A1"], "the higher the grade, the closer together"
    assert lives["A2"].visits("call")[0] < lives["A1"].visits("call")[0]


# --- cause and plan ---------------------------------------------------------------------------------------------------


@on_both
def test_a_cause_has_its_history_and_makes_another_plan(bank: Bank) -> None:
    """First an oversight, as a caller heard; then the debtor lost the job. The last finding counts, both are kept. Below the
    floor of the plan nothing is proposed; within it a person plans otherwise."""
    in_2026(bank).loan("A1", due="2026-01-05")
    bank.play(until="2026-01-09")
    assert debtors(bank).find_causes([("A1", "oversight", "call c-1")]) == 1
    bank.play(until="2026-01-12")
    assert debtors(bank, "bap-01").find_causes([("A1", "job_loss", "失业登记证明")], date(2026, 1, 8)) == 1
    bank.play(until="2026-01-13")
    assert [(said.by, said.what, said.on, said.evidence) for said in debtors(bank).said("A1")] == [
        ("bap-01", "cause job_loss", date(2026, 1, 8), "失业登记证明"),
        ("blg-01", "cause oversight", date(2026, 1, 12), "call c-1"),
    ]
    assert plans(bank, "A1") == [
        ("plan.care", "R1", ""), ("plan.oversight", "R1", "oversight"), ("plan.hardship", "R1", "job_loss"),
    ]  # fmt: skip
    with pytest.raises(UserError, match="59 % of the claim is below the floor of 60 %"):
        debtors(bank).propose_plan("A1", ("sms",), 20, 59, 60, "无收入")
    debtors(bank).propose_plan("A1", ("sms",), 20, 80, 60, "无收入")
    _, plan, floor = debtors(bank).plan("A1")
    assert plan is not None
    assert floor is not None
    assert (plan.rule, plan.channels, floor.percent, floor.amount) == ("own", ("sms",), 80, 28_800_00)
    assert bank.life("A1").file.cause == "job_loss"


def test_what_nobody_knows_is_unknown(bank: Bank) -> None:
    """A cause needs a word of the list and evidence; what is refused leaves nothing behind."""
    in_2026(bank).loan("A1", due="2026-01-05")
    bank.play(until="2026-01-09")
    for cause, evidence in (("lazy", "x"), ("family", " ")):
        with pytest.raises(UserError):
            debtors(bank).find_causes([("A1", "oversight", "call c-1"), ("A1", cause, evidence)])
    assert debtors(bank).said("A1") == []
    assert any("unknown" in line for line in bank.explains("A1").debtor if line.startswith("cause"))


# --- evasion -------------------------------------------------------------------------------------------------------------


def test_evasion_is_found_at_a_gate_shortens_what_follows_and_is_over_by_itself(bank: Bank) -> None:
    """One sign is not enough. Two are proposed; compliance, legal and asset preservation agree. The notice comes first all
    the same, then acceleration, sooner than for another debtor. On the review date it is over, and may be found again."""
    in_2026(bank, "2026-03-02")
    bank.staff_agrees("formal_notice")
    for number in (1, 2):
        bank.loan(f"A{number}", debtor=f"D{number}", due="2026-03-02", times=36)
    bank.play(until="2026-03-16", every=3)
    with pytest.raises(UserError, match="2 different signs"):
        debtors(bank).propose_evasion("A1", {"assets_moved": "查档"})
    debtors(bank).propose_evasion("A1", TWO_SIGNS)
    bank.play(until="2026-03-17")
    assert bank.open_gates("evasion_finding", "A1")
    assert bank.approve("evasion_finding", "A1") == ["approved"]
    bank.play(until="2026-04-08", every=2)
    found = bank.life("A1").happened(ev.EvasionFound)
    assert [(len(each.signs), each.review_on) for each in found] == [(2, date(2026, 9, 14))]
    assert bank.life("A1").never("acceleration"), "nothing that is required is skipped"
    for name in ("A1", "A2"):
        bank.post_delivers(name, "formal_notice")
    bank.play(until="2026-04-28", every=2)
    assert bank.life("A1").visits("acceleration"), "from day 45 on, fifteen days after the notice"
    assert bank.life("A2").never("acceleration")
    assert [clock.ends_on for clock in bank.explains("A1").clocks if clock.kind == "evasion_review"] == [
        date(2026, 9, 14)
    ]
    with pytest.raises(UserError, match="no evasion"):
        debtors(bank).end_evasion("A2", "x")
    in_force = {day: "evasion" in " ".join(bank.explains("A1", on=day).debtor) for day in ("2026-09-14", "2026-09-15")}
    assert in_force == {"2026-09-14": True, "2026-09-15": False}


@on_both
def test_a_proposal_that_is_refused_leaves_nothing(bank: Bank) -> None:
    """The gate says no: no finding, and nobody is asked again by itself. A new proposal opens another gate at once; taken
    back after the yes, the approval is void: the gate shows what is gone, and a yes to that finds nothing."""
    in_2026(bank).loan("A1", due="2026-01-05")
    bank.play(until="2026-01-20")
    debtors(bank).propose_evasion("A1", TWO_SIGNS)
    bank.play(until="2026-01-21")
    bank.reject("evasion_finding", "A1")
    bank.play(until="2026-03-04", every=4)
    assert len(bank.gates("A1", "evasion_finding")) == 1
    assert not bank.life("A1").file.evasion_waits
    debtors(bank).propose_evasion("A1", TWO_SIGNS)
    bank.play(until="2026-03-05")
    assert bank.approve("evasion_finding", "A1") == ["approved"]
    debtors(bank).end_evasion("A1", "补充材料显示系正常买卖")
    bank.play(until="2026-03-06")
    assert [row.status for row in bank.gates("A1", "evasion_finding")].count("void") == 1
    bank.approve("evasion_finding", "A1")
    bank.play(until="2026-03-09")
    life = bank.life("A1")
    assert life.outcome("evasion_finding") == "failed"
    assert (life.happened(ev.EvasionFound), life.file.evasion_until_on) == ([], None)


# --- classes -------------------------------------------------------------------------------------------------------------


@on_both
def test_a_class_that_is_too_light_is_raised_until_it_is_right(bank: Bank) -> None:
    """91 days past due and still special mention: raised to risk management with both and why. Told anew as substandard it is
    closed; one day sooner nothing would have been said. A class that is stricter than the rules is nobody's mistake."""
    in_2026(bank).sells = True
    for name, told in (("A1", "special_mention"), ("A2", "loss"), ("A3", None)):
        bank.loan(name, debtor=f"D{name[1]}", due="2026-01-01", told={"five_tier": told} if told else None)
    bank.play(until="2026-03-30", every=5)
    for day in ("2026-04-01", "2026-04-02"):
        assert items(bank) == {}
        bank.miss_nights(until=day)
        bank.loan(
            "A1", debtor="D1", due="2026-01-01", told={"five_tier": "special_mention", "credit_score": int(day[-1])}
        )
        bank.deliver()
    assert {name: closed for name, (_, closed) in items(bank).items()} == {"A1": None}
    ((account, raised_on, what),) = class_differences(bank.desk)
    assert (account, raised_on) == ("A1", date(2026, 4, 2))
    assert "bank special_mention, at least substandard: dpd=91 [classification.overdue]" in what
    bank.miss_nights(until="2026-04-08")
    bank.loan("A1", debtor="D1", due="2026-01-01", told={"five_tier": "substandard"})
    bank.deliver()
    assert items(bank)["A1"][1] == date(2026, 4, 8)
    assert bank.life("A1").facts.terms.five_tier == "substandard", "imported, never set here"


def test_one_bad_business_loan_is_told_of_the_other_and_a_bad_card_is_not(bank: Bank) -> None:
    """The debtor of two business loans is bad on one, more than a tenth of all: the other has to be too. A consumer's other
    debts are classed one by one."""
    in_2026(bank).sells = True
    for name, product in (
        ("A1", "business_loan"),
        ("A2", "business_loan"),
        ("A3", "credit_card"),
        ("A4", "credit_card"),
    ):
        due, debtor = ("2026-01-05", "2026-08-05")[name in ("A2", "A4")], "D1" if product == "business_loan" else "D2"
        bad = name in ("A1", "A3")
        bank.loan(name, debtor=debtor, due=due, product=product, told={"five_tier": "substandard" if bad else "pass"})
    bank.deliver()
    assert list(items(bank)) == ["A2"]
    assert "other debts of D1 [classification.contagion]" in items(bank)["A2"][0]


def test_a_way_back_from_non_performing_is_held_against_its_test(bank: Bank) -> None:
    """Paid off its arrears a week ago and told as normal again: nothing of the six months, nor of two periods, is shown."""
    in_2026(bank).sells = True
    bank.loan("A1", due="2026-01-05", told={"five_tier": "substandard"})
    bank.play(until="2026-04-10", every=5)
    bank.pays("A1", "arrears", on="2026-04-13")
    bank.play(until="2026-04-20")
    bank.loan("A1", due="2026-01-05", told={"five_tier": "pass"})
    bank.play(until="2026-04-21")
    what, closed_on = items(bank)["A1"]
    assert closed_on is None
    assert "raised from substandard" in what
    assert "not yet 6 months" in what
    assert "0 of 2 repayment periods" in what
    assert "nobody found that the debtor will go on paying" in what
