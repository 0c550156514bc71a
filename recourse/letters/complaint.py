"""The facts of a draft complaint 民事起诉状 (金融借款合同纠纷, element form of 法〔2025〕82号).

A draft is for counsel to complete: what the bank's data do not tell stands as 待核实, in words, so that nobody reads a
blank as a fact. Amounts are the core's components as of the balance's day, without what lies above a cap on charges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recourse.acts import Contract, Filed, Item, Person, Tools
from recourse.amounts import in_suit
from recourse.arrears import dpd
from recourse.clocks import guarantee_ends_on
from recourse.documents.wording import TO_BE_VERIFIED
from recourse.facts import GuaranteeKind
from recourse.letters import amounts_of

ROLES = {
    "borrower": "借款人",
    "co_borrower": "共同借款人",
    "joint_guarantor": "连带责任保证人",
    "general_guarantor": "一般保证人",
    "mortgagor": "抵押人",
}
REGISTERED = {True: "已登记", False: "未登记", None: TO_BE_VERIFIED}
PAPERS = {
    "loan_contract": ("借款合同", "借款关系、利率和提前到期条款"),
    "disbursement": ("放款凭证", "贷款已实际发放"),
    "guarantee_contract": ("保证合同", "保证责任"),
    "mortgage_contract": ("抵押合同", "抵押担保"),
}
MEDIATION = ("informed", "quick", "fees", "again", "confidential", "enforceable")
"""What the form asks a plaintiff to know of mediation; a bank that sues for a living knows it."""


def fields(
    item: Item, people: Mapping[str, Person], contract: Contract | None,
    papers: Mapping[str, Sequence[Filed]], tools: Tools,
) -> dict[str, Any]:  # fmt: skip
    """Every field of the form, known or marked as still to be verified."""
    facts, bank = item.facts, tools.bank
    due_on = facts.oldest_unpaid_due_on
    amounts = in_suit(facts, item.policy)
    return {
        "currency": facts.currency,
        "court": bank.court,
        "plaintiff": plaintiff(tools),
        "defendants": _defendants(item, people),
        "as_of": facts.balance_as_of,
        "amounts": amounts_of(amounts) or {},
        "interest_method": "按合同约定的利率及逾期利率，以银行核心系统计算为准",
        "until_paid": True,
        "acceleration": _acceleration(item),
        "security_claim": _security_claim(item),
        "costs_claim": {"claimed": bool(amounts and amounts.costs), "detail": "以实际发生的票据为准"},
        "court_costs": True,
        "jurisdiction_clause": TO_BE_VERIFIED if facts.terms.arbitration is None else "合同约定由人民法院管辖",
        "preservation": {"done": False},
        "contract": _contract(item, contract, people, tools),
        "drawdowns": [
            {"on": _known(contract and contract.signed_on), "amount": _known(contract.amount if contract else None)}
        ],
        "repaid": {"principal": TO_BE_VERIFIED, "interest": TO_BE_VERIFIED, "interest_to": TO_BE_VERIFIED},
        "overdue_since": due_on,
        "days_past_due": dpd(due_on, facts.pauses, tools.day),
        "basis": {
            "contract": f"合同约定的还款义务及{bank.acceleration_clause.number}",
            "law": "《中华人民共和国民法典》第五百零九条、第六百七十四条至第六百七十六条",
        },
        "mortgages": _mortgages(item),
        "guarantees": guarantees(item, people),
        "evidence": _evidence(papers.get(facts.account_id, ())),
        "mediation": {**dict.fromkeys(MEDIATION, True), "willing": True},
    }


def _known(value: object) -> object:
    return TO_BE_VERIFIED if value is None or value == "" else value


def plaintiff(tools: Tools) -> dict[str, Any]:
    """The bank as a party to a suit."""
    bank = tools.bank
    return {
        "name": bank.name,
        "office": bank.address,
        "registered_at": bank.address,
        "representative": bank.representative,
        "representative_post": "法定代表人（负责人）",
        "uscc": bank.uscc,
        "phone": bank.service.phone,
        "entity_type": "企业法人",
        "ownership": TO_BE_VERIFIED,
    }


def _defendants(item: Item, people: Mapping[str, Person]) -> list[dict[str, Any]]:
    listed = [party for party in item.facts.security.parties if party.role in ROLES]
    defendants = []
    for party in listed:
        person = people.get(party.party_id)
        defendants.append(
            {
                "role": ROLES[party.role],
                "name": _known(person and person.name),
                "sex": TO_BE_VERIFIED,
                "born_on": TO_BE_VERIFIED,
                "phone": _known(person and person.numbers.get("phone")),
                "household_address": _known(person and person.address),
                "residence": _known(person and person.address),
                "id_type": "居民身份证",
                "id_number": _known(person and person.id_number),
            }
        )
    return defendants


def _acceleration(item: Item) -> dict[str, Any]:
    on = item.facts.file.accelerated_on
    if on is None:
        return {"claimed": False}
    return {"claimed": True, "content": f"确认借款于{on.year}年{on.month}月{on.day}日提前到期"}


def _security_claim(item: Item) -> dict[str, Any]:
    security = item.facts.security
    parts = []
    if security.collateral:
        parts.append("就抵（质）押财产折价或者拍卖、变卖所得价款优先受偿")
    kinds = {guarantee.kind for guarantee in security.guarantees}
    if GuaranteeKind.JOINT in kinds:
        parts.append("由连带责任保证人承担连带保证责任")
    if GuaranteeKind.GENERAL in kinds:
        parts.append("由一般保证人在债务人财产依法强制执行后仍不能履行的范围内承担保证责任")
    return {"claimed": bool(parts), "content": "；".join(parts)}


def _contract(item: Item, contract: Contract | None, people: Mapping[str, Person], tools: Tools) -> dict[str, Any]:
    borrower = people.get(item.facts.person_id)
    matures_on = item.facts.terms.matures_on
    return {
        "name": _known(contract and tools.bank.contract_names.get(contract.product)),
        "number": _known(contract and contract.number),
        "signed_on": _known(contract and contract.signed_on),
        "signed_at": TO_BE_VERIFIED,
        "lender": f"{tools.bank.name}（贷款人）",
        "borrower": f"{_known(borrower and borrower.name)}（借款人）",
        "amount": _known(contract.amount if contract else None),
        "paid_out": _known(contract.amount if contract else None),
        "from_on": _known(contract and contract.signed_on),
        "to_on": _known(matures_on),
        "matured": matures_on is not None and matures_on <= tools.day,
        "rate_percent": TO_BE_VERIFIED,
        "rate_clause": TO_BE_VERIFIED,
        "overdue_rate": TO_BE_VERIFIED,
        "compound_clause": TO_BE_VERIFIED,
        "penalty_clause": TO_BE_VERIFIED,
        "repayment_method": TO_BE_VERIFIED,
    }


def _mortgages(item: Item) -> list[dict[str, Any]]:
    return [
        {
            "signed_on": TO_BE_VERIFIED,
            "number": TO_BE_VERIFIED,
            "owner": TO_BE_VERIFIED,
            "asset": piece.kind,
            "registration": REGISTERED[piece.registered],
            "maximum": TO_BE_VERIFIED,
        }
        for piece in item.facts.security.collateral
    ]


def guarantees(item: Item, people: Mapping[str, Person]) -> list[dict[str, Any]]:
    """Each guarantee of a case, as a suit names it."""
    kinds = {GuaranteeKind.JOINT: "连带责任保证", GuaranteeKind.GENERAL: "一般保证"}
    ends = {
        g.guarantee_id: guarantee_ends_on(g, item.facts, item.policy.numbers) for g in item.facts.security.guarantees
    }
    return [
        {
            "signed_on": TO_BE_VERIFIED,
            "number": TO_BE_VERIFIED,
            "guarantor": _known(people[guarantee.party_id].name if guarantee.party_id in people else ""),
            "kind": kinds[guarantee.kind],
            "period": f"至{ends[guarantee.guarantee_id]}" if ends[guarantee.guarantee_id] else TO_BE_VERIFIED,
            "content": TO_BE_VERIFIED,
        }
        for guarantee in item.facts.security.guarantees
    ]


def _evidence(papers: Sequence[Filed]) -> list[dict[str, Any]]:
    listed = [
        {"name": PAPERS[kind][0], "proves": PAPERS[kind][1], "pages": TO_BE_VERIFIED}
        for kind in (paper.kind for paper in papers)
        if kind in PAPERS
    ]
    ours = {
        "name": "催收通知书、提前到期通知书及送达凭证",
        "proves": "催收和提前到期通知已经到达",
        "pages": TO_BE_VERIFIED,
    }
    return [*listed, ours]
