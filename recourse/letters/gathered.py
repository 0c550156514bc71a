"""All that the ledger knows of a case, in the one vocabulary of facts that every document uses.

One place for every document that a person asks for: the fields of letters (`recourse.letters.common`), of the complaint
(`recourse.letters.complaint`), of the write-off application (`recourse.letters.write_off`), and what the journal tells of
courts, measures, clues, agencies and votes. What is not known is absent: no mark, no blank, no guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from recourse import events as ev
from recourse.acts import Contract, Entry, Filed, Guaranty, Item, Person, Tools
from recourse.amounts import in_suit
from recourse.claims import claimable
from recourse.clocks import guarantee_ends_on
from recourse.documents.wording import TO_BE_VERIFIED
from recourse.letters import amounts_of, common, complaint, document_no, masked, plain
from recourse.letters.chronicle import STAGES, who
from recourse.letters.write_off import packet_data, votes_of
from recourse.packets.write_off_data import PacketData, PacketVote

Fields = dict[str, Any]
MILLION = 1_000_000
ID_TYPE = "居民身份证"
CAUSES = {True: "信用卡纠纷", False: "金融借款合同纠纷"}
"""Cause of action by whether the account is a card."""
COURT = "court"


class Meeting(msgspec.Struct, frozen=True):
    """A gate that was answered, for the minutes of those who voted: its seats, its votes with the entries they stand in."""

    gate_id: str
    seats: int
    verdict: str
    entries: tuple[Entry, ...]


class Known(msgspec.Struct, frozen=True):
    """What was read of one case: persons by id, the contract, guarantees, journal, papers of the file, the meeting if any."""

    item: Item
    people: Mapping[str, Person]
    contract: Contract | None
    guaranties: Sequence[Guaranty]
    journal: Sequence[Entry]
    papers: Sequence[Filed]
    meeting: Meeting | None = None


def gather(known: Known, tools: Tools, channels: Sequence[str] = ()) -> Fields:
    """Every fact of the vocabulary that the ledger knows. For a paper that goes to court (`channels`) the amounts are those
    of a suit and identity numbers are whole; for any other, what may be claimed now, and numbers masked."""
    to_court, packet = COURT in channels, _packet(known, tools)
    person = known.people.get(known.item.facts.person_id)
    letter = common(known.item, person, known.contract, tools.bank, tools.day, known.item.key)
    suit = complaint.fields(
        known.item, known.people, known.contract, {known.item.facts.account_id: known.papers}, tools
    )
    found: Fields = {}
    for layer in (packet.application, suit, letter, *(each(known, tools) for each in _LAYERS), _from_packet(packet)):
        found = _laid_over(found, plain(layer))
    found["evidence"] = _evidence(packet.application["evidence"], suit["evidence"])
    found |= {"applicant": {**found.get("applicant", {}), **found["plaintiff"]}, "respondents": found["defendants"]}
    if to_court:
        found["amounts"] = amounts_of(in_suit(known.item.facts, known.item.policy))
    else:
        _mask_numbers(found)
    return known_of(found)


def _packet(known: Known, tools: Tools) -> PacketData:
    facts = known.item.facts
    return packet_data(
        known.item, known.people.get(facts.person_id), known.contract, known.journal, known.papers, _votes(known),
        tools.bank, tools.day, None, tools.names,
    )  # fmt: skip


def _votes(known: Known) -> list[PacketVote]:
    return votes_of(known.meeting.entries, known.meeting.gate_id) if known.meeting else []


# --- layers: later ones are laid over earlier ones where they know more ------------------------------------------------


def _of_bank(known: Known, tools: Tools) -> Fields:
    plaintiff, bank = complaint.plaintiff(tools), tools.bank
    own = {"address": bank.address, "licence_no": bank.licence_no, "ownership": bank.ownership}
    clause = {"number": bank.acceleration_clause.number, "text": bank.acceleration_clause.text}
    return {
        "bank": {**plaintiff, **own},
        "plaintiff": own,
        "applicant": {"licence_no": bank.licence_no},
        "clause": clause,
    }


def _of_debtor(known: Known, tools: Tools) -> Fields:
    facts = known.item.facts
    person = known.people.get(facts.person_id)
    if person is None:
        return {"debtor": {"customer_no": facts.person_id}}
    address = person.address or None
    return {
        "debtor": {
            "name": person.name, "id_type": ID_TYPE if person.id_number else None, "id_number": person.id_number,
            "phone": person.numbers.get("phone") or person.numbers.get("sms"), "residence": address,
            "household_address": address, "address": address, "customer_no": facts.person_id, "role": "借款人",
        }
    }  # fmt: skip


def _of_contract(known: Known, tools: Tools) -> Fields:
    facts, contract = known.item.facts, known.contract
    terms = facts.terms
    amount = contract.amount if contract else None
    told: Fields = {
        "amount": amount, "paid_out": amount, "paid_out_on": contract.signed_on if contract else None,
        "from_on": contract.signed_on if contract else None, "to_on": terms.matures_on, "matures_on": terms.matures_on,
        "matured_on": facts.file.accelerated_on or terms.matures_on,
        "rate_percent": _percent(terms.annual_rate),
        "overdue_rate": f"在合同利率基础上加收{_percent(terms.penalty_uplift)}%" if terms.penalty_uplift is not None else None,
    }  # fmt: skip
    clause = {"jurisdiction_clause": "合同约定提交仲裁"} if terms.arbitration else {}
    number = contract.number if contract else ""
    holder = known.people.get(facts.person_id)
    card = {"number": masked(number), "holder": holder.name if holder else None,
            "opened_on": contract.signed_on if contract else None, "branch": tools.bank.name,
            "balance": facts.owed}  # fmt: skip
    is_card = facts.product == "credit_card"
    return {"contract": told, "cause": CAUSES[is_card], **clause, **({"card": card} if is_card else {})}


def _percent(millionths: int | None) -> str | None:
    """``_percent(43500) == "4.35"``"""
    if millionths is None:
        return None
    whole, rest = divmod(millionths, MILLION // 100)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def _of_amounts(known: Known, tools: Tools) -> Fields:
    facts, contract = known.item.facts, known.contract
    due = claimable(facts, tools.day)
    number = contract.number if contract and contract.number else facts.account_id
    days = known.item.policy.numbers.get("notice.days_to_pay")
    return {
        "overdue": facts.overdue, "amount_due": due.total if due else None, "account_tail": number[-4:],
        "pay_by": _workday(known, tools, days), "accelerated_on": facts.file.accelerated_on,
    }  # fmt: skip


def _workday(known: Known, tools: Tools, days: int | None) -> date | None:
    if days is None:
        return None
    return tools.calendar_of(known.item.facts.jurisdiction).this_or_next(tools.day + timedelta(days=days))


def _of_notice(known: Known, tools: Tools) -> Fields:
    """The formal notice that arrived, as the notice of acceleration names it."""
    notice = known.item.facts.file.visits.get("formal_notice")
    if notice is None or notice.left_on is None or notice.outcome != "delivered":
        return {}
    key = f"{known.item.case_id}/formal_notice/{notice.n}/act/{known.item.facts.person_id}"
    days = known.item.policy.numbers.get("notice.days_to_pay")
    pay_by = notice.left_on + timedelta(days=days) if days is not None else None
    number = document_no(tools.bank, "formal_notice", key, notice.entered_on)
    return {"notice": {"number": number, "delivered_on": notice.left_on, "pay_by": pay_by}}


def _of_guarantees(known: Known, tools: Tools) -> Fields:
    facts = known.item.facts
    papers = {paper.guarantee_id: paper for paper in known.guaranties}
    listed = complaint.guarantees(known.item, known.people)
    for guarantee, line in zip(facts.security.guarantees, listed, strict=True):
        paper = papers.get(guarantee.guarantee_id)
        if paper is not None:
            line |= plain({"number": paper.number, "signed_on": paper.signed_on, "content": paper.scope})
    if not facts.security.guarantees:
        return {"guarantees": listed}
    first = facts.security.guarantees[0]
    paper, person = papers.get(first.guarantee_id), known.people.get(first.party_id)
    return {
        "guarantees": listed,
        "guarantor": {"name": person.name, "id_number": person.id_number, "address": person.address,
                      "phone": person.numbers.get("phone")} if person else {},
        "guarantee": {
            "kind": first.kind.value, "kind_name": listed[0]["kind"], "number": paper.number if paper else None,
            "signed_on": paper.signed_on if paper else None, "scope": paper.scope if paper else None,
            "period_from": facts.file.accelerated_on or facts.terms.matures_on,
            "period_to": guarantee_ends_on(first, facts, known.item.policy.numbers),
        },
    }  # fmt: skip


def _of_court(known: Known, tools: Tools) -> Fields:
    """The court file as the journal tells it: court, number, and the title once it took effect."""
    facts, court, number, title, ending = known.item.facts, "", "", {}, {}
    for entry in known.journal:
        event, on = entry.event, entry.envelope.effective_on
        if isinstance(event, ev.MatterOpened | ev.MatterAssigned):
            court = event.court or court
        elif isinstance(event, ev.MatterStageReached):
            number = event.number or number
            if event.stage == "effective":
                title = {"case_no": number, "maker": court or facts.terms.forum or tools.bank.court, "effective_on": on,
                         "performance_due_on": event.until_on}  # fmt: skip
            elif event.stage == "ended_for_now":
                ending = {"case_no": event.number or None, "on": on}
    found = {"court": court or facts.terms.forum or None, "case_no": number, "title": title, "ending": ending}
    return (
        {**found, "litigation": {"stage": STAGES.get(facts.file.stage, facts.file.stage)}}
        if facts.file.stage
        else found
    )


def _of_assets(known: Known, tools: Tools) -> Fields:
    """Measures that stand and clues that were found; what was lifted is left out."""
    measures: dict[str, Fields] = {}
    clues: list[Fields] = []
    before_suit: Fields = {}
    for entry in known.journal:
        event, on = entry.event, entry.envelope.effective_on
        if isinstance(event, ev.MeasureTaken):
            measures[event.measure_id] = {"kind": event.kind, "case_no": event.proof, "on": on, "asset": event.asset,
                                          "expires_on": event.until_on, "amount": event.amount}  # fmt: skip
            if event.pre_suit:
                before_suit = {"done": True, "on": on, "case_no": event.proof, "court": tools.bank.court}
        elif isinstance(event, ev.MeasureRenewed) and event.measure_id in measures:
            measures[event.measure_id]["expires_on"] = event.until_on
        elif isinstance(event, ev.MeasureLifted):
            measures.pop(event.measure_id, None)
        elif isinstance(event, ev.AssetClueFound):
            clues.append({"kind": event.kind, "clue": event.source, "value": event.value, "proof": event.proof})
    taken = list(measures.values())
    first = taken[0] if taken else {}
    return {"measures": taken, "measure": first, "assets": clues, "preservation": before_suit}


def _of_agency(known: Known, tools: Tools) -> Fields:
    placed = [entry for entry in known.journal if isinstance(entry.event, ev.PlacementMade)]
    if not placed or not isinstance(placed[-1].event, ev.PlacementMade):
        return {}
    event, profile = placed[-1].event, tools.bank.agencies.get(placed[-1].event.agency)
    named = msgspec.structs.asdict(profile) if profile else {"name": event.agency}
    return {"agency": named, "placement": {"from_on": placed[-1].envelope.effective_on, "to_on": event.until_on}}


def _of_meeting(known: Known, tools: Tools) -> Fields:
    """Minutes are built from recorded votes, never before them."""
    meeting, votes = known.meeting, _votes(known)
    if meeting is None or not votes:
        return {}
    held = max(entry.envelope.effective_on for entry in meeting.entries if isinstance(entry.event, ev.VoteCast))
    return {
        "votes": [{**msgspec.structs.asdict(vote), "on_behalf_of": vote.on_behalf_of or None} for vote in votes],
        "meeting": {"no": meeting.gate_id[:12], "on": held, "present": len({vote.name for vote in votes}),
                    "entitled": meeting.seats, "verdict": meeting.verdict},
    }  # fmt: skip


_LAYERS: tuple[Callable[[Known, Tools], Fields], ...] = (
    _of_bank, _of_debtor, _of_contract, _of_amounts, _of_notice, _of_guarantees, _of_court, _of_assets, _of_agency, _of_meeting,
)  # fmt: skip


def _from_packet(packet: PacketData) -> Fields:
    """What the packet tells of the case, line by line."""
    return {
        "contacts": [{"on": each.on, "channel": each.channel, "outcome": each.outcome} for each in packet.contacts],
        "recoveries": [msgspec.structs.asdict(each) for each in packet.recoveries],
        "events": [{"on": each.on, "what": each.what, "by": who(each.actor)} for each in packet.events],
        "documents": [{"name": each.kind, "on": each.dated_on} for each in packet.documents],
    }


def _evidence(applied: Iterable[Fields], sued: Iterable[Fields]) -> list[Fields]:
    """One list for both: what each proves, and whether it comes from inside the bank."""
    listed = [{"source": "内部", **each} for each in sued]
    known = {each["name"] for each in listed}
    return listed + [each for each in applied if each["name"] not in known]


# --- laying one layer over another ------------------------------------------------------------------------------------


def _laid_over(under: Fields, over: Fields) -> Fields:
    found = dict(under)
    for name, value in over.items():
        if isinstance(value, Mapping) and isinstance(found.get(name), Mapping):
            found[name] = _laid_over(found[name], dict(value))
        elif not _unknown(value) or name not in found:
            found[name] = value
    return found


def _unknown(value: object) -> bool:
    return value is None or value == "" or value == {} or (isinstance(value, str) and TO_BE_VERIFIED in value)


def known_of(fields: Mapping[str, Any], *, items: bool = False) -> Fields:
    """Without what is not known, wherever it stands. An item of a list says that a field of it is not known, unless `items`
    as well: half an item is no item, and a draft has to ask for the rest."""
    found: Fields = {}
    for name, value in fields.items():
        if isinstance(value, Mapping):
            found[name] = known_of(value, items=items)
        elif isinstance(value, list):
            found[name] = [
                known_of(each, items=True) if items and isinstance(each, Mapping) else each for each in value
            ]
        elif not _unknown(value):
            found[name] = value
    return {name: value for name, value in found.items() if value != {}}


def _mask_numbers(found: Fields) -> None:
    for holder in (found.get("debtor"), found.get("guarantor"), *found.get("defendants", ())):
        if isinstance(holder, dict) and isinstance(holder.get("id_number"), str):
            holder["id_number"] = masked(holder["id_number"])
