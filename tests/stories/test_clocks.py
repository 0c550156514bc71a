"""Rights that end on a day, and what is done before."""

from __future__ import annotations

from datetime import date

from recourse import events as ev
from tests.stories.bank import Bank


def old_loan(bank: Bank) -> None:
    """A small loan whose last instalment fell due on 10 July 2022: nobody has asked for it in writing since."""
    bank.loan("A1", due="2022-06-10", times=2, amount=400_00)


def test_a_letter_keeps_the_limitation_of_one_who_wants_no_contact(bank: Bank) -> None:
    """The debtor wants to hear nothing and every contact stops. Two months before the limitation ends a letter is asked
    for all the same, posted once it is agreed to, and its arrival starts the three years anew."""
    old_loan(bank)
    bank.play(until="2025-05-06")
    bank.brake("A1", "do_not_contact", "书面要求不再联系")
    bank.play(until="2025-05-13")
    assert bank.life("A1").stands_at("limitation_demand")
    assert bank.approve("limitation_demand") == ["approved"]
    bank.play(until="2025-05-14")
    assert [account for account, _ in bank.sent("limitation_demand")] == ["A1"]
    bank.post_delivers("A1", "limitation_demand")
    bank.play(until="2025-05-16")
    life = bank.life("A1")
    assert life.outcome("limitation_demand") == "delivered"
    assert life.file.limitation_from == date(2025, 5, 15)
    (clock,) = [clock for clock in bank.explains("A1").clocks if clock.kind == "limitation"]
    assert clock.ends_on == date(2028, 5, 15)


def test_every_alarm_is_given_once_and_the_loss_is_told(bank: Bank) -> None:
    """Nobody answers the gate. The bank is told 90, 30 and 7 days before, and on the day after that the right is lost."""
    old_loan(bank)
    bank.play(until="2025-07-16")
    life = bank.life("A1")
    told = [
        (event.within_days, event.ends_on) for event in life.happened(ev.ClockAlarmed) if event.kind == "limitation"
    ]
    assert told == [(90, date(2025, 7, 10)), (30, date(2025, 7, 10)), (7, date(2025, 7, 10))]
    (lost,) = life.happened(ev.ClockRanOut)
    assert (lost.kind, lost.ended_on) == ("limitation", date(2025, 7, 10))


def test_a_letter_after_the_end_brings_nothing_back(bank: Bank) -> None:
    """The letter is asked for in May; nobody is at work until August, when the limitation has run out. Then it is agreed to
    and arrives: it is in the chain, and the debt stays time-barred."""
    old_loan(bank)
    bank.play(until="2025-05-16")
    bank.miss_nights(until="2025-08-04")
    bank.play(until="2025-08-04")
    bank.approve("limitation_demand")
    bank.play(until="2025-08-05")
    bank.post_delivers("A1", "limitation_demand")
    bank.play(until="2025-08-07")
    assert bank.life("A1").outcome("limitation_demand") == "delivered"
    (clock,) = [clock for clock in bank.explains("A1").clocks if clock.kind == "limitation"]
    assert clock.ends_on == date(2025, 7, 10)
