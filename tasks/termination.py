"""完全终结 The end of the claim itself (财金〔2017〕90号 16): proposed by a person on a ground, agreed to at a gate of its own.

A debt that was written off is kept 账销案存 and pursued until one of the grounds of the pack holds. Each is checked against
the facts when it is proposed and again when it takes effect. Afterwards nothing may be done: the case is closed for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.conditions import holds
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.measures import value_of
from recourse.policy.book import Policy

NODE = "termination"


def unmet(facts: Facts, policy: Policy, ground: str, today: date) -> str:
    """Which condition of a ground does not hold today, with its rule ("" = all do)."""
    known = policy.grounds.get(ground)
    if known is None:
        return f"no rule in force gives the ground {ground!r}"
    source, value = known
    for condition in value.all:
        if not holds(condition, facts, today, policy.numbers):
            seen = value_of(condition.measure, condition.of, facts, today, policy.numbers)
            return f"{condition.measure} is {'not known' if seen is None else seen} [{source.rule}]"
    return ""


def proposed(facts: Facts, policy: Policy, ground: str, proof: str, today: date) -> ev.TerminationProposed:
    """A proposal to end a claim for good; refused with the reason when its ground does not hold."""
    if ground not in policy.grounds:
        raise UserError(f"no ground {ground!r}", mend=f"use one of {', '.join(sorted(policy.grounds))}")
    if not proof.strip():
        raise UserError("the end of a claim needs its proof", mend="give --proof WHERE")
    if facts.file.end:
        raise UserError(f"the case has ended: {facts.file.end}", where=f"account {facts.account_id}")
    against = unmet(facts, policy, ground, today)
    if against:
        raise UserError(
            f"the ground {ground} does not hold: {against}", where=f"account {facts.account_id}",
            mend="report what is missing, or pursue on",
        )  # fmt: skip
    return ev.TerminationProposed(ground, proof)


class Termination:
    """Ends the claim that the gate agreed to end, if its ground still holds."""

    node = NODE
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [_ended(item, tools.day) for item in items]


def _ended(item: Item, day: date) -> Receipt:
    file = item.facts.file
    against = unmet(item.facts, item.policy, file.ending_ground, day)
    if against:
        return Receipt(item.key, "failed", "failed", detail=against)
    terminated = ev.DebtTerminated(item.facts.account_id, file.ending_ground, file.ending_proof)
    return Receipt(item.key, "done", "terminated", happened=(Happened(terminated),))
