"""Lives of debts seen from the call room: who may dial, whose debtor it is, and what may not be said or written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from desk import script_watch
from desk.caller_figures import collector_figures
from desk.callers import CallerDesk
from recourse import events as ev
from recourse.callers.standard import NOT_ENROLLED
from recourse.channels.memory import MemoryChannel
from recourse.climb import arrivals
from recourse.climb.calling import NOT_YOURS
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import calls, cases, script_violations
from recourse.policy.calling_values import CallerCertificate
from tests.stories.bank import Bank, on_both

TEN = "T02:00:00+00:00"


class CallRoom:
    """The call room of a story's bank, in a supervisor's hands."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def work(self, actor: str = "sup-01") -> CallerDesk:
        return CallerDesk(self.bank.desk, self.bank.strategy, self.bank.pen(actor))

    def joins(self, name: str, *skills: str, capacity: int = 100, certified: bool = True) -> None:
        work = self.work()
        work.enrol(name, "own", self.bank.day, capacity)
        for _, rule in work.policy.of("caller_certificate", CallerCertificate) if certified else ():
            work.certify(name, rule.certificate, self.bank.day, None, "培训档案")
        for skill in skills:
            work.give_skill(name, skill, None)

    def leaves(self, name: str) -> None:
        self.work().end(name, self.bank.day - timedelta(days=1), "离职")

    def holders(self) -> dict[str, str]:
        """Account → whose its open call is."""
        query = select(cases.c.account_id, calls.c.assigned_to).join(cases, cases.c.case_id == calls.c.case_id)
        with reading(self.bank.desk.engine) as connection:
            return dict(iter(connection.execute(query.where(calls.c.state != "closed")).all()))

    def call_of(self, account: str) -> str:
        query = select(calls.c.call_id).join(cases, cases.c.case_id == calls.c.case_id)
        with reading(self.bank.desk.engine) as connection:
            return str(
                connection.execute(query.where(cases.c.account_id == account, calls.c.state != "closed")).scalar()
            )

    def dials(self, name: str, account: str) -> str:
        pen = self.bank.pen(name)
        pen = type(pen)(pen.day, f"{pen.day}{TEN}", name)
        return arrivals.dial(self.bank.desk.engine, self.bank.strategy, pen, [self.call_of(account)])[0].rule

    def violations(self) -> list[Any]:
        with reading(self.bank.desk.engine) as connection:
            return list(connection.execute(select(script_violations).order_by(script_violations.c.found_on)).all())


@pytest.fixture
def room(bank: Bank) -> CallRoom:
    room = CallRoom(bank)
    room.leaves("caller-01")
    return room


def called(bank: Bank, *accounts: str, until: str = "2025-03-20") -> None:
    """Loans whose debtors stand in the queue of the callers."""
    for n, account in enumerate(accounts, start=1):
        bank.loan(account, f"D{n}", due="2025-03-10")
    bank.play(until=until)


@on_both
def test_nobody_dials_without_a_certificate(bank: Bank, room: CallRoom) -> None:
    """A bank that has enrolled nobody dials nobody; a trainee waits for the exam; the day after, the phone rings."""
    called(bank, "A1")
    assert room.dials("caller-09", "A1") == NOT_ENROLLED
    room.joins("caller-09", certified=False)
    assert room.dials("caller-09", "A1") == "caller.exam"
    room.joins("caller-09")
    assert room.dials("caller-09", "A1") == ""
    refused = [e.event.rule for e in bank.life("A1").journal if isinstance(e.event, ev.PermitRefused)]
    assert refused == [NOT_ENROLLED, "caller.exam"]


def test_a_certificate_lapses_and_is_renewed(bank: Bank, room: CallRoom) -> None:
    """Training holds for a year. The day after its last, the debtor moves to a colleague, and stays there."""
    room.joins("caller-08")
    work = room.work()
    for certificate in ("exam", "pre_job_training"):
        work.certify("caller-08", certificate, bank.day, date(2025, 3, 20), "短期证书")
    called(bank, "A1", until="2025-03-20")
    assert room.holders() == {"A1": "caller-08"}
    assert room.dials("caller-08", "A1") == "caller.exam", "the next business day is the 21st"
    room.joins("caller-07")
    bank.play(until="2025-03-21")
    assert room.holders() == {"A1": "caller-07"}
    room.joins("caller-08")
    bank.play(until="2025-03-24")
    assert room.holders().get("A1", "caller-07") == "caller-07"


@on_both
def test_one_debtor_has_one_caller(bank: Bank, room: CallRoom) -> None:
    """Two loans of one person ring from one desk; a colleague is refused, until a supervisor moves the debtor."""
    room.joins("caller-05")
    room.joins("caller-06")
    bank.loan("A1", "D1", due="2025-03-10")
    bank.loan("A2", "D1", due="2025-03-10")
    bank.loan("A3", "D2", due="2025-03-10")
    bank.play(until="2025-03-20")
    whose = room.holders()
    assert whose["A1"] == whose["A2"] != whose["A3"]
    other = whose["A3"]
    assert room.dials(other, "A1") == NOT_YOURS
    assert room.work().reassign(room.call_of("A2"), other, "客户要求更换经办人") == 2
    assert set(room.holders().values()) == {other}
    assert room.dials(whose["A1"], "A1") == NOT_YOURS
    assert room.dials(other, "A1") == ""
    assigned = [e.event for e in bank.life("A1").journal if isinstance(e.event, ev.CallAssigned)]
    assert [each.cause for each in assigned] == ["new", "by_hand: 客户要求更换经办人"]


def test_from_m4_on_only_the_senior_pool_calls(bank: Bank, room: CallRoom) -> None:
    """On its 90th day a debt is anybody's. On the 91st it leaves a caller who is not senior; it is nobody's until a senior
    caller joins, and a supervisor cannot hand it to anybody else."""
    room.joins("caller-05")
    bank.loan("A1", "D1", due="2024-12-13")
    bank.play(until="2025-03-13")
    assert room.holders() == {"A1": "caller-05"}
    assert (bank.day, room.work().lines()[0].queue) == (date(2025, 3, 14), "senior")
    assert room.work().assign().unassigned == {"no_skill": 1}
    assert room.holders() == {"A1": ""}
    assert room.dials("caller-05", "A1") == "queue.senior"
    with pytest.raises(UserError, match="lacks 'senior'"):
        room.work().reassign(room.call_of("A1"), "caller-05", "帮忙")
    room.joins("caller-06", "senior")
    assert room.work().assign().moved == {"new": 1}
    assert room.dials("caller-06", "A1") == ""


def test_a_caller_leaves_and_the_debtors_stay_together(bank: Bank, room: CallRoom) -> None:
    room.joins("caller-05")
    called(bank, "A1", "A2")
    assert set(room.holders().values()) == {"caller-05"}
    room.joins("caller-06")
    room.leaves("caller-05")
    done = room.work().assign()
    assert done.moved == {"left": 2}
    assert set(room.holders().values()) == {"caller-06"}
    assert room.work().assign().moved == {}


def test_a_day_holds_so_many_calls(bank: Bank, room: CallRoom) -> None:
    """Of three debtors two fit into the day of the only caller; the third is nobody's, and it is said why."""
    room.joins("caller-05", capacity=2)
    called(bank, "A1", "A2", "A3")
    done = room.work().assign()
    assert (done.calls, done.assigned, done.unassigned) == (3, 2, {"no_capacity": 1})
    assert sorted(room.holders().values()) == ["", "caller-05", "caller-05"]
    assert len(room.work().lines(unassigned=True)) == 1


def test_the_next_call_comes_with_what_is_left_of_the_budget(bank: Bank, room: CallRoom) -> None:
    """Three conversations a day, of which a dial in vain is none; six dials, of which it is one."""
    room.joins("caller-05")
    called(bank, "A1")
    line = room.work().next("caller-05")
    assert line is not None
    assert (line.account, line.dials_left) == ("A1", 3)
    assert room.dials("caller-05", "A1") == ""
    assert room.work().next("caller-05") is None, "the only call is in the caller's hands"
    left = []
    for _ in range(6):
        bank.desk_of("caller-05").record_calls([(room.call_of("A1"), "no_answer", None, None)])
        again = room.work().next("caller-05")
        left.append(again.dials_left if again else 0)
        room.dials("caller-05", "A1")
    assert left == [3, 3, 3, 2, 1, 0]
    assert room.dials("caller-05", "A1") == "contact.dial_attempts_per_number"


@on_both
def test_a_note_with_a_threat_is_kept_and_looked_into(bank: Bank, room: CallRoom) -> None:
    """What was written stays written; who wrote it cannot close it; a quotation is no violation."""
    room.joins("caller-05")
    called(bank, "A1")
    assert room.dials("caller-05", "A1") == ""
    call = room.call_of("A1")
    bank.desk_of("caller-05").record_calls([(call, "refused", None, None)])
    assert script_watch.note_call(bank.desk_of("caller-05"), call, "已告知不还 会 坐牢，并通知单位") == 2
    assert script_watch.note_call(bank.desk_of("caller-05"), call, "本行可能依法起诉") == 0
    notes = [e.event.note for e in bank.life("A1").journal if isinstance(e.event, ev.CallNoted)]
    assert notes == ["已告知不还 会 坐牢，并通知单位", "本行可能依法起诉"]
    first, second = sorted(room.violations(), key=lambda row: row.phrase)
    assert {(row.rule, row.written_by, row.place) for row in (first, second)} == {
        ("script.intimidation", "caller-05", "call_note")
    }
    with pytest.raises(UserError, match="somebody else looks into it"):
        script_watch.close(bank.desk_of("caller-05"), first.violation_id, "quoted", "客户原话")
    assert script_watch.close(bank.desk_of("cmp-01"), first.violation_id, "quoted", "客户原话") == "caller-05"
    script_watch.close(bank.desk_of("cmp-01"), second.violation_id, "upheld", "停岗培训")
    with pytest.raises(UserError, match="no open violation"):
        script_watch.close(bank.desk_of("cmp-01"), second.violation_id, "upheld", "停岗培训")
    (figures,) = [f for f in collector_figures(room.work(), date(2025, 3, 1), bank.day) if f.collector == "caller-05"]
    assert (figures.dials, figures.contacts, figures.right_party, figures.script_violations) == (1, 1, 1, 1)


def test_the_reason_of_a_hold_is_looked_at_too(bank: Bank, room: CallRoom) -> None:
    called(bank, "A1")
    bank.desk_of("sup-02").place_brake("A1", "complaint", None, "投诉催收员称要爆通讯录")
    found = script_watch.watch(bank.desk_of("sup-02"), "A1", script_watch.HOLD_REASON, "投诉催收员称要爆通讯录")
    assert found == 1
    assert bank.life("A1").file.holds


def test_what_may_not_be_said_is_not_sent(bank: Bank, room: CallRoom) -> None:
    """The bank's name holds a threat. The reminder fails with the phrase and its rule; nothing is lost, nothing goes out."""
    bank.desk.bank = type(bank.desk.bank)(
        **{
            **{name: getattr(bank.desk.bank, name) for name in bank.desk.bank.__struct_fields__},
            "name": "不还就坐牢银行",
        }
    )
    bank.loan("A1", "D1", due="2025-03-10")
    bank.play(until="2025-03-14")
    failed = [e.event for e in bank.life("A1").journal if isinstance(e.event, ev.ActCompleted)]
    assert [(each.node, each.status) for each in failed] == [("reminder", "failed")]
    assert failed[0].detail == "forbidden wording: 坐牢 (script.intimidation)"
    sms = bank.channels["sms"]
    assert isinstance(sms, MemoryChannel)
    assert not sms.arrived


def test_promises_kept_are_counted_and_amounts_are_not(bank: Bank, room: CallRoom) -> None:
    """Of two promises one is kept. The figures of a caller hold no amount of money."""
    room.joins("caller-05")
    called(bank, "A1", "A2")
    for account in ("A1", "A2"):
        assert room.dials("caller-05", account) == ""
        outcome = (room.call_of(account), "promise", bank.day + timedelta(days=4), 1_000_00)
        bank.desk_of("caller-05").record_calls([outcome])
    bank.pays("A1", 1_000_00, on=bank.day + timedelta(days=3))
    bank.play(until="2025-04-03", every=2)
    (figures,) = [f for f in collector_figures(room.work(), date(2025, 3, 1), bank.day) if f.collector == "caller-05"]
    assert (figures.promises, figures.promises_due, figures.promises_kept) == (2, 2, 1)
    assert not any("amount" in name or "recovered" in name or "minor" in name for name in figures.__struct_fields__)
