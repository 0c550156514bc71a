"""诉讼路径 Route and readiness: sue, another route, or 不诉决定, which holds for a year or until an asset is found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.channels.channel import Delivery


class LitigationRoute:
    """Records the route that the gate chose."""

    node = "litigation_route"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._recorded(item, tools) for item in items]

    def _recorded(self, item: Item, tools: Tools) -> Receipt:
        if not item.choice:
            return Receipt(item.key, "failed", "failed", detail="the gate chose no route")
        if item.choice != "no_suit":
            return Receipt(item.key, "done", item.choice)
        until_on = tools.day + timedelta(days=item.policy.number("suit.no_suit_days"))
        declined = ev.SuitDeclined(f"gate {item.gate_id[:12]}", until_on)
        return Receipt(item.key, "done", item.choice, happened=(Happened(declined),))
