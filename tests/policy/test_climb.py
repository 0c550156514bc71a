"""The shipped mainland pack on the real ladder: how far lives climb, and at which days past due.

Gates are agreed to after three days and acts take the days that `COURSE` says; no debtor here ever pays.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import msgspec
import pytest

from recourse.casefile import CaseFile, Hold, Visit
from recourse.clocks import Timer
from recourse.decide import decide
from recourse.facts import CollateralFact, Facts, GuaranteeFact, GuaranteeKind, Security, Terms
from recourse.money import Amounts
from recourse.policy.book import PolicyBook
from recourse.policy.load import load_book, shipped_packs
from tasks.ladder import LADDER

DUE = date(2025, 1, 6)
GATE_DAYS = 3
COURSE = {
    "reminder": (1, "sent"),
    "call": (3, "no_answer"),
    "visit": (5, "not_there"),
    "formal_notice": (7, "delivered"),
    "acceleration": (7, "delivered"),
    "outsourcing_notice": (1, "sent"),
    "agency_referral": (180, "recalled"),
    "collateral_valuation": (20, "valued"),
    "agreed_sale": (30, "failed"),
    "security_realisation": (90, "dismissed"),
    "guarantor_demand": (7, "delivered"),
    "litigation_route": (0, "sue"),
    "litigation": (2, "filed"),
    "enforcement": (2, "filed"),
    "asset_watch": (30, "searched"),
    "auction_first": (40, "failed"),
    "auction_second": (30, "failed"),
    "sell_off": (60, "failed"),
    "debt_for_asset": (10, "leave"),
    "write_off": (20, "written_off"),
}
"""Days after agreement, and the outcome."""
COURT = (("docketed", 10), ("heard", 60), ("judged", 90), ("effective", 110))
"""Stages of the matter by days after filing; enforcement ends for now ninety days after it is applied for."""


@lru_cache(maxsize=1)
def book() -> PolicyBook:
    return load_book([shipped_packs()])


def loan(yuan: int, **change: object) -> Facts:
    known = Facts(
        case_id="c", account_id="a", person_id="p", jurisdiction="CN", product="consumer_loan", currency="CNY",
        entity="e", branch="b", oldest_unpaid_due_on=DUE, pauses=(), overdue=yuan * 10,
        amounts=Amounts(principal=yuan * 100), balance_as_of=DUE, exposure=yuan * 100,
        terms=Terms(matures_on=date(2027, 6, 1), last_due_on=date(2027, 6, 1), acceleration_clause=True, secured=False,
                    guaranteed=False),
        security=Security(), file=CaseFile(opened_on=DUE, strategy_on=DUE, visits={}, holds={}, claimed_guarantees={}),
    )  # fmt: skip
    return msgspec.structs.replace(known, **change)


def live(facts: Facts, days: int, route: str = "sue") -> list[tuple[str, int]]:
    """Live through so many days; (node, DPD) of every entry."""
    entered: list[tuple[str, int]] = []
    file = facts.file
    filed_on = enforced_on = None
    for n in range(days):
        today = DUE + timedelta(days=n)
        for node, visit in file.open_visits():
            took, outcome = COURSE[node]
            if today < visit.entered_on + timedelta(days=took + (GATE_DAYS if LADDER.by_name[node].gated else 0)):
                continue
            visit.state, visit.left_on = "left", today
            visit.outcome = route if node == "litigation_route" else outcome
            if outcome == "no_answer":
                file.unanswered += 1
            elif node == "acceleration":
                file.accelerated_on = file.limitation_from = today
            elif node == "guarantor_demand":
                file.claimed_guarantees = {each.guarantee_id: today for each in facts.security.guarantees}
            elif node == "collateral_valuation":
                facts = msgspec.structs.replace(facts, security=valued(facts.security))
                file.timers = {"valuation:k": Timer("valuation", today)}
            elif node == "litigation":
                filed_on, file.stage, file.stage_on = today, "filed", today
            elif node == "enforcement":
                enforced_on, file.stage, file.stage_on = today, "enforcing", today
            elif node == "write_off":
                file.written_off_on = today
        for stage, after in COURT:
            if filed_on and today == filed_on + timedelta(days=after):
                file.stage, file.stage_on = stage, today
        if enforced_on and today == enforced_on + timedelta(days=90):
            file.stage, file.stage_on = "ended_for_now", today
        facts = msgspec.structs.replace(facts, balance_as_of=today)
        policy = book().at(today, facts.jurisdiction, facts.product, DUE)
        made = decide(facts, LADDER, policy, today)
        for name in made.expired:
            file.visits[name].state, file.visits[name].left_on, file.visits[name].outcome = "left", today, "expired"
        for step in made.steps:
            file.visits[step.node] = Visit(step.n, today, "open")
            entered.append((step.node, n))
    return entered


def valued(security: Security) -> Security:
    return msgspec.structs.replace(
        security, collateral=tuple(msgspec.structs.replace(each, value=1_000_000_00) for each in security.collateral)
    )


def first(entered: list[tuple[str, int]]) -> dict[str, int]:
    """The DPD of the first entry of each node."""
    found: dict[str, int] = {}
    for node, day in entered:
        found.setdefault(node, day)
    return found


def test_a_never_payer_of_fifty_thousand_climbs_to_the_write_off_in_twenty_months() -> None:
    entered = live(loan(50_000), 600)
    days = first(entered)
    assert list(days) == [
        "reminder", "call", "formal_notice", "acceleration", "visit",
        "litigation_route", "litigation", "enforcement", "asset_watch", "write_off",
    ]  # fmt: skip
    assert (days["reminder"], days["call"], days["acceleration"]) == (1, 10, 60)
    assert days["formal_notice"] == 33, "three calls that nobody answers, a week apart at the first grade"
    assert 91 <= days["litigation_route"] < days["litigation"] < 110
    assert days["write_off"] < 400
    calls = [day for node, day in entered if node == "call"]
    assert 6 <= len(calls) <= 12
    assert all(later - earlier >= 5 for earlier, later in pairwise(calls))


@pytest.mark.parametrize(("yuan", "goes"), [(400, False), (600, True), (9_999, True), (10_000, False)])
def test_small_debts_go_to_an_agency_and_larger_ones_to_court(yuan: int, goes: bool) -> None:
    days = first(live(loan(yuan), 300))
    assert ("agency_referral" in days) is goes
    assert ("litigation" in days) is (yuan >= 10_000)
    if goes:
        assert days["agency_referral"] >= days["outsourcing_notice"] + 7 >= 98


def test_a_debt_that_is_not_sued_over_goes_to_an_agency_after_all() -> None:
    days = first(live(loan(50_000), 300, route="no_suit"))
    assert "litigation" not in days
    assert 91 <= days["litigation_route"] < days["outsourcing_notice"] < days["agency_referral"] < 120


def test_secured_debts_never_see_an_agency_and_are_sold_before_they_are_sued_over() -> None:
    security = Security(collateral=(CollateralFact("k", "real_estate", registered=True),))
    days = first(live(loan(800_000, product="mortgage", security=security), 400))
    assert "agency_referral" not in days
    assert "outsourcing_notice" not in days
    assert (
        61
        <= days["collateral_valuation"]
        < days["agreed_sale"]
        < days["security_realisation"]
        < days["litigation_route"]
    )


def test_a_joint_guarantor_is_claimed_on_once_all_is_due_or_before_the_period_ends() -> None:
    """Before the debt is due as a whole a demand would keep nothing (民法典 692, 693)."""
    joint = GuaranteeFact("g", "q", GuaranteeKind.JOINT, DUE + timedelta(days=69))
    late = GuaranteeFact("g", "q", GuaranteeKind.JOINT, DUE + timedelta(days=900))
    assert first(live(loan(50_000, security=Security(guarantees=(joint,))), 40))["guarantor_demand"] == 9
    days = first(live(loan(50_000, security=Security(guarantees=(late,))), 90))
    assert days["guarantor_demand"] == days["acceleration"] + 10


def test_a_general_guarantee_pulls_in_the_suit_and_never_a_letter() -> None:
    general = GuaranteeFact("g", "q", GuaranteeKind.GENERAL, DUE + timedelta(days=90))
    matured = Terms(matures_on=DUE, last_due_on=DUE, acceleration_clause=True)
    days = first(live(loan(2_000, terms=matured, security=Security(guarantees=(general,))), 60))
    assert "guarantor_demand" not in days
    assert days["litigation_route"] == 30
    assert days["litigation"] < 40


def test_hardship_keeps_a_case_from_the_agency_and_from_the_court() -> None:
    file = CaseFile(
        opened_on=DUE, strategy_on=DUE, visits={}, holds={"h": Hold("hardship", DUE)}, claimed_guarantees={}
    )
    days = first(live(loan(50_000, file=file), 300))
    assert set(days) == {"reminder", "call", "formal_notice", "visit"}
