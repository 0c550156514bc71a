"""时效催收函 Limitation demand: a letter whose arrival starts the limitation of action anew (民法典 195).

It goes out when the end is near, whatever else is going on: one demand in writing to each debtor, by post, at the
address they left. It presses nobody and keeps a right, so it needs no contact permit: a wish not to be contacted does
not let a claim lapse. A debtor who has died is not written to; there the estate track claims (entry rule).
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


class LimitationDemand:
    """Prints and posts the notice of demand to each debtor."""

    node = "limitation_demand"
    permit: tuple[str, ...] = ()
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
    """Only a letter that arrived interrupts the limitation (法释〔2020〕17号 8)."""
    return (ev.DeliveryProved("limitation_demand", status, proof, interrupts_limitation=status == "delivered"),)
