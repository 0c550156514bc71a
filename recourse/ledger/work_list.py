"""Work items that a machine finds: opened once for each thing, kept up to date while they are open, closed when it is gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from recourse.ledger import bulk, sets
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import work_items

ITEM_COLUMNS = ("item_id", "kind", "account_id", "opened_on", "closed_on", "what")

Found = Mapping[str, tuple[str, str]]
"""item id → account, what is to be done"""


def keep(connection: Connection, kind: str, found: Found, pen: Pen, about: Collection[str] | None = None) -> list[str]:
    """Open an item for each thing found, close the open ones that are found no more, of all accounts or of those that were
    looked at; the items opened."""
    query = select(work_items.c.item_id).where(work_items.c.kind == kind, work_items.c.closed_on.is_(None))
    if about is not None:
        query = query.where(sets.among(work_items.c.account_id, about))
    done = [item for item in connection.execute(query).scalars() if item not in found]
    if done:
        connection.execute(work_items.update().where(sets.among(work_items.c.item_id, done)).values(closed_on=pen.day))
    return open_items(connection, kind, found, pen)


def open_items(connection: Connection, kind: str, found: Found, pen: Pen) -> list[str]:
    """Open items that were never opened before; one that is open says today's words."""
    if not found:
        return []
    query = select(work_items.c.item_id, work_items.c.opened_on, work_items.c.closed_on, work_items.c.what)
    known = {row.item_id: row for row in connection.execute(query.where(sets.among(work_items.c.item_id, list(found))))}
    rows = [
        (item, kind, account, known[item].opened_on if item in known else pen.day, None, what)
        for item, (account, what) in sorted(found.items())
        if item not in known or (known[item].closed_on is None and known[item].what != what)
    ]
    bulk.upsert(connection, work_items, ITEM_COLUMNS, rows)
    return [item for item in sorted(found) if item not in known]


def close(connection: Connection, kinds: tuple[str, ...], account_id: str, pen: Pen) -> int:
    """Close the open items of some kinds about an account; how many there were."""
    which = work_items.update().where(
        work_items.c.kind.in_(kinds), work_items.c.account_id == account_id, work_items.c.closed_on.is_(None)
    )
    return connection.execute(which.values(closed_on=pen.day)).rowcount
