"""The facts that letters state, gathered from the case, the contract and the bank: pure, one place for all letters.

What is unknown is left out; the template then refuses with the name of the fact. Nothing is ever made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from recourse.acts import Contract, Item, Person
from recourse.arrears import dpd
from recourse.bank import BankProfile
from recourse.canonical import derived_id
from recourse.claims import claimable
from recourse.money import Amounts

MARKS = {"formal_notice": "催", "acceleration": "提", "guarantor_demand": "保", "outsourcing_notice": "委"}
CARDS = frozenset({"credit_card"})


def document_no(bank: BankProfile, node: str, key: str, on: date) -> str:
    """The number of a letter, derived from its effect key so that the same act bears the same number."""
    return f"{bank.short}{MARKS.get(node, '函')}〔{on.year}〕第{int(derived_id('number', key)[:10], 16) % 10**8:08d}号"


def common(
    item: Item, person: Person | None, contract: Contract | None, bank: BankProfile, on: date, key: str
) -> dict[str, Any]:
    """Fields that every letter about a debt needs; those that are unknown are absent."""
    facts = item.facts
    card = facts.product in CARDS
    due_on = facts.oldest_unpaid_due_on
    fields: dict[str, Any] = {
        "document_no": document_no(bank, item.node, key, on),
        "issued_on": on,
        "currency": facts.currency,
        "product": "card" if card else "loan",
        "bank": {"name": bank.name, "address": bank.address},
        "debtor": {"name": person.name} if person else {},
        "contract": _contract(contract, bank),
        "overdue_since": due_on,
        "days_past_due": dpd(due_on, facts.pauses, on),
        "as_of": facts.balance_as_of,
        "amounts": amounts_of(claimable(facts, on)),
        "repayment": {
            "account_name": bank.repayment.account_name,
            "account_number": bank.repayment.account_number,
            "bank": bank.repayment.bank,
        },
        "security": {
            "guaranteed": bool(facts.security.guarantees),
            "mortgaged": bool(facts.security.collateral),
        },
        "service": {
            "query": bank.service.query,
            "dispute_contact": bank.service.dispute_contact,
            "hardship_contact": bank.service.hardship_contact,
            "complaint_phone": bank.service.complaint_phone,
            "contact": bank.service.contact,
            "phone": bank.service.phone,
        },
        "delivery": {"method": "邮政特快专递"},
    }
    if card and contract is not None:
        fields["card"] = {"number": masked(contract.number), "balance": facts.amounts.total if facts.amounts else None}
    if due_on is not None:
        fields["overdue_periods"] = (on.year - due_on.year) * 12 + on.month - due_on.month + (on.day > due_on.day)
    return fields


def _contract(contract: Contract | None, bank: BankProfile) -> dict[str, Any]:
    if contract is None:
        return {}
    return {
        "name": bank.contract_names.get(contract.product),
        "number": contract.number,
        "note_no": contract.note_no or contract.account_id,
        "signed_on": contract.signed_on,
        "amount": contract.amount,
        "matures_on": contract.matures_on,
    }


def amounts_of(amounts: Amounts | None) -> dict[str, int] | None:
    """Components and total in minor units, as the core gave them."""
    return None if amounts is None else {**dict(amounts.items()), "total": amounts.total}


def masked(number: str) -> str:
    """A number with only its first four and last four characters shown."""
    return number if len(number) <= 8 else f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as templates take them: dates as ISO text, unknown values left out."""
    return {name: _plain(value) for name, value in fields.items() if value is not None and value != ""}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
