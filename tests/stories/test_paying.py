"""Lives that end well: the debtor pays."""

from __future__ import annotations

from recourse import events as ev
from tests.stories.life import Bank


def test_pays_after_the_reminder(bank: Bank) -> None:
    """An instalment is missed on 10 March. The reminder goes out the next day by SMS; a week later the arrears are
    paid. The case is cured, and nobody calls."""
    bank.loan("A1", due="2025-03-10")
    bank.pays("A1", "arrears", on="2025-03-17")
    bank.play(until="2025-04-09")
    life = bank.life("A1")
    assert life.path == ["reminder"]
    assert bank.sent() == [("A1", life.visits("reminder")[0])]
    assert str(life.visits("reminder")[0]) == "2025-03-11"
    assert life.end == "cured"
    assert life.file.closed_on is not None
    assert life.on(ev.EpisodeClosed) == life.on(ev.PaymentReceived)
