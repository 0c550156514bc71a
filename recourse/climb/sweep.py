"""The sweep: every case that is due today is decided, journaled and its next step queued, in chunks.

A chunk is one transaction and a fixed number of statements. Cut off anywhere, the chunks that were committed stay and
the rest is still due.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial

import msgspec
from sqlalchemy import Connection, Engine, func, select

from recourse import events as ev
from recourse import watch
from recourse.climb.harvest import INTENT_COLUMNS as INTENT_COLUMNS
from recourse.climb.harvest import Harvest as Harvest
from recourse.climb.standing import take_over
from recourse.climb.strategy import Strategy
from recourse.clocks import Alarm
from recourse.decide import Decision
from recourse.fold import said
from recourse.gate_rows import Opening
from recourse.gates import GateBook
from recourse.initial_plan import made_for, planned
from recourse.ledger import bulk, sets, store
from recourse.ledger.agreed_rows import WAIVER
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.store import Slots
from recourse.ledger.tables import calls, gate_members, gates, intents, standing, work_items

CHUNK = 10_000
PARKED = "parked"
"""The brake, and the work item, of a debt that was taken over and lacks something (`climb.parking`)."""
UNTIL_THE_END = (PARKED, WAIVER)
"""Work items that are done with when the episode ends."""
RETRIES = 5
Progress = Callable[[int], None]


class Swept(msgspec.Struct):
    """Counts of a sweep."""

    opened: int = 0
    decided: int = 0
    entered: int = 0
    ended: int = 0
    gates: int = 0


def sweep(
    engine: Engine, strategy: Strategy, pen: Pen, slots: Slots | None = None, *, chunk: int = CHUNK,
    progress: Progress | None = None,
) -> Swept:  # fmt: skip
    """Open cases for accounts that fell into arrears, then decide everything that is due. Safe to repeat."""
    slots, total = slots or Slots(), Swept()
    with reading(engine) as connection:
        granted = _standing(connection, pen)
    if granted:
        take_over(engine, strategy, pen, granted, slots)
    opened = partial(_opened, strategy=strategy, slots=slots, pen=pen, chunk=chunk)
    for part in _chunks(engine, opened, strategy, pen, granted, total, chunk):
        total.opened += part
        if progress:
            progress(part)
    due = partial(_due, strategy=strategy, slots=slots, chunk=chunk)
    for part in _chunks(engine, due, strategy, pen, granted, total, chunk):
        if progress:
            progress(part)
    return total


class Last(msgspec.Struct, frozen=True):
    """The last case of a chunk: where the next one begins."""

    account_id: str
    wake_on: date
    case_id: str


Read = Callable[[Connection, Last | None], list[Dossier]]
"""Reads the chunk after a place."""


def _opened(
    connection: Connection, last: Last | None, strategy: Strategy, slots: Slots, pen: Pen, chunk: int
) -> list[Dossier]:
    _one_at_a_time(connection, slots)
    return store.open_episodes(connection, strategy.day, slots, pen, chunk, last.account_id if last else "")


def _due(connection: Connection, last: Last | None, strategy: Strategy, slots: Slots, chunk: int) -> list[Dossier]:
    _one_at_a_time(connection, slots)
    after = (last.wake_on, last.case_id) if last else None
    return store.due(connection, strategy.day, slots, after, chunk)


def _one_at_a_time(connection: Connection, slots: Slots) -> None:
    """Two runs on one shard take turns: chunk for chunk, what the other has done is then no longer due."""
    if connection.dialect.name == "postgresql":
        turn = func.hashtext(f"sweep/{slots.first}-{slots.last}")
        connection.execute(select(func.pg_advisory_xact_lock(turn)))


def _chunks(
    engine: Engine, read: Read, strategy: Strategy, pen: Pen, granted: dict[str, str], total: Swept, chunk: int
) -> Iterator[int]:
    """Chunk after chunk: how many cases each had."""
    last: Last | None = None
    while True:
        done, last = _chunk(engine, read, last, strategy, pen, granted, total)
        yield done
        if done < chunk:
            return


def _chunk(
    engine: Engine, read: Read, last: Last | None, strategy: Strategy, pen: Pen, granted: dict[str, str], total: Swept
) -> tuple[int, Last | None]:
    """One chunk: how many cases, and the last. When a case moved meanwhile all are read and decided again."""
    for attempt in range(RETRIES):
        counts = msgspec.structs.replace(total)
        try:
            with _uncollected(), writing_on(engine, pen.day) as connection:
                dossiers = read(connection, last)
                found = _last(dossiers[-1], strategy) if dossiers else last
                _decide_all(connection, dossiers, strategy, pen, granted, counts)
        except store.Stale:
            if attempt == RETRIES - 1:
                raise
            continue
        for name in total.__struct_fields__:
            setattr(total, name, getattr(counts, name))
        return len(dossiers), found
    raise AssertionError("unreachable")


def _last(dossier: Dossier, strategy: Strategy) -> Last:
    return Last(dossier.facts.account_id, dossier.wake_on or strategy.day, dossier.case_id)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cycle collector: a chunk makes no cycles, and a fifth of its time would go into looking for them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _standing(connection: Connection, pen: Pen) -> dict[str, str]:
    query = select(standing.c.node, standing.c.grant_id).where(
        standing.c.from_on <= pen.day, standing.c.until_on >= pen.day
    )
    return {node: grant for node, grant in connection.execute(query)}


def _decide_all(
    connection: Connection, dossiers: Sequence[Dossier], strategy: Strategy, pen: Pen, granted: dict[str, str], total: Swept
) -> None:  # fmt: skip
    harvest = Harvest()
    gate_book = strategy.gate_book
    for dossier in dossiers:
        judged = strategy.judge_of(dossier.facts)
        if dossier.file.promises or dossier.file.plan is not None:
            for told_today in watch.results(dossier.facts, judged.numbers, strategy.day):
                dossier.record(told_today, pen)
        decision = judged.decide(dossier.facts, strategy.day)
        apply(dossier, decision, strategy, gate_book, granted, pen, harvest)
        total.decided += 1
        total.entered += len(decision.steps)
        total.ended += bool(decision.end)
    total.gates += len(harvest.gates)
    _take_back(connection, harvest, pen)
    store.save(connection, dossiers)
    harvest.flush(connection)


def apply(
    dossier: Dossier, decision: Decision, strategy: Strategy, gate_book: GateBook, granted: dict[str, str], pen: Pen,
    harvest: Harvest,
) -> None:  # fmt: skip
    """Record one decision: visits entered, acts queued, gates opened, visits recalled, the episode ended."""
    dossier.wake_on, dossier.lost_on = decision.wake_on, decision.lost_on
    file = dossier.file
    for alarm in decision.alarms:
        dossier.record(told(alarm), pen)
    for node, cause in decision.recalls:
        harvest.queue(dossier, node, file.visits[node].n, pen, effect="recall")
        dossier.record(ev.VisitLeft(node, "recalled", cause), pen)
    if decision.end:
        harvest.ended.append(dossier)
        dossier.record(ev.EpisodeClosed(decision.end, decision.reasons), pen)
        return
    harvest.expired += [(dossier.case_id, node, file.visits[node].n) for node in decision.expired]
    policy = strategy.policy_of(dossier.facts)
    if file.planned_for != made_for(decision.grade, file.cause):
        plan = planned(policy, decision.grade, file.cause)
        if plan is not None:
            dossier.record(plan, pen)
    if decision.idle and said(decision.reasons) == file.said and decision.grade == file.grade and not dossier.new:
        return
    steps = tuple(_under_standing(step, granted) for step in decision.steps)
    dossier.record(
        ev.DecisionMade(policy.hash, strategy.ladder.hash[:16], steps, decision.expired, decision.reasons, decision.grade,
                        decision.wake_on), pen
    )  # fmt: skip
    for step in steps:
        if step.how == "queued":
            harvest.queue(dossier, step.node, step.n, pen)
        elif step.how == "gate":
            _open_gate(dossier, step, strategy, gate_book, pen, harvest)


def told(alarm: Alarm) -> ev.Event:
    clock = alarm.clock
    if not alarm.within_days:
        return ev.ClockRanOut(clock.kind, clock.subject, clock.ends_on)
    return ev.ClockAlarmed(clock.kind, clock.subject, clock.ends_on, alarm.within_days)


def _under_standing(step: ev.Step, granted: dict[str, str]) -> ev.Step:
    """A step in the red lane goes out under a standing authorisation, where a person gave one before."""
    if step.how == "gate" and step.urgent == "clock" and step.node in granted:
        return msgspec.structs.replace(step, how="queued", standing=granted[step.node])
    return step


def _open_gate(
    dossier: Dossier, step: ev.Step, strategy: Strategy, gate_book: GateBook, pen: Pen, harvest: Harvest
) -> None:
    facts, action = dossier.facts, strategy.ladder.by_name[step.node].action
    opening = Opening(f"visit:{dossier.case_id}/{step.node}/{step.n}", "visit", action, gate_book.tier(facts, action),
                      f"case:{dossier.case_id}", dossier.case_id, step.node, step.n,
                      facts.file.makers.get(step.node, pen.actor), step.urgent)  # fmt: skip
    row, event = gate_book.opened(facts, opening, gate_book.evidence(facts, action, pen.day, step.node), pen)
    dossier.record(event, pen)
    harvest.gates.append(row)


def _take_back(connection: Connection, harvest: Harvest, pen: Pen) -> None:
    """What lost its ground leaves the queues: acts not yet released, open gates, places on lists, calls,
    and the wait for somebody to look at a debt that was parked."""
    ended = {dossier.case_id: dossier for dossier in harvest.ended}
    if ended:
        _withdraw_gates(connection, ended, pen)
        connection.execute(
            intents.update()
            .where(sets.among(intents.c.case_id, ended), intents.c.state == "queued", intents.c.effect == "act")
            .values(state="withdrawn")
        )
        connection.execute(
            gate_members.update()
            .where(sets.among(gate_members.c.case_id, ended), gate_members.c.state == "in")
            .values(state="dropped")
        )
        connection.execute(
            calls.update().where(sets.among(calls.c.case_id, ended), calls.c.state != "closed").values(state="closed")
        )
        theirs = [dossier.facts.account_id for dossier in harvest.ended]
        connection.execute(
            work_items.update()
            .where(work_items.c.kind.in_(UNTIL_THE_END), work_items.c.closed_on.is_(None))
            .where(sets.among(work_items.c.account_id, theirs))
            .values(closed_on=pen.day)
        )
    if harvest.expired:
        keys = [f"{case_id}/{node}/{n}/act" for case_id, node, n in harvest.expired]
        connection.execute(
            intents.update()
            .where(sets.among(intents.c.key, keys), intents.c.state == "queued")
            .values(state="withdrawn")
        )
        lapsed = [(case_id, node, n, "closed") for case_id, node, n in harvest.expired]
        bulk.update(connection, calls, ("case_id", "node", "n"), ("state",), lapsed)


def _withdraw_gates(connection: Connection, ended: dict[str, Dossier], pen: Pen) -> None:
    query = select(gates.c.gate_id, gates.c.case_id, gates.c.node).where(
        gates.c.status == "open", sets.among(gates.c.case_id, ended)
    )
    withdrawn = []
    for gate_id, case_id, node in connection.execute(query.order_by(gates.c.gate_id)).all():
        dossier = ended[case_id]
        dossier.record(ev.GateWithdrawn(gate_id, dossier.file.end, node), pen)
        withdrawn.append((gate_id, "withdrawn", pen.day))
    bulk.update(connection, gates, ("gate_id",), ("status", "answered_on"), withdrawn)
