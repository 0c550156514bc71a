"""担保人履行通知 Guarantor: a demand on each joint guarantor within the guarantee period (民法典 693).

A general guarantor gets no demand: only a suit against the debtor keeps that guarantee, and the clock pulls in the
legal track instead. Acts against one guarantor do not count against another (担保解释 29), so each has its own letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from recourse import events as ev
from recourse.acts import Contract, Guaranty, Happened, Item, Person, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.clocks import Numbers, guarantee_ends_on
from recourse.errors import UserError
from recourse.facts import Facts, GuaranteeFact, GuaranteeKind
from recourse.legal.security import Backing, Behind, turns
from recourse.letters import common, masked
from recourse.mailing import Letter, post
from recourse.measures import due_as_a_whole_on

NODE = "guarantor_demand"
ATTACHED = ["保证合同复印件", "主合同复印件", "欠款明细表"]


class GuarantorDemand:
    """Prints and posts one demand per joint guarantee that is still to be claimed.

    A permit speaks of the debtor, whom this does not contact: the guarantee outlives a debtor who has died.
    """

    node = "guarantor_demand"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def written_to(self, facts: Facts) -> Sequence[tuple[str, str]]:
        return [(guarantee.party_id, "guarantor") for guarantee in _open(facts)]

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        open_ = {item.key: [each for each in _open(item.facts) if each.party_id not in item.without] for item in items}
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
        return [_left_out(item, receipt) for item, receipt in zip(items, post(letters, items, tools), strict=True)]


def _left_out(item: Item, receipt: Receipt) -> Receipt:
    """The receipt of letters that went out: no proof is waited for of those that were not written."""
    mine = [each for each in _open(item.facts) if each.party_id in item.without] if receipt.status == "done" else []
    parts = [ev.DeliveryProved(NODE, "returned", "not written to", part=each.guarantee_id) for each in mine]
    return msgspec.structs.replace(receipt, happened=(*receipt.happened, *(Happened(part) for part in parts)))


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
        "period_to": guarantee_ends_on(guarantee, facts, item.policy.numbers),
        "scope": paper.scope if paper else None,
    }
    fields["attachments"] = ATTACHED
    days = item.policy.number("guarantor.days_to_pay")
    fields["pay_by"] = tools.calendar_of(facts.jurisdiction).this_or_next(tools.day + timedelta(days=days))
    fields["delivery"] = {**fields["delivery"], "content_note": f"担保人履行通知（{fields['document_no']}）"}
    return fields


def demanded(facts: Facts) -> list[GuaranteeFact]:
    """The guarantees whose demand of this visit waits for proof."""
    visit = facts.file.visits.get(NODE)
    n = visit.n if visit else 0
    return [each for each in _open(facts) if f"{NODE}/{n}/{each.guarantee_id}" not in facts.file.letters]


def proved(
    facts: Facts, status: str, proof: str, on: date, numbers: Numbers | None = None, guarantee_id: str = ""
) -> tuple[ev.Event, ...]:
    """What became of a demand: of every one that waits, or of one guarantee's; the visit ends with the last of them.

    A demand that arrived claims the guarantee. It is in time only once the debt is due as a whole and no later than the
    last day of the period (民法典 692, 693); while that day is not known nobody can say, and nothing is claimed.
    """
    waiting = demanded(facts)
    which = [each for each in waiting if guarantee_id in ("", each.guarantee_id)]
    if guarantee_id and not which:
        raise UserError(f"no demand on {guarantee_id!r} waits for proof", mend="see `recourse guarantor list`")
    claimed = claims(facts, which, proof, on, numbers or {}) if status == "delivered" else []
    if len(which) < len(waiting):
        return ev.DeliveryProved(NODE, status, proof, part=guarantee_id), *claimed
    return ev.DeliveryProved(NODE, status, proof), *claimed


def claims(
    facts: Facts, which: Sequence[GuaranteeFact], proof: str, on: date, numbers: Numbers
) -> list[ev.GuarantorClaimed]:
    """What a demand that arrived on a day claims of each guarantee, in time or not; of a period not known nothing."""
    due_on = due_as_a_whole_on(facts)
    found = []
    for each in which:
        ends_on = guarantee_ends_on(each, facts, numbers)
        if ends_on is not None:
            early = due_on is not None and on < due_on
            found.append(ev.GuarantorClaimed(each.guarantee_id, not early and on <= ends_on, proof))
    return found


def changed(facts: Facts, guarantee_id: str, change: str, heavier: bool, proof: str) -> tuple[ev.Event, ...]:
    """The main contract was changed, and the guarantor agreed in writing (`proof`) or did not (民法典 695)."""
    known = next((each for each in facts.security.guarantees if each.guarantee_id == guarantee_id), None)
    if known is None:
        raise UserError(
            f"no guarantee {guarantee_id!r}", where=f"account {facts.account_id}", mend="see `recourse guarantor list`"
        )
    if not change.strip():
        raise UserError("which change is not said", mend="give --change TEXT")
    return (ev.ChangeConsented(guarantee_id, change, bool(proof) or bool(known.consents_to_changes), heavier, proof or
                               ("guarantee contract" if known.consents_to_changes else "")),)  # fmt: skip


class Surety(msgspec.Struct, frozen=True):
    """One guarantee as it stands: `order`: in which turn it may be used (民法典 392); `kept_by`: what keeps it, or did."""

    guarantee_id: str
    party_id: str
    kind: str
    order: int
    ends_on: date | None
    days_left: int | None
    kept_by: str
    consent: str


KEEPS = {
    GuaranteeKind.JOINT: "a demand in the period 期间内请求保证人 (民法典 693)",
    GuaranteeKind.GENERAL: "a suit against the debtor in the period 期间内起诉债务人 (民法典 693)",
}


def sureties(facts: Facts, numbers: Numbers, today: date) -> list[Surety]:
    """Every guarantee behind a debt, in the order in which they may be used."""
    turn_of = {name: n for n, turn in enumerate(turns(_behind(facts)), start=1) for name in turn.names}
    found = []
    for each in facts.security.guarantees:
        claimed_on = facts.file.claimed_guarantees.get(each.guarantee_id)
        ends_on = guarantee_ends_on(each, facts, numbers)
        left = (ends_on - today).days if ends_on is not None and claimed_on is None else None
        lost = left is not None and left < 0
        kept = f"claimed on {claimed_on}" if claimed_on else "lost 保证责任已消灭" if lost else KEEPS[each.kind]
        consent = facts.file.consents.get(each.guarantee_id, "")
        found.append(
            Surety(
                each.guarantee_id,
                each.party_id,
                each.kind.value,
                turn_of[each.guarantee_id],
                ends_on,
                left,
                kept,
                consent,
            )
        )
    return sorted(found, key=lambda each: (each.order, each.guarantee_id))


def _behind(facts: Facts) -> list[Behind]:
    debtors = set(facts.debtors)
    things = [
        Behind(piece.collateral_id, Backing.OWN if piece.owner_id in debtors else Backing.THIRD_PARTY)
        for piece in facts.collateral
    ]
    return things + [
        Behind(each.guarantee_id, Backing.JOINT if each.kind is GuaranteeKind.JOINT else Backing.GENERAL)
        for each in facts.security.guarantees
    ]
