"""解除暂停 Lifting a brake that is the bank's own stop, or a dispute: proposed by a person with reason and evidence, agreed to at a
gate. Which kinds of brake take it is pack data (`released_by` of a brake). What is about a person falls on the person's other
debts the next morning (`recourse.climb.brake_watch`).
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.policy.book import Policy

NODE = "hold_release"
ACTION = "hold_release"
"""The row of the authority matrix."""


def gated(policy: Policy, kind: str) -> bool:
    """Whether a brake of a kind is lifted at a gate; a kind that no pack knows is, for nobody said that it is not."""
    known = policy.brakes.get(kind)
    return known is None or known[1].released_by == ACTION


def proposed(
    facts: Facts, kind: str, hold_ids: Sequence[str], reason: str, evidence: str, by: str
) -> ev.ReleaseProposed:
    """A proposal to lift brakes of a kind; refused while the case has ended, without evidence, or when none is in force."""
    where = f"account {facts.account_id}"
    if facts.file.end:
        raise UserError(f"the case has ended: {facts.file.end}", where=where)
    if not evidence.strip():
        raise UserError("a proposal to lift a brake needs its evidence", where=where, mend="give --evidence WHERE")
    known = [hold_id for hold_id in hold_ids if hold_id in facts.file.holds]
    if not known:
        raise UserError(f"no {kind} brake is in force", where=where, mend="see `recourse holds list`")
    return ev.ReleaseProposed(tuple(sorted(known)), kind, reason, evidence, by, NODE)


class HoldRelease:
    """Lifts the brakes that the gate agreed to lift; one that is gone meanwhile is passed over."""

    node = NODE
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [_lifted(item) for item in items]


def _lifted(item: Item) -> Receipt:
    asked, holds = item.facts.file.asked, item.facts.file.holds
    if asked is None:
        return Receipt(item.key, "done", "passed", detail="no brake is proposed to be lifted any more")
    happened = tuple(
        Happened(ev.BrakeReleased(hold_id, holds[hold_id].kind, asked.reason))
        for hold_id in asked.hold_ids
        if hold_id in holds
    )
    return Receipt(item.key, "done", "lifted", happened=happened)
