"""Steps that wait for people, as an engine runs them: one step for each open gate.

The ledger is the truth: an engine asks for the seats and carries the answers here; what it has open is compared with
what the ledger has open, and the ledger wins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec
from sqlalchemy import func, select

from desk import inbox, portfolio
from desk.open_desk import Desk
from recourse.climb.dispatch import Dispatched
from recourse.gate_rows import names_of
from recourse.ledger import sets
from recourse.ledger.database import reading
from recourse.ledger.tables import TROUBLED, WAITING, cases, gates, intents, votes


class Step(msgspec.Struct, frozen=True):
    """An open gate as an engine runs it. `stem` names it before its number: ``<account>--<node>``, or for a list
    ``list--<node>--<gate>``; `level` counts its escalations, after which other people sit; `opened_on`: since when it waits.
    """

    stem: str
    account: str
    node: str
    gate_id: str
    level: int
    opened_on: date


class Standing(msgspec.Struct, frozen=True):
    """Where a gate stands: its status, its level, the seats that are still to be answered, and whether what it approved
    is still queued."""

    status: str
    level: int
    left: tuple[str, ...] = ()
    queued: bool = False


class Difference(msgspec.Struct, frozen=True):
    """One difference between ledger and engine, and what was done about it."""

    run: str
    what: str
    done: str


class Reconciled(msgspec.Struct, frozen=True):
    """What a comparison found and did. `waiting`: gates that have no run because the cap is reached."""

    differences: tuple[Difference, ...]
    opened: int
    ended: int
    waiting: int
    acted: int

    def as_counts(self) -> dict[str, int]:
        return {"opened": self.opened, "ended": self.ended, "waiting": self.waiting, "acted": self.acted}


class Seats(msgspec.Struct, frozen=True):
    """Who is to be asked: the seats of the first round, and the final approver's that open after it."""

    first: tuple[str, ...]
    final: tuple[str, ...]


def open_steps(desk: Desk, *, nodes: Collection[str] = (), without: Collection[str] = ()) -> list[Step]:
    """A step for every open gate, of some nodes or without some; those whose right is lost first come first."""
    return [
        Step(_stem(line), line.account, line.node, line.gate_id, line.level, line.opened_on)
        for line in inbox.waiting(desk)
        if (not nodes or line.node in nodes) and line.node not in without
    ]


def _stem(line: inbox.Line) -> str:
    return f"{line.account}--{line.node}" if line.account else f"list--{line.node}--{line.gate_id[:8]}"


def grades(desk: Desk, account_ids: Sequence[str]) -> Mapping[str, str]:
    """Account → the internal grade (R1–R4) that its open case was last decided with; one query."""
    query = select(cases.c.account_id, cases.c.file).where(
        cases.c.closed_on.is_(None), sets.one_of(cases.c.account_id, "accounts")
    )
    with reading(desk.engine) as connection:
        rows = connection.execute(query, {"accounts": sorted(set(account_ids))}).all()
    return {account: msgspec.json.decode(file, type=_Graded).grade for account, file in rows}


class _Graded(msgspec.Struct, frozen=True):
    """As much of a case's file as its grade."""

    grade: str = ""


def standing(desk: Desk, gate_ids: Sequence[str]) -> Mapping[str, Standing]:
    """Where gates stand, three queries however many; one that the ledger does not know is left out."""
    wanted = sorted(set(gate_ids))
    with reading(desk.engine) as connection:
        rows = connection.execute(select(gates).where(gates.c.gate_id.in_(wanted))).all() if wanted else []
        cast = connection.execute(select(votes.c.gate_id, votes.c.seat).where(votes.c.gate_id.in_(wanted))).all()
        queued = set(connection.execute(select(intents.c.gate_id).distinct().where(WAITING)).scalars())
    taken = {(gate, seat) for gate, seat in cast}
    return {
        row.gate_id: Standing(
            row.status,
            row.level,
            tuple(seat for seat in names_of(row) if (row.gate_id, seat) not in taken),
            row.gate_id in queued,
        )
        for row in rows
    }


def seats(left: Sequence[str]) -> Seats:
    """The seats that are still to be answered, by round."""
    final = tuple(seat for seat in left if seat.startswith("then:"))
    return Seats(tuple(seat for seat in left if seat not in final), final)


def now(left: Sequence[str]) -> tuple[str, ...]:
    """The seats that can be answered now: the final approver's only when no other is left."""
    rounds = seats(left)
    return rounds.first or rounds.final


def act(desk: Desk, gate_id: str) -> Dispatched | None:
    """Claim, act and keep the receipts of what a gate approved; None between two business days, when it has to wait."""
    day = portfolio.open_business_day(desk)
    return None if day is None else portfolio.dispatch(desk, day, gate_ids=[gate_id])


def troubled(desk: Desk, gate_id: str) -> list[str]:
    """What went wrong with the acts that a gate approved, such as ``acceleration: 1 failed``."""
    query = (
        select(intents.c.node, intents.c.state, func.count())
        .where(TROUBLED, intents.c.gate_id == gate_id)
        .group_by(intents.c.node, intents.c.state)
        .order_by(intents.c.node, intents.c.state)
    )
    with reading(desk.engine) as connection:
        return [f"{node}: {count} {state}" for node, state, count in connection.execute(query)]


MAKES_ROOM = "makes room: another right is lost sooner"


def why_over(stand: Standing | None, level: int) -> str:
    """Why a run that asks people for a gate, as it stood at a level, has nobody left to ask ("" = it has)."""
    if stand is None:
        return "the ledger has no such gate"
    if stand.status != "open":
        return f"answered: the gate is {stand.status}"
    return f"superseded: the gate was lifted to level {stand.level}" if level != stand.level else ""


def crowded_out(wanted: Sequence[Step], stems: Sequence[str], cap: int) -> list[str]:
    """Of the open runs, by their stems, those that have to make room for gates whose right is lost sooner.

    `wanted`: every step, the first to lose its right first; `cap`: how many runs may be open.
    """
    first = {step.stem for step in wanted[:cap]}
    waiting, free = len(first - set(stems)), cap - len(stems)
    later = [stem for stem in stems if stem not in first]
    return later[: max(0, waiting - free)]


def act_on_what_is_left(desk: Desk) -> int:
    """Take up what dead runs left between claim and receipt, and do what was approved at another door; returns how many
    acts have ended."""
    day = portfolio.open_business_day(desk)
    done = portfolio.dispatch_left(desk, day) if day is not None else Dispatched()
    return done.done + done.unknown + done.failed
