"""Lives of promises: kept, kept in part, broken, and judged anew when money is taken back or booked late."""

from __future__ import annotations

from datetime import date

import pytest

from desk import promises
from recourse import events as ev
from recourse.ledger.database import reading
from tests.stories.bank import Bank

JUDGED = (ev.PromiseKept, ev.PromisePartKept, ev.PromiseBroken)
DUE = "2025-03-27"
"""A Thursday; three days of tolerance end on Sunday the 30th, so the Monday judges."""


def promised(bank: Bank, amount: int | None = 3_000_00) -> None:
    """Called on day eleven, the debtor promises a sum for the 27th."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-20")
    bank.call("A1", "promise", promise_on=DUE, amount=amount)


def judged(bank: Bank) -> list[tuple[str, int]]:
    """What was said of promises, in order: kept, part_kept or broken, and what came in."""
    return [
        (entry.event.TYPE.split(":")[-1], entry.event.paid)
        for entry in bank.life("A1").journal
        if isinstance(entry.event, JUDGED)
    ]


def stopped(bank: Bank, on: str) -> str:
    """What stops a call on a day ("" = nothing)."""
    facts = bank.life("A1").facts
    return bank.strategy.judge_of(facts).braked(facts, "call", date.fromisoformat(on))


def test_several_payments_add_up(bank: Bank) -> None:
    """Two payments make up what was promised. The instalment of April keeps the case open; the promise is kept."""
    promised(bank, 2_000_00)
    bank.pays("A1", 1_200_00, on="2025-03-24")
    bank.pays("A1", 800_00, on="2025-03-26")
    bank.play(until="2025-03-25")
    assert judged(bank) == []
    bank.play(until="2025-03-26")
    assert judged(bank) == [("kept", 2_000_00)]
    assert stopped(bank, "2025-03-26") == ""


@pytest.mark.parametrize(("paid", "state"), [(2_000_00, "kept"), (1_999_99, "part_kept"), (1_000_00, "part_kept"),
                                             (999_99, "broken")])  # fmt: skip
def test_a_cent_short(bank: Bank, paid: int, state: str) -> None:
    """All of it is kept, a cent less is kept in part, and below half it is broken."""
    promised(bank, 2_000_00)
    bank.pays("A1", paid, on=DUE)
    bank.play(until="2025-03-31")
    assert judged(bank) == [(state, paid)]


@pytest.mark.parametrize(("paid_on", "state"), [("2025-03-30", "kept"), ("2025-03-31", "broken")])
def test_the_last_day_of_the_tolerance_and_the_day_after(bank: Bank, paid_on: str, state: str) -> None:
    """Money counts by its value date: that of Sunday the 30th is in time though it is booked on Monday."""
    promised(bank, 2_000_00)
    bank.pays("A1", 2_000_00, on=paid_on, known_on="2025-03-31")
    bank.play(until="2025-03-31")
    assert [each[0] for each in judged(bank)] == [state]


def test_judged_once_and_not_before_its_time(bank: Bank) -> None:
    promised(bank)
    bank.play(until="2025-03-28")
    assert judged(bank) == []
    assert stopped(bank, "2025-03-28") == "promise"
    bank.play(until="2025-04-07")
    assert judged(bank) == [("broken", 0)]
    assert bank.life("A1").on(ev.PromiseBroken) == [date(2025, 3, 31)]


def test_money_taken_back_counts_back(bank: Bank) -> None:
    """Paid on the day and kept; a week later the debit is returned, and the promise was broken after all."""
    promised(bank, 2_000_00)
    bank.pays("A1", 2_000_00, on=DUE)
    bank.pays("A1", 2_000_00, on="2025-04-03", kind="chargeback")
    bank.play(until="2025-04-03")
    assert judged(bank) == [("kept", 2_000_00), ("broken", 0)]
    assert bank.life("A1").file.broken_promises == 1


def test_a_payment_booked_late_mends_what_was_judged(bank: Bank) -> None:
    promised(bank, 2_000_00)
    bank.pays("A1", 2_000_00, on=DUE, known_on="2025-04-02")
    bank.play(until="2025-04-02")
    assert judged(bank) == [("broken", 0), ("kept", 2_000_00)]
    assert bank.life("A1").file.broken_promises == 0


def test_a_promise_of_no_amount_is_kept_by_any_money(bank: Bank) -> None:
    promised(bank, None)
    bank.pays("A1", 1_00, on="2025-03-25")
    bank.play(until="2025-03-25")
    assert judged(bank) == [("kept", 1_00)]


def test_after_two_broken_promises_a_third_stops_nothing(bank: Bank) -> None:
    """After one that was broken another still stops the calls; after two the next is recorded and judged, and they go on."""
    promised(bank)
    bank.play(until="2025-03-31")
    again(bank, "P2", date(2025, 4, 2))
    bank.play(until="2025-04-02")
    assert stopped(bank, "2025-04-02") == "promise"
    bank.play(until="2025-04-07")
    assert [each[0] for each in judged(bank)] == ["broken"] * 2
    again(bank, "P3", date(2025, 4, 30))
    bank.play(until="2025-04-08")
    assert bank.life("A1").file.promise is not None
    assert stopped(bank, "2025-04-08") == ""
    calls = len(bank.life("A1").path)
    bank.play(until="2025-04-25")
    assert len(bank.life("A1").path) > calls


def again(bank: Bank, permit: str, due: date) -> None:
    """The debtor promises the arrears once more."""
    bank.happens("A1", ev.ContactRecorded(permit, "call", "promise", due, 3_000_00))


def test_the_list_and_the_figure(bank: Bank) -> None:
    """One kept, one broken: half by number; by amount two thousand of five."""
    promised(bank, 2_000_00)
    bank.pays("A1", 2_000_00, on=DUE)
    bank.loan("A2", "D2", due="2025-03-10")
    bank.play(until="2025-03-28")
    bank.call("A2", "promise", promise_on="2025-04-02", amount=3_000_00)
    assert [(each.account, each.state) for each in promises.lines(bank.desk)] == [("A2", "")]
    bank.play(until="2025-04-07")
    assert [(each.account, each.state, each.paid) for each in promises.lines(bank.desk, all_=True)] == [
        ("A1", "kept", 2_000_00), ("A2", "broken", 0),
    ]  # fmt: skip
    with reading(bank.desk.engine) as connection:
        (sum_,) = promises.kept(connection)
        (march,) = promises.kept(connection, to_on=date(2025, 3, 31))
    assert (sum_.due, sum_.kept_percent, sum_.paid_percent) == (2, 50, 40)
    assert (march.due, march.kept_percent) == (1, 100)
