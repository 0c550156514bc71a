"""The board: where all open cases stand, and what is stuck and why. For the console and for engines' summaries.

Figures over a span of days are `desk.figures`; the rows behind each number here are `desk.board_rows`.
"""

from __future__ import annotations

from datetime import date

import msgspec
from sqlalchemy import Connection, Engine, bindparam, case, func, literal_column, select

from desk.open_desk import Desk
from recourse import events as ev
from recourse.events import open_envelope
from recourse.ledger import days
from recourse.ledger.database import reading
from recourse.ledger.leases import is_dead
from recourse.ledger.tables import TROUBLED, WAITING, calls, cases, events, gates, intents, visits, work_items

STANDING = ("list", "gate", "queued", "released", "open")
"""States of a visit that is not left."""

SAYS_MISSING = '%"said":"%missing:%'
"""In the file of a case whose last idle decision named a fact that it lacks."""


class Board(msgspec.Struct, frozen=True):
    """Everything the board says. `counts`: node → state → cases; `last`: the last business day that was opened.

    `acts_on`: the business day to which an answer given now belongs; `missing`: open cases that lack a fact;
    `asleep`: open cases that only a new fact will wake; `refused`: rule → contacts refused on the last business day.
    """

    last: date | None
    closed: bool
    acts_on: date
    open_cases: int
    counts: dict[str, dict[str, int]]
    gates_open: int
    gates_late: int
    gates_urgent: int
    acts_failed: int
    acts_unknown: int
    acts_left: int
    missing: int
    asleep: int
    work: dict[str, int]
    refused: dict[str, int]
    calls_waiting: int


def board(desk: Desk) -> Board:
    """The board of this moment: the same number of queries however large the book is."""
    acts_on = desk.business_day()
    with reading(desk.engine) as connection:
        last = days.last(connection)
        held = connection.execute(_CASES).one()
        waiting = connection.execute(_GATES, {"day": acts_on}).one()
        ended = {state: count for state, count in connection.execute(_ACTS)}
        return Board(
            last=last[0] if last else None,
            closed=last[1] if last else True,
            acts_on=acts_on,
            open_cases=held.open,
            counts=_counts(connection),
            gates_open=waiting.open,
            gates_late=waiting.late or 0,
            gates_urgent=waiting.urgent or 0,
            acts_failed=ended.get("failed", 0),
            acts_unknown=ended.get("unknown", 0),
            acts_left=_left_behind(connection, desk.engine),
            missing=held.missing or 0,
            asleep=held.asleep or 0,
            work={kind: count for kind, count in connection.execute(_WORK)},
            refused=_refused(connection, last[0]) if last else {},
            calls_waiting=connection.execute(_CALLS).scalar() or 0,
        )


def dead_owners(connection: Connection, engine: Engine) -> list[str]:
    """Runs that released an act, left no receipt, and have ended."""
    owners = connection.execute(_OWNERS).scalars().all()
    return sorted(owner for owner in owners if is_dead(engine, owner))


_STATES = visits.c.state.in_([literal_column(f"'{state}'") for state in STANDING])
_CASES = select(
    func.count().label("open"),
    func.sum(case((cases.c.wake_on.is_(None), 1), else_=0)).label("asleep"),
    func.sum(case((cases.c.file.like(SAYS_MISSING), 1), else_=0)).label("missing"),
).where(cases.c.closed_on.is_(None))
_GATES = select(
    func.count().label("open"),
    func.sum(case((gates.c.due_on < bindparam("day"), 1), else_=0)).label("late"),
    func.sum(case((gates.c.urgent != "", 1), else_=0)).label("urgent"),
).where(gates.c.status == "open")
_COUNTS = select(visits.c.node, visits.c.state, func.count()).where(_STATES).group_by(visits.c.node, visits.c.state)
_ACTS = (
    select(intents.c.state, func.count())
    .join(cases, cases.c.case_id == intents.c.case_id)
    .where(TROUBLED, cases.c.closed_on.is_(None))
    .group_by(intents.c.state)
)
_OWNERS = select(intents.c.owner).distinct().where(WAITING, intents.c.state == "released")
_RELEASED = (
    select(intents.c.owner, func.count()).where(WAITING, intents.c.state == "released").group_by(intents.c.owner)
)
_WORK = select(work_items.c.kind, func.count()).where(work_items.c.closed_on.is_(None)).group_by(work_items.c.kind)
_CALLS = select(func.count()).select_from(calls).where(calls.c.state != "closed")


def _counts(connection: Connection) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for node, state, count in connection.execute(_COUNTS):
        found.setdefault(node, {})[state] = count
    return found


def _left_behind(connection: Connection, engine: Engine) -> int:
    return sum(count for owner, count in connection.execute(_RELEASED) if is_dead(engine, owner))


def _refused(connection: Connection, day: date) -> dict[str, int]:
    query = select(events.c.text).where(events.c.type == ev.PermitRefused.TYPE, events.c.known_on == day)
    counted: dict[str, int] = {}
    for (text,) in connection.execute(query):
        _, event = open_envelope(text)
        if isinstance(event, ev.PermitRefused):
            counted[event.rule] = counted.get(event.rule, 0) + 1
    return dict(sorted(counted.items(), key=lambda pair: -pair[1]))
