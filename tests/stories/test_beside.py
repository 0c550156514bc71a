"""Lives beside the suit: estates, bankruptcies, reports of crimes, insurers, deposits, and the way back."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from desk.court_files import CourtFiles
from recourse import events as ev
from recourse.errors import UserError
from tests.stories.bank import Bank, on_both

# --- the dead ---------------------------------------------------------------------------------------------------------


def test_the_estate_is_claimed_on_up_to_what_it_is_worth(bank: Bank) -> None:
    """The debtor dies. The gate agrees to a claim on the heirs; more than the estate is worth cannot be claimed. The claim
    interrupts the limitation and opens the legal route, which acceleration could not. Nobody writes to the dead."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-12")
    bank.dies("D1", on="2025-03-11")
    bank.play(until="2025-03-14")
    bank.approve("estate", "A1")
    bank.play(until="2025-03-17")
    beside = bank.beside("blg-01")
    assert beside.find_estate("A1", 2, 20_000_00, "公证书", administrator=True, dependents=1) == 2
    with pytest.raises(UserError, match="at most 2000000"):
        beside.claim_estate("A1", 36_000_00, "EMS")
    with pytest.raises(UserError, match="its gate comes first"):
        beside.claim_estate("A2", 1_00, "EMS")
    beside.claim_estate("A1", 20_000_00, "EMS")
    bank.play(until="2025-06-20", every=4)
    life = bank.life("A1")
    assert life.outcome("estate") == "claimed"
    assert life.file.limitation_from == date(2025, 3, 18)
    assert life.never("formal_notice", "acceleration")
    assert bank.open_gates("litigation_route", "A1")
    assert all(on < date(2025, 3, 13) for _, on in bank.sent())


def test_death_alone_is_no_loss(bank: Bank) -> None:
    """Dead, with counsel's opinion, and after 180 days not written off: the estate is not at an end. It is found to be
    exhausted, on every debt of the person, and now the list takes both."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-12")
    bank.dies("D1", on="2025-03-11")
    bank.play(until="2025-10-20", every=9)
    bank.desk_of("blg-01").sign_opinions(["A1", "A2"], "钱律师")
    bank.play(until="2025-10-24")
    assert bank.life("A1").never("write_off")
    bank.beside("blg-01").close_estate("A1", "no_estate", "遗产查询结果")
    bank.play(until="2025-10-28")
    assert all(bank.life(name).visits("write_off") for name in ("A1", "A2"))


# --- bankruptcy, crime, insurer ----------------------------------------------------------------------------------------


@on_both
def test_a_bankruptcy_stays_everything_but_the_filing(bank: Bank) -> None:
    """The court accepts the debtor's bankruptcy: from that day nothing presses on either debt, and the filing is offered on
    both. It interrupts the limitation. The petition is dismissed in the end: the stay is off."""
    bank.loan("A1", due="2025-03-10", amount=36_000_00, times=1, guarantor=("G1", "joint", "2025-05-20"))
    bank.loan("A2", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-14")
    beside = bank.beside("blg-01")
    assert beside.accept_bankruptcy("A1", "（2025）破1号", date(2025, 5, 30), "受理裁定") == 2
    bank.play(until="2025-03-17")
    assert all(bank.open_gates("bankruptcy_claim", name) for name in ("A1", "A2"))
    assert [c.ends_on for c in bank.explains("A1").clocks if c.kind == "bankruptcy_claim"] == [date(2025, 5, 30)]
    with pytest.raises(UserError, match="its gate comes first"):
        bank.beside("blg-01").claim_bankruptcy("A1", 36_000_00, "申报回执")
    bank.approve("bankruptcy_claim")
    bank.play(until="2025-03-18")
    bank.beside("blg-01").claim_bankruptcy("A1", 36_000_00, "申报回执")
    bank.play(until="2025-04-30", every=3)
    life = bank.life("A1")
    assert life.file.limitation_from == date(2025, 3, 19)
    assert [on for _, on in bank.sent() if on >= date(2025, 3, 17)] == []
    assert life.stands_at("guarantor_demand"), "who stands behind the debt is not stayed"
    bank.beside("blg-01").move_bankruptcy("A1", "dismissed", 0, "驳回裁定")
    assert "bankruptcy_stay" not in bank.life("A1").brakes | bank.life("A2").brakes


def test_a_bankruptcy_that_never_ends_is_written_off(bank: Bank) -> None:
    """Declared, distributed in part, and 181 days after the declaration still not closed."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-14")
    bank.beside("blg-01").accept_bankruptcy("A1", "（2025）破1号", None, "受理裁定")
    bank.beside("blg-01").move_bankruptcy("A1", "declared", 0, "宣告裁定")
    bank.play(until="2025-04-10", every=4)
    with pytest.raises(UserError, match="does not follow"):
        bank.beside("blg-01").move_bankruptcy("A1", "dismissed", 0, "裁定")
    bank.beside("blg-01").move_bankruptcy("A1", "distributed", 1_000_00, "分配方案")
    bank.play(until="2025-09-12", every=7)
    assert bank.life("A1").never("write_off")
    bank.play(until="2025-09-16")
    assert bank.life("A1").visits("write_off")


def test_a_suspected_crime_is_reported_and_never_threatened_with(bank: Bank) -> None:
    """Somebody suspects fraud: contact ends that day. Head office agrees to a report on listed evidence; the receipt of the
    police interrupts the limitation."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-14")
    bank.brake("A1", "criminal_suspect", "收入证明系伪造")
    bank.play(until="2025-03-18")
    (gate,) = bank.gates("A1", "criminal_referral")
    assert {"HLG", "CMP", "then:HVP"} == set(msgspec.json.decode(gate.seats))
    bank.approve("criminal_referral")
    bank.play(until="2025-03-19")
    with pytest.raises(UserError, match="evidence"):
        bank.beside("hlg-01").report_crime("A1", "loan_fraud", "示例市公安局", (), "受案回执")
    bank.beside("hlg-01").report_crime("A1", "loan_fraud", "示例市公安局", ("a" * 64,), "受案回执")
    bank.play(until="2025-05-30", every=5)
    life = bank.life("A1")
    assert life.file.limitation_from == date(2025, 3, 20)
    assert [on for _, on in bank.sent() if on >= date(2025, 3, 17)] == []
    bank.beside("hlg-01").answer_crime("A1", "declined", "不予立案通知书")
    assert bank.life("A1").file.crime == "declined"


def test_an_insurer_pays_and_one_refuses(bank: Bank) -> None:
    """Two insured loans. One insurer pays in full: nobody presses that debtor again, though the core has not booked it yet.
    The other refuses, and that debt goes on in its own tracks. The clock of the contract was an urgent gate for both."""
    bank.loan("A1", "D1", due="2025-03-10", insurer="INS-1")
    bank.loan("A2", "D2", due="2025-03-10", insurer="INS-1")
    bank.staff_agrees("formal_notice", "insurer_claim")
    bank.post_arrives()
    bank.play(until="2025-03-20")
    for name in ("A1", "A2"):
        bank.beside("blg-01").insurer_due(name, date(2025, 4, 15), "保险单")
    bank.play(until="2025-03-25")
    for name in ("A1", "A2"):
        bank.beside("blg-01").claim_insurer(name, 36_000_00, "索赔回执")
    assert [c for c in bank.explains("A1").clocks if c.kind == "insurer_claim"] == []
    bank.beside("blg-01").answer_insurer("A1", "paid", 36_000_00, "赔款通知")
    bank.beside("blg-01").answer_insurer("A2", "refused", 0, "拒赔通知")
    since = bank.day
    bank.play(until="2025-06-20", every=3)
    assert [on for name, on in bank.sent() if name == "A1" and on > since] == []
    assert bank.life("A2").visits("acceleration")
    assert any("代位" in note for note in bank.explains("A1").notes)


# --- deposits ---------------------------------------------------------------------------------------------------------


@on_both
def test_wages_are_never_taken(bank: Bank) -> None:
    """Wages, money of unknown source and money that is free lie at the bank. The gate shows what may be taken; without its
    word the unknown stays untouched. The core is told deposit by deposit; what it confirms above that is refused."""
    bank.loan("A1", due="2025-03-10")
    bank.saves("D1", "P1", 5_000_00, source="wages")
    bank.saves("D1", "P2", 2_000_00, source="other")
    bank.saves("D1", "P3", 9_000_00, source="unknown")
    bank.saves("D1", "P4", 700_00, currency="USD")
    bank.play(until="2025-04-11", every=2)
    (gate,) = bank.gates("A1", "set_off")
    shown = dict(msgspec.json.decode(gate.evidence)["set_off"])
    assert shown == {"takeable": 2_000_00, "protected": 14_000_00, "takeable_if_unknown_is_free": 6_000_00}
    bank.approve("set_off", choice="known_sources")
    bank.play(until="2025-04-14")
    (told,) = bank.channels["core"].arrived
    lines = msgspec.json.decode(told.text)["deposits"]
    assert lines == [{"deposit": "P2", "take_at_most": 2_000_00, "leave_at_least": 0}]
    assert bank.life("A1").stands_at("set_off")
    with pytest.raises(UserError, match="at most 200000"):
        bank.beside("bap-01").confirm_set_off("A1", 2_500_00, "核心流水")
    bank.beside("bap-01").confirm_set_off("A1", 2_000_00, "核心流水")
    life = bank.life("A1")
    assert [(each.amount, each.exempt) for each in life.happened(ev.SetOffMade)] == [(2_000_00, 14_000_00)]
    assert life.outcome("set_off") == "made"
    assert life.file.limitation_from == date(2025, 4, 15)


def test_a_gate_frees_the_unknown_money_that_it_saw_and_no_other(bank: Bank) -> None:
    """The gate finds the money of unknown source to be free. Before the core is told, another such deposit turns up: the
    approval is void, and the gate is asked again with both."""
    bank.loan("A1", due="2025-03-10")
    bank.saves("D1", "P1", 9_000_00, source="unknown")
    bank.play(until="2025-04-11", every=2)
    bank.approve("set_off", choice="source_established")
    bank.saves("D1", "P2", 8_000_00, source="unknown")
    bank.play(until="2025-04-14")
    assert bank.channels["core"].arrived == []
    gate = next(each for each in bank.gates("A1", "set_off") if each.status == "open")
    assert msgspec.json.decode(gate.evidence)["unknown_deposits"] == ["P1", "P2"]


def test_a_deposit_of_an_older_day_is_left_alone(bank: Bank) -> None:
    """The core tells no more of a deposit after the gate agreed: what lies there today is not known, and nothing is taken."""
    bank.loan("A1", due="2025-03-10")
    bank.saves("D1", "P1", 9_000_00, source="other")
    bank.play(until="2025-04-11", every=2)
    bank.approve("set_off", choice="known_sources")
    bank.core.deposits.clear()
    bank.play(until="2025-04-14")
    assert bank.channels["core"].arrived == []
    assert bank.life("A1").outcome("set_off") == "nothing_to_take"


def test_money_of_which_nothing_was_told_today_asks_nobody(bank: Bank) -> None:
    """The core tells of a deposit once, and not again before the debt is old enough: what may be taken today is not known,
    and no gate is opened over it. On the morning on which it tells of it again, one is."""
    bank.loan("A1", due="2025-03-10")
    bank.saves("D1", "P1", 9_000_00, source="other")
    bank.play(until="2025-04-04", every=2)
    told = dict(bank.core.deposits)
    bank.core.deposits.clear()
    bank.play(until="2025-04-18", every=2)
    assert bank.life("A1").never("set_off")
    bank.core.deposits.update(told)
    bank.play(until="2025-04-21")
    (gate,) = bank.gates("A1", "set_off")
    assert dict(msgspec.json.decode(gate.evidence)["set_off"])["takeable"] > 0


def test_protected_money_never_asks(bank: Bank) -> None:
    """Only wages and a subsistence allowance lie at the bank: no gate is ever opened over them."""
    bank.loan("A1", due="2025-03-10")
    bank.saves("D1", "P1", 500_000_00, source="wages")
    bank.saves("D1", "P2", 500_000_00, source="minimum_living_allowance")
    bank.play(until="2025-05-09", every=4)
    assert bank.life("A1").never("set_off")


def test_two_debts_do_not_take_one_deposit_twice(bank: Bank) -> None:
    """One deposit, two debts of one person, one morning: together they take what there is, and no fen more."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-10")
    bank.saves("D1", "P1", 5_000_00, source="other")
    bank.play(until="2025-04-11", every=2)
    bank.approve("set_off", choice="known_sources")
    bank.play(until="2025-04-14")
    taken = [
        line["take_at_most"]
        for told in bank.channels["core"].arrived
        for line in msgspec.json.decode(told.text)["deposits"]
    ]
    assert sum(taken) == 5_000_00 - 1_500_00


# --- the way back -----------------------------------------------------------------------------------------------------


def called(bank: Bank) -> None:
    """Three instalments missed, the whole debt declared due, and the arrears then paid in full."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.play(until="2025-05-26", every=3)
    assert bank.life("A1").file.accelerated_on
    bank.pays("A1", "arrears", on="2025-05-27")


def test_back_to_the_instalments(bank: Bank) -> None:
    """After acceleration the arrears are paid: pressing stops at once, and people decide. They go back to the plan, and the
    episode is cured."""
    called(bank)
    bank.play(until="2025-05-28")
    assert bank.open_gates("reinstatement", "A1")
    bank.approve("reinstatement", choice="reinstate")
    bank.play(until="2025-05-30")
    life = bank.life("A1")
    assert [type(each).__name__ for each in life.happened(ev.DebtReinstated)] == ["DebtReinstated"]
    assert (life.file.accelerated_on, life.end) == (None, "cured")


def test_the_bank_keeps_the_debt_called(bank: Bank) -> None:
    """They decide to go on for the whole: the pause ends, and the route to court opens while no instalment is overdue."""
    called(bank)
    bank.play(until="2025-05-28")
    bank.approve("reinstatement", choice="keep_called")
    bank.play(until="2025-06-04")
    life = bank.life("A1")
    assert life.end == ""
    assert life.happened(ev.DebtKeptCalled)
    reasons = [reason.code for made in life.happened(ev.DecisionMade)[-1:] for reason in made.reasons]
    assert "brake:arrears_cleared" not in reasons


def test_the_suit_goes_on_though_the_arrears_are_paid(bank: Bank) -> None:
    """In court the arrears are paid, and the gate chooses to continue: the file runs on, nothing is withdrawn, and the pause
    is over."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration", litigation_route="sue", litigation="")
    bank.post_arrives()
    bank.play(until="2025-06-30", every=3)
    bank.court("A1", "docketed")
    bank.pays("A1", "arrears", on="2025-07-01")
    bank.play(until="2025-07-02")
    reasons = [reason.code for made in bank.life("A1").happened(ev.DecisionMade) for reason in made.reasons]
    assert "enter:withdrawal" in reasons
    bank.approve("withdrawal", choice="continue")
    bank.play(until="2025-07-08")
    life = bank.life("A1")
    assert (life.file.stage, life.outcome("withdrawal"), life.end) == ("docketed", "continue", "")
    assert life.file.kept_called_on == date(2025, 7, 3)
    assert bank.explains("A1").why == ()


def test_what_is_frozen_secures_nothing_once_all_is_paid_though_the_suit_runs(bank: Bank) -> None:
    """In court, with a deposit frozen, the whole debt is paid. The bank applies for the freeze to be lifted at once, before
    anybody has decided to withdraw the suit; when the money is taken back, there is something to secure again."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration", litigation_route="sue", litigation="")
    bank.post_arrives()
    bank.play(until="2025-06-30", every=3)
    bank.court("A1", "docketed")
    frozen = ev.MeasureTaken("M1", bank.life("A1").file.matter, "deposit", 1_000_00, date(2026, 6, 30), proof="裁定")
    bank.happens("A1", frozen)
    bank.play(until="2025-07-01")
    assert bank.work("measure_to_lift") == []
    bank.pays("A1", "all", on="2025-07-02")
    bank.play(until="2025-07-02")
    assert (bank.life("A1").file.stage, bank.life("A1").end) == ("docketed", "")
    ((account, told),) = bank.work("measure_to_lift")
    assert (account, told.partition(":")[0]) == ("A1", "paid")
    bank.pays("A1", 5_000_00, on="2025-07-03", kind="chargeback")
    bank.play(until="2025-07-04")
    assert bank.work("measure_to_lift") == []
    bank.pays("A1", "all", on="2025-07-07")
    bank.play(until="2025-07-07")
    assert [account for account, _ in bank.work("measure_to_lift")] == ["A1"]


def test_paid_up_to_date_while_the_suit_runs(bank: Bank) -> None:
    """In court, with a deposit frozen, the arrears are paid. The gate withdraws: the court file ends, the bank has to apply
    for the freeze to be lifted, and the debtor pays on by instalments once people go back to the plan."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration", litigation_route="sue", litigation="")
    bank.post_arrives()
    bank.play(until="2025-06-30", every=3)
    bank.court("A1", "docketed")
    life = bank.life("A1")
    frozen = ev.MeasureTaken("M1", life.file.matter, "deposit", 1_000_00, date(2026, 6, 30), proof="裁定")
    bank.happens("A1", frozen)
    bank.pays("A1", "arrears", on="2025-07-01")
    bank.play(until="2025-07-02")
    bank.approve("withdrawal", choice="withdraw")
    bank.play(until="2025-07-04")
    life = bank.life("A1")
    assert life.file.stage == "withdrawn"
    assert life.happened(ev.MeasureLifted) == []
    assert "freeze_deposit:M1" in life.file.timers
    ((account, told),) = bank.work("measure_to_lift")
    assert (account, told.partition(":")[0]) == ("A1", "withdrawn")
    files = CourtFiles(bank.desk_of("blg-01"))
    with pytest.raises(UserError, match="the court's paper"):
        files.lift("A1", "M1", "withdrawn", bank.day, " ")
    files.lift("A1", "M1", "withdrawn", bank.day, "解除保全裁定")
    bank.approve("reinstatement", choice="reinstate")
    bank.play(until="2025-07-07")
    assert bank.work("measure_to_lift") == []
    assert bank.life("A1").file.accelerated_on is None
