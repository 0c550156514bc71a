"""提醒 Reminder: one short message to the debtor, friendly and complete, to the number the debtor left.

Does not yet choose between SMS, e-mail and app push by the debtor's wish; it sends an SMS.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse.acts import Item, Person, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.letters import common, plain
from recourse.mailing import say


class Reminder:
    """Sends the reminder; the visit ends with *sent*."""

    node = "reminder"
    permit = "sms"
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        contracts = tools.people.contracts([item.facts.account_id for item in items])

        def text_of(item: Item, person: Person) -> tuple[str, str]:
            contract = contracts.get(item.facts.account_id)
            fields = common(item, person, contract, tools.bank, tools.day, item.key)
            fields["overdue"] = item.facts.overdue
            fields["account_tail"] = (contract.number if contract else item.facts.account_id)[-4:]
            return "", tools.letters.text(item.facts.jurisdiction, "reminder_message", plain(fields), tools.day)

        return say(items, tools, "sms", text_of, outcome="sent")
