"""Lives in hardship: stopped at once, decided on papers, reviewed; or lapsed when nothing was brought."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from desk import hardships
from desk.clerk import NotAllowed
from recourse import events as ev
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import calls
from tests.stories.bank import Bank, on_both


@on_both
def test_escalation_waits_for_the_hardship_path(bank: Bank) -> None:
    """Ill since March. From the day of the application nothing adverse begins, though the debtor may be spoken to. Accepted
    until July; at the review it is found to be over, and the case goes on to acceleration."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.play(until="2025-03-14")
    application = bank.applies("A1", "illness", medical_record="SCAN-7")
    with pytest.raises(UserError, match="is reviewed"):
        bank.decides(application, "accepted")
    with pytest.raises(UserError, match="is reviewed"):
        bank.decides(application, "accepted", review_on="2026-03-14")
    bank.decides(application, "accepted", review_on="2025-07-15")
    bank.play(until="2025-07-14", every=5)
    assert bank.work("hardship_review") == []
    assert bank.life("A1").never("acceleration")
    assert bank.life("A1").visits("formal_notice"), "a letter is no adverse act"
    bank.play(until="2025-07-15")
    ((account, told),) = bank.work("hardship_review")
    assert (account, "2025-07-15" in told) == ("A1", True)
    bank.decides(application, "rejected")
    bank.play(until="2025-07-25", every=2)
    assert bank.work("hardship_review") == []
    assert bank.life("A1").visits("acceleration")


@on_both
def test_papers_that_never_come(bank: Bank) -> None:
    """Two papers are asked for. The debtor is reminded a week before the twenty days are over; on the twentieth day the stop
    still stands, afterwards it lapses and the debt goes on."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    applied = bank.day
    application = bank.applies("A1", "unemployment")
    (line,) = hardships.listed(bank.desk)
    assert (line.lacking, line.bring_by_on) == (
        ("unemployment_proof", "social_insurance_record"), applied + timedelta(days=20),
    )  # fmt: skip
    with pytest.raises(UserError, match="papers are lacking"):
        bank.decides(application, "accepted", review_on="2025-05-01")
    hardships.bring(bank.clerk("cpl-01"), application, "unemployment_proof", "SCAN-1")
    with pytest.raises(UserError, match="not asked for"):
        hardships.bring(bank.clerk("cpl-01"), application, "unemployment_proof", "SCAN-1")
    bank.play(until=applied + timedelta(days=12))
    assert bank.life("A1").happened(ev.HardshipReminded) == []
    bank.play(until=applied + timedelta(days=14))
    (reminded,) = bank.life("A1").happened(ev.HardshipReminded)
    assert reminded.lacking == ("social_insurance_record",)
    assert "social_insurance_record" in bank.work("hardship_evidence")[0][1]
    bank.play(until=applied + timedelta(days=20))
    assert "hardship" in bank.life("A1").brakes
    bank.play(until=applied + timedelta(days=24))
    assert "hardship" not in bank.life("A1").brakes
    (decided,) = bank.life("A1").happened(ev.HardshipDecided)
    assert (decided.outcome, decided.reason) == ("lapsed", "not brought: social_insurance_record")
    assert bank.work("hardship_evidence") == []


def test_the_last_paper_ends_the_asking(bank: Bank) -> None:
    """All papers brought, nothing lapses, however long the decision takes."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    application = bank.applies("A1", "illness")
    hardships.bring(bank.clerk("cpl-01"), application, "medical_record", "SCAN-1")
    bank.play(until="2025-05-12", every=6)
    assert "hardship" in bank.life("A1").brakes
    assert bank.life("A1").happened(ev.HardshipReminded) == []


def test_what_may_be_offered_depends_on_the_phase(bank: Bank) -> None:
    """Before it is called the plan may be changed; a card has its own kind; after acceleration the plan is gone."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", "D2", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-12")
    for account in ("A1", "A2"):
        bank.applies(account, "disaster", disaster_proof="SCAN-1")
    offers = {line.account: set(line.offers) for line in hardships.listed(bank.desk)}
    assert offers == {
        "A1": {"extension", "reschedule", "settlement_with_waiver"},
        "A2": {"extension", "reschedule", "personal_instalments", "settlement_with_waiver"},
    }
    bank.happens("A1", ev.DebtAccelerated(date(2025, 3, 13)))
    assert set(hardships.listed(bank.desk, account="A1")[0].offers) == {"settlement_with_waiver"}


def test_a_hardship_said_in_a_call_and_one_that_is_refused(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    for cause, papers, says in (
        ("laziness", {}, "unknown cause"),
        ("illness", {"diary": "SCAN-1"}, "not asked for"),
        ("illness", {"medical_record": "电话13800000001"}, "phone or identity number"),
    ):
        with pytest.raises(UserError, match=says):
            bank.applies("A1", cause, **papers)
    with pytest.raises(NotAllowed):
        hardships.add(bank.clerk("fin-01"), "A1", "illness", {})
    assert hardships.listed(bank.desk, all_=True) == []
    assert bank.applies("A1", "illness") == bank.applies("A1", "illness"), "the same application on the same day"
    bank.lifts("A1", "hardship")
    bank.play(until="2025-03-14")
    bank.approve("hold_release", "A1")
    bank.play(until="2025-03-17")
    (line,) = hardships.listed(bank.desk, all_=True)
    assert line.state == "ended"
    assert bank.life("A1").file.timers == {}


def test_hardship_claimed_in_a_call_is_an_application(bank: Bank) -> None:
    """The cause that was said in it names the papers; it is decided as any other, and does not end by itself before that."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    assert not bank.dial("A1")
    with reading(bank.desk.engine) as connection:
        call = str(connection.execute(select(calls.c.call_id).where(calls.c.state == "taken")).scalar())
    bank.desk_of("caller-01").record_calls([(call, "hardship_claimed", None, None)], {call: "job_loss"})
    (line,) = hardships.listed(bank.desk, account="A1")
    assert (line.cause, line.state, line.lacking) == (
        "unemployment", "applied", ("unemployment_proof", "social_insurance_record"),
    )  # fmt: skip
    assert line.bring_by_on is not None
    assert "hardship" in bank.life("A1").brakes
    bank.decides(line.application_id, "rejected")
    assert "hardship" not in bank.life("A1").brakes
