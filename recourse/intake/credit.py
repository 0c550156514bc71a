"""征信 What the bank reported to the credit registry: taken up, and the check that the person was told before (征信业管理条例 15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from recourse.canonical import derived_id
from recourse.credit_months import NOTICE_RULE, record
from recourse.intake.job import Job, fresh
from recourse.ledger import sets
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import accounts, cases, credit_notices, credit_reports
from recourse.ledger.work_list import keep
from recourse.policy.book import PolicyBook

ITEM = "credit_unnoticed"
COLUMNS = ("account_id", "month", "status", "reported_on")


def load_reports(job: Job) -> set[str]:
    """Take up the months reported; accounts of which something is new."""
    rows = job.rows("credit_reports")
    if rows is None:
        return set()
    told = rows.select(COLUMNS)
    about = set(told["account_id"].to_list())
    kept = job.kept([credit_reports.c[name] for name in COLUMNS], credit_reports.c.account_id, about)
    new = fresh(told, kept, ("account_id", "month"))
    job.counted("credit_reports", new.height, rows.height)
    job.upsert(credit_reports, (*COLUMNS, "known_on"), [(*row, job.pen.day) for row in new.iter_rows()])
    return set(new["account_id"].to_list())


def months_of(connection: Connection, account_ids: Collection[str]) -> dict[str, list[Any]]:
    """Account → its months as reported, oldest first."""
    query = select(credit_reports).where(sets.among(credit_reports.c.account_id, account_ids))
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query.order_by(credit_reports.c.account_id, credit_reports.c.month)):
        found[row.account_id].append(row)
    return found


def notices_of(connection: Connection, account_ids: Collection[str]) -> dict[str, list[date]]:
    """Account → the days of its proved notices, in order."""
    query = (
        select(cases.c.account_id, credit_notices.c.given_on)
        .join(cases, cases.c.case_id == credit_notices.c.case_id)
        .where(sets.among(cases.c.account_id, account_ids), credit_notices.c.proof != "")
    )
    found: defaultdict[str, list[date]] = defaultdict(list)
    for account, on in connection.execute(query.order_by(credit_notices.c.given_on)):
        found[account].append(on)
    return found


def check_told(connection: Connection, book: PolicyBook, pen: Pen, account_ids: Collection[str]) -> list[str]:
    """A work item for the credit-reporting officer for each account of which negative months were reported without a proved
    notice before them; closed when the notice comes to light. Items opened. Three queries."""
    if not account_ids:
        return []
    months, notices = months_of(connection, account_ids), notices_of(connection, account_ids)
    of = select(accounts.c.account_id, accounts.c.jurisdiction, accounts.c.product).where(
        sets.among(accounts.c.account_id, account_ids)
    )
    found: dict[str, tuple[str, str]] = {}
    for account, jurisdiction, product in connection.execute(of):
        numbers = book.at(pen.day, jurisdiction, product).numbers
        if NOTICE_RULE not in numbers:
            continue
        reported = record(months.get(account, []), notices.get(account, []), numbers)
        if untold := [month for month in reported if month.negative and month.told_on is None]:
            found[derived_id("work_item", ITEM, account, untold[0].month)] = account, _said(untold)
    return keep(connection, ITEM, found, pen, account_ids)


def _said(untold: Sequence[Any]) -> str:
    first, more = untold[0], len(untold) - 1
    what = f"{first.month} reported as {first.status} on {first.reported_on} without a proved notice before it"
    return what + (f"; so were {more} more up to {untold[-1].month}" if more else "")
