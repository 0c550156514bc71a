"""Lives in which the days are odd: nights that were missed, files that did not come, a law that changes half-way."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from recourse import events as ev
from tests.stories.bank import Bank

RULE = """rule: {rule}
kind: {kind}
title: {{zh: 故事中的规则, en: A rule of the story}}
strength: must
effect: convention
binding_level: {level}
products: {products}
checked: {{on: 2025-03-01, by: Recourse maintainers}}
values:
  - from: 2004-01-01
    to: 2025-03-20
    state: bank_default
    value: {before}
    citation: {citation}
  - from: 2025-03-21
    state: bank_default
    value: {after}
    citation: {citation}
"""
CITATION = "{act: 故事中的法, in_force_from: 2004-01-01, accessed: 2025-03-01, source: STORY, confidence: bank}"
NIGHT = '{start: "22:00", end: "08:00", channels: [call, sms]}'
NOON = '{start: "12:00", end: "14:00", channels: [call, sms]}'


def quiet_hours() -> str:
    """A law of the land: the night until 20 March, noon from then on."""
    return RULE.format(rule="contact.quiet_hours", kind="quiet_hours", level="dept_rule", citation=CITATION,
                       products="[consumer_loan, credit_card]", before=NIGHT, after=NOON)  # fmt: skip


def calls() -> str:
    """The bank's own strategy: calls from ten days past due on, from 21 March from four."""
    rule = "{{node: call, again_after_days: 5, stay_at_most_days: 5, any: [{{all: [{{measure: dpd, at_least: {}}}]}}]}}"
    return RULE.format(rule="entry.call", kind="entry", level="bank_internal", citation=CITATION, products="[]",
                       before=rule.format(10), after=rule.format(4))  # fmt: skip


def test_a_week_of_nights_was_missed(bank: Bank) -> None:
    """The machine stands still for two weeks, past reminder, call and notice. On the first night after that nobody is
    skipped and nothing is made up for: the ladder is climbed from the foot, a step of a track at a time."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", "D2", due="2025-02-20")
    bank.play(until="2025-03-10")
    bank.miss_nights(until="2025-04-14")
    bank.play(until="2025-04-25")
    for account in ("A1", "A2"):
        life = bank.life(account)
        days = [on for _, on in life.entered]
        assert all((later - sooner).days >= 3 for sooner, later in pairwise(days)), life.entered
    assert bank.life("A1").path[0] == "reminder"
    assert bank.life("A2").path[0] == "reminder"


def test_first_seen_forty_five_days_late(bank: Bank) -> None:
    """The loan comes into the book when it is 45 days behind. Even so its first word is a reminder; nobody is called
    or written to before it."""
    bank.loan("A1", due="2025-01-24")
    bank.play(until="2025-03-21")
    life = bank.life("A1")
    assert life.entered == [
        ("reminder", date(2025, 3, 10)), ("call", date(2025, 3, 13)), ("formal_notice", date(2025, 3, 17)),
    ]  # fmt: skip


def test_no_file_came_today(bank: Bank) -> None:
    """On the day after the missed instalment the core's file does not come. Nobody is reminded of a sum that may be
    paid by now; the reminder goes out the day after, when the file is there."""
    bank.loan("A1", due="2025-03-10")
    bank.no_file_on("2025-03-11", "2025-03-12")
    bank.play(until="2025-03-12")
    assert bank.sent() == []
    assert "brake:balance_stale" in {why.code for why in bank.explains("A1", on="2025-03-12").why}
    bank.play(until="2025-03-13")
    assert bank.sent() == [("A1", date(2025, 3, 13))]


def test_the_file_stops_coming_while_a_letter_waits(bank: Bank) -> None:
    """The notice is agreed to, and then no file comes for two days. It waits for the third morning: no letter states
    an amount that nobody has looked at today."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-04-10", every=4)
    bank.no_file_on("2025-04-11", "2025-04-14")
    bank.approve("formal_notice")
    bank.play(until="2025-04-14")
    assert bank.sent("formal_notice") == []
    bank.play(until="2025-04-15")
    assert bank.sent("formal_notice") == [("A1", date(2025, 4, 15))]


def test_the_law_changes_half_way(bank: Bank) -> None:
    """From 21 March a law forbids calls at noon instead of at night, and the bank calls earlier by a new rule of its
    own. The law binds both loans by the day, and the night that the bank keeps for all its products stands beside it; the
    bank's rule is that of the day on which a case was opened. Decisions made before keep the hash of what was in force,
    and the ledger keeps the pack."""
    bank.adopts(("contact", "quiet_hours.consumer", quiet_hours()), ("entry", "call", calls()))
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", "D2", due="2025-03-20")
    bank.play(until="2025-03-19")
    quiet_noons: list[bool] = []
    bank.habits.append(lambda _: quiet_noons.append(bank.is_quiet("A1", "13:00")))
    bank.play(until="2025-03-20")
    bank.habits.clear()
    before = {made.policy for made in bank.life("A1").happened(ev.DecisionMade)}
    assert quiet_noons == [False]
    assert bank.dial("A1", at="13:00") == "contact.quiet_hours"
    assert bank.dial("A1", at="23:00") == "contact.quiet_hours"
    assert bank.dial("A1", at="15:00") == ""
    bank.play(until="2025-04-03")
    old, new = bank.life("A1"), bank.life("A2")
    assert (old.visits("call")[0], new.visits("call")[0]) == (date(2025, 3, 20), date(2025, 3, 24))
    assert len(before) == 1
    assert before & {made.policy for made in new.happened(ev.DecisionMade)} == set()
    assert {made.policy for made in old.happened(ev.DecisionMade)} > before
    assert bank.packs_kept() == [bank.desk.book.hash]


def test_a_new_pack_comes_into_use(bank: Bank) -> None:
    """The bank changes its pack between two nights. The next night keeps the new one beside the old one, and looks at
    every case again that same night."""
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-03-18")
    old = bank.desk.book.hash
    bank.adopts(("contact", "quiet_hours.consumer", quiet_hours()))
    bank.play(until="2025-03-19")
    assert sorted(bank.packs_kept()) == sorted([old, bank.desk.book.hash])
    bank.play(until="2025-03-21")
    policies = [made.policy for made in bank.life("A1").happened(ev.DecisionMade)]
    assert len(policies) == 2
    assert policies[0] != policies[1]
