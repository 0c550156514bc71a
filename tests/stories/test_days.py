"""Lives in which the days are odd: nights that were missed, files that did not come, a law that changes half-way."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from recourse import events as ev
from tests.stories.life import Bank, on_both

EVENING_LAW = """rule: contact.quiet_hours
kind: quiet_hours
title: {zh: 禁止催收时段, en: Quiet hours}
strength: must
effect: protection
binding_level: dept_rule
products: [consumer_loan, credit_card]
checked: {on: 2025-03-01, by: Recourse maintainers}
values:
  - from: 2004-01-01
    to: 2025-03-20
    state: bank_default
    value: {start: "22:00", end: "08:00", channels: [call, sms]}
    citation: {act: 本行个人贷款催收策略, in_force_from: 2004-01-01, accessed: 2025-03-01, source: bank, confidence: bank}
  - from: 2025-03-21
    state: enforced
    value: {start: "12:00", end: "14:00", channels: [call, sms]}
    citation: {act: 《午休不扰办法》（故事中的法）, article: 第一条, published: 2025-03-01, in_force_from: 2025-03-21, accessed: 2025-03-01, source: STORY, confidence: primary}
"""
EARLIER_CALLS = """rule: entry.call
kind: entry
title: {zh: 电话催收, en: Call}
strength: should
effect: convention
binding_level: bank_internal
checked: {on: 2025-03-01, by: Recourse maintainers}
values:
  - from: 2004-01-01
    to: 2025-03-20
    state: bank_default
    value: &late
      node: call
      again_after_days: 5
      retry_after_days: 3
      at_most_visits: 12
      stay_at_most_days: 5
      any: [{all: [{measure: dpd, at_least: 10}]}]
    citation: &own {act: 本行个人贷款催收策略, in_force_from: 2004-01-01, accessed: 2025-03-01, source: bank, confidence: bank}
  - from: 2025-03-21
    state: bank_default
    value: {node: call, again_after_days: 5, retry_after_days: 3, at_most_visits: 12, stay_at_most_days: 5,
            any: [{all: [{measure: dpd, at_least: 4}]}]}
    citation: {act: 本行个人贷款催收策略, in_force_from: 2025-03-21, accessed: 2025-03-01, source: bank, confidence: bank}
"""


@on_both
def test_a_week_of_nights_was_missed(bank: Bank) -> None:
    """The machine stands still for two weeks, past reminder, call and notice. On the first night after that nobody is
    skipped and nothing is made up for: the ladder is climbed from the foot, a step of a track at a time."""
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", "D2", due="2025-02-20")
    bank.play(until="2025-03-07")
    bank.miss_nights(until="2025-04-14")
    bank.play(until="2025-04-30")
    for account in ("A1", "A2"):
        life = bank.life(account)
        days = [on for _, on in life.entered]
        assert all((later - sooner).days >= 3 for sooner, later in pairwise(days)), life.entered
    assert bank.life("A1").path[0] == "reminder"
    assert bank.life("A2").path[0] == "reminder"


def test_first_seen_forty_five_days_late(bank: Bank) -> None:
    """The loan comes into the book when it is 45 days behind. Even so its first word is a reminder; nobody is called
    or written to before it."""
    bank.loan("A1", due="2025-01-17")
    bank.play(until="2025-03-14")
    life = bank.life("A1")
    assert life.entered[0] == ("reminder", date(2025, 3, 3))
    assert life.path == ["reminder", "call", "formal_notice"]
    assert life.visits("formal_notice")[0] > life.visits("call")[0] > date(2025, 3, 3)


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
    bank.play(until="2025-04-10")
    bank.no_file_on("2025-04-11", "2025-04-14")
    bank.approve("formal_notice")
    bank.play(until="2025-04-14")
    assert bank.sent("formal_notice") == []
    bank.play(until="2025-04-15")
    assert bank.sent("formal_notice") == [("A1", date(2025, 4, 15))]


@on_both
def test_the_law_changes_half_way(bank: Bank) -> None:
    """From 21 March a law forbids calls at noon, and the bank calls earlier by a new rule of its own. The law binds
    both loans by the day; the bank's rule is that of the day a case was opened. Decisions made before keep the hash
    of what was in force."""
    bank.adopts(("contact", "quiet_hours.consumer", EVENING_LAW), ("entry", "call", EARLIER_CALLS))
    bank.loan("A1", due="2025-03-10")
    bank.loan("A2", "D2", due="2025-03-20")
    bank.play(until="2025-03-20")
    assert bank.dial("A1", at="13:00") == "contact.quiet_hours"
    bank.play(until="2025-04-03")
    old, new = bank.life("A1"), bank.life("A2")
    assert old.visits("call")[0] == date(2025, 3, 20)
    assert new.visits("call")[0] == date(2025, 3, 24)
    before = {made.policy for made, on in zip(old.happened(ev.DecisionMade), old.on(ev.DecisionMade), strict=True)
              if on < date(2025, 3, 21)}  # fmt: skip
    after = {made.policy for made, on in zip(old.happened(ev.DecisionMade), old.on(ev.DecisionMade), strict=True)
             if on >= date(2025, 3, 21)}  # fmt: skip
    assert len(before) == len(after) == 1
    assert before != after
