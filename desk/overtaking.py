"""A debtor who is reached again ends the search: whatever was to be asked of third parties, on whichever debt, is not asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import select

from recourse import events as ev
from recourse.climb.arrivals import Arrival
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.tables import cases, locates
from tasks import locate

if TYPE_CHECKING:
    from desk.operations import Operations

REACHED = "reached"


def overtake(work: Operations, person_ids: Collection[str]) -> int:
    """End every question about these persons that is not answered yet; how many."""
    if not person_ids:
        return 0
    query = (
        select(locates.c.locate_id, locates.c.case_id)
        .join(cases, cases.c.case_id == locates.c.case_id)
        .where(locates.c.state != "closed", sets.among(cases.c.person_id, sorted(person_ids)))
        .order_by(locates.c.locate_id)
    )
    with reading(work.desk.engine) as connection:
        rows = connection.execute(query).all()
        dossiers = store.load(connection, [row.case_id for row in rows], lock=False)
    arrived = []
    for row in rows:
        arrived.append(Arrival(row.case_id, ev.LocateEnded(row.locate_id, REACHED)))
        visit = dossiers[row.case_id].file.visits.get(locate.NODE)
        if visit is not None and visit.state == "open":
            arrived.append(Arrival(row.case_id, ev.VisitLeft(locate.NODE, REACHED)))
    work.record(arrived)
    return len(rows)
