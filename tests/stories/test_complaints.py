"""Lives of complaints and disputes: in time or late, with more time, up the ladder, upheld and rejected."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from desk import complaints, dispute_desk, figures
from desk.clerk import NotAllowed
from recourse import events as ev
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import events
from tests.stories import agencies
from tests.stories.agencies import Contact
from tests.stories.bank import Bank, on_both
from tests.stories.counter import WORDS
from tests.stories.test_agencies import placed

# --- complaints -------------------------------------------------------------------------------------------------------


@on_both
def test_a_complaint_stops_the_case_until_it_is_answered(bank: Bank) -> None:
    """Its words are sealed and stand in no journal; nothing goes out while it is open; the written answer lifts its brake."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    complaint = bank.complains("A1", category="conduct")
    since = bank.day
    assert bank.complains("A1", category="conduct") == complaint, "the same words on the same day are one complaint"
    bank.play(until="2025-03-24")
    assert [on for _, on in bank.sent() if on >= since] == []
    assert bank.due(complaint) == since + timedelta(days=15)
    line = complaints.show(bank.desk, complaint)
    assert bank.desk.documents.get(line.text).decode() == WORDS
    with reading(bank.desk.engine) as connection:
        told = list(connection.execute(select(events.c.text)).scalars())
    assert not [text for text in told if WORDS[:6] in text]
    assert bank.answers_complaint(complaint, "rejected") == ""
    assert bank.life("A1").brakes == set()
    bank.play(until="2025-04-10", every=3)
    assert [on for _, on in bank.sent() if on >= since]
    assert complaints.listed(bank.desk)[0].state == "answered"
    complaints.close(bank.clerk("cpl-01"), complaint, "settled")
    assert complaints.listed(bank.desk) == []


@pytest.mark.parametrize(("is_complex", "days"), [(False, 15), (True, 30)])
def test_an_answer_that_is_due_is_somebody_s_work(bank: Bank, is_complex: bool, days: int) -> None:
    """Three days before the last day there is work; on the last day it is not late, on the next it is; the clock says so too."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    received = date(2025, 3, 11)
    complaint = bank.complains("A1", on=received, is_complex=is_complex)
    last = received + timedelta(days=days)
    bank.play(until=last - timedelta(days=5), every=4)
    assert bank.work("answer_due") == []
    bank.play(until=last)
    ((_, told),) = bank.work("answer_due")
    assert "late" not in told
    assert not bank.life("A1").happened(ev.ClockRanOut)
    bank.play(until=last + timedelta(days=1))
    ((_, told),) = bank.work("answer_due")
    assert told.endswith("1 days late")
    assert [ran.kind for ran in bank.life("A1").happened(ev.ClockRanOut)] == [
        "complaint_complex" if is_complex else "complaint"
    ]
    bank.answers_complaint(complaint)
    bank.play(until=bank.day)
    assert bank.work("answer_due") == []
    found = figures.figures(bank.desk).complaints
    assert (found.received, found.late, found.per_10k_cases) == (1, 1, 10_000)


def test_more_time_by_the_law_s_steps_only(bank: Bank) -> None:
    """Fifteen days; thirty as complex; sixty with the approval of a named person of the higher level, once."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    complaint, received = bank.complains("A1"), bank.day
    clerk = bank.clerk("cpl-01")

    def extend(step: str, by: str = "") -> date | None:
        complaints.extend(clerk, complaint, step, by, "需调取录音")
        return bank.due(complaint)

    with pytest.raises(UserError, match="`--step complex` first"):
        extend("approved", "bvp-01")
    assert extend("complex") == received + timedelta(days=30)
    with pytest.raises(UserError, match="more time already"):
        extend("complex")
    with pytest.raises(UserError, match="another person's approval"):
        extend("approved")
    with pytest.raises(NotAllowed):
        extend("approved", "sup-01")
    with pytest.raises(UserError, match="nobody is enrolled"):
        extend("approved", "nobody")
    assert extend("approved", "bvp-01") == received + timedelta(days=60)
    with pytest.raises(UserError, match="all the time that there is"):
        extend("approved", "bvp-02")


def test_up_to_the_regulator_and_the_higher_level(bank: Bank) -> None:
    """The regulator refers it: fifteen days from then. Answered, it is verified by the higher level in
    thirty; sixty are a permission that nobody has checked, and off."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    complaint = bank.complains("A1", is_complex=True)
    bank.play(until="2025-03-17")
    with pytest.raises(UserError, match="nothing was answered"):
        complaints.verify(bank.clerk("cpl-01"), complaint, "核查申请")
    complaints.refer(bank.clerk("cpl-01"), complaint, "regulator", "转办函 12")
    assert bank.due(complaint) == bank.day + timedelta(days=15)
    bank.answers_complaint(complaint, "rejected")
    asked = bank.day
    complaints.verify(bank.clerk("cpl-01"), complaint, "核查申请")
    assert bank.due(complaint) == asked + timedelta(days=30)
    with pytest.raises(UserError, match="complaint_verification_longest_days' is in force"):
        complaints.extend(bank.clerk("cpl-01"), complaint, "verification", "hvp-01", "跨省取证")
    assert bank.due(complaint) == asked + timedelta(days=30)
    assert bank.life("A1").brakes == set()
    bank.answers_complaint(complaint, "partly", by="cmp-01")
    assert bank.due(complaint) is None


def test_who_is_concerned_keeps_out_and_papers_are_not_asked_for_twice(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    complaint = bank.complains("A1", category="conduct", about="cpl-01")
    for refused in (
        lambda: bank.answers_complaint(complaint),
        lambda: complaints.close(bank.clerk("cpl-01"), complaint, "withdrawn", "撤诉书"),
        lambda: complaints.ask(bank.clerk("cpl-01"), complaint, "id_card"),
        lambda: complaints.refer(bank.clerk("cpl-01"), complaint, "regulator", "转办函 12"),
        lambda: complaints.verify(bank.clerk("cpl-01"), complaint, "核查申请"),
    ):
        with pytest.raises(UserError, match="who the complaint is about"):
            refused()
    with pytest.raises(NotAllowed):
        bank.answers_complaint(complaint, by="sup-01")
    with pytest.raises(UserError, match="holds a complaint_text already"):
        complaints.ask(bank.clerk("cpl-02"), complaint, "complaint_text")
    assert set(complaints.ask(bank.clerk("cpl-02"), complaint, "id_card")) == {"complaint_text"}
    assert bank.answers_complaint(complaint, by="cpl-02") == ""
    with pytest.raises(UserError, match="it is answered"):
        bank.answers_complaint(complaint, by="cpl-02")


def test_upheld_about_a_caller_it_is_work_for_quality(bank: Bank) -> None:
    """The complaint names the permit of a call: who rang is found, keeps out of it, and an upheld one is a breach."""
    bank.loan("A1", due="2025-03-10")
    bank.nobody_answers()
    bank.play(until="2025-03-21")
    permit = bank.life("A1").happened(ev.ContactRecorded)[0].permit_id
    with pytest.raises(UserError, match="no such contact"):
        bank.complains("A1", category="conduct", contact="f" * 32)
    complaint = bank.complains("A1", category="conduct", contact=permit)
    assert complaints.show(bank.desk, complaint).about == "caller-01"
    assert bank.answers_complaint(complaint, "upheld") == "conduct"
    ((account, told),) = bank.work("conduct_violation")
    assert (account, "caller-01" in told) == ("A1", True)


def test_upheld_about_an_agency_it_is_on_the_agency_s_scorecard(bank: Bank) -> None:
    """The debt is called back for the complaint; the breach stands against the agency."""
    placed(bank)
    agency, placement = agencies.agency_of(bank, "A1")
    agencies.opens_day_file(bank, agency)
    agencies.answers(bank, agency, Contact(placement, "10:00"))
    (contact,) = bank.life("A1").happened(ev.AgencyContacted)
    complaint = bank.complains("A1", category="third_party", contact=contact.contact_id)
    assert complaints.show(bank.desk, complaint).about == agency
    bank.play(until=bank.day)
    assert bank.life("A1").happened(ev.PlacementRecalled)[0].cause == "complaint"
    assert bank.answers_complaint(complaint, "partly") == "third_party"
    assert agencies.breaches(bank, agency) == ["third_party"]


def test_on_the_telephone_it_is_a_complaint_too(bank: Bank) -> None:
    """What is said in a call is taken in as a complaint of its own, with its clock, and answered as any other."""
    bank.loan("A1", due="2025-03-10")
    while "call" not in bank.life("A1").path if bank.day > date(2025, 3, 11) else True:
        bank.play(until=bank.day)
    bank.call("A1", "complaint_made")
    (line,) = complaints.listed(bank.desk)
    assert (line.channel, line.due_on) == ("phone", bank.day + timedelta(days=15))
    bank.answers_complaint(line.complaint_id)
    assert bank.life("A1").brakes == set()


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"channel": "pigeon"}, "unknown channel"),
        ({"category": "weather"}, "unknown category"),
        ({"on": "2025-03-20"}, "after the business day"),
        ({"text": " \n"}, "says nothing"),
        ({"text": "投诉\x00"}, "control characters"),
        ({"text": "长" * 30_000}, "at most 65,536"),
        ({"referred_by": "a friend"}, "unknown referred by"),
        ({"about": "13800000001"}, "phone or identity number"),
    ],
)
def test_what_is_refused_says_why_and_not_what_was_written(bank: Bank, said: dict[str, str], says: str) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    with pytest.raises(UserError, match=says) as refused:
        bank.complains("A1", **said)  # type: ignore[arg-type]
    assert "投诉" not in str(refused.value)
    assert complaints.listed(bank.desk) == []


# --- disputes ---------------------------------------------------------------------------------------------------------


@on_both
def test_the_bank_bears_the_proof(bank: Bank) -> None:
    """A card was used by others, says the holder. Without proof the bank cannot say otherwise. With it the answer goes out, and
    two people agree to go on."""
    bank.loan("A1", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-12")
    dispute = bank.disputes("A1", "card_fraud")
    since = bank.day
    assert bank.life("A1").brakes == {"fraud"}
    bank.play(until="2025-03-20")
    with pytest.raises(UserError, match="bears the proof"):
        bank.answers_dispute(dispute, "rejected")
    bank.answers_dispute(dispute, "rejected", proof="持卡人密码交易流水")
    assert bank.life("A1").brakes == {"fraud"}, "the answer alone lifts nothing"
    bank.play(until="2025-03-24")
    assert bank.approve("hold_release", "A1") == ["approved"]
    bank.play(until="2025-03-26")
    assert bank.life("A1").brakes == set()
    assert [on for _, on in bank.sent() if since <= on <= date(2025, 3, 24)] == []


def test_an_upheld_dispute_is_corrected_first(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    dispute = bank.disputes("A1", "amount")
    bank.answers_dispute(dispute, "upheld")
    ((account, told),) = bank.work("dispute_correction")
    assert (account, "the core has to correct" in told) == ("A1", True)
    bank.play(until="2025-03-25", every=2)
    assert bank.life("A1").brakes == {"dispute"}
    assert bank.lifts("A1", "dispute", evidence="核心更正流水").proposed == 1
    bank.play(until="2025-03-26")
    bank.approve("hold_release")
    bank.play(until="2025-03-28")
    assert bank.life("A1").brakes == set()
    assert bank.work("dispute_correction") == []
    assert dispute_desk.listed(bank.desk) == []
