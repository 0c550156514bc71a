"""Lives at the gates: lists, refusals, deadlines, letters that come back."""

from __future__ import annotations

from datetime import date

import pytest

from recourse import events as ev
from recourse.errors import UserError
from tests.stories.bank import Bank, on_both


@on_both
def test_a_list_of_formal_notices(bank: Bank) -> None:
    """Four notices stand on one list. The supervisor strikes one with a reason; one debtor has paid meanwhile and one
    has complained, and both drop out by themselves. The rest of the list, one letter, goes out."""
    for n in (1, 2, 3, 4):
        bank.loan(f"A{n}", f"D{n}", due="2025-03-10")
    bank.play(until="2025-04-10", every=4)
    (gate,) = bank.open_gates("formal_notice")
    bank.pays("A2", "all", on="2025-04-10", known_on="2025-04-11")
    bank.complains("A4")
    bank.deliver()
    assert bank.approve("formal_notice", strike=["A3"], reason="A3 正在核对还款；其余同意") == ["approved"]
    bank.play(until="2025-04-14")
    assert bank.sent("formal_notice") == [("A1", date(2025, 4, 11))]
    struck, dropped = bank.life("A3").happened(ev.MemberStruck), bank.life("A4").happened(ev.MemberDropped)
    assert [(each.gate_id, each.by) for each in struck] == [(gate, "sup-01")]
    assert any(change.startswith("holds:") for change in dropped[0].changes)
    assert bank.life("A2").end == "settled"
    assert [bank.life(f"A{n}").outcome("formal_notice") for n in (1, 2, 3, 4)] == ["", "dropped", "struck", "dropped"]


def test_a_rejected_notice_waits_before_it_is_proposed_again(bank: Bank) -> None:
    """The supervisor says no, with a reason. The notice is not put before her again for thirty days, however often the
    night is played, and then once more."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-04-10", every=4)
    assert bank.reject("formal_notice", reason="正在协商还款") == ["rejected"]
    bank.play(until="2025-05-09", every=3)
    assert bank.life("A1").visits("formal_notice") == [date(2025, 4, 10)]
    bank.play(until="2025-05-14")
    first, second = bank.life("A1").visits("formal_notice")
    assert (second - first).days > 30
    assert bank.sent("formal_notice") == []


def test_a_deadline_passes(bank: Bank) -> None:
    """Nobody answers the list. Day after day it goes one level up, to people who may say yes; no deadline ever says
    yes for them, and nothing is sent."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-04-10", every=4)
    bank.play(until="2025-04-16")
    (gate,) = bank.open_gates("formal_notice")
    assert bank.level(gate) >= 2
    assert bank.sent("formal_notice") == []
    assert bank.life("A1").stands_at("formal_notice")
    bank.approve("formal_notice")
    bank.play(until="2025-04-17")
    assert len(bank.sent("formal_notice")) == 1


def test_a_notice_comes_back(bank: Bank) -> None:
    """The first notice comes back; thirty days later a second one is posted, and arrives. Acceleration rests on a
    notice that arrived, so it waits for the second one and its fifteen days."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice")
    bank.play(until="2025-04-10", every=4)
    bank.play(until="2025-04-11")
    bank.post_returns("A1", "formal_notice", on="2025-04-11")
    bank.play(until="2025-05-13", every=3)
    assert bank.life("A1").visits("formal_notice") == [date(2025, 4, 10)]
    bank.play(until="2025-05-19")
    first, second = bank.life("A1").visits("formal_notice")
    assert (second - first).days > 30
    bank.post_delivers("A1", "formal_notice", on="2025-05-19")
    bank.play(until="2025-06-03", every=4)
    assert bank.life("A1").never("acceleration")
    bank.play(until="2025-06-04")
    assert bank.life("A1").visits("acceleration") == [date(2025, 6, 4)]


def test_a_guarantor_turns_up_after_the_yes(bank: Bank) -> None:
    """Acceleration is agreed to; before it is posted the archive finds a guarantor. The yes was given to another case
    than this one: it is void, the gate stands anew with the difference at its old place, and a new yes sends it out."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice")
    bank.post_arrives()
    bank.play(until="2025-05-12", every=3)
    assert bank.approve("acceleration") == ["approved"]
    bank.finds_guarantee("A1", "G1", "joint", ends=None)
    bank.play(until="2025-05-13")
    (voided,) = bank.life("A1").happened(ev.ApprovalVoided)
    assert [change.partition(":")[0] for change in voided.changes if "part" in change] == ["parties"]
    assert bank.sent("acceleration") == []
    first, second = bank.gates("A1", "acceleration")
    assert (first.status, second.status, second.queued_from) == ("void", "open", first.queued_from)
    assert bank.approve("acceleration") == ["approved"]
    bank.play(until="2025-05-14")
    assert bank.sent("acceleration") == [("A1", date(2025, 5, 14))]


def test_a_complaint_comes_in_while_the_gate_is_open(bank: Bank) -> None:
    """The gate was opened over a case without a complaint, and now there is one. The first yes is not counted: the
    voter is shown what has changed. While the complaint is open nothing goes out, whoever agrees; answered, it does."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice")
    bank.post_arrives()
    bank.play(until="2025-05-12", every=3)
    complaint = bank.complains("A1")
    assert bank.approve("acceleration") == ["void"]
    assert bank.approve("acceleration") == ["approved"]
    bank.play(until="2025-05-15")
    assert bank.sent("acceleration") == []
    bank.answers_complaint(complaint)
    bank.play(until="2025-05-16")
    assert bank.sent("acceleration") == []
    assert bank.approve("acceleration") == ["approved"]
    bank.play(until="2025-05-19")
    assert bank.sent("acceleration") == [("A1", date(2025, 5, 19))]


def test_who_may_not_answer(bank: Bank) -> None:
    """A gate takes no answer without a reason, none from a person without a seat in it, and no second one from the
    same person; what is refused changes nothing."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-04-10", every=4)
    (gate,) = bank.open_gates("formal_notice")
    with pytest.raises(UserError, match="needs a reason"):
        bank.approve("formal_notice", reason="  ")
    with pytest.raises(UserError, match="no seat here"):
        bank.answers("fin-01", gate)
    assert bank.open_gates("formal_notice") == [gate]
