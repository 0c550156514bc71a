"""押品 Collateral: inspect and value, then an agreed sale 协议变价 or the court's route 实现担保物权.

Valuation is a work item for two people; the visit stays open until a value is recorded. A sale stays open until its
proceeds are in. The court route opens a matter. Auction rounds and the petition's own form are not printed yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools, WorkItem
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.matters import opened


class SecurityRealisation:
    """Opens the matter in which the court is asked to order auction or sale (民事诉讼法 207)."""

    node = "security_realisation"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._open(item, tools.day) for item in items]

    def _open(self, item: Item, day: date) -> Receipt:
        return Receipt(item.key, "done", "filed", happened=(opened(item, self.node, day),))


ACTS = (WorkItem("collateral_valuation"), WorkItem("agreed_sale"), SecurityRealisation())


def valued(facts: Facts, collateral_id: str, value: int, method: str) -> tuple[ev.Event, ...]:
    """A recorded value ends the visit. Refused for collateral that does not secure this account."""
    if all(piece.collateral_id != collateral_id for piece in facts.security.collateral):
        raise UserError(
            f"no collateral {collateral_id!r}", where=f"account {facts.account_id}", mend="see `recourse explain`"
        )
    if value <= 0:
        raise UserError("a value must be positive", where=collateral_id, mend="give minor units above zero")
    return (ev.CollateralValued(collateral_id, value, method), ev.VisitLeft("collateral_valuation", "valued"))
