"""Other routes to a title: mediation with confirmation, payment order 支付令, notarised enforcement 公证执行, arbitration 仲裁.

No form of these is printed: people write the application, file it, and report it with the receipt; then the matter is open
and its fee is booked. What the court, notary or tribunal does after that is recorded as stages and papers served.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.legal.claim import law_bars, papers_lacking
from recourse.matters import filing_fee, opening
from recourse.policy.book import Policy

ROUTE_OF: Mapping[str, str] = {
    "mediation": "mediation_with_confirmation",
    "payment_order": "payment_order",
    "notarised_enforcement": "notarised_enforcement",
    "arbitration": "arbitration",
}
"""Node → its route in the pack. The node's name is also the route of the matter."""


class OtherRoute:
    """A work item: which papers have to be attached; fails with the bar when the route is barred by now."""

    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def __init__(self, node: str) -> None:
        self.node = node

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        papers = tools.history.papers([item.facts.account_id for item in items])
        return [self._to_do(i, [paper.kind for paper in papers.get(i.facts.account_id, ())], tools.day) for i in items]

    def _to_do(self, item: Item, papers: Sequence[str], day: date) -> Receipt:
        route = ROUTE_OF[self.node]
        if bar := law_bars(item.facts, item.policy, (route,), day):
            return Receipt(item.key, "failed", "failed", detail=f"barred by law: {bar}")
        lacking = papers_lacking(item.facts, item.policy, route, day, papers)
        return Receipt(item.key, "done", detail=f"待附材料：{lacking}" if lacking else "")


ACTS = tuple(OtherRoute(node) for node in ROUTE_OF)


def filed(facts: Facts, policy: Policy, node: str, day: date, court: str, proof: str) -> tuple[ev.Event, ...]:
    """The application was filed: the matter is open, its fee is booked, the visit ends. Refused without the receipt."""
    visit = facts.file.visits.get(node)
    where = f"account {facts.account_id}"
    if node not in ROUTE_OF:
        raise UserError(f"{node!r} is not filed by hand", where=where, mend=f"use one of {', '.join(ROUTE_OF)}")
    if visit is None or visit.state != "open":
        raise UserError(f"no {node} waits to be filed", where=where, mend="see `recourse explain`")
    if not proof.strip():
        raise UserError("what was filed needs its receipt", where=where, mend="give --proof")
    if bar := law_bars(facts, policy, (ROUTE_OF[node],), day):
        raise UserError(f"{node} is barred by law: {bar}", where=where, mend="leave it: the route is chosen anew")
    return (opening(facts, node, day, court), *filing_fee(facts, policy, node, day), ev.VisitLeft(node, "filed", proof))
