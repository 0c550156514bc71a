"""催收通知书 Formal notice: the written demand that grace, acceleration and proof of interruption rest on.

Approved by list. A letter to the debtor and to each co-debtor; the visit waits for proof of delivery. A letter that
arrived interrupts the limitation of action (民法典 195; 法释〔2020〕17号 8). It does not yet use an agreed e-address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.facts import Facts
from recourse.letters import common
from recourse.mailing import Letter, post


class FormalNotice:
    """Prints and posts the notice."""

    node = "formal_notice"
    permit: tuple[str, ...] = ("post",)
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        debtors = {item.key: item.facts.debtors for item in items}
        people = tools.people.of([party for parties in debtors.values() for party in parties])
        contracts = tools.people.contracts([item.facts.account_id for item in items])
        letters = []
        for item in items:
            days = item.policy.number("notice.days_to_pay")
            for party in debtors[item.key]:
                person, key = people.get(party), f"{item.key}/{party}"
                fields = common(item, person, contracts.get(item.facts.account_id), tools.bank, tools.day, key)
                fields["pay_by"] = tools.calendar_of(item.facts.jurisdiction).this_or_next(
                    tools.day + timedelta(days=days)
                )
                letters.append(Letter(item, person, "formal_notice", fields, party))
        return post(letters, items, tools)


def proved(facts: Facts, status: str, proof: str, on: date) -> tuple[ev.Event, ...]:
    """What proof of delivery brings about: only a letter that arrived interrupts the limitation."""
    return (ev.DeliveryProved("formal_notice", status, proof, interrupts_limitation=status == "delivered"),)
