"""The rows behind every number of the board: accounts, by keyset, nothing personal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select, tuple_

from desk.board import SAYS_MISSING, dead_owners
from desk.open_desk import Desk
from recourse import events as ev
from recourse.casefile import CaseFile
from recourse.errors import UserError
from recourse.events import open_envelope
from recourse.ledger import days, sets
from recourse.ledger.database import reading
from recourse.ledger.tables import TROUBLED, WAITING, accounts, calls, cases, events, intents, visits, work_items
from recourse.money import Amounts

AT_ONCE = 50
"""Rows of one page."""


class Row(msgspec.Struct, frozen=True):
    """One row of a list. `what` and `detail` are codes or the ledger's own words; `on`: since when, or of which day.

    `owed`: minor units of `currency`, None while the core has told nothing.
    """

    key: str
    account: str
    node: str = ""
    what: str = ""
    detail: str = ""
    on: date | None = None
    branch: str = ""
    product: str = ""
    currency: str = ""
    owed: int | None = None
    due_since: date | None = None


class Page(msgspec.Struct, frozen=True):
    """Rows in order of their key; `after`: the key to go on from, "" when this is the end."""

    rows: tuple[Row, ...]
    after: str


Reader = Callable[[Connection, Desk, str, str], list[Row]]


def standing(desk: Desk, node: str, state: str, after: str = "") -> Page:
    """Open cases, of a node and a state where they are given; one row a visit, or one a case when neither is."""
    place = visits.c.node if node or state else None
    query = _of_accounts(visits if place is not None else None).where(cases.c.closed_on.is_(None))
    if place is not None:
        query = query.where(visits.c.state == state if state else visits.c.state != "left")
        if node:
            query = query.where(visits.c.node == node)
    key = tuple_(cases.c.account_id, visits.c.node) if place is not None else tuple_(cases.c.account_id)
    if after:
        query = query.where(key > tuple_(*after.split("~", len(key.clauses) - 1)))
    with reading(desk.engine) as connection:
        found = connection.execute(query.order_by(*key.clauses).limit(AT_ONCE + 1)).all()
    return _page([_case_row(row, place is not None) for row in found])


def behind(desk: Desk, number: str, of: str, after: str = "") -> Page:
    """The rows of another number of the board; `of` narrows it (a kind of work item, a rule). UserError: no such number."""
    reader = READERS.get(number)
    if reader is None:
        raise UserError(f"the board has no number {number!r}", mend=f"use one of {', '.join(READERS)}")
    with reading(desk.engine) as connection:
        return _page(reader(connection, desk, of, after))


def _page(rows: list[Row]) -> Page:
    more = len(rows) > AT_ONCE
    shown = rows[:AT_ONCE]
    return Page(tuple(shown), shown[-1].key if more else "")


_OWED = tuple(accounts.c[name] for name in Amounts.__struct_fields__)
_ACCOUNT = (cases.c.account_id, accounts.c.branch, accounts.c.product, accounts.c.currency,
            accounts.c.oldest_unpaid_due_on, cases.c.opened_on, *_OWED)  # fmt: skip


def _of_accounts(visited: Any) -> Select[Any]:
    columns = (*_ACCOUNT, visits.c.node, visits.c.state, visits.c.entered_on) if visited is not None else _ACCOUNT
    query = select(*columns).select_from(cases).join(accounts, accounts.c.account_id == cases.c.account_id)
    return query.join(visits, visits.c.case_id == cases.c.case_id) if visited is not None else query


def _case_row(row: Any, visited: bool) -> Row:
    return Row(
        key=f"{row.account_id}~{row.node}" if visited else row.account_id,
        account=row.account_id,
        node=row.node if visited else "",
        what=row.state if visited else "",
        on=row.entered_on if visited else row.opened_on,
        branch=row.branch,
        product=row.product,
        currency=row.currency,
        owed=_owed(row),
        due_since=row.oldest_unpaid_due_on,
    )


def _owed(row: Any) -> int | None:
    parts = [getattr(row, column.name) for column in _OWED]
    return None if parts[0] is None else sum(part or 0 for part in parts)


def _acts(state: str) -> Reader:
    """Acts that failed, or of which nobody knows, on cases that are still open."""

    def read(connection: Connection, _: Desk, of: str, after: str) -> list[Row]:
        query = (
            select(intents.c.key, intents.c.account_id, intents.c.node, intents.c.effect, intents.c.due_on)
            .join(cases, cases.c.case_id == intents.c.case_id)
            .where(TROUBLED, intents.c.state == state, cases.c.closed_on.is_(None), intents.c.key > after)
            .order_by(intents.c.key)
            .limit(AT_ONCE + 1)
        )
        return [
            Row(row.key, row.account_id, row.node, state, row.effect, row.due_on) for row in connection.execute(query)
        ]

    return read


def _left(connection: Connection, desk: Desk, of: str, after: str) -> list[Row]:
    """Acts that a run released before it ended without a receipt."""
    query = (
        select(intents.c.key, intents.c.account_id, intents.c.node, intents.c.owner, intents.c.due_on)
        .where(WAITING, intents.c.state == "released", sets.one_of(intents.c.owner, "owners"), intents.c.key > after)
        .order_by(intents.c.key)
        .limit(AT_ONCE + 1)
    )
    owners = dead_owners(connection, desk.engine)
    found = connection.execute(query, {"owners": owners})
    return [Row(row.key, row.account_id, row.node, "released", row.owner, row.due_on) for row in found]


def _missing(connection: Connection, _: Desk, of: str, after: str) -> list[Row]:
    """Cases whose last idle decision names a fact that it lacks."""
    query = (
        select(cases.c.account_id, cases.c.file, cases.c.opened_on)
        .where(cases.c.closed_on.is_(None), cases.c.file.like(SAYS_MISSING), cases.c.account_id > after)
        .order_by(cases.c.account_id)
        .limit(AT_ONCE + 1)
    )
    rows = []
    for account, text, opened_on in connection.execute(query):
        said = msgspec.json.decode(text, type=CaseFile).said
        lacks = sorted({part.split(":")[1] for part in said.split("|") if part.startswith("missing:")})
        rows.append(Row(account, account, what="missing", detail=", ".join(lacks), on=opened_on))
    return rows


def _asleep(connection: Connection, _: Desk, of: str, after: str) -> list[Row]:
    """Open cases that no day will wake: only a new fact does."""
    query = (
        _of_accounts(None)
        .where(cases.c.closed_on.is_(None), cases.c.wake_on.is_(None), cases.c.account_id > after)
        .order_by(cases.c.account_id)
        .limit(AT_ONCE + 1)
    )
    return [_case_row(row, False) for row in connection.execute(query)]


def _work(connection: Connection, _: Desk, of: str, after: str) -> list[Row]:
    """Open work items."""
    query = (
        select(work_items)
        .where(work_items.c.closed_on.is_(None), work_items.c.item_id > after)
        .order_by(work_items.c.item_id)
        .limit(AT_ONCE + 1)
    )
    if of:
        query = query.where(work_items.c.kind == of)
    return [
        Row(row.item_id, row.account_id, what=row.kind, detail=row.what, on=row.opened_on)
        for row in connection.execute(query)
    ]


def _calls(connection: Connection, _: Desk, of: str, after: str) -> list[Row]:
    """Calls that wait in the queue or are being dialled."""
    query = (
        select(calls.c.call_id, cases.c.account_id, calls.c.node, calls.c.state, calls.c.script, calls.c.queued_on)
        .join(cases, cases.c.case_id == calls.c.case_id)
        .where(calls.c.state != "closed", calls.c.call_id > after)
        .order_by(calls.c.call_id)
        .limit(AT_ONCE + 1)
    )
    return [
        Row(row.call_id, row.account_id, row.node, f"call_{row.state}", row.script, row.queued_on)
        for row in connection.execute(query)
    ]


def _refused(connection: Connection, _: Desk, of: str, after: str) -> list[Row]:
    """Contacts that were refused on the last business day."""
    last = days.last(connection)
    if last is None:
        return []
    query = (
        select(events.c.stream, events.c.pos, events.c.text, cases.c.account_id)
        .join(cases, events.c.stream == "case:" + cases.c.case_id)
        .where(events.c.type == ev.PermitRefused.TYPE, events.c.known_on == last[0])
        .order_by(events.c.stream, events.c.pos)
        .limit(AT_ONCE + 1)
    )
    if of:
        query = query.where(events.c.text.contains(f'"rule":"{of}"', autoescape=True))
    stream, _tilde, pos = after.rpartition("~")
    if pos.isdigit():
        query = query.where(tuple_(events.c.stream, events.c.pos) > tuple_(stream, int(pos)))
    rows = []
    for row in connection.execute(query):
        _envelope, event = open_envelope(row.text)
        if isinstance(event, ev.PermitRefused):
            rows.append(
                Row(f"{row.stream}~{row.pos}", row.account_id, what=event.channel, detail=event.rule, on=last[0])
            )
    return rows


READERS: dict[str, Reader] = {
    "failed": _acts("failed"),
    "unknown": _acts("unknown"),
    "left": _left,
    "missing": _missing,
    "asleep": _asleep,
    "work": _work,
    "calls": _calls,
    "refused": _refused,
}
"""Number of the board → what reads its rows."""
