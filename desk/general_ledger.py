"""The general ledger's receipts for write-offs: judged whole, taken in once, each against its instruction.

An answer that agrees writes the debt off on its booking day; one that does not, or a refusal, writes nothing off and
opens a work item. A receipt that was taken in before changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select

from desk import handed_in
from desk.handed_in import Row
from desk.operations import Operations
from recourse.errors import UserError
from recourse.intake.plan_load import SIGN, allocation
from recourse.intake.reconcile import ITEM_COLUMNS, item_of
from recourse.ledger import bulk, sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import accounts, cases, payments, work_items, write_offs
from recourse.money import Amounts
from tasks.write_off import Booking, Instructed, Since, follows, objection

ITEM = "write_off_receipt"
COLUMNS = (
    "receipt",
    "instruction",
    "account",
    "result",
    "booked_on",
    "base_on",
    "currency",
    *Amounts.__struct_fields__,
)
OPTIONAL = ("reason",)

_INSTRUCTED: Select[Any] = (
    select(write_offs, accounts.c.account_id, accounts.c.currency)
    .join(cases, cases.c.case_id == write_offs.c.case_id)
    .join(accounts, accounts.c.account_id == cases.c.account_id)
    .order_by(write_offs.c.instruction_id)
)
_ASKED = _INSTRUCTED.where(sets.one_of(write_offs.c.instruction_id, "ids"))


class Taken(msgspec.Struct, frozen=True):
    """What came of receipts, by account."""

    booked: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


def read_receipts(file: Path) -> list[Booking]:
    """The receipts of a file (docs/accounting.md); one fault in it refuses all of it."""
    return handed_in.judged(file, handed_in.rows_of(file), COLUMNS, booking, OPTIONAL)


def booking(row: Row) -> Booking:
    """One row of a receipt file."""
    result, currency = row["result"], handed_in.said(row, "currency")
    if result not in ("booked", "refused"):
        raise UserError(f"result is booked or refused, not {result!r}")
    amounts = Amounts(*(handed_in.money(row, name, currency) for name in Amounts.__struct_fields__))
    return Booking(
        handed_in.said(row, "instruction"), handed_in.said(row, "account"), handed_in.said(row, "receipt"),
        "booked" if result == "booked" else "refused", handed_in.day(row, "booked_on"), handed_in.day(row, "base_on"),
        currency, amounts, row.get("reason", ""),
    )  # fmt: skip


def take(work: Operations, bookings: Sequence[Booking], where: str = "receipts") -> Taken:
    """Take receipts in, in one transaction: all of them or, when one cannot be what it says, none."""
    pen = work.pen
    with writing_on(work.desk.engine, pen.day) as connection:
        ids = [each.instruction_id for each in bookings]
        told = {row.instruction_id: row for row in _told(connection, _ASKED, {"ids": ids})}
        dossiers = store.load(connection, [each.case_id for each in told.values()])
        told = {row.instruction_id: row for row in _told(connection, _ASKED, {"ids": ids})}  # as it stands, once locked
        handed_in.refuse(where, _faults(bookings, told, dossiers, pen.day))
        since = _since(connection, list(told.values()), pen.day)
        booked, refused, unchanged = list[str](), list[str](), list[str]()
        items: list[tuple[Any, ...]] = []
        for each in bookings:
            one = told[each.instruction_id]
            if one.state != "instructed":
                unchanged.append(one.account_id)
                continue
            dossier = dossiers[one.case_id]
            against = objection(one, each, dossier.file.end)
            for happened in follows(one, each, against, since.get(one.account_id, ())):
                dossier.record(happened.event, pen, happened.effective_on)
            if not dossier.file.end:
                dossier.wake(pen.day)
            (refused if against else booked).append(one.account_id)
            if against:
                what = f"receipt {each.receipt}: {against}"
                items.append((item_of(ITEM, one.instruction_id), ITEM, one.account_id, pen.day, None, what))
        store.save(connection, list(dossiers.values()))
        bulk.upsert(connection, work_items, ITEM_COLUMNS, items)
        close_items(connection, pen, ITEM, booked)
        return Taken(tuple(booked), tuple(refused), tuple(unchanged))


def close_items(connection: Connection, pen: Pen, kind: str, account_ids: Sequence[str]) -> None:
    """Close the open work items of a kind about accounts."""
    connection.execute(
        work_items.update()
        .where(
            work_items.c.kind == kind,
            work_items.c.closed_on.is_(None),
            sets.among(work_items.c.account_id, account_ids),
        )
        .values(closed_on=pen.day)
    )


def waiting(connection: Connection) -> list[Instructed]:
    """Every instruction that the general ledger has not answered."""
    return _told(connection, _INSTRUCTED.where(write_offs.c.state == "instructed"), {})


def _told(connection: Connection, query: Select[Any], given: Mapping[str, object]) -> list[Instructed]:
    return [
        Instructed(
            row.instruction_id, row.case_id, row.account_id, row.currency, row.criterion, row.base_on,
            Amounts(*(getattr(row, name) for name in Amounts.__struct_fields__)), row.packet, row.instructed_on,
            row.state, row.cause, row.receipt,
        )
        for row in connection.execute(query, given)
    ]  # fmt: skip


def _faults(
    bookings: Sequence[Booking], told: Mapping[str, Instructed], dossiers: Mapping[str, Dossier], day: date
) -> list[str]:
    """What no receipt can be, by row: it answers nothing, answers twice, or speaks of another day or account."""
    faults, seen = list[str](), set[str]()
    for number, each in enumerate(bookings, start=1):
        one = told.get(each.instruction_id)
        wrong = "answers an instruction that stands here twice" if each.instruction_id in seen else ""
        seen.add(each.instruction_id)
        if one is None:
            wrong = f"no instruction {each.instruction_id!r}"
        elif one.account_id != each.account_id:
            wrong = f"instruction {each.instruction_id} is about account {one.account_id}, not {each.account_id}"
        elif each.booked_on > day:
            wrong = f"booked on {each.booked_on}, after the business day {day}"
        elif each.booked_on < one.base_on:
            wrong = f"booked on {each.booked_on}, before its base day {one.base_on}"
        elif one.state != "instructed" and not _said_before(one, each, dossiers[one.case_id].file.end):
            wrong = f"instruction {each.instruction_id} is {one.state} already, by another receipt"
        if wrong:
            faults.append(f"row {number}: {wrong}")
    return faults


def _said_before(one: Instructed, each: Booking, end: str) -> bool:
    """Whether an answer is the one that was taken in before."""
    if one.state == "booked":
        return each.result == "booked" and each.receipt == one.receipt and not objection(one, each)
    return one.cause == objection(one, each, end)


def _since(connection: Connection, told: Sequence[Instructed], day: date) -> dict[str, list[Since]]:
    """By account, the money that came in after the base day and that nobody booked as recovered yet: one query."""
    if not told:
        return {}
    base = {one.account_id: one.base_on for one in told if one.state == "instructed"}
    p = payments.c
    query = select(p.payment_id, p.account_id, p.paid_on, p.amount, p.kind, p.row).where(
        sets.among(p.account_id, list(base)), p.paid_on > min(base.values(), default=day), p.kind != "recovery"
    )
    found: dict[str, list[Since]] = {}
    for payment, account, paid_on, amount, kind, rest in connection.execute(query.order_by(p.paid_on, p.payment_id)):
        if paid_on > base[account]:
            money = Since(payment, paid_on, SIGN[kind] * amount, allocation(rest, SIGN[kind]))
            found.setdefault(account, []).append(money)
    return found
