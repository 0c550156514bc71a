"""上诉 Appeal: within fifteen days of service (民事诉讼法 171); the gate says whether.

Under a standing authorisation no gate has chosen: the appeal is lodged all the same, for it can be withdrawn and a lost
right cannot be brought back. It counts as lodged with the court's receipt.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import Facts


class Appeal:
    """Accepts the judgment, or lies with counsel until the appeal is lodged."""

    node = "appeal"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._decided(item) for item in items]

    def _decided(self, item: Item) -> Receipt:
        if item.choice == "accept":
            return Receipt(item.key, "done", "accepted")
        return Receipt(item.key, "done", detail="待附材料：上诉状、上诉费缴纳凭证")


ACTS = (Appeal(),)


def lodged(facts: Facts, number: str, proof: str) -> tuple[ev.Event, ...]:
    """The appeal was lodged. Refused without the court's receipt."""
    where = f"account {facts.account_id}"
    if not proof.strip():
        raise UserError("an appeal needs the court's receipt", where=where, mend="give --proof")
    if facts.file.stage != "judged":
        raise UserError("no judgment can be appealed", where=where, mend="see `recourse matter show`")
    reached = ev.MatterStageReached(facts.file.matter, "appealed", number, proof)
    visit = facts.file.visits.get("appeal")
    left = (ev.VisitLeft("appeal", "lodged", proof),) if visit is not None and visit.state == "open" else ()
    return (reached, *left)


MOOT = frozenset({"appealed", "effective", "withdrawn", "settlement_reached", "bankruptcy_declared"})
"""Stages at which there is nothing left to decide on."""


def overtaken(facts: Facts, stage: str) -> tuple[ev.Event, ...]:
    """The question whether to appeal falls away with these stages: its gate is taken back, the visit ends."""
    visit = facts.file.visits.get("appeal")
    if stage not in MOOT or visit is None or visit.state == "left":
        return ()
    if visit.state == "gate":
        return (ev.GateWithdrawn(visit.gate_id, stage, "appeal"),)
    return (ev.VisitLeft("appeal", "withdrawn", stage),)
