"""How often a person may still be dialled today, for a caller to see before taking the call."""

from __future__ import annotations

from sqlalchemy import Engine, select

from recourse.climb.calling import waiting_calls
from recourse.climb.contact import numbers_of
from recourse.climb.strategy import Strategy
from recourse.contact_law import Request, room
from recourse.ledger.database import reading
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import calls
from recourse.permits import Known


def dials_left(engine: Engine, strategy: Strategy, pen: Pen, call_id: str) -> int:
    """What the caps leave of an open call's budget; the dial itself is judged anew, by its hour and its caller too."""
    with reading(engine) as connection:
        row = connection.execute(select(calls).where(calls.c.call_id == call_id)).one()
        ((_, _, facts),) = waiting_calls(connection, strategy, pen.day, [call_id])
        number = numbers_of(connection, [row.person_id], ("call",)).get(row.person_id, ("", ""))[1]
        policy = strategy.policy_of(facts)
        request = Request(row.person_id, row.case_id, "call", "call", number, facts.account_id)
        known = Known(connection, [(request, policy)], pen.day, lock=False)
    situation = known.situation(request, pen.at, pen.day, ())
    if known.against(request, policy, situation, by_hour=False):
        return 0
    return min((left for left, _ in room(request, policy, situation)), default=1)
