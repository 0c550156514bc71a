"""How often a person may still be dialled today, for a caller to see before taking the call."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, select

from recourse.climb.calling import waiting_calls
from recourse.climb.contact import numbers_of
from recourse.climb.strategy import Strategy
from recourse.ledger.database import reading
from recourse.ledger.tables import calls, permits
from recourse.permits import Past, Request, capped


def dials_left(engine: Engine, strategy: Strategy, day: date, call_id: str) -> int:
    """What the caps leave of an open call's budget; the dial itself is judged anew, by hour and consent too."""
    with reading(engine) as connection:
        row = connection.execute(select(calls).where(calls.c.call_id == call_id)).one()
        ((_, _, facts),) = waiting_calls(connection, strategy, day, [call_id])
        number = numbers_of(connection, [row.person_id], ("call",)).get(row.person_id, ("", ""))[1]
        used = connection.execute(select(permits).where(permits.c.person_id == row.person_id)).all()
    policy, left = strategy.policy_of(facts), 0
    request = Request(row.person_id, row.case_id, "call", "call", number)
    past = [Past(each.issued_on, each.channel, each.number_id, each.used) for each in used]
    most = max((cap.at_most for _, cap in policy.caps), default=0)
    while left < most and capped(request, policy, past, day) is None:
        past.append(Past(day, "call", number))
        left += 1
    return left
