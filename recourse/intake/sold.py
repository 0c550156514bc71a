"""Money on a debt that was sold: what came in after the cut-off day is the buyer's, and somebody has to pass it on.

Looked for with every delivery, among claims sold lately and accounts on which money is new. A work item that was closed
stays closed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from recourse.intake.job import Job
from recourse.intake.reconcile import ITEM_COLUMNS, item_of
from recourse.ledger import sets
from recourse.ledger.tables import accounts, cases, payments, pool_claims, work_items
from recourse.money import to_text

ITEM = "receipt_to_forward"
LATELY = timedelta(days=14)


def to_forward(job: Job, moved: Collection[str]) -> tuple[str, ...]:
    """Open a work item for each receipt that is the buyer's; returns those opened. Two queries when something was sold."""
    c, p = pool_claims.c, payments.c
    query = (
        select(p.payment_id, p.account_id, p.amount, p.paid_on, c.cut_off_on, accounts.c.currency)
        .select_from(pool_claims)
        .join(cases, cases.c.case_id == c.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
        .join(payments, p.account_id == cases.c.account_id)
        .where(
            c.state == "transferred",
            or_(c.moved_on >= job.pen.day - LATELY, sets.among(cases.c.account_id, list(moved))),
            p.paid_on > c.cut_off_on,
            p.kind.in_(("payment", "recovery")),
        )
        .order_by(p.payment_id)
    )
    found = {item_of(ITEM, row.payment_id): row for row in job.connection.execute(query)}
    if not found:
        return ()
    known = select(work_items.c.item_id).where(sets.among(work_items.c.item_id, list(found)))
    new = [item for item in found if item not in set(job.connection.execute(known).scalars())]
    job.upsert(
        work_items,
        ITEM_COLUMNS,
        [(item, ITEM, found[item].account_id, job.pen.day, None, _said(found[item])) for item in new],
    )
    return tuple(new)


def _said(row: Any) -> str:
    amount = to_text(row.amount, row.currency)
    return f"payment {row.payment_id} of {amount} came in after the cut-off {row.cut_off_on}: pass it on to the buyer"
