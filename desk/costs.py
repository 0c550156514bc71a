"""What collecting costs: what was booked on cases and court files, held against the cash that came in. Set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, case, func, or_, select

from desk.open_desk import Desk
from recourse.costs import POSTAGE
from recourse.errors import UserError
from recourse.intake.plan_load import SIGN
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases, costs, payments

BY = ("", "node", "matter", "account")
TEN_THOUSAND = 10_000


class Line(msgspec.Struct, frozen=True):
    """Costs of one thing in one currency, minor units. `collected`: cash that came in while a case ran (None: it cannot
    be said of this thing). `per_ten_thousand`: costs per ten thousand of cash, cost to collect in basis points."""

    currency: str
    of: str
    kinds: dict[str, int]
    costs: int
    collected: int | None
    per_ten_thousand: int | None


def report(desk: Desk, from_on: date | None = None, to_on: date | None = None, by: str = "") -> list[Line]:
    """Costs between two days, in all or by node, matter or account. Two queries."""
    if by not in BY:
        raise UserError(f"no report by {by!r}", mend="node, matter or account")
    if from_on is not None and to_on is not None and to_on < from_on:
        raise UserError(f"{to_on} is before {from_on}", where="--to", mend="give a day on or after --from")
    booked: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    with reading(desk.engine) as connection:
        for currency, of, kind, amount in _booked(connection, from_on, to_on, by):
            kinds = booked[currency, of]
            kinds[kind] = kinds.get(kind, 0) + amount
        cash = _collected(connection, from_on, to_on, by) if by in ("", "account") else {}
    keys = sorted({*booked, *(cash if not by else ())})
    return [_line(key, booked.get(key, {}), cash.get(key, 0) if by in ("", "account") else None) for key in keys]


def _line(key: tuple[str, str], kinds: dict[str, int], collected: int | None) -> Line:
    spent = sum(kinds.values())
    ratio = spent * TEN_THOUSAND // collected if collected is not None and collected > 0 else None
    return Line(*key, dict(sorted(kinds.items())), spent, collected, ratio)


def _booked(
    connection: Connection, from_on: date | None, to_on: date | None, by: str
) -> Iterator[tuple[str, str, str, int]]:
    c = costs.c
    of: dict[str, Any] = {"": None, "node": c.cost_id, "matter": c.matter_id, "account": cases.c.account_id}
    column = of[by]
    wanted = [c.currency, c.kind, func.sum(c.amount)] + ([] if column is None else [column])
    query = select(*wanted).join(cases, cases.c.case_id == c.case_id)
    for bound in ([c.booked_on >= from_on] if from_on else []) + ([c.booked_on <= to_on] if to_on else []):
        query = query.where(bound)
    query = query.group_by(c.currency, c.kind, *([] if column is None else [column]))
    for currency, kind, amount, *named in connection.execute(query):
        name = str(named[0]) if named else ""
        yield currency, _node(kind, name) if by == "node" else name, kind, int(amount)


def _node(kind: str, cost_id: str) -> str:
    """The node whose letter it was: the second part of its effect key; "" for what people booked."""
    parts = cost_id.split("/")
    return parts[1] if kind == POSTAGE and len(parts) > 2 else ""


def _collected(connection: Connection, from_on: date | None, to_on: date | None, by: str) -> dict[tuple[str, str], int]:
    """Cash by currency (and account), less what was taken back, while a case of the account ran."""
    p, a = payments.c, accounts.c
    signed = case(*((p.kind == kind, sign * p.amount) for kind, sign in SIGN.items()), else_=0)
    named = [a.account_id] if by == "account" else []
    query = (
        select(a.currency, func.coalesce(func.sum(signed), 0), *named)
        .join(payments, p.account_id == a.account_id)
        .join(cases, cases.c.account_id == a.account_id)
        .where(p.paid_on >= cases.c.opened_on, or_(cases.c.closed_on.is_(None), p.paid_on <= cases.c.closed_on))
        .group_by(a.currency, *named)
    )
    for bound in ([p.paid_on >= from_on] if from_on else []) + ([p.paid_on <= to_on] if to_on else []):
        query = query.where(bound)
    return {(currency, *(named or [""])): int(amount) for currency, amount, *named in connection.execute(query)}
