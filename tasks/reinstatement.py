"""恢复原还款计划 Reinstatement: back to the instalments after the debt was called and the arrears were paid.

The contract does not oblige the bank to go back; people decide. Once it was decided to go on for the whole, contact and
adverse acts are no longer held up by the payment.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.channels.channel import Delivery


class Reinstatement:
    """Records what the gate chose."""

    node = "reinstatement"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._record(item) for item in items]

    def _record(self, item: Item) -> Receipt:
        reason = f"gate {item.gate_id[:12]}"
        if item.choice == "reinstate":
            happened: ev.Event = ev.DebtReinstated(reason)
        elif item.choice == "keep_called":
            happened = ev.DebtKeptCalled(reason)
        else:
            return Receipt(item.key, "failed", "failed", detail="the gate chose nothing")
        return Receipt(item.key, "done", item.choice, happened=(Happened(happened),))


ACTS = (Reinstatement(),)
