"""司法 Litigation: the route gate (sue · 不诉决定 · other), one matter, the filing bundle, court stages as events.

The bundle is a draft complaint for counsel to sign and the list of evidence in the file. Which route is cheapest and
quickest is for the gate to judge; a ranking of routes with exact fees and expected net is not worked yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse import events as ev
from recourse.acts import Happened, Item, Order, Printed, Receipt, Tools
from recourse.canonical import derived_id
from recourse.channels.channel import Delivery
from recourse.documents.compose import MissingFact
from recourse.errors import UserError
from recourse.letters import complaint, plain

STAGES = (
    "filed", "docketed", "heard", "judged", "effective", "enforcing", "enforcement_suspended", "ended_for_now",
    "enforcement_terminated", "bankruptcy_declared", "bankruptcy_closed", "concluded", "withdrawn", "settlement_reached",
)  # fmt: skip
"""Stages of a court file in the order in which they may be reached; ended_for_now is 终结本次执行程序."""


class LitigationRoute:
    """Records the route that the gate chose."""

    node = "litigation_route"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [
            Receipt(item.key, "done", item.choice)
            if item.choice
            else Receipt(item.key, "failed", "failed", detail="the gate chose no route")
            for item in items
        ]


class Litigation:
    """Makes the filing bundle and opens the matter: debtor, co-debtors, guarantors and mortgagors in one."""

    node = "litigation"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        parties = [party.party_id for item in items for party in item.facts.security.parties]
        people = tools.people.of(sorted({*parties, *(item.facts.person_id for item in items)}))
        accounts = [item.facts.account_id for item in items]
        contracts, papers = tools.people.contracts(accounts), tools.history.papers(accounts)
        orders = [
            Order(
                item.facts.jurisdiction,
                "complaint",
                plain(complaint.fields(item, people, contracts.get(item.facts.account_id), papers, tools)),
                tools.day,
            )
            for item in items
        ]
        return [self._filed(item, drawn) for item, drawn in zip(items, tools.letters.print(orders), strict=True)]

    def _filed(self, item: Item, drawn: Printed | MissingFact) -> Receipt:
        if isinstance(drawn, MissingFact):
            return Receipt(item.key, "failed", "failed", detail=str(drawn))
        roles = tuple(sorted({party.party_id for party in item.facts.security.parties}))
        made = ev.DocumentMade(drawn.sha256, "complaint", self.node, drawn.template, drawn.version)
        matter = ev.MatterOpened(derived_id("matter", item.key), "suit", roles, item.facts.amounts)
        happened = (Happened(made), Happened(matter))
        return Receipt(item.key, "done", "filed", documents=(drawn.sha256,), happened=happened)


class Withdrawal:
    """The debt was paid in court: withdraw 撤诉, settle 和解, or go on for what is left."""

    node = "withdrawal"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._end(item) for item in items]

    def _end(self, item: Item) -> Receipt:
        stage = {"withdraw": "withdrawn", "settle": "settlement_reached"}.get(item.choice, "")
        reached = (Happened(ev.MatterStageReached(item.facts.file.matter, stage)),) if stage else ()
        return Receipt(item.key, "done", item.choice or "continue", happened=reached)


class Enforcement:
    """Applies for enforcement 申请执行 within two years of the last day of performance (民事诉讼法 250)."""

    node = "enforcement"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [
            Receipt(
                item.key, "done", "applied",
                happened=(Happened(ev.MatterStageReached(item.facts.file.matter, "enforcing")),),
            )
            for item in items
        ]  # fmt: skip


def reached(matter: str, now: str, stage: str, number: str, proof: str) -> ev.MatterStageReached:
    """A stage that the court file reached; stages go forward only."""
    if stage not in STAGES:
        raise UserError(f"unknown stage {stage!r}", mend=f"use one of {', '.join(STAGES)}")
    if now not in STAGES:
        raise UserError("there is no court file", mend="a suit has to be filed first")
    if STAGES.index(stage) <= STAGES.index(now):
        raise UserError(f"the court file is at {now!r} already", mend="stages go forward only")
    return ev.MatterStageReached(matter, stage, number, proof)
