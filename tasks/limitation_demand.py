"""时效催收函 Limitation demand: a letter whose arrival starts the limitation of action anew (民法典 195).

It goes out when the end is near, whatever else is going on: one demand in writing to each debtor, by post, at the
address they left. It presses nobody and keeps a right, so it needs no contact permit: a wish not to be contacted does
not let a claim lapse. A debtor who has died is not written to; there the estate track claims (entry rule). Who cannot act
or is represented is not either: people write to whoever acts for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.contact_law import DEBTOR
from recourse.demands import to_each_debtor
from recourse.facts import Facts
from recourse.mailing import post


class LimitationDemand:
    """Prints and posts the notice of demand to each debtor."""

    node = "limitation_demand"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def written_to(self, facts: Facts) -> Sequence[tuple[str, str]]:
        return [(party, DEBTOR if party == facts.person_id else "co_debtor") for party in facts.debtors]

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return post(to_each_debtor(items, tools), items, tools)


def proved(facts: Facts, status: str, proof: str, on: date) -> tuple[ev.Event, ...]:
    """Only a letter that arrived interrupts the limitation (法释〔2020〕17号 8)."""
    return (ev.DeliveryProved("limitation_demand", status, proof, interrupts_limitation=status == "delivered"),)
