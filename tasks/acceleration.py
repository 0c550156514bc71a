"""宣布提前到期 Acceleration: the notice that makes the whole debt due, under the contract's clause.

It takes effect when the notice reaches the debtor (民法典 137), and the clock of limitation starts anew from that day.
Reinstatement after payment of the arrears is not worked yet; a person records it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.facts import Facts
from recourse.letters import amounts_of, common, document_no
from recourse.mailing import Letter, post


class Acceleration:
    """Prints and posts the notice of acceleration."""

    node = "acceleration"
    permit: tuple[str, ...] = ("post",)
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        people = tools.people.of([item.facts.person_id for item in items])
        contracts = tools.people.contracts([item.facts.account_id for item in items])
        letters = []
        for item in items:
            person = people.get(item.facts.person_id)
            fields = common(item, person, contracts.get(item.facts.account_id), tools.bank, tools.day, item.key)
            notice = item.facts.file.visits.get("formal_notice")
            if notice is not None and notice.left_on is not None:
                key = f"{item.case_id}/formal_notice/{notice.n}/act/{item.facts.person_id}"
                fields["notice"] = {
                    "number": document_no(tools.bank, "formal_notice", key, notice.entered_on),
                    "delivered_on": notice.left_on,
                    "pay_by": notice.left_on + timedelta(days=item.policy.number("notice.days_to_pay")),
                }
            fields["amounts"] = amounts_of(item.facts.amounts)
            clause = tools.bank.acceleration_clause
            calendar = tools.calendar_of(item.facts.jurisdiction)
            fields["clause"] = {"number": clause.number, "text": clause.text}
            fields["accelerated_on"] = calendar.add(tools.day, 5)
            days = item.policy.number("acceleration.days_to_pay")
            fields["pay_by"] = calendar.this_or_next(tools.day + timedelta(days=days))
            letters.append(Letter(item, person, "acceleration_notice", fields))
        return post(letters, items, tools)


def proved(facts: Facts, status: str, proof: str, on: date) -> tuple[ev.Event, ...]:
    """Arrival makes the whole debt due; a letter that came back changes nothing."""
    left = ev.DeliveryProved("acceleration", status, proof, interrupts_limitation=status == "delivered")
    return (left, ev.DebtAccelerated(on)) if status == "delivered" else (left,)
