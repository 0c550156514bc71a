"""Single decisions, as a collector would put them: who is asked, who is left alone, what waits for which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from recourse.casefile import Asked, CaseFile, Hold, OwnPlan, Promise, Visit
from recourse.decide import Decision, blocked_by, decide, judge
from recourse.facts import CollateralFact, Facts, GuaranteeFact, GuaranteeKind, Security, Terms
from recourse.ladder import Edge, EdgeKind, build
from recourse.money import Amounts
from recourse.policy import values as v
from recourse.policy.book import Policy, Sourced
from recourse.policy.schema import State
from tasks.ladder import EDGES, LADDER, NODES
from tests.core.any_facts import ALWAYS_FRESH, TODAY, book

YUAN = 100


def loan(days_late: int = 0, *, file: dict[str, Any] | None = None, **change: Any) -> Facts:
    """A plain consumer loan of 50,000 yuan, so many days late, of which all is known."""
    case_file = {"opened_on": TODAY - timedelta(days=days_late), "strategy_on": date(2026, 2, 1), **(file or {})}
    fields: dict[str, Any] = {
        "case_id": "c", "account_id": "a", "person_id": "p", "jurisdiction": "CN", "product": "consumer_loan",
        "currency": "CNY", "entity": "e", "branch": "b",
        "oldest_unpaid_due_on": TODAY - timedelta(days=days_late), "pauses": (), "overdue": 5_000 * YUAN,
        "amounts": Amounts(principal=50_000 * YUAN), "balance_as_of": ALWAYS_FRESH, "exposure": 50_000 * YUAN,
        "terms": Terms(TODAY + timedelta(days=900), TODAY + timedelta(days=900), acceleration_clause=True, secured=False,
                       guaranteed=False),
        "security": Security(), "file": CaseFile(**case_file),
    }  # fmt: skip
    return Facts(**{**fields, **change})


def been(node: str, days_ago: int, outcome: str = "", state: str = "", n: int = 1) -> dict[str, Visit]:
    day = TODAY - timedelta(days=days_ago)
    kept = state or ("left" if outcome else "open")
    return {node: Visit(n, day, kept, day if kept == "left" else None, outcome)}


def held(kind: str, from_days: int = -1, until_days: int | None = None) -> dict[str, Hold]:
    until = None if until_days is None else TODAY + timedelta(days=until_days)
    return {kind: Hold(kind, TODAY + timedelta(days=from_days), until)}


def policy(*, instead: dict[str, v.Strictly] | None = None) -> Policy:
    """The shipped mainland rules for a consumer loan; `instead` puts other values under single rule ids."""
    shipped = book().at(TODAY, "CN", "consumer_loan")
    changed = instead or {}
    sourced = [(kind, msgspec.structs.replace(source, value=changed.get(source.rule, source.value)))
               for kind, source in shipped.sourced]  # fmt: skip
    return msgspec.structs.replace(shipped, hash=f"test {sorted(changed)}", sourced=tuple(sourced))


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def decided(facts: Facts, day: date = TODAY, rules: Policy | None = None) -> Decision:
    return decide(facts, LADDER, rules or policy(), day)


def entered(decision: Decision) -> list[str]:
    return [step.node for step in decision.steps]


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


JOINT = GuaranteeKind.JOINT
NOTICED = {**been("reminder", 60, "sent"), **been("formal_notice", 30, "delivered")}


def guaranteed(*ends: int | None, kind: GuaranteeKind = JOINT) -> Security:
    found = [GuaranteeFact(f"g{n}", f"q{n}", kind, None if end is None else on(end)) for n, end in enumerate(ends)]
    return Security(guarantees=tuple(found))


# --- where a life begins ------------------------------------------------------------------------------------------


def test_a_loan_one_day_late_is_reminded() -> None:
    made = decided(loan(1))
    assert [(step.node, step.n, step.how) for step in made.steps] == [("reminder", 1, "queued")]


@pytest.mark.parametrize("days_late", [0, -30])
def test_a_loan_that_is_not_late_ends_cured(days_late: int) -> None:
    assert decided(loan(days_late)).end == "cured"


def test_an_account_first_seen_two_hundred_days_late_starts_at_the_reminder() -> None:
    assert entered(decided(loan(200))) == ["reminder"]


def test_a_missed_night_never_causes_two_steps_of_a_track() -> None:
    facts = loan(45, file={"visits": been("reminder", 44, "sent")})
    assert len(entered(decided(facts))) == 1
    after_the_call = {**been("reminder", 44, "sent"), **been("call", 1, "refused")}
    assert entered(decided(loan(45, file={"visits": after_the_call}))) == [], "three days between two contacts"
    assert decided(loan(45, file={"visits": after_the_call})).wake_on == on(2)


CALLED = {**been("reminder", 60, "sent", n=3), **been("formal_notice", 40, "delivered")}
TWENTY, TWO = OwnPlan(("call",), 20, 90, 12), OwnPlan(("call",), 2, 90, 12)


@pytest.mark.parametrize(
    ("node", "outcome", "cause", "own", "days"),
    [
        ("call", "refused", "", None, 3),
        ("call", "refused", "illness_accident", None, 15),
        ("call", "refused", "", TWENTY, 20),
        ("call", "refused", "illness_accident", TWO, 3),
        ("call", "expired", "illness_accident", None, 3),
    ],
    ids=["as the entry rule says", "as the plan of its cause says", "as a person planned", "never sooner than the entry rule",
         "nobody was met"],
)  # fmt: skip
def test_a_contact_is_repeated_no_sooner_than_the_plan_and_the_entry_rule_let_it(
    node: str, outcome: str, cause: str, own: OwnPlan | None, days: int
) -> None:
    """The stricter of both; the day on which the case is looked at again is that very day."""
    for days_ago, wanted in ((days - 1, []), (days, [node])):
        visits = {**CALLED, **been(node, days_ago, outcome)}
        file = {"visits": visits, "cause": cause, "own_plan": own, "planned_for": f"R3/{cause}"}
        made = decided(loan(75, file=file))
        assert made.grade == "R3"
        assert [step for step in entered(made) if step == node] == wanted
        assert wanted or made.wake_on == on(1)


# --- what is unknown is missing, never bad ------------------------------------------------------------------------


def test_an_unknown_balance_holds_what_claims_money_and_says_so() -> None:
    made = decided(loan(5, amounts=None, balance_as_of=None, overdue=None, exposure=None))
    assert (entered(made), made.end) == ([], "")
    assert "missing:balance" in codes(made)


def test_an_unknown_clause_is_missing_and_not_taken_for_a_no() -> None:
    facts = loan(70, file={"visits": NOTICED}, terms=Terms(on(900), on(900), acceleration_clause=None))
    made = decided(facts)
    assert "missing:acceleration_clause" in codes(made)
    assert "acceleration" not in entered(made)


def test_an_unknown_claim_is_not_paid_and_not_small() -> None:
    facts = loan(200, file={"visits": NOTICED}, amounts=None)
    assert decided(facts).end == ""
    assert "missing:owed" in codes(decided(facts))


def test_a_balance_of_yesterday_does_not_do_for_a_contact() -> None:
    made = decided(loan(5, balance_as_of=on(-1)))
    assert entered(made) == []
    assert "brake:balance_stale" in codes(made)


# --- brakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["complaint", "dispute", "do_not_contact", "deceased", "a_kind_no_pack_knows"])
def test_a_brake_on_contact_stops_the_reminder_and_names_its_rule(kind: str) -> None:
    made = decided(loan(5, file={"holds": held(kind)}))
    assert set(entered(made)) <= {"estate"}, "death starts legal work, and no contact"
    assert f"brake:{kind}" in codes(made)
    known = {reason.rule for reason in made.reasons if reason.code == f"brake:{kind}"}
    assert known == ({""} if kind == "a_kind_no_pack_knows" else {f"brake.{kind}"})


def test_hardship_stops_what_hurts_and_not_the_word() -> None:
    assert entered(decided(loan(5, file={"holds": held("hardship")}))) == ["reminder"]
    threatened = loan(70, file={"visits": NOTICED, "holds": held("hardship")})
    assert "acceleration" not in entered(decided(threatened))


def test_a_brake_that_ran_out_is_over_for_conditions_as_well() -> None:
    """The thirty days of a claimed hardship go by, and the loan is called as if there had been none."""
    facts = loan(70, file={"visits": NOTICED, "holds": held("hardship", -30, 3)})
    waiting = decided(facts)
    assert "acceleration" not in entered(waiting)
    assert waiting.wake_on is not None
    assert waiting.wake_on <= on(4)
    assert "acceleration" in entered(decided(facts, on(4)))


def test_a_brake_that_begins_later_is_waited_for() -> None:
    facts = loan(120, file={"visits": {**NOTICED, **been("agency_referral", 3, state="open")},
                            "holds": held("complaint", 5)})  # fmt: skip
    made = decided(facts)
    assert made.recalls == ()
    assert made.wake_on is not None
    assert made.wake_on <= on(5)
    assert decided(facts, on(5)).recalls == (("agency_referral", "complaint"),)


def test_a_promise_stops_the_calls_until_its_tolerance_is_over() -> None:
    facts = loan(20, file={"visits": been("reminder", 19, "sent"), "promises": {"p": Promise(on(-1), on(2), None)}})
    assert entered(decided(facts)) == []
    assert decided(facts).wake_on == on(2 + 3 + 1)
    assert entered(decided(facts, on(6))) == ["reminder"] or entered(decided(facts, on(6))) == ["call"]


def test_an_arrangement_stops_contact_and_adverse_acts_but_no_protective_one() -> None:
    facts = loan(70, file={"visits": NOTICED, "arrangement": "a1"}, security=guaranteed(40))
    assert entered(decided(facts)) == ["guarantor_demand"]


# --- protective acts, clocks, stays -------------------------------------------------------------------------------


def stopped_protection(*ends: int, **file: Any) -> Facts:
    return loan(70, file={"visits": NOTICED, "holds": held("identity_dispute"), **file}, security=guaranteed(*ends))


def test_a_brake_against_a_right_that_is_about_to_end_opens_an_urgent_gate_that_names_both_rules() -> None:
    (step,) = decided(stopped_protection(9)).steps
    assert (step.node, step.how) == ("guarantor_demand", "gate")
    assert "brake.identity_dispute" in step.urgent
    assert "entry.guarantor_demand" in step.urgent


def test_a_brake_against_a_right_with_time_left_holds_until_its_red_lane() -> None:
    facts = stopped_protection(30)
    made = decided(facts)
    assert made.steps == ()
    assert made.wake_on is not None
    assert made.wake_on <= on(20), "ten days before the end somebody has to choose"
    assert [step.how for step in decided(facts, on(20)).steps] == ["gate"]


def test_a_legal_stay_binds_even_beside_another_brake() -> None:
    rules = policy(
        instead={"brake.bankruptcy_stay": v.Brake("bankruptcy_stay", ("contact", "adverse", "protective"), True)}
    )
    both = {**held("identity_dispute"), **held("bankruptcy_stay")}
    for holds in (both, dict(reversed(both.items()))):
        made = decided(stopped_protection(9, holds=holds), rules=rules)
        assert made.steps == ()
        assert "brake:bankruptcy_stay" in codes(made)
    until = {**held("identity_dispute"), **held("bankruptcy_stay", -1, 4)}
    facts = stopped_protection(9, holds=until)
    assert decided(facts, rules=rules).wake_on == on(2), "the alarm of the last seven days"
    assert [step.urgent for step in decided(facts, on(5), rules).steps] == [
        "brake.identity_dispute against entry.guarantor_demand"
    ]


def test_a_guarantee_whose_period_has_run_out_hurries_nobody_and_hides_no_other() -> None:
    lapsed = loan(20, file={"visits": been("reminder", 19, "sent")}, security=guaranteed(-5))
    assert "guarantor_demand" not in entered(decided(lapsed))
    made = decided(loan(20, file={"visits": been("reminder", 19, "sent")}, security=guaranteed(-5, 80)))
    assert "guarantor_demand" not in entered(made)
    assert made.wake_on is not None
    assert made.wake_on <= on(20)
    later = loan(70, file={"visits": NOTICED, "accelerated_on": on(-5)}, security=guaranteed(-5, 300))
    assert {step.node: step.urgent for step in decided(later).steps}["guarantor_demand"] == ""


def test_a_clock_pulls_a_node_in_before_what_it_usually_follows() -> None:
    assert "guarantor_demand" in entered(decided(loan(2, security=guaranteed(50))))
    assert "guarantor_demand" not in entered(decided(loan(2, security=guaranteed(200))))


def test_a_general_guarantee_is_never_demanded_by_letter() -> None:
    for days_late in (2, 50, 90):
        facts = loan(days_late, security=guaranteed(9, kind=GuaranteeKind.GENERAL))
        assert "guarantor_demand" not in entered(decided(facts))


def about_to_sue(*ends: int, **file: Any) -> Facts:
    """The route is agreed to, and a general guarantee's period ends unless the debtor is sued in it."""
    visits = {
        **NOTICED,
        **been("acceleration", 40, "delivered"),
        **been("litigation_route", 3, "sue"),
        **file.pop("visits", {}),
    }
    return loan(120, file={"visits": visits, "accelerated_on": on(-40), **file},
                security=guaranteed(*ends, kind=GuaranteeKind.GENERAL))  # fmt: skip


@pytest.mark.parametrize("hold", ["complaint", "dispute", "hardship", "parked"])
def test_a_suit_in_the_last_days_of_its_clock_keeps_a_right_and_no_brake_silences_it(hold: str) -> None:
    """LADDER.md: a suit before expiry is a protective act. With time left the brake holds; then people weigh both."""
    made = decided(about_to_sue(30, holds=held(hold)))
    assert "litigation" not in entered(made)
    assert made.wake_on is not None
    assert made.wake_on <= on(20)
    (step,) = (step for step in decided(about_to_sue(5, holds=held(hold))).steps if step.node == "litigation")
    assert (step.how, f"brake.{hold}" in step.urgent, "entry.litigation" in step.urgent) == ("gate", True, True)


def test_a_debt_with_an_agency_is_called_back_before_a_suit_in_its_last_days() -> None:
    placed = {**been("agency_referral", 9, state="open")}
    for holds in ({}, held("dispute")):
        made = decided(about_to_sue(5, visits=placed, placement="pl", holds=holds))
        assert "litigation" not in entered(made)
        assert [node for node, _ in made.recalls] == ["agency_referral"]


def test_a_yes_to_a_suit_before_the_brake_does_not_pass_a_lease() -> None:
    visit = {"litigation": Visit(1, on(-1), "queued", gate_id="g")}
    judged = judge(LADDER, policy())
    assert blocked_by(judged, about_to_sue(5, visits=visit, holds=held("dispute")), "litigation", TODAY) == ""
    assert blocked_by(judged, about_to_sue(60, visits=visit, holds=held("dispute")), "litigation", TODAY) == "dispute"
    assert blocked_by(judged, about_to_sue(5, visits=visit, placement="pl"), "litigation", TODAY) == "placed"


def test_an_old_balance_stops_a_protective_act_unless_its_gate_weighed_it() -> None:
    visit = {**NOTICED, "guarantor_demand": Visit(1, on(-1), "queued", gate_id="g")}
    facts = loan(70, file={"visits": visit}, security=guaranteed(5), balance_as_of=on(-31))
    judged = judge(LADDER, book().at(TODAY, "cn", "consumer_loan"))
    assert blocked_by(judged, facts, "guarantor_demand", TODAY) == "brake:balance_stale"
    weighed = judged.collision(facts, "guarantor_demand", TODAY)
    assert "freshness." in weighed
    assert blocked_by(judged, facts, "guarantor_demand", TODAY, weighed) == ""


@pytest.mark.parametrize("as_of", [on(0), on(-1), on(-40), None])
def test_the_lifting_of_a_brake_waits_for_no_balance(as_of: date | None) -> None:
    """It claims nothing. What would press the debtor afterwards waits for a balance of its own."""
    asked = Asked("legal", ("legal",), on(-1), "已撤销", "决定书", "hold_release")
    facts = loan(70, file={"asked": asked, "holds": held("legal")}, balance_as_of=as_of)
    assert "hold_release" in entered(decided(facts))
    visit = {"hold_release": Visit(1, on(-1), "queued", gate_id="g")}
    agreed = loan(70, file={"asked": asked, "visits": visit, "holds": held("legal")}, balance_as_of=as_of)
    judged = judge(LADDER, policy())
    assert blocked_by(judged, agreed, "hold_release", TODAY) == ""
    assert bool(blocked_by(judged, agreed, "write_off", TODAY)) is (as_of != TODAY)


# --- position, requirements, exclusions ---------------------------------------------------------------------------


def test_a_debt_that_matures_needs_no_acceleration_from_that_day_on() -> None:
    facts = loan(
        120, file={"visits": {**NOTICED, **been("acceleration", 9, "rejected")}},
        terms=Terms(on(20), on(20), acceleration_clause=True),
    )  # fmt: skip
    assert "litigation_route" not in entered(decided(facts))
    woken = decided(facts).wake_on
    assert woken is not None
    assert woken <= on(30)
    assert "litigation_route" in entered(decided(facts, on(30)))


def test_what_excludes_a_node_keeps_it_out_unless_it_came_to_nothing() -> None:
    ladder = build(NODES, (*EDGES, Edge("agreed_sale", "litigation", EdgeKind.EXCLUDES)))
    routed = {**NOTICED, **been("acceleration", 20, "delivered"), **been("litigation_route", 5, "sue")}
    for outcome, wanted in (("", False), ("sold", False), ("failed", True)):
        visits = {**routed, **been("agreed_sale", 3, outcome)}
        made = decide(loan(150, file={"visits": visits}), ladder, policy(), TODAY)
        assert ("litigation" in entered(made)) is wanted


def test_a_notice_that_never_arrived_carries_no_acceleration() -> None:
    for outcome, wanted in (("delivered", True), ("returned", False), ("expired", False)):
        visits = {**been("reminder", 60, "sent"), **been("formal_notice", 20, outcome)}
        assert ("acceleration" in entered(decided(loan(70, file={"visits": visits})))) is wanted


def test_a_later_node_takes_over_from_a_call_that_still_waits() -> None:
    visits = {**been("reminder", 40, "sent"), **been("call", 4)}
    made = decided(loan(45, file={"visits": visits}))
    assert (entered(made), made.expired) == (["formal_notice"], ("call",))


def test_a_visit_runs_out_on_its_last_day_and_not_before() -> None:
    visits = {**been("reminder", 20, "sent", n=3), **been("call", 4)}
    facts = loan(14, file={"visits": visits, "holds": held("complaint")})
    assert (decided(facts).expired, decided(facts).wake_on) == ((), on(1))
    assert decided(facts, on(1)).expired == ("call",)


def test_an_older_ladder_s_node_in_the_file_stops_nothing() -> None:
    facts = loan(1, file={"visits": {"a_node_long_gone": Visit(1, on(-9), "open")}})
    assert entered(decided(facts)) == ["reminder"]


# --- payment ------------------------------------------------------------------------------------------------------


def test_paid_in_full_ends_the_case_and_recalls_the_agency() -> None:
    visits = been("agency_referral", 9)
    made = decided(loan(120, file={"visits": visits}, oldest_unpaid_due_on=None, overdue=0, amounts=Amounts()))
    assert (made.end, made.recalls) == ("settled", (("agency_referral", "settled"),))


def test_arrears_paid_cure_a_loan_that_was_not_called_and_no_other() -> None:
    cleared: dict[str, Any] = {"oldest_unpaid_due_on": None, "overdue": 0}
    assert decided(loan(50, **cleared)).end == "cured"
    assert decided(loan(50, file={"accelerated_on": on(-9)}, **cleared)).end == ""
    assert decided(loan(50, file={"stage": "filed", "stage_on": on(-9)}, **cleared)).end == ""


@pytest.mark.parametrize("stage", ["docketed", "effective"])
def test_a_debt_paid_in_court_ends_nothing_by_itself_and_asks_for_nothing_more(stage: str) -> None:
    facts = loan(
        200, file={"visits": {**NOTICED, **been("litigation", 30, "filed")}, "stage": stage, "stage_on": on(-9)},
        amounts=Amounts(), overdue=0, security=guaranteed(9),
    )  # fmt: skip
    made = decided(facts)
    assert made.end == ""
    assert set(entered(made)) <= {"withdrawal"}, "no enforcement and no demand for what is paid"
    assert ("withdrawal" in entered(made)) is (stage == "docketed")


@pytest.mark.parametrize("node", [node.name for node in LADDER.nodes if not node.drawn])
def test_no_act_of_any_class_goes_out_once_all_is_paid(node: str) -> None:
    facts = loan(90, amounts=Amounts(), overdue=0, oldest_unpaid_due_on=None, security=guaranteed(5))
    assert blocked_by(judge(LADDER, policy()), facts, node, TODAY) == "paid"


def test_the_one_yuan_payer_is_still_sued() -> None:
    visits = {**NOTICED, **been("acceleration", 20, "delivered"), **been("litigation_route", 5, "sue")}
    file = {"visits": visits, "accelerated_on": on(-20), "paid": YUAN}
    assert "litigation" in entered(decided(loan(150, file=file, amounts=Amounts(principal=50_000 * YUAN - YUAN))))


# --- grade --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_late", "yuan", "grade"), [(1, 1_000, "R1"), (1, 200_000, "R2"), (30, 1_000, "R1"), (31, 1_000, "R2"),
                                     (61, 1_000, "R3"), (61, 1_000_000, "R4"), (151, 1, "R4"), (150, 1, "R3")],
)  # fmt: skip
def test_the_grade_goes_by_days_and_claim(days_late: int, yuan: int, grade: str) -> None:
    assert decided(loan(days_late, amounts=Amounts(principal=yuan * YUAN))).grade == grade


def test_secured_debts_are_valued_and_not_given_away() -> None:
    security = Security(collateral=(CollateralFact("k", "real_estate"),))
    nodes = entered(decided(loan(200, file={"visits": NOTICED}, security=security)))
    assert "collateral_valuation" in nodes
    assert "outsourcing_notice" not in nodes


def test_a_disabled_rule_is_as_if_it_were_not_there() -> None:
    shipped = policy()
    off = [(kind, msgspec.structs.replace(source, state=State.DISABLED) if source.rule == "entry.reminder" else source)
           for kind, source in shipped.sourced]  # fmt: skip
    rules = msgspec.structs.replace(shipped, hash="off", sourced=tuple[tuple[str, Sourced], ...](off))
    assert "reminder" not in entered(decided(loan(5), rules=rules))


# --- placements ---------------------------------------------------------------------------------------------------


def test_a_lease_that_is_over_is_called_back_and_looked_at_on_that_day() -> None:
    placement = {"placement": "x", "placement_until_on": on(9)}
    facts = loan(120, file={"visits": {**NOTICED, **been("agency_referral", 3, state="open")}, **placement})
    running = decided(facts, on(5))
    assert running.recalls == ()
    assert running.wake_on is not None
    assert running.wake_on <= on(10)
    assert decided(facts, on(9)).recalls == ()
    assert decided(facts, on(10)).recalls == (("agency_referral", "term"),)
    pending = loan(120, file={"visits": {**NOTICED, **been("agency_referral", 3, state="open")}, **placement,
                              "recall_pending": True})  # fmt: skip
    assert decided(pending, on(10)).recalls != (("agency_referral", "term"),)


def test_a_suit_whose_clock_is_about_to_end_calls_the_agency_back() -> None:
    """Sue was the decision, the limitation ends in days, and an agency holds the debt: it comes back first."""
    visits = {**NOTICED, **been("litigation_route", 2, outcome="sue"), **been("agency_referral", 3, state="open")}
    placed = {"visits": visits, "placement": "x", "placement_until_on": on(300)}
    facts = loan(120, file={**placed, "limitation_from": on(-3 * 365)})
    facts = msgspec.structs.replace(
        facts, terms=msgspec.structs.replace(facts.terms, matures_on=on(-3 * 365), last_due_on=on(-3 * 365))
    )
    judged = [decided(facts, on(day)) for day in range(-20, 3)]
    called = [each for each in judged if each.recalls == (("agency_referral", "clock"),)]
    assert called, "the suit waited behind the placement until its time was over"
    assert all("litigation" not in [step.node for step in each.steps] for each in judged)


@pytest.mark.parametrize(
    ("node", "visits"),
    [
        ("acceleration", {}),
        ("litigation", been("litigation_route", 2, "sue")),
    ],
)
def test_an_adverse_act_waits_while_an_agency_holds_the_debt(node: str, visits: dict[str, Visit]) -> None:
    """Entered on a debt that is free; braked while it is placed and while its recall is not confirmed."""
    free = loan(200, file={"visits": {**NOTICED, **visits}})
    assert node in entered(decided(free))
    for pending in (False, True):
        lease = {"placement": "x", "placement_until_on": on(100), "recall_pending": pending}
        placed = loan(200, file={"visits": {**NOTICED, **visits}, **lease})
        assert node not in entered(decided(placed))
        assert f"brake:{'recall_pending' if pending else 'placed'}" in codes(decided(placed))
