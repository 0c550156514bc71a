"""申请执行 Enforcement: within two years of the last day of performance (民事诉讼法 250); after 终本 asset watch and resumption
without limit in time (民诉解释 517)."""

from __future__ import annotations

from collections.abc import Sequence

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools, WorkItem
from recourse.channels.channel import Delivery


class Enforcement:
    """Applies for enforcement; also takes it up again (`node` resume)."""

    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def __init__(self, node: str) -> None:
        self.node = node

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._applied(item) for item in items]

    def _applied(self, item: Item) -> Receipt:
        file = item.facts.file
        reached = ev.MatterStageReached(file.matter, "enforcing", proof=f"gate {item.gate_id[:12]}")
        return Receipt(item.key, "done", "applied", happened=(Happened(reached),))


ACTS = (Enforcement("enforcement"), Enforcement("resume"), WorkItem("asset_watch"))
