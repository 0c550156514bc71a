"""The clocks of complaints, hardship, disputes and objections: the last day on which an answer is in time, and the next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from recourse import events as ev
from recourse.casefile import CaseFile
from recourse.clocks import alarm_steps, alarms, running
from recourse.fold import fold
from tests.core.any_facts import book
from tests.core.test_brake_properties import facts

CAME_IN = date(2026, 3, 2)
NUMBERS = book().at(CAME_IN, "cn", "consumer_loan").numbers
COMPLAINT = ev.ComplaintReceived("c", "letter", "service", "a" * 64)
COMPLEX = ev.ComplaintReceived("c", "letter", "service", "a" * 64, is_complex=True)
REFERRED = ev.ComplaintReferred("c", "regulator", "转办函")
VERIFIED = ev.ComplaintVerificationAsked("c", "申请书")


def until(step: str, days: int, by: str = "bvp-01") -> ev.ComplaintExtended:
    return ev.ComplaintExtended("c", step, CAME_IN + timedelta(days=days), by, "取证需时")


CLOCKS = [
    ("complaint", 15, (COMPLAINT,)),
    ("complaint", 15, (ev.BrakePlaced("c", "complaint"),)),
    ("complaint_complex", 30, (COMPLEX,)),
    ("complaint_complex", 30, (COMPLAINT, until("complex", 30))),
    ("complaint_extension", 60, (COMPLEX, until("approved", 60))),
    ("complaint_referral", 15, (COMPLAINT, REFERRED)),
    ("complaint_verification", 30, (VERIFIED,)),
    ("complaint_verification", 60, (VERIFIED, until("verification", 60))),
    ("hardship_evidence", 20, (ev.HardshipApplied("c", "illness", ("medical_record",)),)),
    ("hardship_review", 90, (
        ev.HardshipApplied("c", "illness"),
        ev.HardshipDecided("c", "accepted", "病历属实", CAME_IN + timedelta(days=90)),
    )),
    ("dispute", 15, (ev.DisputeRaised("c", "amount", "dispute"),)),
    ("credit_objection", 20, (ev.CreditObjectionRaised("c", ("2026-01",), "paid", "申请"),)),
]  # fmt: skip


def told(*events: ev.Event) -> CaseFile:
    file = CaseFile()
    for event in events:
        fold(file, event, CAME_IN, CAME_IN)
    return file


@pytest.mark.parametrize(("kind", "days", "events"), CLOCKS)
def test_the_last_day_and_the_day_after(kind: str, days: int, events: tuple[ev.Event, ...]) -> None:
    it = facts(told(*events))
    (clock,) = [clock for clock in running(it, NUMBERS) if clock.kind == kind]
    assert clock.ends_on == CAME_IN + timedelta(days=days)
    clocks = list(running(it, NUMBERS))
    on_time, _, _ = alarms(it, clocks, alarm_steps(NUMBERS), clock.ends_on)
    late, _, _ = alarms(it, clocks, alarm_steps(NUMBERS), clock.ends_on + timedelta(days=1))
    assert [alarm.within_days > 0 for alarm in on_time if alarm.clock.kind == kind] == [True]
    assert [alarm.within_days for alarm in late if alarm.clock.kind == kind] == [0]


@pytest.mark.parametrize(
    ("ended_by", "events"),
    [
        (ev.ComplaintAnswered("c", "upheld", "b" * 64, "cpl-01"), (COMPLAINT, REFERRED)),
        (ev.ComplaintClosed("c", "withdrawn", "撤回书"), (COMPLEX, until("approved", 60))),
        (ev.HardshipDecided("c", "rejected", "不属实"), (ev.HardshipApplied("c", "illness", ("medical_record",)),)),
        (ev.HardshipDecided("c", "lapsed", "未补"), (ev.HardshipApplied("c", "illness", ("medical_record",)),)),
    ],
)
def test_an_answer_ends_the_clock_and_lifts_the_brake(ended_by: ev.Event, events: tuple[ev.Event, ...]) -> None:
    file = told(*events, ended_by)
    assert (file.timers, file.holds) == ({}, {})


def test_a_dispute_that_is_answered_still_waits_for_its_gate() -> None:
    file = told(ev.DisputeRaised("c", "amount", "dispute"), ev.DisputeAnswered("c", "rejected", "流水", "b" * 64))
    assert (file.timers, list(file.holds)) == ({}, ["c"])


def test_a_gate_that_lifts_a_complaint_s_brake_does_not_answer_it() -> None:
    file = told(COMPLAINT, ev.BrakeReleased("c", "complaint", "核查后恢复"))
    assert (list(file.holds), list(file.timers)) == ([], ["complaint:c"])


def test_more_time_without_a_name_moves_nothing() -> None:
    file = told(COMPLAINT, until("approved", 60, by=""))
    assert [timer.kind for timer in file.timers.values()] == ["complaint"]


def test_the_papers_of_a_hardship_end_its_clock_one_by_one() -> None:
    applied = ev.HardshipApplied("c", "unemployment", ("unemployment_proof", "social_insurance_record"))
    first = ev.HardshipEvidenced("c", "unemployment_proof", "SCAN-1", ("social_insurance_record",))
    second = ev.HardshipEvidenced("c", "social_insurance_record", "SCAN-2")
    assert list(told(applied, first).timers) == ["hardship_evidence:c"]
    assert list(told(applied, first, second).timers) == []
    assert list(told(applied, first, second).holds) == ["c"]
