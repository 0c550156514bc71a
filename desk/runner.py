"""The embedded runner: plays business days on one machine, without an engine. Interrupt it anywhere, run it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, select

from desk.open_desk import Desk, memory_channels
from recourse import events as ev
from recourse.acts import Binds
from recourse.channels.channel import Channel
from recourse.climb import brake_watch, freeze_watch, lists
from recourse.climb.calling import assign_calls
from recourse.climb.dispatch import Dispatched, dispatch
from recourse.climb.freezing import freeze
from recourse.climb.shadow import withdraw_queued
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import CHUNK, Swept, sweep
from recourse.errors import UserError
from recourse.ledger import bulk, days, store
from recourse.ledger.database import writing
from recourse.ledger.dossier import Pen
from recourse.ledger.leases import hold, name_of_run
from recourse.ledger.seal import seal
from recourse.ledger.store import Slots
from recourse.ledger.tables import batches, business_days, cases, packs
from recourse.workdays import Calendar

DAYS = "portfolio:days"
LEASE_HOURS = 1


class Played(msgspec.Struct, frozen=True):
    """What a business day did."""

    day: date
    swept: Swept
    dispatched: Dispatched
    lists: int
    escalated: int


class Plan(msgspec.Struct, frozen=True):
    """How days are played. `policy_as_of` judges by another day's law and contacts nobody; `shadow` acts on nothing."""

    policy_as_of: date | None = None
    shadow: bool = False
    shards: int = 1
    deliveries: Path | None = None
    chunk: int = CHUNK


def business_days_between(desk: Desk, from_on: date, to_on: date) -> list[date]:
    """The bank's working days in a span."""
    if to_on < from_on:
        raise UserError(f"{to_on} is before {from_on}", where="--to", mend="give a day on or after --from")
    calendar: Calendar = desk.strategy(from_on).calendar_of(desk.settings.jurisdiction)
    return list(calendar.between(from_on, to_on))


def play(
    desk: Desk, on: list[date], plan: Plan, *, before: Callable[[date, Pen], None] | None = None,
    after: Callable[[date, Strategy], None] | None = None, channels: Mapping[str, Channel] | None = None,
) -> Iterator[Played]:  # fmt: skip
    """Play days in order. `before` runs when a day is open (deliveries come in), `after` before it closes."""
    played = desk.settings.is_demo or plan.policy_as_of is not None
    ways_out = channels if channels is not None else (memory_channels() if plan.policy_as_of else desk.channels)
    for day in on:
        pen = desk.pen(day, played=played)
        strategy = desk.strategy(day, plan.policy_as_of)
        if not open_day(desk, strategy, pen, plan):
            continue
        if before:
            before(day, pen)
        done = _work(desk, strategy, pen, plan, ways_out)
        if after:
            after(day, strategy)
        close_day(desk, pen)
        yield done


def open_day(desk: Desk, strategy: Strategy, pen: Pen, plan: Plan) -> bool:
    """Open a business day; False when it was closed before. Days never go back."""
    with writing(desk.engine) as connection:
        days.lock_to_turn(connection)
        known = connection.execute(select(business_days).where(business_days.c.day == pen.day)).first()
        if known is not None:
            return not known.closed
        later = connection.execute(select(business_days.c.day).where(business_days.c.day > pen.day).limit(1)).scalar()
        if later is not None:
            raise UserError(
                f"{pen.day} lies before {later}, which was played", where="--from", mend="business days go forward"
            )
        _refuse_unlearning(connection, pen.day)
        _activate(connection, desk, strategy, pen)
        bulk.insert(
            connection, business_days, ("day", "policy", "policy_as_of", "closed"),
            [(pen.day, desk.book.hash, plan.policy_as_of, False)],
        )  # fmt: skip
        opened = ev.DayOpened(desk.book.hash[:16], desk.ladder.hash[:16], plan.policy_as_of, plan.shadow)
        store.append(connection, DAYS, [(opened, None)], pen)
    return True


def _refuse_unlearning(connection: Connection, day: date) -> None:
    """Cases that have learned of a delivery on a later day cannot be decided on an earlier one."""
    newest = connection.execute(select(func.max(batches.c.known_on))).scalar()
    if newest is not None and newest > day and connection.execute(select(cases.c.case_id).limit(1)).first():
        raise UserError(
            f"{day} lies before {newest}, on which a delivery came in", where="--from", mend="business days go forward"
        )


def _activate(connection: Connection, desk: Desk, strategy: Strategy, pen: Pen) -> None:
    """Keep a pack that is new to the ledger; look at every case again when the rules or the ladder changed."""
    last = connection.execute(select(business_days.c.policy).order_by(business_days.c.day.desc()).limit(1)).scalar()
    if connection.execute(select(packs.c.hash).where(packs.c.hash == desk.book.hash)).first() is None:
        bulk.insert(connection, packs, ("hash", "activated_on", "text"), [(desk.book.hash, pen.day, desk.book.text)])
        store.append(connection, "policy:packs", [(ev.PackActivated(desk.book.hash), None)], pen)
    law_on = strategy.policy_as_of or pen.day
    if last is not None and (
        last != desk.book.hash or (strategy.policy_as_of is None and desk.book.changes_on(law_on))
    ):
        store.wake(connection, pen.day)


def _work(desk: Desk, strategy: Strategy, pen: Pen, plan: Plan, channels: Mapping[str, Channel]) -> Played:
    escalated = escalate(desk, strategy, pen)
    swept = Swept()
    for shard in range(plan.shards):
        part = sweep(desk.engine, strategy, pen, Slots.of(f"{shard}/{plan.shards}"), chunk=plan.chunk)
        for name in swept.__struct_fields__:
            setattr(swept, name, getattr(swept, name) + getattr(part, name))
    opened = bound_lists(desk, strategy, pen)
    if plan.shadow:
        withdraw_queued(desk.engine, pen)
        done = Dispatched()
    else:
        done = send(desk, strategy, pen, channels, live=plan.policy_as_of is None)
        assign_calls(desk.engine, strategy, pen)
    return Played(pen.day, swept, done, opened, escalated)


def bound_lists(desk: Desk, strategy: Strategy, pen: Pen) -> int:
    """Bind the packets of what waits for a list, then open the lists; returns how many."""
    freeze(desk.engine, strategy, pen, desk.acts, desk.tools(strategy, pen.at))
    bound = [node for node, act in desk.acts.items() if isinstance(act, Binds)]
    return lists.open_lists(desk.engine, strategy, pen, bound)


def escalate(desk: Desk, strategy: Strategy, pen: Pen) -> int:
    """Lift the gates whose deadline has passed, and see to what waits of brakes and freezes; returns how many gates were lifted."""
    brake_watch.watch(desk.engine, strategy, pen)
    freeze_watch.watch(desk.engine, strategy, pen)
    with days.writing_on(desk.engine, pen.day) as connection:
        return strategy.gate_book.escalate(connection, pen)


def send(
    desk: Desk, strategy: Strategy, pen: Pen, channels: Mapping[str, Channel], shard: str = "0/1", *,
    gate_ids: Sequence[str] | None = None, live: bool = False,
) -> Dispatched:  # fmt: skip
    """Dispatch what is queued (or only what some gates approved), under a lease of this process. `live`: permits go by the
    clock of each batch, not by that of the run's beginning; in demo mode the clock stands still."""

    def now() -> Pen:
        return msgspec.structs.replace(pen, at=desk.instant(pen.day, played=False))

    until = desk.instant(pen.day, played=False)
    with hold(desk.engine, name_of_run(until), until) as lease:
        tools = desk.tools(strategy, pen.at, channels)
        return dispatch(desk.engine, strategy, desk.acts, tools, pen, lease, Slots.of(shard), gate_ids=gate_ids,
                        now=now if live and not desk.settings.is_demo else None)  # fmt: skip


def close_day(desk: Desk, pen: Pen) -> str:
    """Close a business day and seal the ledger; returns the seal's root."""
    with writing(desk.engine) as connection:
        days.lock_to_turn(connection)
        days.refuse_while_acting(connection, desk.engine, pen.day)
        store.append(connection, DAYS, [(ev.DayClosed(), None)], pen)
        connection.execute(business_days.update().where(business_days.c.day == pen.day).values(closed=True))
        return seal(connection, pen.day, pen.at)
