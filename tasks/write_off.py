"""呆账核销 Write-off: the packet, the accounting instruction, and what the general ledger's receipt makes of it.

Approved by list and, above, by committee (财金〔2017〕90号 8, 12). The act builds the packet and instructs the general
ledger; the visit stays open. Written off is what the receipt confirms, to the fen: 账销案存. The claim lives on and is
still collected. What came in after the base day 核销基准日 is a recovery; how it is allocated, and whether interest goes on
off the book, is the core's business. The legal opinion in the packet is counsel's to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from recourse import events as ev
from recourse.acts import Happened, Item, PacketOrder, Printed, Receipt, Tools
from recourse.canonical import derived_id, encode
from recourse.channels.channel import Delivery, Outgoing, hand_over
from recourse.documents.compose import MissingFact
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.letters.write_off import criterion_met, packet_data, votes_of
from recourse.mailing import failed
from recourse.money import Amounts, to_text

NODE = "write_off"
CHANNEL, ADDRESS = "ledger", "general-ledger"


class WriteOff:
    """Builds each member's packet and instructs the general ledger to write off what the core says is owed."""

    node = NODE
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        accounts = [item.facts.account_id for item in items]
        people = tools.people.of([item.facts.person_id for item in items])
        contracts, papers = tools.people.contracts(accounts), tools.history.papers(accounts)
        journals = tools.history.of([item.case_id for item in items])
        votes = {
            gate: votes_of(entries, gate) for gate, entries in tools.history.gates([i.gate_id for i in items]).items()
        }
        seal = tools.history.seal()
        receipts: dict[str, Receipt] = {}
        ready: list[tuple[Item, str, PacketOrder]] = []
        for item in items:
            facts = item.facts
            met = criterion_met(facts, item.policy, tools.day)
            if met is None or facts.amounts is None or facts.balance_as_of is None:
                detail = "no criterion for write-off holds any more" if met is None else "the core gave no balance"
                receipts[item.key] = Receipt(item.key, "failed", "failed", detail=detail)
                continue
            data = packet_data(
                item, people.get(facts.person_id), contracts.get(facts.account_id), journals[item.case_id],
                papers.get(facts.account_id, ()), votes.get(item.gate_id, ()), tools.bank, tools.day, seal, tools.names,
            )  # fmt: skip
            ready.append((item, met[0].rule, PacketOrder(facts.jurisdiction, data, tools.day)))
        packets = tools.letters.packets([order for _, _, order in ready])
        drawn = [(item, rule, packet) for (item, rule, _), packet in zip(ready, packets, strict=True)]
        receipts |= _instruct(drawn, tools)
        return [receipts[item.key] for item in items]


def _instruct(drawn: Sequence[tuple[Item, str, Printed | MissingFact]], tools: Tools) -> dict[str, Receipt]:
    """Hand the instructions over; a receipt by key, which leaves the visit open for the general ledger's answer."""
    receipts: dict[str, Receipt] = {}
    made: list[tuple[Item, ev.WriteOffInstructed, Outgoing]] = []
    for item, rule, packet in drawn:
        told = item.facts
        if isinstance(packet, MissingFact) or told.amounts is None or told.balance_as_of is None:
            receipts[item.key] = Receipt(item.key, "failed", "failed", detail=str(packet))
            continue
        event = ev.WriteOffInstructed(
            derived_id("instruction", item.key), rule, told.amounts, told.balance_as_of, packet.sha256
        )
        text = encode(instruction_file(told, event))
        made.append((item, event, Outgoing(item.key, ADDRESS, "write_off", text, (), tools.day, tools.at)))
    results = hand_over(tools.channels[CHANNEL], [message for _, _, message in made]) if made else []
    for (item, event, _), result in zip(made, results, strict=True):
        if result.status != "sent":
            receipts[item.key] = failed(item, result)
            continue
        paper = ev.DocumentMade(event.packet, "write_off_packet", NODE)
        receipts[item.key] = Receipt(
            item.key, "done", reference=result.reference, documents=(event.packet,),
            happened=(Happened(paper), Happened(event)),
        )  # fmt: skip
    return receipts


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


# --- readiness ------------------------------------------------------------------------------------------------------

IN_THE_PACKET = frozenset(
    {"application_form", "payment_history", "pursuit_log", "review_minutes", "loss_statement", "plan_after_write_off"}
)
"""Papers that the packet itself is made of: they are there when it is built."""
SERVES: dict[str, tuple[str, ...]] = {
    "enforcement_ruling": ("enforcement_ruling", "ruling", "court_ruling"),
    "bankruptcy_ruling": ("bankruptcy_ruling", "ruling", "court_ruling"),
    "death_certificate": ("death_certificate", "death_proof"),
}
"""Paper of a criterion → kinds of document that serve as it; others are known by their own name."""


def gaps(facts: Facts, papers: Sequence[str], kinds: frozenset[str]) -> tuple[str, ...]:
    """The papers of a criterion that the file does not hold; `kinds`: those of the documents that lie in it."""
    held = {
        "legal_opinion": facts.file.opinion,
        "classification_record": facts.terms.five_tier is not None,
        "accountability_record": facts.file.accountable_on is not None,
    }
    return tuple(
        paper
        for paper in papers
        if paper not in IN_THE_PACKET and not held.get(paper) and kinds.isdisjoint(SERVES.get(paper, (paper,)))
    )
