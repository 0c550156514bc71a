"""Other routes to a title: mediation with confirmation, payment order 支付令, notarised enforcement 公证执行, arbitration 仲裁.

Each opens a matter of its own; what the court, notary or tribunal does is recorded as its stages.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse.acts import Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.matters import opened

NODES = ("mediation", "payment_order", "notarised_enforcement", "arbitration")


class OtherRoute:
    """Files by one of the routes; the node's name is the route's."""

    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def __init__(self, node: str) -> None:
        self.node = node

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [Receipt(i.key, "done", "filed", happened=(opened(i, self.node, tools.day),)) for i in items]


ACTS = tuple(OtherRoute(node) for node in NODES)
