"""Demands 催收: one written notice to each debtor of a debt, as a batch of letters for the acts that send them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from recourse.acts import Item, Tools
from recourse.letters import common
from recourse.mailing import Letter

DOCUMENT = "formal_notice"


def to_each_debtor(items: Sequence[Item], tools: Tools) -> list[Letter]:
    """The notice of demand to the borrower and every co-borrower who may be written to, with the day by which the bank asks
    for payment."""
    debtors = {item.key: [party for party in item.facts.debtors if party not in item.without] for item in items}
    people = tools.people.of([party for parties in debtors.values() for party in parties])
    contracts = tools.people.contracts([item.facts.account_id for item in items])
    letters = []
    for item in items:
        last_day = tools.day + timedelta(days=item.policy.number("notice.days_to_pay"))
        pay_by = tools.calendar_of(item.facts.jurisdiction).this_or_next(last_day)
        contract = contracts.get(item.facts.account_id)
        for party in debtors[item.key]:
            person = people.get(party)
            fields = common(item, person, contract, tools.bank, tools.day, f"{item.key}/{party}")
            days = {"pay_by": pay_by, "dispute_by": _dispute_by(item, tools)}
            letters.append(Letter(item, person, DOCUMENT, {**fields, **days}, party))
    return letters


def _dispute_by(item: Item, tools: Tools) -> date | None:
    """The last day on which a debtor may dispute the debt, where the law of the debt gives such a time: counted from
    the day on which the notice is taken as received, so many working days after it goes out (12 CFR 1006.34(b)(5))."""
    days = item.policy.numbers.get("validation.period_days")
    if days is None:
        return None
    received_on = tools.calendar_of(item.facts.jurisdiction).add(
        tools.day, item.policy.number("validation.receipt_workdays")
    )
    return received_on + timedelta(days=days)
