"""Visits that were planned, looked at each morning: one whose case is braked by then, or that the law of contact refuses
after what was said since, is dropped, and its permit given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from recourse import events as ev
from recourse.climb.strategy import Strategy
from recourse.contact_law import Permit, Request
from recourse.decide import braked_by
from recourse.ledger import store
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import field_visits, permits
from recourse.permits import give_back, refused_now

NODE = "visit"
_PLANNED = select(
    field_visits.c.plan_id, field_visits.c.permit_id, field_visits.c.case_id, field_visits.c.place, permits.c.person_id,
    permits.c.issued_on, permits.c.issued_at, permits.c.account_id, permits.c.role, permits.c.caller,
).join(permits, permits.c.permit_id == field_visits.c.permit_id)  # fmt: skip


def stopped(strategy: Strategy, dossier: Dossier, on: date) -> str:
    """What keeps collectors from going on a day ("" = nothing)."""
    return dossier.file.end or braked_by(strategy.judge_of(dossier.facts), dossier.facts, NODE, on)


def drop_braked(connection: Connection, strategy: Strategy, pen: Pen) -> int:
    """Drop every visit of today or later whose case ended or is braked today, or that would get no permit any more: the
    agreed hours were withdrawn, the debtor has a lawyer. How many. A visit whose day is past was made or not, which its
    collectors report."""
    query = _PLANNED.where(field_visits.c.state == "planned", field_visits.c.planned_on >= pen.day)
    rows = connection.execute(query.order_by(field_visits.c.plan_id)).all()
    if not rows:
        return 0
    dossiers = store.load(connection, [row.case_id for row in rows])
    refused = _refused(connection, strategy, pen, rows, dossiers)
    back = []
    for row in rows:
        cause = stopped(strategy, dossiers[row.case_id], pen.day) or refused.get(row.plan_id, "")
        if cause:
            dossiers[row.case_id].record(ev.FieldVisitDropped(row.plan_id, row.permit_id, cause), pen)
            back.append(row.permit_id)
    give_back(connection, back)
    store.save(connection, list(dossiers.values()))
    return len(back)


def _refused(
    connection: Connection, strategy: Strategy, pen: Pen, rows: Sequence[Any], dossiers: Mapping[str, Dossier]
) -> dict[str, str]:
    """Plan → the rule that refuses it, asked for the hour that it is planned for."""
    standing = [
        (Permit(row.permit_id, _request(row)), row.issued_on, strategy.policy_of(dossiers[row.case_id].facts))
        for row in rows
    ]  # fmt: skip
    answers = refused_now(connection, standing, pen.at, [row.issued_at for row in rows])
    return {row.plan_id: answer.rule for row, answer in zip(rows, answers, strict=True) if answer is not None}


def _request(row: Any) -> Request:
    return Request(row.person_id, row.case_id, NODE, NODE, "", row.account_id, row.role, caller=row.caller,
                   at_work=row.place == "work")  # fmt: skip
