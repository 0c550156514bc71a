"""提醒 Reminder: one short message to the debtor, friendly and complete, to the number or e-mail the debtor left.

SMS first, e-mail where no number is known; it does not yet follow the debtor's own wish for a channel.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse.acts import Item, Order, Person, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.letters import common, plain
from recourse.mailing import say


class Reminder:
    """Sends the reminder; the visit ends with *sent*."""

    node = "reminder"
    permit: tuple[str, ...] = ("sms", "email")
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        contracts = tools.people.contracts([item.facts.account_id for item in items])

        def text_of(item: Item, person: Person) -> tuple[str, str]:
            contract = contracts.get(item.facts.account_id)
            fields = common(item, person, contract, tools.bank, tools.day, item.key)
            fields["overdue"] = item.facts.overdue
            fields["account_tail"] = (contract.number if contract and contract.number else item.facts.account_id)[-4:]
            return "还款提醒", tools.letters.text(
                Order(item.facts.jurisdiction, "reminder_message", plain(fields), tools.day)
            )

        return say(items, tools, text_of, outcome="sent")
