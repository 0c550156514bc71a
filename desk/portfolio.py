"""A business day in parts, for an engine that runs them as tasks: each part may run twice, on any machine.

The day is turned (the one before is closed and sealed, this one opened), deliveries come in, every due case is decided
in shares, lists are opened, what may go out goes out in shares. The day then stays open for people's answers and what
they approve, until the next one is turned or `recourse close` closes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec
from sqlalchemy import func, select

from desk.deliveries import pending
from desk.deliveries import take_in as take_in_deliveries
from desk.figures import figures
from desk.open_desk import Desk
from desk.runner import Plan, bound_lists, close_day, escalate, open_day, send
from recourse.climb import calling
from recourse.climb.calling import AssignedToday
from recourse.climb.dispatch import Dispatched
from recourse.climb.sweep import Swept
from recourse.climb.sweep import sweep as sweep_cases
from recourse.errors import UserError
from recourse.ledger import days
from recourse.ledger.database import reading
from recourse.ledger.store import Slots
from recourse.ledger.tables import WAITING, accounts, cases, intents

SHARE_OF = 5000
"""Cases that make one share of a day's work worth a task of its own."""
SHARES_AT_MOST = 64


def turn(desk: Desk, day: date) -> bool:
    """Close the day before if it is still open, open this one. False when this one is closed already.

    Raises UserError when a later day was opened, or an act of the earlier day is still under way.
    """
    with reading(desk.engine) as connection:
        before = days.last(connection)
    if before is not None and before[0] < day and not before[1]:
        close_day(desk, desk.pen(before[0]))
    return open_day(desk, desk.strategy(day), desk.pen(day), Plan())


def take_in(desk: Desk, day: date, folder: Path | None) -> int:
    """Take in every delivery of the folder that has arrived by this day, once; returns how many."""
    waiting = pending(desk, folder)
    before = len(waiting)
    take_in_deliveries(desk, waiting, day, desk.pen(day))
    return before - len(waiting)


def shares(desk: Desk, day: date) -> list[str]:
    """The shares in which a day's due cases are decided: one for every 5,000, from 1 to 64.

    Due: a case that is to be looked at by this day, or an account without a case that has become late.
    """
    due = select(func.count()).select_from(cases).where(cases.c.closed_on.is_(None), cases.c.wake_on <= day)
    late = select(func.count()).select_from(accounts).where(accounts.c.oldest_unpaid_due_on < day)
    with reading(desk.engine) as connection:
        number = max(connection.execute(due).scalar() or 0, connection.execute(late).scalar() or 0)
    return _split(number)


def queues(desk: Desk, day: date) -> list[str]:
    """The shares in which what is queued for a day goes out."""
    query = select(func.count()).select_from(intents).where(WAITING, intents.c.due_on <= day)
    with reading(desk.engine) as connection:
        return _split(connection.execute(query).scalar() or 0)


def _split(number: int) -> list[str]:
    n = min(SHARES_AT_MOST, max(1, -(-number // SHARE_OF)))
    return [f"{k}/{n}" for k in range(n)]


def lift(desk: Desk, day: date) -> int:
    """Lift the gates whose deadline has passed by one level; returns how many."""
    return escalate(desk, desk.strategy(day), desk.pen(day))


def sweep(desk: Desk, day: date, share: str) -> Swept:
    """Decide every due case of a share."""
    return sweep_cases(desk.engine, desk.strategy(day), desk.pen(day), Slots.of(share))


def open_lists(desk: Desk, day: date) -> int:
    """Open the day's lists; returns how many."""
    return bound_lists(desk, desk.strategy(day), desk.pen(day))


def dispatch(desk: Desk, day: date, share: str = "0/1", *, gate_ids: Sequence[str] | None = None) -> Dispatched:
    """Claim, act and keep the receipts of what is queued in a share, or only of what some gates approved."""
    return send(desk, desk.strategy(day), desk.pen(day), desk.channels, share, gate_ids=gate_ids, live=True)


def assign_calls(desk: Desk, day: date) -> AssignedToday:
    """Give every open call to a caller; safe to repeat."""
    return calling.assign_calls(desk.engine, desk.strategy(day), desk.pen(day))


def dispatch_left(desk: Desk, day: date) -> Dispatched:
    """Take up what dead runs left between claim and receipt, and what gates approved that nobody acted on yet. What needs
    no gate is left to the day's own dispatch."""
    query = select(intents.c.gate_id, intents.c.state).distinct().where(WAITING, intents.c.due_on <= day)
    with reading(desk.engine) as connection:
        found = connection.execute(query).all()
    approved = sorted({row.gate_id for row in found if row.gate_id})
    if not approved and all(row.state == "queued" for row in found):
        return Dispatched()
    return dispatch(desk, day, gate_ids=approved)


def open_business_day(desk: Desk) -> date | None:
    """The business day that is open; None between two days."""
    with reading(desk.engine) as connection:
        found = days.last(connection)
    return found[0] if found is not None and not found[1] else None


def next_day(desk: Desk) -> date:
    """The business day that an engine's run of today works: today, or the working day after the last one in a ledger
    whose days are played (demo mode)."""
    with reading(desk.engine) as connection:
        found = days.last(connection)
    if not desk.settings.is_demo or found is None:
        return desk.today()
    return desk.strategy(found[0]).calendar_of(desk.settings.jurisdiction).next_workday(found[0])


def is_workday(desk: Desk, day: date) -> bool:
    """Whether the bank works on a day."""
    return desk.strategy(day).calendar_of(desk.settings.jurisdiction).is_workday(day)


def check_workday(desk: Desk, day: date) -> None:
    """Refuse a day on which the bank does not work."""
    if not is_workday(desk, day):
        raise UserError(f"{day} is no working day", mend="see the calendar pack")


class Summary(msgspec.Struct, frozen=True):
    """What a day came to, for the engine's log and for those who are scheduled after it."""

    day: date
    decided: int
    opened: int
    ended: int
    done: int
    failed: int
    unknown: int
    refused: int
    gates_open: int
    """Of those opened on this day."""

    funnel: dict[str, dict[str, int]]


def summary(desk: Desk, day: date, swept: list[Swept], dispatched: list[Dispatched]) -> Summary:
    """Add up what the shares report, beside the figures of the ledger."""
    shown = figures(desk, day, day)
    return Summary(
        day, sum(s.decided for s in swept), sum(s.opened for s in swept), sum(s.ended for s in swept),
        sum(d.done for d in dispatched), sum(d.failed for d in dispatched), sum(d.unknown for d in dispatched),
        sum(d.refused for d in dispatched), shown.gates.get("open", 0), shown.funnel,
    )  # fmt: skip
