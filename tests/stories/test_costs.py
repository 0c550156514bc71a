"""What collecting costs: postage by the pack, staff time where the bank prices it, held against the cash."""

from __future__ import annotations

import pytest

from desk import costs
from recourse import events as ev
from recourse.errors import UserError
from tests.stories.bank import Bank, on_both

PRICE = """rule: cost.{name}
kind: number
title: {{zh: 成本, en: Cost}}
strength: should
effect: convention
binding_level: bank_internal
checked: {{on: 2025-01-01, by: the bank}}
values:
  - from: 2004-01-01
    state: bank_default
    value: {{number: {number}}}
    citation: {{act: 本行规定, in_force_from: 2004-01-01, accessed: 2025-01-01, source: bank, confidence: bank}}
"""


def a_noticed_debtor(bank: Bank) -> None:
    """A debtor who is called and sent a formal notice, with a co-borrower's letter beside; he pays 500 yuan."""
    bank.loan("A1", due="2025-03-10")
    bank.staff_agrees("formal_notice")
    bank.nobody_answers()
    bank.pays("A1", 500_00, on="2025-04-16")
    bank.play(until="2025-04-25", every=2)


@on_both
def test_a_letter_costs_its_postage(bank: Bank) -> None:
    a_noticed_debtor(bank)
    life = bank.life("A1")
    posted = [each for each in life.happened(ev.CostBooked) if each.kind == "postage"]
    letters = [account for account, _ in bank.sent("formal_notice")]
    assert [each.amount for each in posted] == [12_00] * len(letters)
    assert len(letters) == 1
    assert {each.kind for each in life.happened(ev.CostBooked)} == {"postage"}, "staff time is not priced as shipped"
    assert life.file.cost == 12_00
    (whole,) = costs.report(bank.desk)
    assert (whole.costs, whole.collected, whole.per_ten_thousand) == (12_00, 500_00, 240)
    assert [(line.of, line.costs) for line in costs.report(bank.desk, by="node")] == [("formal_notice", 12_00)]
    assert [(line.of, line.collected) for line in costs.report(bank.desk, by="account")] == [("A1", 500_00)]
    assert [(line.of, line.collected) for line in costs.report(bank.desk, by="matter")] == [("", None)]
    with pytest.raises(UserError, match="no report by 'moon'"):
        costs.report(bank.desk, by="moon")


@on_both
def test_staff_time_where_the_bank_prices_it(bank: Bank) -> None:
    """Six minutes a dial, ten a seat, at sixty yuan an hour: each dial costs six yuan, each seat ten."""
    bank.adopts(
        ("cost", "call_minutes", PRICE.format(name="call_minutes", number=6)),
        ("cost", "gate_minutes", PRICE.format(name="gate_minutes", number=10)),
        ("cost", "staff_minor_per_hour", PRICE.format(name="staff_minor_per_hour", number=60_00)),
    )
    a_noticed_debtor(bank)
    life = bank.life("A1")
    booked = [each for each in life.happened(ev.CostBooked) if each.kind == "staff"]
    dials = [each.amount for each in booked if each.cost_id.endswith("/call")]
    assert dials == [6_00] * len(life.happened(ev.ContactRecorded))
    assert dials
    assert [each.amount for each in booked if each.cost_id.endswith("/gate")] == [10_00]
    assert life.file.cost == 12_00 + 10_00 + 6_00 * len(dials)
