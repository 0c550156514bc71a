"""Claim, act, receipt: what goes out, what does not, and what is said of it."""

from __future__ import annotations

from recourse import events as ev
from tests.climb.fake_acts import Sender
from tests.core.ledgers import MONDAY, Ledger


def test_a_queued_act_is_claimed_done_and_receipted(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.loan("a", "p")
    assert ledger.sweep().entered == 1
    reminder = Sender("reminder", permit=("sms",))
    done = ledger.dispatch({"reminder": reminder})
    assert (done.released, done.done) == (1, 1)
    assert reminder.keys() == [ledger.intent("a", "reminder").key]
    kinds = [type(entry.event) for entry in ledger.journal("a")]
    assert kinds == [ev.EpisodeOpened, ev.DecisionMade, ev.PermitIssued, ev.ActReleased, ev.ActCompleted]
    assert ledger.intent("a", "reminder").state == "done"
    assert ledger.case("a").file.visits["reminder"].outcome == "sent"
    assert ledger.dispatch({"reminder": reminder}).released == 0
    assert ledger.verified().faults == []
    assert MONDAY
