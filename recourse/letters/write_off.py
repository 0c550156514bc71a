"""The data of a write-off packet, from a case's journal and file. Pure: what is unknown is said to be unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev
from recourse.acts import Contract, Entry, Filed, Item, Person
from recourse.bank import BankProfile
from recourse.canonical import derived_id
from recourse.conditions import holds
from recourse.documents.wording import TO_BE_VERIFIED, chinese_day
from recourse.facts import Facts
from recourse.letters import plain
from recourse.letters.chronicle import BEFORE, STAGES, Names, entered, outcome, sentence, who
from recourse.letters.chronicle_packets import MONEY
from recourse.letters.file_papers import OUR_PACKETS, brought_in, made_by_us
from recourse.money import Amounts
from recourse.packets.model import Line
from recourse.packets.write_off_data import (
    LegalFacts,
    PacketContact,
    PacketData,
    PacketDocument,
    PacketEvent,
    PacketItem,
    PacketRecovery,
    PacketVote,
)
from recourse.policy.book import Policy, Sourced
from recourse.policy.values import Criterion
from recourse.policy.values import PacketItem as ListItem

PRODUCTS = {
    "mortgage": "个人住房贷款", "car_loan": "个人汽车贷款", "consumer_loan": "个人消费贷款", "credit_card": "信用卡透支",
    "online_consumer_loan": "线上个人消费贷款", "business_loan": "个人经营贷款", "other": "其他个人贷款",
}  # fmt: skip


class Listed(msgspec.Struct, frozen=True):
    """The items that a packet is to have, as the pack in force names them, and how each of them stands."""

    items: tuple[ListItem, ...] = ()
    lines: tuple[Line, ...] = ()


NOTHING_LISTED = Listed()
PLAN = "账销案存，权在力催：每半年查询一次财产线索，发现可供执行的财产即申请恢复执行；款项收回后及时入账"
UNSUED = {"no_suit": "经诉讼路径审批决定不起诉", "other_route": "经审批采取其他途径"}


def criterion_met(facts: Facts, policy: Policy, today: date) -> tuple[Sourced, Criterion] | None:
    """The first criterion for write-off that holds today, among those switched on."""
    for source, criterion in policy.criteria:
        if all(holds(condition, facts, today, policy.numbers) for condition in criterion.all):
            return source, criterion
    return None


def packet_data(
    item: Item, person: Person | None, contract: Contract | None, journal: Sequence[Entry],
    papers: Sequence[Filed], votes: Sequence[PacketVote], bank: BankProfile, on: date, seal: tuple[str, date] | None,
    names: Names, listed: Listed = NOTHING_LISTED,
) -> PacketData:  # fmt: skip
    """Everything the packet says. Votes are those recorded so far, which may be none.

    `names`: the Chinese names of nodes and of the outcomes of calls; `listed`: the items that the packet is to have and
    how they stand.
    """
    facts = item.facts
    contacts = _contacts(journal, names)
    course = _course(journal)
    number = f"{bank.short}核〔{on.year}〕第{int(derived_id('packet', item.case_id)[:10], 16) % 10**8:08d}号"
    return PacketData(
        packet_no=number,
        bank=bank.name,
        account_id=facts.account_id,
        debtor=person.name if person and person.name else TO_BE_VERIFIED,
        currency=facts.currency,
        as_of=facts.balance_as_of or on,
        built_on=on,
        amounts=facts.amounts or Amounts(),
        application=plain(_application(item, person, contract, contacts, course, bank, on, number)),
        legal=LegalFacts(course, "" if course else _why_not(facts), _legal_facts(facts)),
        plan=PLAN,
        keeper="资产保全部档案保管岗",
        events=tuple(_chronology(journal, item.policy, names, facts.currency)),
        contacts=tuple(contacts),
        documents=tuple(_documents(journal, papers, item.case_id)),
        items=tuple(PacketItem(each.no, each.item, each.zh, each.papers) for each in listed.items),
        readiness=listed.lines,
        votes=tuple(votes),
        recoveries=tuple(_recoveries(journal)),
        seal_root=seal[0] if seal else "",
        seal_on=seal[1] if seal else None,
        journal=f"case:{item.case_id}#{journal[-1].pos}" if journal else "",
    )


def _application(
    item: Item, person: Person | None, contract: Contract | None, contacts: Sequence[PacketContact], course: str,
    bank: BankProfile, on: date, number: str,
) -> dict[str, Any]:  # fmt: skip
    facts, amounts = item.facts, item.facts.amounts or Amounts()
    met = criterion_met(facts, item.policy, on)
    days = sorted(contact.on for contact in contacts)
    return {
        "document_no": number,
        "issued_on": on,
        "currency": facts.currency,
        "applicant": {"branch": bank.name, "org_no": facts.branch, "licence_no": TO_BE_VERIFIED},
        "debtor": {"name": person.name if person and person.name else TO_BE_VERIFIED, "customer_no": facts.person_id},
        "contract": _contract(facts, contract),
        "asset_type": PRODUCTS.get(facts.product, facts.product),
        "classification": TO_BE_VERIFIED,
        "overdue_since": facts.oldest_unpaid_due_on,
        "as_of": facts.balance_as_of,
        "book": {
            "principal": amounts.principal,
            "on_book_interest": amounts.interest,
            "off_book_interest": amounts.penalty + amounts.compound,
            "advances": amounts.fees + amounts.costs,
            "total": amounts.total,
            "recovered": max(facts.file.paid, 0),
        },
        "criterion": {
            "name": met[1].name if met else TO_BE_VERIFIED,
            "citation": met[0].citation if met else TO_BE_VERIFIED,
            "facts": _criterion_facts(facts),
        },
        "story": {
            "origin": _origin(contract),
            "cause": TO_BE_VERIFIED,
            "remedies": _remedies(facts),
        },
        "pursuit": {
            "debtor": _remedies(facts),
            "guarantors": _guarantors(facts),
            "collateral": _collateral(facts),
            "attempts": len(contacts),
            "first_on": days[0] if days else facts.file.opened_on,
            "last_on": days[-1] if days else facts.file.opened_on,
            "assets": TO_BE_VERIFIED,
        },
        "litigation": {"sued": True, "course": course} if course else {"sued": False, "why_not": _why_not(facts)},
        "evidence": [
            {"name": "借款合同、借据和放款凭证", "source": "内部"},
            {"name": "追索记录和送达凭证", "source": "内部"},
            *([{"name": "法院裁判文书和执行裁定", "source": "外部"}] if course else []),
        ],
        "accountability": "责任认定于核销之日起两年内完成",
        "after": {"status": "账销案存", "keeper": "资产保全部档案保管岗", "plan": PLAN},
    }  # fmt: skip


def _contract(facts: Facts, contract: Contract | None) -> dict[str, Any]:
    kinds = [
        name for name, has in (("保证", facts.security.guarantees), ("抵（质）押", facts.security.collateral)) if has
    ]
    return {
        "number": contract.number if contract and contract.number else TO_BE_VERIFIED,
        "note_no": facts.account_id,
        "purpose": TO_BE_VERIFIED,
        "paid_out_on": contract.signed_on if contract else TO_BE_VERIFIED,
        "matures_on": facts.terms.matures_on or TO_BE_VERIFIED,
        "amount": contract.amount if contract and contract.amount else TO_BE_VERIFIED,
        "security": "、".join(kinds) or "信用",
    }


def _origin(contract: Contract | None) -> str:
    if contract is None or contract.signed_on is None:
        return TO_BE_VERIFIED
    return f"贷款于{chinese_day(contract.signed_on.isoformat())}发放"


def _criterion_facts(facts: Facts) -> str:
    stage, on = facts.file.stage, facts.file.stage_on
    if stage and on:
        return f"{chinese_day(on.isoformat())}：{STAGES.get(stage, stage)}"
    return TO_BE_VERIFIED


def _remedies(facts: Facts) -> str:
    named = {
        "reminder": "短信提醒", "call": "电话催收", "formal_notice": "催收通知书", "acceleration": "宣布提前到期",
        "agency_referral": "委托外部机构催收", "guarantor_demand": "通知保证人履行", "agreed_sale": "协议变价",
        "security_realisation": "申请实现担保物权", "litigation": "起诉", "enforcement": "申请执行",
    }  # fmt: skip
    return "、".join(zh for node, zh in named.items() if node in facts.file.visits) or TO_BE_VERIFIED


def _guarantors(facts: Facts) -> str:
    if not facts.security.guarantees:
        return "本笔债权无保证人"
    return f"保证 {len(facts.security.guarantees)} 项，已主张 {len(facts.file.claimed_guarantees)} 项"


def _collateral(facts: Facts) -> str:
    if not facts.security.collateral:
        return "本笔债权无担保物"
    visit = facts.file.visits.get("agreed_sale") or facts.file.visits.get("security_realisation")
    return f"担保物 {len(facts.security.collateral)} 项" + (
        f"，处置结果：{visit.outcome}" if visit and visit.outcome else ""
    )


def _course(journal: Sequence[Entry]) -> str:
    steps = []
    for entry in journal:
        if isinstance(entry.event, ev.MatterOpened):
            steps.append((entry.envelope.effective_on, "filed"))
        elif isinstance(entry.event, ev.MatterStageReached):
            steps.append((entry.envelope.effective_on, entry.event.stage))
    return "；".join(f"{chinese_day(on.isoformat())}{STAGES.get(stage, stage)}" for on, stage in steps)


def _why_not(facts: Facts) -> str:
    route = facts.file.visits.get("litigation_route")
    return UNSUED.get(route.outcome, TO_BE_VERIFIED) if route else TO_BE_VERIFIED


def _legal_facts(facts: Facts) -> tuple[str, ...]:
    known = []
    if facts.file.limitation_from:
        known.append(f"诉讼时效最近一次起算：{chinese_day(facts.file.limitation_from.isoformat())}")
    if facts.file.accelerated_on:
        known.append(f"宣布提前到期：{chinese_day(facts.file.accelerated_on.isoformat())}")
    return tuple(known)


NOT_SHOWN = (ev.PermitIssued, ev.CallQueued, ev.CallTaken, ev.CallClosed, ev.ActReleased, ev.DocumentMade,
             ev.DocumentReceived, ev.PaperDrafted, ev.QuotaReserved, ev.QuotaReturned, ev.CallAssigned, ev.CallNoted,
             ev.ScriptViolationFound, ev.ScriptViolationClosed)  # fmt: skip


def _chronology(journal: Sequence[Entry], policy: Policy, names: Names, currency: str) -> list[PacketEvent]:
    lines = []
    for entry in journal:
        event, envelope = entry.event, entry.envelope
        if isinstance(event, NOT_SHOWN) or (isinstance(event, ev.ActCompleted) and event.node == "call"):
            continue  # that a call was queued says nothing: each dial is told of
        if isinstance(event, ev.DecisionMade):
            lines += [
                PacketEvent(envelope.effective_on, entered(reason, names), reason.rule,
                            policy.citations.get(reason.rule, ""), who(envelope.actor))
                for reason in event.reasons
                if reason.code.startswith(("enter:", "recall"))
            ]  # fmt: skip
            continue
        said = sentence(event, names, currency)
        lines.append(PacketEvent(envelope.effective_on, said, actor=who(envelope.actor)))
    return lines


def _contacts(journal: Sequence[Entry], names: Names) -> list[PacketContact]:
    permits: dict[str, str] = {}
    lines: list[PacketContact] = []
    for entry in journal:
        event, on = entry.event, entry.envelope.effective_on
        if isinstance(event, ev.PermitIssued):
            permits[event.purpose] = event.permit_id
        elif isinstance(event, ev.ContactRecorded):
            lines.append(
                PacketContact(on, names.get(event.channel, event.channel), outcome(event.code, names), event.permit_id)
            )
        elif isinstance(event, ev.ContactImported):
            said = outcome(event.code, names) if event.code else "结果不明"
            lines.append(PacketContact(on, names.get(event.channel, event.channel), said, BEFORE))
        elif isinstance(event, ev.ActCompleted) and event.node in permits and event.node != "call":
            said = outcome(event.outcome or event.status, names)
            lines.append(PacketContact(on, names.get(event.node, event.node), said, permits.pop(event.node)))
        elif isinstance(event, ev.DeliveryProved):
            lines.append(PacketContact(on, names.get(event.node, event.node), outcome(event.status, names)))
    return lines


def _documents(journal: Sequence[Entry], papers: Sequence[Filed], case_id: str) -> list[PacketDocument]:
    """Papers on file, then those that we made ourselves, with the event that each comes from. An earlier packet is none."""
    journals = {case_id: journal}
    made = [each for each in made_by_us(journals) if each.code not in OUR_PACKETS]
    return [*brought_in(journals, papers), *made]


def _recoveries(journal: Sequence[Entry]) -> list[PacketRecovery]:
    return [
        PacketRecovery(entry.envelope.effective_on, entry.event.amount, MONEY.get(entry.event.kind, entry.event.kind))
        for entry in journal
        if isinstance(entry.event, ev.PaymentReceived)
    ]


def votes_of(entries: Sequence[Entry], gate_id: str) -> list[PacketVote]:
    """The votes cast at a gate, as the packet shows them."""
    return [
        PacketVote(
            e.event.seat, e.event.seat.split(":")[-1].split("#")[0], e.event.voter, e.event.verdict,
            e.event.reason, e.envelope.recorded_at, e.event.on_behalf_of,
        )
        for e in entries
        if isinstance(e.event, ev.VoteCast) and e.event.gate_id == gate_id
    ]  # fmt: skip
