"""Promises to pay at the desk: the list, and how many of those due in a span were kept (rules of the trade: promise kept)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, select

from desk.open_desk import Desk
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases, promises

STATES = ("kept", "part_kept", "broken", "released", "")


class PromiseLine(msgspec.Struct, frozen=True):
    """One promise. Amounts in minor units; `state` "" while it runs."""

    account: str
    made_on: date | None
    due_on: date
    currency: str
    amount: int | None
    paid: int | None
    state: str
    judged_on: date | None


class Kept(msgspec.Struct, frozen=True):
    """Promises due in a span, per currency. `kept_percent`: kept of those that were judged, by count; `paid_percent`:
    what came in of what was promised, by amount; None where nothing was judged."""

    currency: str
    due: int
    kept: int
    part_kept: int
    broken: int
    released: int
    open: int
    promised: int
    paid: int

    @property
    def judged(self) -> int:
        return self.kept + self.part_kept + self.broken

    @property
    def kept_percent(self) -> int | None:
        return self.kept * 100 // self.judged if self.judged else None

    @property
    def paid_percent(self) -> int | None:
        return self.paid * 100 // self.promised if self.promised else None


def _joined(*columns: Any) -> Select[Any]:
    joined: Select[Any] = select(*columns).join(cases, cases.c.case_id == promises.c.case_id)
    return joined.join(accounts, accounts.c.account_id == cases.c.account_id)


def lines(desk: Desk, account_id: str = "", *, state: str = "", all_: bool = False) -> list[PromiseLine]:
    """Promises that run, or of one state, or all; of one account or of every."""
    p = promises.c
    query = _joined(
        accounts.c.account_id, p.made_on, p.due_on, accounts.c.currency, p.amount, p.paid, p.state, p.judged_on
    )
    if account_id:
        query = query.where(accounts.c.account_id == account_id)
    if not all_:
        query = query.where(p.state == state)
    with reading(desk.engine) as connection:
        rows: Sequence[Any] = connection.execute(query.order_by(p.due_on, p.promise_id)).all()
    return [PromiseLine(*row) for row in rows]


def kept(connection: Connection, from_on: date | None = None, to_on: date | None = None) -> list[Kept]:
    """How promises due in a span came out: one query. Promises of no amount count by number only."""
    p = promises.c
    promised, paid = func.coalesce(func.sum(p.amount), 0), func.coalesce(func.sum(p.paid), 0)
    query = _joined(accounts.c.currency, p.state, p.amount.is_(None), func.count(), promised, paid)
    query = query.group_by(accounts.c.currency, p.state, p.amount.is_(None))
    if from_on is not None:
        query = query.where(p.due_on >= from_on)
    if to_on is not None:
        query = query.where(p.due_on <= to_on)
    counted: dict[str, Counter[str]] = {}
    for currency, state, of_no_amount, count, wanted, came in connection.execute(query):
        sums = counted.setdefault(currency, Counter())
        sums[state] += count
        if state in ("kept", "part_kept", "broken") and not of_no_amount:
            sums["promised"] += int(wanted)
            sums["paid"] += int(came)
    return [_kept(currency, sums) for currency, sums in sorted(counted.items())]


def _kept(currency: str, sums: Counter[str]) -> Kept:
    due = sum(sums[state] for state in STATES)
    return Kept(
        currency, due, sums["kept"], sums["part_kept"], sums["broken"], sums["released"], sums[""], sums["promised"],
        sums["paid"],
    )  # fmt: skip
