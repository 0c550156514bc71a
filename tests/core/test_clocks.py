"""Dated cases from the Civil Code and its interpretations: when a right is lost, and what moves that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse import events as ev
from recourse.casefile import CaseFile
from recourse.clocks import KINDS, Timer, ends_on, limitation_ends_on, running
from recourse.facts import Facts, GuaranteeFact, GuaranteeKind, PartyFact, Security, Terms
from recourse.fold import fold
from recourse.limitation import chain
from recourse.matters import follows, kept_by_suit, lost_by_withdrawal
from recourse.money import Amounts

NUMBERS = {
    "clock.limitation_years": 3, "clock.limitation_longest_years": 20, "clock.limitation_after_obstacle_months": 6,
    "clock.guarantee_limitation_years": 3, "clock.appeal_days": 15, "clock.freeze_deposit_years": 1,
    "clock.freeze_movable_years": 2, "clock.freeze_realty_years": 3, "clock.pre_suit_preservation_days": 30,
    "clock.enforcement_application_years": 2, "clock.mediation_confirmation_days": 30,
    "clock.guarantee_default_months": 6, "clock.payment_order_conversion_days": 7, "clock.payment_order_objection_days": 15,
}  # fmt: skip
Told = tuple[str, ev.Event]


def facts(file: CaseFile, last_due_on: date | None = None, *guarantees: GuaranteeFact) -> Facts:
    parties = tuple(PartyFact(g.party_id, f"{g.kind}_guarantor") for g in guarantees)
    return Facts(
        case_id="c", account_id="A1", person_id="D1", jurisdiction="CN", product="consumer_loan", currency="CNY",
        entity="9001", branch="0101", oldest_unpaid_due_on=date(2022, 3, 10), pauses=(), overdue=100,
        amounts=Amounts(principal=100), balance_as_of=date(2022, 3, 10), exposure=100,
        terms=Terms(last_due_on=last_due_on), security=Security(parties, guarantees), file=file,
    )  # fmt: skip


def told(*events: Told) -> CaseFile:
    """A file in which these things happened, each known on the day it took effect."""
    file = CaseFile()
    for day, event in events:
        on = date.fromisoformat(day)
        fold(file, event, on, on)
    return file


def due(day: str) -> Told:
    on = date.fromisoformat(day)
    return day, ev.EpisodeOpened("A1", "D1", 1, on, limitation_from=on)


def lost_on(*events: Told, last_due: str = "") -> date | None:
    last = date.fromisoformat(last_due) if last_due else None
    return limitation_ends_on(facts(told(*events), last), NUMBERS)


def stage(name: str, number: str = "", proof: str = "", until: str = "") -> ev.MatterStageReached:
    return ev.MatterStageReached("m", name, number, proof, date.fromisoformat(until) if until else None)


FILED = ev.MatterOpened("m", "suit")
DELIVERED = ev.DeliveryProved("formal_notice", "delivered", "EMS1", interrupts_limitation=True)


def paid(payer: str) -> ev.PaymentReceived:
    return ev.PaymentReceived("T1", 100, payer=payer)


INTERRUPTED = {
    "a demand that arrived": (DELIVERED, True),
    "a demand that came back": (ev.DeliveryProved("formal_notice", "returned", "EMS1", True), False),
    "a demand without proof": (ev.DeliveryProved("formal_notice", "delivered", "", True), False),
    "the debtor pays a part": (paid("debtor"), True),
    "the bank debits by contract": (paid("bank"), True),
    "a joint debtor pays": (paid("co_debtor"), True),
    "a guarantor pays": (paid("guarantor"), False),
    "a stranger pays": (paid("third_party"), False),
    "somebody pays": (paid(""), False),
    "the court pays out": (paid("court"), False),
    "money is taken back": (ev.PaymentReceived("T1", -100, payer="debtor"), False),
    "a mediation body": (ev.LimitationInterrupted("mediation_body", "receipt"), True),
    "a mediation body, unproved": (ev.LimitationInterrupted("mediation_body"), False),
    "a plan that was signed": (ev.ArrangementMade("a", "reschedule", date(2025, 1, 1), "signed"), True),
    "a plan nobody signed": (ev.ArrangementMade("a", "reschedule", date(2025, 1, 1)), False),
    "set-off": (ev.SetOffMade("s", 1, 1, 0, "advice"), True),
    "a claim in bankruptcy": (ev.BankruptcyClaimed(1, "receipt"), True),
    "a claim on the estate": (ev.EstateClaimed(1, "letter"), True),
    "a report to the police": (ev.CrimeReported("r", "fraud", "police", "receipt"), True),
    "notice of assignment": (ev.AssignmentNoticed("D1", "EMS2"), True),
    "notice of assignment, unproved": (ev.AssignmentNoticed("D1"), False),
}


@pytest.mark.parametrize("name", INTERRUPTED)
def test_what_interrupts_and_what_does_not(name: str) -> None:
    """民法典 195; 法释〔2020〕17号 8-17. Three years from 10 March 2022, or anew from 1 June 2023."""
    event, counts = INTERRUPTED[name]
    assert lost_on(due("2022-03-10"), ("2023-06-01", event)) == (date(2026, 6, 1) if counts else date(2025, 3, 10))


def pays(day: str, number: str, amount: int = 100, refers_to: str = "") -> Told:
    return day, ev.PaymentReceived(number, amount, payer="debtor", refers_to=refers_to)


BACK = pays("2023-06-05", "T2", -100, "T1")


def test_a_payment_that_is_taken_back_acknowledged_nothing() -> None:
    """A cheque that bounced, a transfer called back: the link before counts again."""
    paid_in = (due("2022-03-10"), pays("2023-06-01", "T1"))
    assert lost_on(*paid_in) == date(2026, 6, 1)
    assert lost_on(*paid_in, BACK) == date(2025, 3, 10)
    assert lost_on(*paid_in, pays("2023-06-05", "T2", -100)) == date(2025, 3, 10), "which is not said: the last one"
    assert lost_on(*paid_in, pays("2023-06-05", "T2", -100, "T0")) == date(2026, 6, 1), "another, of before the case"
    assert lost_on(*paid_in, ("2023-06-03", DELIVERED), BACK) == date(2026, 6, 3), "what came since stands"
    assert lost_on(*paid_in, ("2023-05-20", DELIVERED), BACK) == date(2026, 5, 20), "and what was learned of later"
    assert lost_on(*paid_in, pays("2023-06-03", "T3"), BACK) == date(2026, 6, 3)
    assert lost_on(*paid_in, pays("2023-06-03", "T3"), BACK, pays("2023-06-07", "T4", -100, "T3")) == date(2025, 3, 10)


def test_what_a_payment_bridged_is_a_gap_again_when_it_is_taken_back() -> None:
    """Paid in the third year, demanded in the fourth: without the payment the demand came too late."""
    bridged = (due("2022-03-10"), pays("2025-03-01", "T1"), ("2025-04-01", DELIVERED))
    assert lost_on(*bridged) == date(2028, 4, 1)
    assert lost_on(*bridged, pays("2025-04-05", "T2", -100, "T1")) == date(2025, 3, 10)
    lost = (due("2018-03-10"), ("2022-03-10", DELIVERED), pays("2027-03-10", "T1"))
    assert lost_on(*lost, pays("2027-03-15", "T2", -100, "T1")) == date(2021, 3, 10), "what was lost before stays lost"


def test_the_chain_says_that_a_payment_was_taken_back() -> None:
    links = chain(
        [(event, date.fromisoformat(day)) for day, event in (due("2022-03-10"), pays("2023-06-01", "T1"), BACK)]
    )
    assert [(link.ground, link.counts, link.why_not) for link in links] == [
        ("due", True, ""), ("payment", False, "taken back"),
    ]  # fmt: skip


def test_three_years_from_the_leap_day_end_on_the_last_day_of_february() -> None:
    assert lost_on(due("2024-02-29")) == date(2027, 2, 28)
    assert lost_on(due("2021-02-28")) == date(2024, 2, 28)


def test_instalments_are_counted_from_the_last_due_day() -> None:
    """民法典 189, whatever was demanded before."""
    assert lost_on(due("2022-03-10"), last_due="2023-02-10") == date(2026, 2, 10)
    assert lost_on(due("2022-03-10"), ("2022-05-01", DELIVERED), last_due="2023-02-10") == date(2026, 2, 10)
    assert lost_on(due("2022-03-10"), ("2023-05-01", DELIVERED), last_due="2023-02-10") == date(2026, 5, 1)


def test_acceleration_brings_the_last_due_day_forward() -> None:
    called = ("2022-06-01", ev.DebtAccelerated(date(2022, 6, 1)))
    assert lost_on(due("2022-03-10"), called, last_due="2030-02-10") == date(2025, 6, 1)


def test_a_demand_on_a_part_interrupts_the_whole() -> None:
    """法释〔2020〕17号 9: there is one limitation of one debt, whatever part of it a letter names."""
    part = ev.DeliveryProved("limitation_demand", "delivered", "EMS9", interrupts_limitation=True)
    assert lost_on(due("2022-03-10"), ("2024-03-10", part)) == date(2027, 3, 10)


def test_after_the_end_an_interruption_brings_nothing_back() -> None:
    """法释〔2020〕17号 19 asks for the debtor's own word; ours, or part payment by another, is not it."""
    late = ("2025-03-11", DELIVERED)
    assert lost_on(due("2022-03-10"), late) == date(2025, 3, 10)
    assert lost_on(due("2022-03-10"), ("2025-03-10", DELIVERED)) == date(2028, 3, 10), "the last day is in time"


def test_the_debtors_waiver_brings_it_back() -> None:
    """民法典 192, 法释〔2020〕17号 19; without his word on paper it does not."""
    late = ("2025-06-01", ev.LimitationInterrupted("debtor_waived", "signed"))
    assert lost_on(due("2022-03-10"), late) == date(2028, 6, 1)
    assert lost_on(due("2022-03-10"), ("2025-06-01", ev.LimitationInterrupted("debtor_waived"))) == date(2025, 3, 10)


def test_twenty_years_are_the_most() -> None:
    """民法典 188: however often it was interrupted."""
    yearly = [(f"{year}-03-01", DELIVERED) for year in range(2024, 2042, 2)]
    assert lost_on(due("2022-03-10"), *yearly, last_due="2022-03-10") == date(2042, 3, 10)


OBSTACLE = ev.LimitationSuspended("o", "force_majeure", "notice")
GONE = ev.LimitationResumed("o", "notice")


def test_an_obstacle_in_the_last_six_months_puts_the_end_off() -> None:
    """民法典 194: six months after it is gone."""
    assert lost_on(due("2022-03-10"), ("2024-12-01", OBSTACLE), ("2025-02-01", GONE)) == date(2025, 8, 1)
    assert lost_on(due("2022-03-10"), ("2024-12-01", OBSTACLE), ("2025-08-31", GONE)) == date(2026, 2, 28)


def test_an_obstacle_that_was_gone_before_them_or_came_after_the_end_changes_nothing() -> None:
    assert lost_on(due("2022-03-10"), ("2023-01-01", OBSTACLE), ("2024-03-01", GONE)) == date(2025, 3, 10)
    assert lost_on(due("2022-03-10"), ("2025-03-11", OBSTACLE), ("2025-06-01", GONE)) == date(2025, 3, 10)


def test_an_obstacle_counts_with_proof_only() -> None:
    unproved = ev.LimitationSuspended("o", "force_majeure")
    assert lost_on(due("2022-03-10"), ("2024-12-01", unproved), ("2025-02-01", GONE)) == date(2025, 3, 10)
    half = ev.LimitationResumed("o")
    assert lost_on(due("2022-03-10"), ("2024-12-01", OBSTACLE), ("2025-02-01", half)) == date(2025, 3, 10)


def test_a_docketed_suit_keeps_the_claim_and_a_withdrawn_one_lets_it_run_from_the_day_it_was_filed() -> None:
    """法释〔2020〕17号 10: interrupted on the day of filing, once the court's number shows it."""
    filed = (due("2022-03-10"), ("2024-01-05", FILED))
    assert lost_on(*filed) == date(2025, 3, 10), "what was handed in is not in the register yet"
    assert lost_on(*filed, ("2024-01-12", stage("docketed"))) == date(2025, 3, 10), "a stage without proof"
    docketed = (*filed, ("2024-01-12", stage("docketed", "（2024）模1号")))
    assert lost_on(*docketed) is None
    assert lost_on(*docketed, ("2024-04-01", stage("withdrawn"))) == date(2027, 1, 5)


def test_a_title_ends_the_limitation_and_starts_two_years_to_enforce() -> None:
    """民事诉讼法 250: from the last day of performance, if the title names one."""
    file = told(due("2022-03-10"), ("2024-01-05", FILED), ("2024-01-12", stage("docketed", "n")),
                ("2024-06-01", stage("effective", "n", until="2024-06-20")))  # fmt: skip
    assert limitation_ends_on(facts(file), NUMBERS) is None
    assert [(c.kind, c.ends_on) for c in running(facts(file), NUMBERS)] == [
        ("enforcement_application", date(2026, 6, 20))
    ]
    fold(file, stage("enforcing"), date(2024, 8, 1), date(2024, 8, 1))
    assert len(list(running(facts(file), NUMBERS))) == 1, "applied for, not yet taken in by the court"
    fold(file, stage("enforcing", "（2024）模执1号"), date(2024, 8, 8), date(2024, 8, 8))
    assert list(running(facts(file), NUMBERS)) == []


@pytest.mark.parametrize(
    ("settled", "ends"),
    [
        (stage("settlement_reached", "n", until="2025-03-31"), date(2027, 3, 31)),
        (stage("settlement_reached", "n"), date(2026, 10, 1)),
        (stage("settlement_reached", until="2025-03-31"), date(2026, 10, 1)),
    ],
)
def test_a_settlement_in_enforcement_starts_the_two_years_anew(settled: ev.MatterStageReached, ends: date) -> None:
    """执行和解规定; 民事诉讼法 250: from the last day that it names; unproved or with none, from its own day."""
    enforced = (due("2022-03-10"), ("2024-01-05", FILED), ("2024-06-01", stage("effective", "n", until="2024-06-20")),
                ("2024-08-08", stage("enforcing", "n")), ("2024-10-01", settled))  # fmt: skip
    assert {c.kind: c.ends_on for c in running(facts(told(*enforced)), NUMBERS)} == {"enforcement_application": ends}
    for after in ("enforcing", "concluded"):
        assert list(running(facts(told(*enforced, ("2025-05-01", stage(after, "n")))), NUMBERS)) == []


def test_a_settlement_before_there_is_a_title_starts_no_time_to_enforce() -> None:
    file = sued(("2024-01-12", stage("docketed", "n")), ("2024-02-01", stage("settlement_reached", "n")))
    assert [c.kind for c in running(facts(file), NUMBERS)] == ["limitation"]


def test_a_title_without_proof_is_none() -> None:
    file = told(due("2022-03-10"), ("2024-01-05", FILED), ("2024-06-01", stage("effective")))
    assert limitation_ends_on(facts(file), NUMBERS) == date(2025, 3, 10)


def test_every_link_says_why_it_does_not_count() -> None:
    links = chain([(due("2022-03-10")[1], date(2022, 3, 10)), (DELIVERED, date(2023, 1, 1)),
                   (paid("guarantor"), date(2023, 2, 1)), (ev.LimitationInterrupted("letter"), date(2023, 3, 1))])  # fmt: skip
    assert [(link.ground, link.counts, link.why_not) for link in links] == [
        ("due", True, ""), ("demand", True, ""), ("payment", False, "paid by guarantor"), ("letter", False, "no proof"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "from_on", "ends"),
    [
        ("freeze_deposit", date(2024, 2, 29), date(2025, 2, 28)),
        ("freeze_movable", date(2024, 2, 29), date(2026, 2, 28)),
        ("freeze_realty", date(2024, 3, 1), date(2027, 3, 1)),
        ("appeal", date(2024, 12, 20), date(2025, 1, 4)),
        ("suit_after_preservation", date(2024, 1, 31), date(2024, 3, 1)),
        ("payment_order_conversion", date(2024, 2, 25), date(2024, 3, 3)),
        ("confirmation_application", date(2023, 2, 1), date(2023, 3, 3)),
    ],
)
def test_the_length_of_a_clock_is_the_packs(kind: str, from_on: date, ends: date) -> None:
    assert ends_on(Timer(kind, from_on), NUMBERS) == ends


# --- guarantees and suits ---------------------------------------------------------------------------------------------

GENERAL = GuaranteeFact("g1", "P1", GuaranteeKind.GENERAL, date(2024, 3, 1))
JOINT = GuaranteeFact("g2", "P2", GuaranteeKind.JOINT, date(2024, 1, 4))
UNKNOWN = GuaranteeFact("g3", "P3", GuaranteeKind.GENERAL)


def sued(*more: Told) -> CaseFile:
    return told(due("2022-03-10"), ("2024-01-05", FILED), *more)


def test_a_docketed_suit_keeps_what_had_not_ended_on_the_day_of_filing() -> None:
    """民法典 693: the general guarantor by the suit against the debtor, the joint one as a party; each on its own (解释 29)."""
    claims = kept_by_suit(facts(sued(), None, GENERAL, JOINT, UNKNOWN), "（2024）模1号", NUMBERS)
    assert [(c.guarantee_id, c.in_time, c.by) for c in claims] == [("g1", True, "suit"), ("g2", False, "suit")]
    assert kept_by_suit(facts(sued(), None, GENERAL), "", NUMBERS) == (), "not docketed with proof"
    order = told(due("2022-03-10"), ("2024-01-05", ev.MatterOpened("m", "payment_order")))
    assert kept_by_suit(facts(order, None, GENERAL), "n", NUMBERS) == (), (
        "a payment order binds no guarantor (民诉解释 434)"
    )


def test_a_suit_is_measured_by_the_period_that_acceleration_brought_forward() -> None:
    """民法典 692: six months by law from the day on which the whole was called, not from a maturity years away."""
    by_law = GuaranteeFact("g1", "P1", GuaranteeKind.GENERAL, date(2030, 7, 1), by_law=True)
    for called, in_time in (("2023-07-04", False), ("2023-07-05", True)):
        file = told((called, ev.DebtAccelerated(date.fromisoformat(called))), ("2024-01-05", FILED))
        (claim,) = kept_by_suit(facts(file, None, by_law), "n", NUMBERS)
        assert claim.in_time is in_time


@pytest.mark.parametrize(("route", "kept"), [("suit", True), ("arbitration", True), ("mediation", False),
                                             ("payment_order", False)])  # fmt: skip
def test_only_a_suit_keeps_what_was_frozen_before_it(route: str, kept: bool) -> None:
    """民事诉讼法 104: sue or go to arbitration in thirty days; what else is docketed keeps no freeze, early or late."""
    frozen = ("2024-01-02", ev.MeasureTaken("x1", "m", "deposit", 1, None, True, "ruling"))
    docketed = (("2024-01-05", ev.MatterOpened("m", route)), ("2024-01-12", stage("docketed", "n")))
    for told_of in ((frozen, *docketed), (*docketed, frozen)):
        assert ("suit_after_preservation:x1" not in told(*told_of).timers) is kept


def test_what_is_frozen_on_a_title_wants_no_suit() -> None:
    file = told(("2024-01-05", ev.MatterOpened("m", "mediation")), ("2024-02-01", stage("effective", "n")),
                ("2024-03-01", ev.MeasureTaken("x1", "m", "deposit", 1, None, True, "ruling")))  # fmt: skip
    assert "suit_after_preservation:x1" not in file.timers


@pytest.mark.parametrize(("applied", "in_time"), [("2024-03-01", True), ("2024-03-02", False)])
def test_an_application_to_enforce_a_notarised_claim_keeps_the_general_guarantee(applied: str, in_time: bool) -> None:
    """担保解释 27: from the day on which the bank applied to the court, once the court's number shows that it did."""
    file = told(due("2022-03-10"), ("2024-01-05", ev.MatterOpened("m", "notarised_enforcement")),
                ("2024-02-01", stage("effective", "n")), (applied, stage("enforcing")))  # fmt: skip
    of = facts(file, None, GENERAL, JOINT, UNKNOWN)
    assert follows(of, "enforcing", "", [], date(2024, 3, 8), NUMBERS) == (), "the bank's own word"
    kept = ev.GuarantorClaimed("g1", in_time, "（2024）模执1号", "suit")
    assert follows(of, "enforcing", kept.proof, [], date(2024, 3, 8), NUMBERS) == ((kept, date.fromisoformat(applied)),)


def test_enforcing_a_judgment_keeps_no_guarantee_that_the_suit_did_not() -> None:
    file = sued(("2024-02-01", stage("effective", "n")))
    assert follows(facts(file, None, GENERAL), "enforcing", "n", [], date(2024, 2, 20), NUMBERS) == ()


def test_a_later_stage_with_its_number_shows_that_the_suit_was_docketed() -> None:
    """Nobody recorded the docketing; the hearing's number proves it. The guarantees are kept as of the filing, told once."""
    file = sued()
    brought = follows(facts(file, None, GENERAL), "heard", "n", [], date(2024, 3, 1), NUMBERS)
    assert brought == ((ev.GuarantorClaimed("g1", True, "n", "suit"), date(2024, 1, 5)),)
    fold(file, stage("heard"), date(2024, 3, 1), date(2024, 3, 1))
    assert not file.docketed
    fold(file, stage("heard", "n"), date(2024, 3, 1), date(2024, 3, 1))
    assert limitation_ends_on(facts(file), NUMBERS) is None
    assert follows(facts(file, None, GENERAL), "judged", "n", [], date(2024, 4, 1), NUMBERS) == ()


def kept(guarantee: GuaranteeFact, *more: Told) -> tuple[CaseFile, list[ev.Event]]:
    """A file in which the suit kept a guarantee, and its journal."""
    journal: list[Told] = [("2024-01-05", ev.GuarantorClaimed(guarantee.guarantee_id, True, "n", "suit")), *more]
    return sued(*journal), [event for _, event in journal]


def test_a_withdrawn_suit_no_longer_keeps_a_general_guarantee() -> None:
    """担保解释 31; the clock of the period shows again."""
    file, journal = kept(GENERAL)
    (lost,) = lost_by_withdrawal(facts(file, None, GENERAL), journal, "ruling")
    fold(file, lost, date(2024, 2, 1), date(2024, 2, 1))
    assert file.claimed_guarantees == {}
    assert ("general_guarantee", date(2024, 3, 1)) in [
        (c.kind, c.ends_on) for c in running(facts(file, None, GENERAL), NUMBERS)
    ]


def test_a_joint_guarantor_stays_bound_when_the_complaint_was_served_on_him_or_he_was_called_on() -> None:
    joint = GuaranteeFact("g2", "P2", GuaranteeKind.JOINT, date(2024, 6, 1))
    served = ("2024-01-20", ev.PaperServed("m", "complaint", "guarantor", "receipt"))
    file, journal = kept(joint, served)
    assert lost_by_withdrawal(facts(file, None, joint), journal, "ruling") == ()
    demanded = ("2023-12-01", ev.GuarantorClaimed("g2", True, "EMS3"))
    file, journal = kept(joint, demanded)
    assert lost_by_withdrawal(facts(file, None, joint), journal, "ruling") == ()
    file, journal = kept(joint)
    assert len(lost_by_withdrawal(facts(file, None, joint), journal, "ruling")) == 1


def test_half_of_the_fee_comes_back_once() -> None:
    """诉讼费用交纳办法 15; 民诉解释 206."""
    fee = ev.CostBooked("c1", "court_fee", 70_001, "CNY", "m")
    halved = ev.CostBooked("c2", "court_fee", -35_000, "CNY", "m")
    file = sued(("2024-01-05", fee))

    def back(journal: Sequence[ev.Event]) -> list[int]:
        brought = follows(facts(file), "withdrawn", "ruling", journal, date(2024, 2, 1), NUMBERS)
        return [event.amount for event, _ in brought if isinstance(event, ev.CostBooked)]

    assert back([fee]) == [-35_000]
    assert back([fee, halved]) == []
    assert back([]) == []


# --- no clock moves later without proof -------------------------------------------------------------------------------

DAYS = st.integers(0, 1200).map(lambda n: date(2022, 1, 1) + timedelta(days=n))
RIGHTS = st.sampled_from(["appeal", "freeze_deposit", "confirmation_application", "enforcement_application"])
SUBJECTS = st.sampled_from(["m", "x1"])
UNPROVED = st.one_of(
    st.builds(ev.ClockStarted, RIGHTS, SUBJECTS, st.none() | DAYS),
    st.builds(ev.ClockStopped, RIGHTS, SUBJECTS, st.just("done")),
    st.builds(ev.LimitationInterrupted, st.sampled_from(["letter", "debtor_waived", "mediation_body"])),
    st.just(ev.LimitationSuspended("o", "force_majeure")),
    st.just(ev.LimitationResumed("o")),
    st.just(ev.DeliveryProved("formal_notice", "delivered", "", True)),
    st.just(ev.ArrangementMade("a", "reschedule", date(2026, 1, 1))),
    st.just(ev.SetOffMade("s", 1, 1, 0)),
    st.just(ev.BankruptcyClaimed(1)),
    st.just(ev.EstateClaimed(1)),
    st.just(ev.CrimeReported("r", "fraud", "police")),
    st.just(ev.AssignmentNoticed("D1")),
    st.just(ev.InsurerClaimed("i", "insurer", 1)),
    st.builds(ev.GuarantorClaimed, st.just("g1"), st.booleans(), st.just(""), st.sampled_from(["demand", "suit"])),
    st.builds(stage, st.sampled_from(["docketed", "heard", "judged", "agreed", "appealed", "effective", "enforcing"])),
    st.builds(ev.PaperServed, st.just("m"), st.sampled_from(["judgment", "payment_order_ended"]), st.just("bank")),
    st.builds(ev.MeasureLifted, st.just("x1"), st.sampled_from(["deposit", "realty"]), st.just("withdrawn")),
    st.builds(ev.MeasureRenewed, st.just("x1"), st.sampled_from(["deposit", "movable", "realty"]), st.none() | DAYS),
)
PROVED = st.one_of(
    st.builds(ev.ClockStarted, RIGHTS, SUBJECTS, st.none() | DAYS, st.just("paper")),
    st.builds(ev.LimitationInterrupted, st.just("letter"), st.just("paper")),
    st.just(DELIVERED),
    st.just(ev.LimitationSuspended("o", "force_majeure", "paper")),
    st.builds(ev.MeasureTaken, st.just("x1"), st.just("m"), st.sampled_from(["deposit", "realty"]), st.just(1),
              st.none() | DAYS, st.booleans(), st.just("ruling")),
)  # fmt: skip


def rights(file: CaseFile) -> dict[str, date]:
    clocks = running(facts(file, None, GENERAL), NUMBERS)
    return {clock.key: clock.ends_on for clock in clocks if KINDS[clock.kind].right}


@given(st.lists(st.tuples(DAYS, PROVED), max_size=6), st.lists(st.tuples(DAYS, UNPROVED), min_size=1, max_size=12))
def test_without_proof_no_right_is_kept_longer_or_out_of_sight(
    proved: list[tuple[date, ev.Event]], unproved: list[tuple[date, ev.Event]]
) -> None:
    file = sued()
    for on, event in proved:
        fold(file, event, on, on)
    for on, event in unproved:
        before = rights(file)
        fold(file, event, on, on)
        after = rights(file)
        later = {key: (ends, after.get(key)) for key, ends in before.items() if after.get(key, date.max) > ends}
        assert later == {}, event


def test_a_right_is_stopped_with_proof_only_and_a_duty_without() -> None:
    on = date(2024, 1, 1)
    file = told(("2024-01-01", ev.ClockStarted("appeal", "m", None, "paper")),
                ("2024-01-01", ev.ClockStarted("accountability", "debt", None, "paper")))  # fmt: skip
    for kind, subject in (("appeal", "m"), ("accountability", "debt")):
        fold(file, ev.ClockStopped(kind, subject, "done"), on, on)
    assert set(file.timers) == {"appeal:m"}
    fold(file, ev.ClockStopped("appeal", "m", "lodged", "receipt"), on, on)
    assert file.timers == {}
