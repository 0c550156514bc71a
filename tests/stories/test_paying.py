"""Lives in which the debtor pays: in time, late, in the wrong moment, or not as promised."""

from __future__ import annotations

from datetime import date

from recourse import events as ev
from tests.stories.bank import Bank, on_both


def test_pays_after_the_reminder(bank: Bank) -> None:
    """The instalment of 10 March is missed, and a reminder goes out by SMS the next day. A week later the arrears are
    paid: the case is cured on that very morning, and nobody ever calls."""
    bank.loan("A1", due="2025-03-10")
    bank.pays("A1", "arrears", on="2025-03-17")
    bank.play(until="2025-04-09")
    life = bank.life("A1")
    assert bank.sent() == [("A1", date(2025, 3, 11))]
    assert life.path == ["reminder"]
    assert (life.end, life.file.closed_on) == ("cured", date(2025, 3, 17))


def test_promises_to_pay_and_keeps_it(bank: Bank) -> None:
    """Called on day eleven, the debtor promises the instalment for the 27th. Until then nobody bothers him; he pays on
    the day, and that is the end of it."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    bank.call("A1", "promise", promise_on="2025-03-27", amount=3_000_00)
    bank.pays("A1", "arrears", on="2025-03-27")
    bank.play(until="2025-04-09")
    life = bank.life("A1")
    assert life.entered == [("reminder", date(2025, 3, 11)), ("call", date(2025, 3, 20))]
    assert life.outcome("call") == "promised"
    assert (life.end, life.file.closed_on) == ("cured", date(2025, 3, 27))


def test_promises_to_pay_and_breaks_it(bank: Bank) -> None:
    """The same promise, but no money comes. The bank waits three days more, over a week-end, and only then takes up
    where it left off: a second reminder, a second call."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    bank.call("A1", "promise", promise_on="2025-03-27", amount=3_000_00)
    bank.play(until="2025-03-28")
    assert bank.life("A1").path == ["reminder", "call"]
    assert "brake:promise" in {why.code for why in bank.explains("A1", on="2025-03-28").why}
    bank.play(until="2025-04-03")
    assert bank.life("A1").entered[2:] == [("reminder", date(2025, 3, 31)), ("call", date(2025, 4, 3))]


def test_signs_an_arrangement_and_breaks_it(bank: Bank) -> None:
    """On day eleven a new plan is signed, and the bank falls silent at once, though the debt is as old as before. Three
    weeks later the plan is broken: the ladder goes on from where the debt stands by then, with the notice."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    bank.arranges("A1", until="2025-09-30")
    assert bank.dial("A1") == "brake.arrangement"
    bank.play(until="2025-04-11", every=3)
    assert bank.life("A1").path == ["reminder", "call"]
    bank.ends_arrangement("A1", "broken")
    bank.play(until="2025-04-14")
    assert bank.life("A1").entered[2:] == [("formal_notice", date(2025, 4, 14))]


@on_both
def test_pays_between_claim_and_act(bank: Bank) -> None:
    """The reminder is claimed; while it is with the SMS gateway a file comes in and shows that all was paid. It cannot
    be called back: the ledger keeps the act, and beside it, by name, the fact that crossed it."""
    bank.loan("A1", due="2025-03-10")

    def money_comes_in() -> None:
        bank.pays("A1", "all", on="2025-03-11")
        bank.deliver()

    bank.channels["sms"].meanwhile = money_comes_in
    bank.play(until="2025-03-12")
    life = bank.life("A1")
    assert bank.sent("reminder") == [("A1", date(2025, 3, 11))]
    assert life.acts("reminder") == [(date(2025, 3, 11), "done", "sent")]
    assert [(crossed.node, crossed.fact) for crossed in life.happened(ev.ActCrossed)] == [("reminder", "paid")]
    assert (life.end, life.file.closed_on) == ("settled", date(2025, 3, 12))


@on_both
def test_pays_between_queue_and_claim(bank: Bank) -> None:
    """The reminder waits in the queue when the noon file shows that all was paid. It is withdrawn: after full payment
    is known, nothing goes out any more."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-10")
    bank.deliver()
    bank.sweep()
    bank.pays("A1", "all", on="2025-03-11")
    bank.deliver()
    bank.dispatch()
    life = bank.life("A1")
    assert bank.sent() == []
    assert [withdrawn.cause for withdrawn in life.happened(ev.ActWithdrawn)] == ["paid"]
    assert life.outcome("reminder") == "withdrawn"
    bank.play(until="2025-03-12")
    assert bank.life("A1").end == "settled"
    assert bank.sent() == []


def test_paid_in_time_but_booked_late(bank: Bank) -> None:
    """The instalment was paid at the counter on the due day, and the slip lay in a drawer until 2 April. The case is
    cured at once, and it says what should never have been: two reminders and two calls."""
    bank.loan("A1", due="2025-03-10")
    bank.pays("A1", 3_000_00, on="2025-03-10", known_on="2025-04-02")
    bank.play(until="2025-04-02")
    life = bank.life("A1")
    (moved,) = life.happened(ev.FactsReanchored)
    assert (moved.due_before, moved.due_after) == (date(2025, 3, 10), date(2025, 4, 10))
    assert moved.not_warranted == tuple(f"{node} {n} on {on}" for node, n, on in (
        ("reminder", 1, "2025-03-11"), ("call", 1, "2025-03-20"), ("reminder", 2, "2025-03-25"),
        ("call", 2, "2025-03-28"),
    ))  # fmt: skip
    assert (life.end, life.file.closed_on) == ("cured", date(2025, 4, 2))
    assert bank.explains("A1", on="2025-03-20", known_on="2025-03-20").days_past_due == 10
    assert bank.explains("A1", on="2025-03-20", known_on="2025-04-02").days_past_due == 0


def test_falls_behind_again_within_the_year(bank: Bank) -> None:
    """Cured in March, behind again in April. It is a second episode: it begins at the reminder as every episode does,
    remembers how the first one ended, and the first one stays as it was."""
    bank.loan("A1", due="2025-03-10")
    bank.pays("A1", "arrears", on="2025-03-17")
    bank.play(until="2025-04-11", every=2)
    first, second = bank.life("A1", episode=1), bank.life("A1")
    assert (first.end, first.path) == ("cured", ["reminder"])
    assert (second.end, second.entered) == ("", [("reminder", date(2025, 4, 11))])
    (opened,) = second.happened(ev.EpisodeOpened)
    assert (opened.episode, opened.earlier_end) == (2, "cured")


def test_a_payment_is_taken_back(bank: Bank) -> None:
    """The arrears are paid, and a week later the payer's bank takes the money back. The debt is as old as it was, and
    a new episode opens on the morning on which the bank learns it."""
    bank.loan("A1", due="2025-03-10")
    bank.pays("A1", 3_000_00, on="2025-03-14")
    bank.pays("A1", 3_000_00, on="2025-03-21", kind="chargeback")
    bank.play(until="2025-03-24")
    life = bank.life("A1")
    assert (life.file.episode, life.path[0]) == (2, "reminder")
    assert bank.explains("A1", on="2025-03-24").days_past_due > 0
