"""诉讼路径 Route and readiness: sue, another route, or 不诉决定, which holds for a year or until an asset is found.

The gate shows every route of the pack as `recourse.legal.routes` weighs it: bars, fees, expected net, papers. A choice that
strict law bars is refused when it is voted for, and fails when it became barred before the act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from recourse import events as ev
from recourse.acts import Entry, Happened, Item, Receipt, Tools
from recourse.advice import Advice
from recourse.channels.channel import Delivery
from recourse.facts import Facts
from recourse.legal.claim import law_bars, route_facts
from recourse.legal.grounds import Ground
from recourse.legal.routes import Route, choose_route
from recourse.policy.book import Policy

ROUTES: Mapping[str, tuple[str, ...]] = {
    "sue": ("small_claims", "simplified", "ordinary"),
    "mediation": ("mediation_with_confirmation",),
    "payment_order": ("payment_order",),
    "notarised_enforcement": ("notarised_enforcement",),
    "arbitration": ("arbitration",),
}
"""Choice of the gate → the routes of the pack that it stands for; with `no_suit` none is taken."""


def barred(facts: Facts, policy: Policy, choice: str, day: date) -> str:
    """The bars in strict law against a choice ("" = it may be chosen)."""
    return law_bars(facts, policy, ROUTES.get(choice, ()), day)


def _words(bar: Ground) -> dict[str, str]:
    return {"zh": bar.zh, "en": bar.en, "source": bar.source, "force": bar.force.value}


def shown(facts: Facts, policy: Policy, day: date) -> Mapping[str, Any]:
    """The routes in their order, as the gate's evidence keeps them; amounts in minor units."""
    return {"routes": [line_of(route) for route in choose_route(route_facts(facts, day), policy, day).routes]}


def line_of(route: Route) -> dict[str, Any]:
    """A route as the evidence keeps it."""
    return {
        "name": route.name,
        "zh": route.zh,
        "en": route.en,
        "standing": route.standing.value,
        "bars": [_words(bar) for bar in route.bars],
        "missing": [_words(bar) for bar in route.missing],
        "fees": [(line.what, line.amount) for line in route.fees],
        "advance": route.advance,
        "net": route.net,
        "days": route.days,
        "lacking": [{"paper": p.paper, "zh": p.zh, "en": p.en, "owner": p.owner} for p in route.lacking],
    }


ADVICE = Advice(shown, barred)


class LitigationRoute:
    """Records the route that the gate chose."""

    node = "litigation_route"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        declined = tools.history.gates([item.gate_id for item in items if item.choice == "no_suit"])
        return [self._recorded(item, tools, declined.get(item.gate_id, ())) for item in items]

    def _recorded(self, item: Item, tools: Tools, answered: Sequence[Entry]) -> Receipt:
        if not item.choice:
            return Receipt(item.key, "failed", "failed", detail="the gate chose no route")
        if bar := barred(item.facts, item.policy, item.choice, tools.day):
            return Receipt(item.key, "failed", "failed", detail=f"{item.choice} is barred by law: {bar}")
        if item.choice != "no_suit":
            return Receipt(item.key, "done", item.choice)
        until_on = tools.day + timedelta(days=item.policy.number("suit.no_suit_days"))
        declined = ev.SuitDeclined(_reasons(answered, item.gate_id), until_on)
        return Receipt(item.key, "done", item.choice, happened=(Happened(declined),))


def _reasons(answered: Sequence[Entry], gate_id: str) -> str:
    """Why, in the words of those who voted for it, each reason once."""
    votes = [each.event for each in answered if isinstance(each.event, ev.VoteCast)]
    said = [vote.reason for vote in votes if vote.gate_id == gate_id and vote.choice == "no_suit"]
    return "；".join(dict.fromkeys(said)) or f"gate {gate_id[:12]}"
