"""Our sums beside the bank's: a difference becomes a work item, and the item is closed when they agree again.

`balance_difference`: what is overdue. Ours is the unpaid part of the instalments. Cores differ on whether an instalment
counts on the very day it falls due, and on whether penalty and compound interest, fees and costs are part of it: any
sum between the smallest and the largest of these readings agrees, and so does the whole debt once it was called.

`book_total_difference`: the month-end book by entity, branch, product and currency. Compared when every active account
has a balance of that day; debts that were written off or transferred are no longer on the books, and an account that
owes nothing may be counted or not.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import msgspec
import polars as pl
from sqlalchemy import BigInteger, Select, and_, case, cast, func, select

from recourse.canonical import derived_id
from recourse.casefile import CaseFile
from recourse.intake.balance_load import GONE
from recourse.intake.job import Job, fresh
from recourse.ledger import sets
from recourse.ledger.tables import accounts, balances, book_totals, cases, work_items
from recourse.money import to_text

ITEM_COLUMNS = ("item_id", "kind", "account_id", "opened_on", "closed_on", "what")
BALANCE, BOOK_TOTAL = "balance_difference", "book_total_difference"
TOTAL_COLUMNS = ("month_end", "entity", "branch", "product", "currency", "accounts", "balance")
OFF_THE_BOOKS = ("written_off", "transferred", "terminated")

Found = dict[str, tuple[str, str]]
"""item id → account, what differs"""


def keep_items(job: Job, kind: str, found: Found, agrees: Callable[[str, str], bool]) -> tuple[str, ...]:
    """Open an item for each difference found, and close the open ones of which `agrees` (item, account) is true.

    Returns the items opened.
    """
    columns = (work_items.c.item_id, work_items.c.account_id, work_items.c.opened_on, work_items.c.what)
    where = (work_items.c.kind == kind, work_items.c.closed_on.is_(None))
    open_ = {row[0]: row[1:] for row in job.connection.execute(select(*columns).where(*where))}
    rows: list[tuple[Any, ...]] = [
        (item, kind, account, open_[item][1] if item in open_ else job.pen.day, None, what)
        for item, (account, what) in found.items()
        if item not in open_ or open_[item][2] != what
    ]
    for item in sorted(open_.keys() - found.keys()):
        account, opened_on, what = open_[item]
        if agrees(item, account):
            rows.append((item, kind, account, opened_on, job.pen.day, what))
    job.upsert(work_items, ITEM_COLUMNS, rows)
    return tuple(item for item in found if item not in open_)


# --- what is overdue --------------------------------------------------------------------------------------------------


def check_overdue(job: Job, state: pl.DataFrame, looked_at: set[str], least: dict[str, int]) -> tuple[str, ...]:
    """Hold the core's sum overdue against the plan's, for accounts whose balance or plan is new. Opened items.

    What was sold or is at an end falls due to nobody here.
    """
    if not looked_at:
        return ()
    told = pl.col("overdue").is_not_null() & pl.col("plan_overdue").is_not_null()
    charges = pl.sum_horizontal("penalty", "compound", "fees", "costs")
    agrees = (pl.col("overdue") == pl.col("plan_overdue")) | (
        (pl.col("overdue") > pl.col("plan_overdue")) & (pl.col("overdue") <= pl.col("plan_overdue") + charges)
    )
    owed = pl.sum_horizontal("principal", "interest", charges)
    doubtful = state.filter(told & ~agrees & ~pl.col("book_status").is_in(GONE)).select(
        "account_id", "currency", "balance_as_of", "overdue", "plan_overdue", owed.alias("owed")
    )
    off = [
        row for row in doubtful.iter_rows() if row[0] in looked_at and not least.get(row[0], row[4]) <= row[3] < row[4]
    ]
    called = _called(job, [account for account, _, _, overdue, _, owed_ in off if overdue == owed_])
    found = {
        item_of(BALANCE, account): (account, _said(day, currency, theirs, ours))
        for account, currency, day, theirs, ours, _ in off
        if account not in called
    }
    compared = set(state.filter(told)["account_id"].to_list())
    return keep_items(job, BALANCE, found, lambda item, account: account in looked_at and account in compared)


def item_of(kind: str, *about: object) -> str:
    """The id of a work item: one for each thing that can differ."""
    return derived_id("work_item", kind, *about)


def _said(day: date, currency: str, theirs: int, ours: int) -> str:
    return f"overdue as of {day}: core {to_text(theirs, currency)} {currency}, instalments {to_text(ours, currency)}"


def _called(job: Job, ids: list[str]) -> set[str]:
    """Of these accounts, those whose whole debt was declared due."""
    rows = job.kept((cases.c.account_id, cases.c.file), cases.c.account_id, ids, cases.c.closed_on.is_(None))
    return {account for account, file in rows.iter_rows() if msgspec.json.decode(file, type=CaseFile).accelerated_on}


# --- the book at month end --------------------------------------------------------------------------------------------


def load_totals(job: Job) -> None:
    """Take up the bank's totals."""
    rows = job.rows("book_totals")
    if rows is None:
        return
    rows = rows.select(TOTAL_COLUMNS).with_columns(pl.col("entity").fill_null(""))
    kept = sets.frame(
        job.connection,
        [book_totals.c[name] for name in TOTAL_COLUMNS],
        book_totals.c.month_end.in_(rows["month_end"].unique().to_list()),
    )
    new = fresh(rows, kept, TOTAL_COLUMNS[:5])
    job.counted("book_totals", new.height, rows.height)
    job.upsert(book_totals, TOTAL_COLUMNS, new.rows())


def month_ends(job: Job) -> list[date]:
    """Ends of months of which totals or balances were delivered."""
    days: set[date] = set()
    for name, column in (("book_totals", "month_end"), ("balances", "as_of")):
        rows = job.rows(name)
        if rows is not None:
            days.update(rows[column].unique())
    return sorted(day for day in days if day.day == monthrange(day.year, day.month)[1])


Key = tuple[str, str, str, str]
"""entity, branch, product, currency"""


def check_totals(job: Job, days: Iterable[date]) -> tuple[str, ...]:
    """Hold the bank's month-end totals against our own sums, which must be written by now. Opened items."""
    compared: set[str] = set()
    found: Found = {}
    for day in days:
        theirs = _theirs(job, day)
        ours = _ours(job, day) if theirs else {}
        for key, (count, balance) in theirs.items():
            unknown, most, least, total = ours.get(key, (0, 0, 0, 0))
            if unknown:
                continue
            item = item_of(BOOK_TOTAL, day, *key)
            compared.add(item)
            if balance != total or not least <= count <= most:
                found[item] = ("", _book_said(day, key, (count, balance), (most, total)))
    return keep_items(job, BOOK_TOTAL, found, lambda item, account: item in compared) if compared else ()


def _theirs(job: Job, day: date) -> dict[Key, tuple[int, int]]:
    columns = [book_totals.c[name] for name in TOTAL_COLUMNS[1:]]
    rows = sets.frame(job.connection, columns, book_totals.c.month_end == day).iter_rows()
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in rows}


def _ours(job: Job, day: date) -> dict[Key, tuple[int, int, int, int]]:
    rows = job.connection.execute(_sums(day))
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5], row[6], int(row[7])) for row in rows}


def _sums(day: date) -> Select[Any]:
    """By entity, branch, product and currency: accounts without a balance, with one, with one not zero; the sum."""
    a, b, later = accounts, balances, balances.alias()
    newest = select(func.max(later.c.known_on)).where(later.c.account_id == a.c.account_id, later.c.as_of == day)
    owed = b.c.principal + b.c.interest + b.c.penalty + b.c.compound + b.c.fees + b.c.costs
    missing = case((and_(b.c.account_id.is_(None), a.c.book_status == "active", a.c.opened_on <= day), 1), else_=0)
    by = (a.c.entity, a.c.branch, a.c.product, a.c.currency)
    return (
        select(
            *by,
            func.sum(missing),
            func.count(b.c.account_id),
            func.coalesce(func.sum(case((owed != 0, 1), else_=0)), 0),
            cast(func.coalesce(func.sum(owed), 0), BigInteger),
        )
        .select_from(a)
        .outerjoin(
            b,
            and_(
                b.c.account_id == a.c.account_id,
                b.c.as_of == day,
                b.c.known_on == newest.correlate(a).scalar_subquery(),
            ),
        )
        .where(a.c.book_status.not_in(OFF_THE_BOOKS))
        .group_by(*by)
    )


def _book_said(day: date, key: Key, theirs: tuple[int, int], ours: tuple[int, int]) -> str:
    currency = key[3]
    amounts = [
        f"{accounts_} accounts, {to_text(balance, currency)} {currency}" for accounts_, balance in (theirs, ours)
    ]
    return f"book of {day}, {' '.join(key[:3])}: bank {amounts[0]}; ledger {amounts[1]}"
