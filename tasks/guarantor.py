"""担保人履行通知 Guarantor: a demand on each joint guarantor within the guarantee period (民法典 693).

A general guarantor gets no demand: only a suit against the debtor keeps that guarantee, and the clock pulls in the
legal track instead. Acts against one guarantor do not count against another (担保解释 29), so each has its own letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from recourse import events as ev
from recourse.acts import Contract, Guaranty, Item, Person, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.facts import Facts, GuaranteeFact, GuaranteeKind
from recourse.letters import common, masked
from recourse.mailing import Letter, post

ATTACHED = ["保证合同复印件", "主合同复印件", "欠款明细表"]


class GuarantorDemand:
    """Prints and posts one demand per joint guarantee that is still to be claimed.

    A permit speaks of the debtor, whom this does not contact: the guarantee outlives a debtor who has died.
    """

    node = "guarantor_demand"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        open_ = {item.key: _open(item.facts) for item in items}
        parties = {guarantee.party_id for guarantees in open_.values() for guarantee in guarantees}
        people = tools.people.of(sorted(parties | {item.facts.person_id for item in items}))
        accounts = [item.facts.account_id for item in items]
        contracts, papers = tools.people.contracts(accounts), tools.people.guarantees(accounts)
        letters = []
        for item in items:
            known = {paper.guarantee_id: paper for paper in papers.get(item.facts.account_id, ())}
            for guarantee in open_[item.key]:
                fields = _fields(item, guarantee, known.get(guarantee.guarantee_id), people, contracts, tools)
                person = people.get(guarantee.party_id)
                letters.append(Letter(item, person, "guarantor_demand", fields, guarantee.guarantee_id))
        return post(letters, items, tools)


def _open(facts: Facts) -> list[GuaranteeFact]:
    return [
        guarantee
        for guarantee in facts.security.guarantees
        if guarantee.kind is GuaranteeKind.JOINT and guarantee.guarantee_id not in facts.file.claimed_guarantees
    ]


def _fields(
    item: Item, guarantee: GuaranteeFact, paper: Guaranty | None, people: Mapping[str, Person],
    contracts: Mapping[str, Contract], tools: Tools,
) -> dict[str, Any]:  # fmt: skip
    facts = item.facts
    key = f"{item.key}/{guarantee.guarantee_id}"
    fields = common(item, people.get(facts.person_id), contracts.get(facts.account_id), tools.bank, tools.day, key)
    guarantor = people.get(guarantee.party_id)
    fields["guarantor"] = {"name": guarantor.name, "id_number": masked(guarantor.id_number)} if guarantor else {}
    matured_on = facts.file.accelerated_on or facts.terms.matures_on
    fields["contract"] = {**fields["contract"], "matured_on": matured_on}
    fields["guarantee"] = {
        "kind": guarantee.kind.value,
        "number": paper.number if paper else None,
        "signed_on": paper.signed_on if paper else None,
        "period_from": matured_on,
        "period_to": guarantee.period_ends_on,
        "scope": paper.scope if paper else None,
    }
    fields["attachments"] = ATTACHED
    days = item.policy.number("guarantor.days_to_pay")
    fields["pay_by"] = tools.calendar_of(facts.jurisdiction).this_or_next(tools.day + timedelta(days=days))
    fields["delivery"] = {**fields["delivery"], "content_note": f"担保人履行通知（{fields['document_no']}）"}
    return fields


def proved(facts: Facts, status: str, proof: str, on: date) -> tuple[ev.Event, ...]:
    """A demand that arrived claims the guarantee; whether in time is told by the day it arrived."""
    left = ev.DeliveryProved("guarantor_demand", status, proof)
    if status != "delivered":
        return (left,)
    claims = [
        ev.GuarantorClaimed(g.guarantee_id, g.period_ends_on is None or on <= g.period_ends_on, proof)
        for g in _open(facts)
    ]
    return (left, *claims)
