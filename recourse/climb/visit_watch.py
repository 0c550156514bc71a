"""Visits that were planned, looked at each morning: one whose case is braked by then is dropped, its permit given back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from recourse import events as ev
from recourse.climb.strategy import Strategy
from recourse.decide import braked_by
from recourse.ledger import store
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import field_visits
from recourse.permits import give_back

NODE = "visit"
_PLANNED = select(field_visits.c.plan_id, field_visits.c.permit_id, field_visits.c.case_id, field_visits.c.planned_on)


def stopped(strategy: Strategy, dossier: Dossier, on: date) -> str:
    """What keeps collectors from going on a day ("" = nothing)."""
    return dossier.file.end or braked_by(strategy.judge_of(dossier.facts), dossier.facts, NODE, on)


def drop_braked(connection: Connection, strategy: Strategy, pen: Pen) -> int:
    """Drop every visit of today or later whose case ended or is braked today; how many. A visit whose day is past was made
    or not, which its collectors report."""
    query = _PLANNED.where(field_visits.c.state == "planned", field_visits.c.planned_on >= pen.day)
    rows = connection.execute(query.order_by(field_visits.c.plan_id)).all()
    if not rows:
        return 0
    dossiers = store.load(connection, [row.case_id for row in rows])
    back = []
    for row in rows:
        cause = stopped(strategy, dossiers[row.case_id], pen.day)
        if cause:
            dossiers[row.case_id].record(ev.FieldVisitDropped(row.plan_id, row.permit_id, cause), pen)
            back.append(row.permit_id)
    give_back(connection, back)
    store.save(connection, list(dossiers.values()))
    return len(back)
