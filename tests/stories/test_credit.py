"""Lives in the credit registry: told before, reported, objected to, corrected, forgotten after five years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desk import credit_records
from recourse import events as ev
from recourse.errors import UserError
from tests.stories.bank import Bank, on_both


def reports(bank: Bank, *months: tuple[str, str, str]) -> None:
    """The next file says what was reported: (month, status, day of the report)."""
    for month, status, on in months:
        bank.core.tell(
            "credit_reports", account_id="A1", month=month, status=status, reported_on=date.fromisoformat(on)
        )
    bank.sells = True  # the file brings work for the credit officer


@on_both
def test_nothing_bad_is_reported_of_a_person_who_was_not_told(bank: Bank) -> None:
    """March was reported overdue, and nobody had told the debtor: the credit officer has work, until the proof comes to light
    that the letter went out before. The notice of the day itself counts, one of the day after does not."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-04-08", every=4)
    reports(bank, ("2025-02", "normal", "2025-03-05"), ("2025-03", "overdue_1", "2025-04-07"))
    bank.play(until="2025-04-09")
    ((account, told),) = bank.work("credit_unnoticed")
    assert (account, told) == ("A1", "2025-03 reported as overdue_1 on 2025-04-07 without a proved notice before it")
    reports(bank, ("2025-04", "overdue_2", "2025-04-09"))
    bank.play(until="2025-04-10")
    ((_, told),) = bank.work("credit_unnoticed")
    assert told.endswith("before it; so were 1 more up to 2025-04"), "one item, however many months"
    clerk = bank.clerk("cro-01")
    with pytest.raises(UserError, match="needs its proof"):
        credit_records.notice(clerk, "A1", "post", " ")
    credit_records.notice(clerk, "A1", "post", "EMS-8", date(2025, 4, 8))
    assert bank.work("credit_unnoticed"), "told on the day after"
    credit_records.notice(clerk, "A1", "sms", "短信回执 9", date(2025, 4, 7))
    assert bank.work("credit_unnoticed") == []
    months = credit_records.status(bank.desk, "A1").months
    assert [(m.month, m.negative, m.told_on, m.keep_until_on) for m in months] == [
        ("2025-02", False, None, None), ("2025-03", True, date(2025, 4, 7), None), ("2025-04", True, date(2025, 4, 8), None),
    ]  # fmt: skip


def test_a_new_bad_spell_takes_a_new_notice_and_an_old_one_is_kept_five_years(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-14")
    credit_records.notice(bank.clerk("cro-01"), "A1", "post", "EMS-1", date(2025, 3, 12))
    bank.play(until="2025-07-08", every=9)
    reports(
        bank, ("2025-03", "overdue_1", "2025-04-07"), ("2025-04", "overdue_2", "2025-05-07"),
        ("2025-05", "normal", "2025-06-06"), ("2025-06", "overdue_1", "2025-07-07"),
    )  # fmt: skip
    bank.play(until="2025-07-09")
    ((_, told),) = bank.work("credit_unnoticed")
    assert told.startswith("2025-06 ")
    months = {month.month: month for month in credit_records.status(bank.desk, "A1").months}
    assert months["2025-04"].keep_until_on == date(2030, 4, 30)
    assert months["2025-06"].keep_until_on is None


@on_both
def test_an_objection_is_answered_within_twenty_days_and_corrected(bank: Bank) -> None:
    """The months are flagged in between. Upheld, the correction is sent and then confirmed; the statement of the person lies
    with it."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-14")
    clerk, raised = bank.clerk("cro-01"), bank.day
    objection = credit_records.objection(clerk, "A1", ["2025-02", "2025-01"], "paid", "申请书").id
    assert credit_records.status(bank.desk, "A1").flagged == (objection,)
    (clock,) = [clock for clock in bank.explains("A1").clocks if clock.kind == "credit_objection"]
    assert clock.ends_on == raised + timedelta(days=20)
    bank.play(until=raised + timedelta(days=20), every=3)
    assert "late" not in bank.work("answer_due")[0][1]
    bank.play(until=raised + timedelta(days=21))
    assert "late" in bank.work("answer_due")[0][1]
    clerk = bank.clerk("cro-01")
    with pytest.raises(UserError, match="does not follow"):
        credit_records.correct(clerk, objection, "sent", "更正报送 1")
    credit_records.answer(clerk, objection, "upheld", clerk.reply(bank.reply()))
    with pytest.raises(UserError, match="does not follow"):
        credit_records.correct(clerk, objection, "confirmed", "回执")
    credit_records.correct(clerk, objection, "sent", "更正报送 1")
    credit_records.correct(clerk, objection, "confirmed", "征信中心回执 1")
    credit_records.statement(clerk, "A1", bank.reply("statement"))
    assert credit_records.status(bank.desk, "A1").flagged == ()
    life = bank.life("A1")
    assert [event.step for event in life.happened(ev.CreditCorrected)] == ["sent", "confirmed"]
    assert life.happened(ev.CreditStatementAttached)
    bank.play(until=bank.day)
    assert bank.work("answer_due") == []


def test_what_is_refused_of_the_record(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    clerk = bank.clerk("cro-01")
    for months, ground, says in (
        (["2025-13"], "paid", "not a month"),
        ([], "paid", "no month"),
        (["2025-01"], "mood", "ground"),
    ):
        with pytest.raises(UserError, match=says):
            credit_records.objection(clerk, "A1", months, ground)
    with pytest.raises(UserError, match="no party"):
        credit_records.notice(clerk, "A1", "post", "EMS-1", party="D9")
    with pytest.raises(UserError, match="may not do this"):
        credit_records.notice(bank.clerk("sup-01"), "A1", "post", "EMS-1")
