"""申请执行 Enforcement: within two years of the last day of performance (民事诉讼法 250); after 终本 asset watch and resumption
without limit in time (民诉解释 517).

What the bank applied for is the bank's own word: the two years run on until the court's number is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools, WorkItem
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import Facts


class Enforcement:
    """Applies for enforcement; also takes it up again (`node` resume)."""

    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def __init__(self, node: str) -> None:
        self.node = node

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._applied(item) for item in items]

    def _applied(self, item: Item) -> Receipt:
        reached = ev.MatterStageReached(item.facts.file.matter, "enforcing")
        return Receipt(item.key, "done", "applied", happened=(Happened(reached),))


ACTS = (Enforcement("enforcement"), Enforcement("resume"), WorkItem("asset_watch"))


def clue(facts: Facts, found: ev.AssetClueFound) -> tuple[ev.Event, ...]:
    """A clue to an asset: it ends a decision not to sue, lets an enforcement be resumed, and a search that was going on."""
    return (found, *_left(facts, "clue", found.source))


def nothing_found(facts: Facts, proof: str) -> tuple[ev.Event, ...]:
    """The search of a half year found nothing. Refused without what shows it."""
    where = f"account {facts.account_id}"
    if not proof.strip():
        raise UserError("a search needs what shows its result", where=where, mend="give --proof")
    left = _left(facts, "nothing_found", proof)
    if not left:
        raise UserError("no search for assets is under way", where=where, mend="see `recourse explain`")
    return left


def _left(facts: Facts, outcome: str, detail: str) -> tuple[ev.Event, ...]:
    visit = facts.file.visits.get("asset_watch")
    return (ev.VisitLeft("asset_watch", outcome, detail),) if visit is not None and visit.state == "open" else ()
