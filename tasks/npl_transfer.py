"""不良转让 NPL transfer: which debts may be sold, the pool before its gate, the sale after the second, who leaves a pool.

People put a pool together; each debt is checked against the rule in force (银登中心 pilot). Two gates: the pool, the award.
From the cut-off day on nothing is asked of the debtor in the bank's name; sold is sold from that day. Letters of
assignment have no template here: they are a work list, each kept with its proof (民法典 546, 696).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.canonical import derived_id
from recourse.channels.channel import Delivery
from recourse.conditions import holds
from recourse.facts import Facts
from recourse.measures import value_of
from recourse.policy.book import Policy

NO_RULE = "no rule in force allows a sale of such debts"
PILOT = "npl.eligible"


class Refusal(msgspec.Struct, frozen=True):
    """Why a debt may not be in a pool: the reason, and the rule that says so."""

    account_id: str
    reason: str
    rule: str = ""


def objections(facts: Facts, policy: Policy, today: date) -> list[Refusal]:
    """Everything that stands against selling a debt today; none = it may be sold. Unknown is no yes."""
    account, allowed = facts.account_id, policy.eligibility
    if allowed is None:
        return [Refusal(account, NO_RULE, PILOT)]
    found = [Refusal(account, f"the case has ended: {facts.file.end}")] if facts.file.end else []
    visit = facts.file.visits.get("write_off")
    if visit is not None and visit.state != "left":
        found.append(Refusal(account, "a write-off is under way"))
    source, value = allowed
    for condition in value.all:
        if not holds(condition, facts, today, policy.numbers):
            seen = value_of(condition.measure, condition.of, facts, today, policy.numbers)
            reason = f"{condition.measure} is {'not known' if seen is None else seen}"
            found.append(Refusal(account, reason, source.rule))
    return found


def claim_id(pool_id: str, case_id: str) -> str:
    """The id of a debt's place in a pool, which it takes once."""
    return derived_id("claim", pool_id, case_id)


def shared(price: int, claims: Sequence[int]) -> list[int]:
    """A price shared over claims by their size, exact to the minor unit: what is left goes to the largest remainders.

    Equal remainders are served in the order given. The claims must not all be nothing.
    """
    total = sum(claims)
    parts = [price * claim // total for claim in claims]
    by_rest = sorted(range(len(claims)), key=lambda n: (-(price * claims[n] % total), n))
    for n in by_rest[: price - sum(parts)]:
        parts[n] += 1
    return parts


class Pool:
    """The first gate agreed: the debt stays in its pool, if it may still be sold."""

    node = "npl_pool"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [_pooled(item, tools.day) for item in items]


def _pooled(item: Item, day: date) -> Receipt:
    against = objections(item.facts, item.policy, day)
    if against or not item.facts.file.pool:
        detail = against[0].reason if against else "in no pool any more"
        return Receipt(item.key, "failed", "failed", detail=detail)
    return Receipt(item.key, "done", "pooled")


class Sale:
    """The second gate agreed: the debt is the buyer's from the cut-off day on."""

    node = "npl_transfer"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [_sold(item, tools.day) for item in items]


def _sold(item: Item, day: date) -> Receipt:
    file = item.facts.file
    if not (file.pool and file.buyer) or file.cut_off_on is None or file.cut_off_on > day:
        return Receipt(item.key, "failed", "failed", detail="no award, or the cut-off day is still to come")
    proof = f"gate {item.gate_id[:12]}"
    sold = ev.ClaimTransferred(
        file.claim, item.facts.account_id, file.pool, file.buyer, file.cut_off_on, proof
    )  # fmt: skip
    return Receipt(item.key, "done", "transferred", happened=(Happened(sold),))


class Release:
    """A gate said no, or the debt was struck or dropped: it leaves its pool, and its own tracks go on."""

    node = "npl_release"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [_released(item) for item in items]


def _released(item: Item) -> Receipt:
    file = item.facts.file
    if not file.pool:
        return Receipt(item.key, "done", "unpooled", detail="in no pool any more")
    return Receipt(
        item.key, "done", "unpooled", happened=(Happened(ev.ClaimUnpooled(file.claim, file.pool, why(item.facts))),)
    )


def why(facts: Facts) -> str:
    """Why a debt leaves its pool: the later of its gates' outcomes."""
    last = [facts.file.visits[name] for name in ("npl_transfer", "npl_pool") if name in facts.file.visits]
    left = [visit for visit in last if visit.state == "left" and visit.left_on is not None]
    return max(left, key=lambda visit: visit.left_on or date.min).outcome if left else "withdrawn"


ACTS = (Pool(), Sale(), Release())
