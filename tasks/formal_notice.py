"""催收通知书 Formal notice: the written demand that grace, acceleration and proof of interruption rest on.

Approved by list. A letter to the debtor and to each co-debtor; the visit waits for proof of delivery. A letter that
arrived interrupts the limitation of action (民法典 195; 法释〔2020〕17号 8). It does not yet use an agreed e-address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.demands import to_each_debtor
from recourse.facts import Facts
from recourse.mailing import post


class FormalNotice:
    """Prints and posts the notice."""

    node = "formal_notice"
    permit: tuple[str, ...] = ("post",)
    delivery: Delivery = "idempotent"

    def addressees(self, facts: Facts) -> Sequence[str]:
        return facts.debtors

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return post(to_each_debtor(items, tools), items, tools)


def proved(facts: Facts, status: str, proof: str, on: date) -> tuple[ev.Event, ...]:
    """What proof of delivery brings about: only a letter that arrived interrupts the limitation."""
    return (ev.DeliveryProved("formal_notice", status, proof, interrupts_limitation=status == "delivered"),)
