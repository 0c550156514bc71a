"""呆账核销 Write-off: the packet, the accounting instruction, and what the general ledger's receipt makes of it.

Approved by list and, above, by committee (财金〔2017〕90号 8, 12). The packet is bound before its gate opens, which stays
closed while it lacks something; the act keeps the record of the approval and instructs the general ledger; the visit
stays open. Written off is what the receipt confirms, to the fen: 账销案存. The claim lives on and is still collected. What
came in after the base day 核销基准日 is a recovery; how it is allocated, and whether interest goes on off the book, is the
core's business. The legal opinion in the packet is counsel's to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from recourse import events as ev
from recourse.acts import Entry, Filed, Happened, Item, PacketOrder, Receipt, Tools
from recourse.authority import tier_of
from recourse.canonical import derived_id, encode
from recourse.channels.channel import Delivery, Outgoing, hand_over
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.letters.write_off import Listed, criterion_met, packet_data, votes_of
from recourse.mailing import failed
from recourse.money import Amounts, to_text
from recourse.packets.write_off import approval_record
from recourse.policy.book import Policy
from recourse.readiness import called_for, lines, waived_items

NODE = "write_off"
CHANNEL, ADDRESS = "ledger", "general-ledger"


class WriteOff:
    """Instructs the general ledger to write off what the core says is owed, on the packet that was approved."""

    node = NODE
    packet = "write_off"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def traits(self, facts: Facts, policy: Policy, today: date) -> frozenset[str]:
        """The papers of the criterion that holds, and what kinds of security there are."""
        met = criterion_met(facts, policy, today)
        return traits_of(facts, met[1].papers if met else ())

    def orders(self, items: Sequence[Item], tools: Tools) -> list[PacketOrder]:
        """The packets of some cases, as their files stand."""
        accounts = [item.facts.account_id for item in items]
        people = tools.people.of([item.facts.person_id for item in items])
        contracts, papers = tools.people.contracts(accounts), tools.history.papers(accounts)
        journals, seal = tools.history.of([item.case_id for item in items]), tools.history.seal()
        gates = tools.history.gates([item.gate_id for item in items])
        orders = []
        for item in items:
            facts, theirs = item.facts, papers.get(item.facts.account_id, ())
            data = packet_data(
                item, people.get(facts.person_id), contracts.get(facts.account_id), journals[item.case_id], theirs,
                votes_of(gates.get(item.gate_id, ()), item.gate_id), tools.bank, tools.day, seal, tools.names,
                listed(facts, item.policy, self.traits(facts, item.policy, tools.day), _kinds(theirs, journals[item.case_id])),
            )  # fmt: skip
            orders.append(PacketOrder(facts.jurisdiction, data, tools.day))
        return orders

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        receipts: dict[str, Receipt] = {}
        ready: list[tuple[Item, str, str]] = []
        for item in items:
            facts = item.facts
            met = criterion_met(facts, item.policy, tools.day)
            n, frozen = facts.file.packets.get(NODE, (-1, ""))
            if met is None or facts.amounts is None or facts.balance_as_of is None or n != item.n:
                receipts[item.key] = Receipt(item.key, "failed", "failed", detail=_obstacle(met is None, facts))
                continue
            ready.append((item, met[0].rule, frozen))
        receipts |= _instruct(ready, tools)
        return [receipts[item.key] for item in items]


def _obstacle(no_criterion: bool, facts: Facts) -> str:
    if no_criterion:
        return "no criterion for write-off holds any more"
    if facts.amounts is None or facts.balance_as_of is None:
        return "the core gave no balance"
    return "no packet was bound for this gate"


def traits_of(facts: Facts, papers: Sequence[str]) -> frozenset[str]:
    """What calls for items of the packet: the papers of a criterion, and the kinds of security."""
    has = {"security": facts.security.guarantees or facts.security.collateral, "collateral": facts.security.collateral}
    return frozenset(papers) | {name for name, there in has.items() if there}


def listed(facts: Facts, policy: Policy, traits: frozenset[str], kinds: frozenset[str]) -> Listed:
    """The items of the packet and how they stand; `kinds`: codes of the papers in the file. A signed opinion counts as
    told."""
    items = called_for(policy, WriteOff.packet, traits)
    held = kinds | {"legal_opinion"} if facts.file.opinion else kinds - {"legal_opinion"}
    waived = waived_items(facts, policy, NODE, tier_of(facts, policy, NODE))
    return Listed(items, lines(items, held, waived, policy.titles))


def _kinds(papers: Sequence[Filed], journal: Sequence[Entry]) -> frozenset[str]:
    made = {entry.event.kind for entry in journal if isinstance(entry.event, ev.DocumentMade)}
    return frozenset({each.kind for each in papers} | made)


def _instruct(ready: Sequence[tuple[Item, str, str]], tools: Tools) -> dict[str, Receipt]:
    """Hand the instructions over; a receipt by key, which leaves the visit open for the general ledger's answer."""
    receipts: dict[str, Receipt] = {}
    made: list[tuple[Item, ev.WriteOffInstructed, Outgoing]] = []
    for item, rule, packet in ready:
        told = item.facts
        assert told.amounts is not None
        assert told.balance_as_of is not None
        event = ev.WriteOffInstructed(
            derived_id("instruction", item.key), rule, told.amounts, told.balance_as_of, packet
        )
        text = encode(instruction_file(told, event))
        made.append((item, event, Outgoing(item.key, ADDRESS, "write_off", text, (), tools.day, tools.at)))
    records = _approvals([item for item, _, _ in made], tools)
    results = hand_over(tools.channels[CHANNEL], [message for _, _, message in made]) if made else []
    for (item, event, _), result in zip(made, results, strict=True):
        if result.status != "sent":
            receipts[item.key] = failed(item, result)
            continue
        record = records.get(item.key, "")
        papers = [Happened(ev.DocumentMade(record, "approval_record", NODE))] if record else []
        receipts[item.key] = Receipt(
            item.key, "done", reference=result.reference, documents=(event.packet,), happened=(*papers, Happened(event))
        )
    return receipts


def _approvals(items: Sequence[Item], tools: Tools) -> dict[str, str]:
    """The record of each approval 审批记录, which names the packet by its hash: item key → hash of the paper."""
    gates = tools.history.gates([item.gate_id for item in items])
    papers = [
        ("approval_record",
         approval_record(tools.bank.name, item.facts.account_id, item.facts.file.packets[NODE][1],
                         votes_of(gates.get(item.gate_id, ()), item.gate_id)))
        for item in items
    ]  # fmt: skip
    return {item.key: sha256 for item, sha256 in zip(items, tools.letters.papers(papers), strict=True)}


def instruction_file(facts: Facts, event: ev.WriteOffInstructed) -> dict[str, object]:
    """The instruction as it goes to the general ledger (docs/accounting.md); amounts are decimal text."""
    return {
        "instruction": event.instruction_id,
        "account": facts.account_id,
        "entity": facts.entity,
        "branch": facts.branch,
        "product": facts.product,
        "criterion": event.criterion,
        "base_on": event.base_on,
        "currency": facts.currency,
        "amounts": {name: to_text(amount, facts.currency) for name, amount in event.amounts.items()},
        "total": to_text(event.amounts.total, facts.currency),
        "packet_sha256": event.packet,
    }


# --- what comes back ------------------------------------------------------------------------------------------------


class Instructed(msgspec.Struct, frozen=True):
    """An instruction as it went out."""

    instruction_id: str
    case_id: str
    account_id: str
    currency: str
    criterion: str
    base_on: date
    amounts: Amounts
    packet: str
    instructed_on: date
    state: str = "instructed"
    cause: str = ""
    receipt: str = ""


class Booking(msgspec.Struct, frozen=True):
    """The general ledger's answer to one instruction."""

    instruction_id: str
    account_id: str
    receipt: str
    result: Literal["booked", "refused"]
    booked_on: date
    base_on: date
    currency: str
    amounts: Amounts
    reason: str = ""


class Since(msgspec.Struct, frozen=True):
    """Money that came in after the base day and before the booking was known; `amount` has its sign."""

    payment_id: str
    paid_on: date
    amount: int
    parts: Amounts | None = None


def objection(told: Instructed, booking: Booking, end: str = "") -> str:
    """Why nothing is written off on this answer ("" = it agrees): refused, or not what was instructed."""
    if booking.result == "refused":
        return booking.reason or "refused without a reason"
    if end:
        return f"the case ended meanwhile ({end}): the booking has to be reversed"
    if booking.currency != told.currency:
        return f"currency {booking.currency}, instructed {told.currency}"
    if booking.base_on != told.base_on:
        return f"base day {booking.base_on}, instructed {told.base_on}"
    for (name, booked), (_, instructed) in zip(booking.amounts.items(), told.amounts.items(), strict=True):
        if booked != instructed:
            booked_text, wanted = to_text(booked, told.currency), to_text(instructed, told.currency)
            return f"{name} {booked_text}, instructed {wanted}"
    return ""


def follows(told: Instructed, booking: Booking, against: str, since: Sequence[Since]) -> list[Happened]:
    """What an answer brings about: the write-off on its booking day with what came in since the base day, or nothing."""
    if against:
        refused = ev.WriteOffRefused(told.instruction_id, against)
        return [Happened(refused), Happened(ev.VisitLeft(NODE, "failed", against))]
    written_off = ev.WrittenOff(
        told.account_id, told.criterion, told.amounts, told.packet, booking.receipt, told.instruction_id, told.base_on
    )
    recovered = [
        Happened(ev.RecoveryBooked(money.payment_id, money.amount, money.parts), money.paid_on) for money in since
    ]
    left = ev.VisitLeft(NODE, "written_off")
    return [Happened(written_off, booking.booked_on), *recovered, Happened(left)]


def concluded(facts: Facts, result: str, proof: str) -> ev.AccountabilityConcluded:
    """责任认定 done (19). Refused: a debt that was not written off, an empty result or proof."""
    if facts.file.written_off_on is None:
        raise UserError("was not written off", where=f"account {facts.account_id}", mend="see `recourse writeoff list`")
    if not result.strip() or not proof.strip():
        raise UserError("accountability needs its result and its proof", mend="give --result TEXT --proof WHERE")
    return ev.AccountabilityConcluded(result, proof)
