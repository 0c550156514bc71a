"""Lives under brakes: with evidence, learned of late, overlapping, lifted at a gate or at once, ending by themselves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desk import holds
from desk.clerk import NotAllowed
from recourse import events as ev
from recourse.errors import UserError
from tests.stories.bank import Bank, on_both

PACKS = Path(__file__).parents[2] / "policy_packs"


def lifted_by_a_person() -> str:
    """The shipped rule, with a person who may in the place of its gate."""
    shipped = (PACKS / "bank_default" / "brake" / "do_not_contact.yaml").read_text("utf-8")
    assert "released_by: hold_release" in shipped
    return shipped.replace("released_by: hold_release", "lifted_by: person")


@on_both
def test_a_brake_learned_of_late_shows_what_should_not_have_happened(bank: Bank) -> None:
    """Two loans of one debtor. On the 21st it comes to light that a lawyer asked for a stop as of the 11th: the reminder of
    the 12th and all since should not have happened. What was decided then stays as it was decided; from now on nothing goes
    out, and somebody has to put it right."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", "D2", due="2025-03-10")
    bank.play(until="2025-03-20")
    sent = [on for name, on in bank.sent() if name == "A1"]
    assert sent
    (placed,) = bank.holds("A1", "legal", since="2025-03-11", evidence="律师函 LF-7")
    found = bank.explains("A1")
    bank.play(until="2025-03-28")
    assert [on for name, on in bank.sent() if name == "A1"] == sent
    page = holds.show(bank.desk, placed.id)
    assert {step.what for step in page.wrong} >= {"reminder"}
    assert {(step.kind, step.since_on, step.known_on, step.rule) for step in page.wrong} == {
        ("legal", date(2025, 3, 11), date(2025, 3, 21), "brake.legal")
    }
    assert found.brakes == ("legal 2025-03-11–",)
    assert bank.explains("A1", on="2025-03-20", known_on="2025-03-20").brakes == ()
    (item,) = bank.work("step_under_hold")
    assert item[0] == "A1"
    assert "reminder 2025-03-1" in item[1]
    bank.morning()
    assert len(bank.work("step_under_hold", all_=True)) == 1
    assert holds.corrected(bank.clerk("sup-01"), "A1", "已致歉并记录") == 1
    bank.morning()
    assert bank.work("step_under_hold") == []


def test_the_steps_are_named_when_the_account_is_explained(bank: Bank) -> None:
    from desk.account_page import account_page

    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    bank.holds("A1", "legal", since="2025-03-11", evidence="LF-7")
    bank.play(until="2025-03-21")
    page = account_page(bank.desk, "A1")
    assert [(step.what, step.rule) for step in page.found.under_hold][:1] == [("reminder", "brake.legal")]
    assert account_page(bank.desk, "A1", date(2025, 3, 20)).found.under_hold == ()


def test_the_bank_s_file_tells_of_a_death_too_late(bank: Bank) -> None:
    """A death is reported as of a day on which a letter had gone out since: the letter is on the list, nobody is blamed for
    what was sent before it."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    first = bank.sent()[0][1]
    bank.holds("A1", "deceased", since=first, evidence="死亡医学证明")
    bank.play(until="2025-03-24")
    ((_, told),) = bank.work("step_under_hold")
    assert f"reminder {first}" in told
    assert "deceased" in bank.life("A1").brakes


@on_both
def test_a_dispute_is_lifted_at_its_gate_only(bank: Bank) -> None:
    """Who proposes is the maker and has no vote; a refusal takes a new proposal; two seats agree, and it falls."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    bank.holds("A1", "dispute")
    with pytest.raises(UserError, match="needs its evidence"):
        bank.lifts("A1", "dispute", evidence="")
    assert bank.lifts("A1", "dispute", by="cmp-01").proposed == 1
    bank.play(until="2025-03-14")
    (gate,) = bank.gates("A1", "hold_release")
    assert gate.maker == "cmp-01"
    with pytest.raises(UserError):
        bank.answers("cmp-01", gate.gate_id)
    assert bank.reject("hold_release", "A1") == ["rejected"]
    bank.play(until="2025-03-19")
    assert len(bank.gates("A1", "hold_release")) == 1
    assert bank.life("A1").file.asked is None
    bank.lifts("A1", "dispute")
    bank.play(until="2025-03-21")
    assert bank.life("A1").brakes == {"dispute"}
    assert bank.approve("hold_release", "A1") == ["approved"]
    bank.play(until="2025-03-25")
    assert bank.life("A1").brakes == set()
    assert bank.life("A1").outcome("hold_release") == "lifted"
    (lifted,) = holds.listed(bank.desk, account="A1", all_=True)
    assert (lifted.released_on, lifted.reason) == (date(2025, 3, 24), "已核实")


def test_a_proposal_that_changes_voids_the_votes(bank: Bank) -> None:
    """A second dispute is proposed for lifting while the gate is open: the seat is shown the difference."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    bank.holds("A1", "dispute", reason="金额")
    bank.lifts("A1", "dispute")
    bank.play(until="2025-03-13")
    bank.holds("A1", "dispute", reason="利率")
    bank.lifts("A1", "dispute")
    assert bank.approve("hold_release") == ["void"]
    assert bank.approve("hold_release") == ["approved"]
    bank.play(until="2025-03-17")
    assert bank.life("A1").brakes == set()


def test_two_of_a_kind_are_two(bank: Bank) -> None:
    """Two brakes of one kind overlap: each has its id and its history, and one is lifted without the other. The same word
    said twice is one brake."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    (first,) = bank.holds("A1", "do_not_contact", reason="来信", until="2025-04-30")
    (again,) = bank.holds("A1", "do_not_contact", reason="来信", until="2025-04-30")
    (second,) = bank.holds("A1", "do_not_contact", reason="代理人来函")
    assert (again.id, again.already) == (first.id, True)
    assert first.id != second.id
    assert {line.hold_id for line in holds.listed(bank.desk, account="A1")} == {first.id, second.id}
    assert [what for _, _, what in holds.show(bank.desk, second.id).history] == ["brake:case:placed"]


@pytest.mark.parametrize(("until", "warned_on"), [("2025-03-19", "2025-03-18"), ("2025-03-16", "2025-03-14")])
def test_a_brake_that_ends_by_itself_warns_a_work_day_before(bank: Bank, until: str, warned_on: str) -> None:
    """On the work day before its last day, not sooner: before a weekend that is the Friday."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-11")
    bank.holds("A1", "hardship", until=until)
    while bank.day < date.fromisoformat(warned_on):
        bank.play(until=bank.day)
        assert bank.work("hold_ends") == [], bank.day
    bank.play(until=bank.day)
    ((account, told),) = bank.work("hold_ends")
    assert (account, until in told) == ("A1", True)
    bank.play(until="2025-03-20")
    assert bank.work("hold_ends") == []


def test_what_is_refused_at_the_counter(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    for kind, kwargs, says in (
        ("legal", {}, "needs evidence"),
        ("placed", {}, "a placed brake is placed by no person: the gate of `agency_referral`.*use one of .*hardship"),
        ("promise", {}, "`recourse calls record` records one.*use one of .*dispute"),
        ("promis", {}, "unknown kind of brake 'promis': use one of"),
        ("dispute", {"since": "2025-03-14"}, "after the business day"),
        ("dispute", {"until": "2025-03-01"}, "before it begins"),
        ("dispute", {"reason": " "}, "needs its ground"),
        ("dispute", {"reason": "电话13800000001"}, "phone or identity number"),
    ):
        with pytest.raises(UserError, match=says):
            bank.holds("A1", kind, **kwargs)
    with pytest.raises(NotAllowed):
        bank.holds("A1", "dispute", by="fin-01")
    with pytest.raises(UserError, match="no account"):
        bank.holds("A9", "dispute")
    assert bank.life("A1").happened(ev.BrakePlaced) == []


def test_a_person_s_brake_reaches_every_debt(bank: Bank) -> None:
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-12")
    placed = bank.holds("A1", "incapable", evidence="司法鉴定意见书")
    assert {each.account for each in placed} == {"A1", "A2"}
    assert bank.lifts("A1", "incapable").proposed == 1
    bank.play(until="2025-03-14")
    bank.approve("hold_release", "A1")
    bank.play(until="2025-03-17")
    assert (bank.life("A1").brakes, bank.life("A2").brakes) == (set(), {"incapable"})
    bank.play(until="2025-03-18")
    assert bank.life("A2").brakes == set()


def test_what_is_learned_anew_is_not_lifted_with_the_old(bank: Bank) -> None:
    """On the day on which the gate's word takes effect the person is found incapable once more: that stands."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", due="2025-03-10", product="credit_card")
    bank.play(until="2025-03-12")
    bank.holds("A1", "incapable", evidence="司法鉴定意见书")
    bank.lifts("A1", "incapable")
    bank.play(until="2025-03-14")
    bank.approve("hold_release", "A1")
    bank.play(until="2025-03-17")
    bank.holds("A1", "incapable", evidence="第二份鉴定意见书")
    bank.play(until="2025-03-19")
    assert "incapable" in bank.life("A1").brakes & bank.life("A2").brakes


def test_a_kind_that_the_bank_s_pack_gives_to_no_gate_falls_at_once(bank: Bank) -> None:
    """A bank that lets its supervisors lift a request not to be called: one word, and it is gone; others may not say it."""
    bank.adopts(("brake", "do_not_contact", lifted_by_a_person()), folder="bank_default")
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    bank.holds("A1", "do_not_contact")
    with pytest.raises(NotAllowed):
        bank.lifts("A1", "do_not_contact", by="cpl-01")
    assert bank.lifts("A1", "do_not_contact").lifted == 1
    assert bank.life("A1").brakes == set()


def test_a_rule_beside_the_bank_s_own_takes_no_gate_away(bank: Bank) -> None:
    """The same file in another folder stands beside the shipped one: where one of two wants a gate, it takes a gate."""
    bank.adopts(("brake", "do_not_contact", lifted_by_a_person()))
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-12")
    bank.holds("A1", "do_not_contact")
    done = bank.lifts("A1", "do_not_contact")
    assert (done.lifted, done.proposed) == (0, 1)
    assert bank.life("A1").brakes == {"do_not_contact"}
