"""起诉 Litigation: one matter, the filing bundle, and what becomes of it when the debt is paid in court.

The bundle is a draft complaint for counsel to sign and the list of evidence in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Happened, Item, Order, Printed, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.documents.compose import MissingFact
from recourse.legal.claim import law_bars
from recourse.letters import complaint, plain
from recourse.matters import filing_fee, follows, opened

SUITS = ("small_claims", "simplified", "ordinary")
"""Routes of the pack that a suit may go by; which of them, the court says."""


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
        return [
            self._filed(item, drawn, tools.day, tools.bank.court)
            for item, drawn in zip(items, tools.letters.print(orders), strict=True)
        ]

    def _filed(self, item: Item, drawn: Printed | MissingFact, day: date, bank_court: str) -> Receipt:
        if bar := law_bars(item.facts, item.policy, SUITS, day):
            return Receipt(item.key, "failed", "failed", detail=f"barred by law: {bar}")
        if isinstance(drawn, MissingFact):
            return Receipt(item.key, "failed", "failed", detail=str(drawn))
        made = ev.DocumentMade(drawn.sha256, "complaint", self.node, drawn.template, drawn.version)
        fees = filing_fee(item.facts, item.policy, "suit", day)
        happened = (
            Happened(made),
            opened(item, "suit", day, court=item.facts.terms.forum or bank_court),
            *map(Happened, fees),
        )
        return Receipt(item.key, "done", "filed", documents=(drawn.sha256,), happened=happened)


class Withdrawal:
    """The debt was paid in court: withdraw 撤诉, settle 和解, or go on for what is left.

    What was frozen stays so until the court lifts it, for which the bank has to apply (`recourse.climb.freeze_watch`); what
    it laid out and did not get back stays owed, and the receipt says so.
    """

    node = "withdrawal"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        journals = tools.history.of([item.case_id for item in items if item.choice == "withdraw"])
        return [self._end(item, [entry.event for entry in journals.get(item.case_id, ())], tools.day) for item in items]

    def _end(self, item: Item, journal: Sequence[ev.Event], day: date) -> Receipt:
        stage = {"withdraw": "withdrawn", "settle": "settlement_reached"}.get(item.choice, "")
        if not stage:
            kept = ev.DebtKeptCalled(f"gate {item.gate_id[:12]}")
            return Receipt(item.key, "done", "continue", happened=(Happened(kept),))
        reached = ev.MatterStageReached(item.facts.file.matter, stage)
        brings = follows(item.facts, stage, f"gate {item.gate_id[:12]}", journal, day, item.policy.numbers)
        amounts = item.facts.amounts
        unpaid = amounts is not None and amounts.costs > 0
        detail = f"costs still owed: {amounts.costs} (minor units)" if unpaid and amounts is not None else ""
        happened = (Happened(reached), *(Happened(event) for event, _ in brings))
        return Receipt(item.key, "done", item.choice, detail=detail, happened=happened)
