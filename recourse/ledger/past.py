"""An account's facts as they stood on a day, by what was known on another: rebuilt from source rows and journal."""

from __future__ import annotations

from datetime import date

import msgspec
from sqlalchemy import Connection, select

from recourse.arrears import Chargeback, Instalment, Pause, Receipt, oldest_unpaid
from recourse.facts import Facts
from recourse.ledger import store
from recourse.ledger.history import file_as_of
from recourse.ledger.tables import balances, instalments, pauses, payments
from recourse.money import Amounts


def facts_as_of(connection: Connection, account_id: str, case_id: str, on: date, known_on: date) -> Facts:
    """Facts on `on` by what was known on `known_on`. Contract terms and security are those of today."""
    now = store.load(connection, [case_id], lock=False)[case_id].facts
    file = file_as_of(connection, case_id, on, known_on)
    amounts, as_of, overdue = _balance(connection, account_id, on, known_on)
    return msgspec.structs.replace(
        now,
        file=file,
        oldest_unpaid_due_on=_due_on(connection, account_id, on, known_on, now.oldest_unpaid_due_on),
        pauses=_pauses(connection, account_id, known_on),
        amounts=amounts,
        balance_as_of=as_of,
        overdue=overdue,
    )


def _balance(
    connection: Connection, account_id: str, on: date, known_on: date
) -> tuple[Amounts | None, date | None, int | None]:
    query = (
        select(balances)
        .where(balances.c.account_id == account_id, balances.c.as_of <= on, balances.c.known_on <= known_on)
        .order_by(balances.c.as_of.desc(), balances.c.known_on.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None, None, None
    amounts = Amounts(row.principal, row.interest, row.penalty, row.compound, row.fees, row.costs)
    return amounts, row.as_of, row.overdue


def _due_on(connection: Connection, account_id: str, on: date, known_on: date, now: date | None) -> date | None:
    plan = connection.execute(
        select(instalments.c.number, instalments.c.due_on, instalments.c.amount)
        .where(instalments.c.account_id == account_id, instalments.c.known_on <= known_on)
        .order_by(instalments.c.number, instalments.c.known_on)
    ).all()
    if not plan:
        return now
    newest = {number: Instalment(due_on, amount) for number, due_on, amount in plan}
    money = connection.execute(
        select(payments.c.paid_on, payments.c.amount, payments.c.kind).where(
            payments.c.account_id == account_id, payments.c.known_on <= known_on, payments.c.paid_on <= on
        )
    ).all()
    receipts = [
        Receipt(day, -amount if kind == "reversal" else amount) for day, amount, kind in money if kind != "chargeback"
    ]
    back = [Chargeback(day, abs(amount)) for day, amount, kind in money if kind == "chargeback"]
    return oldest_unpaid(list(newest.values()), receipts, back, as_of=on)


def _pauses(connection: Connection, account_id: str, known_on: date) -> tuple[Pause, ...]:
    rows = connection.execute(
        select(pauses)
        .where(pauses.c.account_id == account_id, pauses.c.known_on <= known_on)
        .order_by(pauses.c.from_on, pauses.c.known_on)
    ).all()
    newest = {row.from_on: Pause(row.from_on, row.to_on, row.resumed_on) for row in rows}
    return tuple(newest.values())
