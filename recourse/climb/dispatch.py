"""Dispatch: claim, act, receipt.

The claim is a short transaction that re-reads balance, holds, approval and permit and marks the intent released; the
act runs outside any lock; the receipt is a second transaction. A fact that lands in between is a *crossing*. What a dead
run left released is taken up again: repeated where the channel is idempotent, *unknown* where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, bindparam, select

from recourse import events as ev
from recourse.acts import Act, Acts, Item, Receipt, Tools
from recourse.claims import claimable
from recourse.climb.contact import ask_permits, channel_of, left_out, permitted_before, refused_since, report_sent
from recourse.climb.kept_rights import leave_out
from recourse.climb.strategy import Strategy
from recourse.decide import blocked_by, braked_by
from recourse.evidence import differences
from recourse.facts import Facts
from recourse.ladder import ActClass
from recourse.ledger import bulk, sets, store
from recourse.ledger.database import reading, writing
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.leases import Lease
from recourse.ledger.store import Slots
from recourse.ledger.tables import WAITING, gate_members, gates, intents

BATCH = 500
AT_MOST_ONCE_BATCH = 100

_QUEUED = (
    select(intents)
    .where(
        WAITING,
        intents.c.state == "queued",
        intents.c.node == bindparam("node"),
        intents.c.key > bindparam("after"),
        intents.c.due_on <= bindparam("day"),
        intents.c.shard.between(bindparam("first"), bindparam("last")),
    )
    .order_by(intents.c.key)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_OF_GATES = _QUEUED.where(sets.one_of(intents.c.gate_id, "gates"))
_BY_KEY = select(intents).where(sets.one_of(intents.c.key, "keys"))
_SINGLE = select(
    gates.c.gate_id, gates.c.case_id, gates.c.evidence_hash, gates.c.evidence, gates.c.choice, gates.c.urgent
).where(sets.one_of(gates.c.gate_id, "gates"))
_LISTED = (
    select(
        gate_members.c.gate_id,
        gate_members.c.case_id,
        gate_members.c.evidence_hash,
        gate_members.c.evidence,
        gates.c.choice,
        gates.c.urgent,
    )
    .join(gates, gates.c.gate_id == gate_members.c.gate_id)
    .where(sets.one_of(gate_members.c.gate_id, "gates"), gate_members.c.state == "in")
)


Approved = Mapping[tuple[str, str], tuple[str, ...]]


class Dispatched(msgspec.Struct):
    """Counts of a dispatch."""

    released: int = 0
    done: int = 0
    failed: int = 0
    unknown: int = 0
    withdrawn: int = 0
    refused: int = 0
    voided: int = 0
    crossed: int = 0


def dispatch(
    engine: Engine, strategy: Strategy, acts: Acts, tools: Tools, pen: Pen, lease: Lease, slots: Slots | None = None, *,
    gate_ids: Sequence[str] | None = None, now: Callable[[], Pen] | None = None,
) -> Dispatched:  # fmt: skip
    """Claim and act on everything that is queued for today, node by node. Safe to repeat and to run side by side.

    `gate_ids`: only what these gates approved, beside what dead runs left behind. `now`: the pen at the instant of each
    batch, so that a run which lasts into the quiet hours contacts nobody in them.
    """
    slots, total = slots or Slots(), Dispatched()
    if "released" in _waiting(engine, pen):
        recover(engine, strategy, acts, tools, pen, lease, total)
    queued = _waiting(engine, pen).get("queued", set())
    for node in (node.name for node in strategy.ladder.nodes if node.name in acts and node.name in queued):
        act, after = acts[node], ""
        while True:
            pen = now() if now is not None else pen
            size = BATCH if _repeatable(act, act.permit, tools) else AT_MOST_ONCE_BATCH
            with writing_on(engine, pen.day) as connection:
                rows = _queued(connection, act.node, pen, slots, after, size, gate_ids)
                items = _claim(connection, strategy, act, pen, lease, rows, total)
            _act(engine, strategy, act, tools, pen, items, total)
            if len(rows) < size:
                break
            after = rows[-1].key
    return total


def _waiting(engine: Engine, pen: Pen) -> dict[str, set[str]]:
    """Nodes with something queued for today, or released and not received, by that state."""
    c = intents.c
    query = select(c.state, c.node).distinct().where(WAITING, c.due_on <= pen.day)
    found: dict[str, set[str]] = {}
    with reading(engine) as connection:
        for state, node in connection.execute(query):
            found.setdefault(state, set()).add(node)
    return found


def recover(
    engine: Engine, strategy: Strategy, acts: Acts, tools: Tools, pen: Pen, lease: Lease, total: Dispatched
) -> None:
    """Take up what a dead run had released: act again under the same key, or record that nobody can tell.

    Nothing is repeated that lost its ground meanwhile, or that the law of contact refuses at this hour: whether it went
    out the first time stays unknown.
    """
    with writing_on(engine, pen.day) as connection:
        left = _left_behind(connection, lease)
        dossiers = store.load(connection, [row.case_id for row in left])
        approved, permitted = _approvals(connection, left), permitted_before(connection, left)
        refused = refused_since(connection, acts, left, permitted, dossiers, strategy, pen)
        kept: dict[str, tuple[str, ...]] = {}
        for node in sorted({row.node for row in left}):
            mine = [row for row in left if row.node == node]
            kept |= leave_out(connection, acts[node], mine, dossiers, strategy, pen)
        again: dict[str, list[Item]] = {}
        lost: list[Receipt] = []
        for row in left:
            facts = dossiers[row.case_id].facts
            cause = _lost_ground(row, facts, strategy, pen) or refused.get(row.key, "")
            channel = channel_of(row, permitted)
            if not cause and _repeatable(acts[row.node], (channel,), tools):
                choice = approved.get((row.gate_id, row.case_id), ("", "", "", ""))[2]
                without = kept.get(row.key, ()) or left_out(acts[row.node], row, facts, permitted)
                item = _item(row, facts, strategy, choice, channel, without)
                again.setdefault(row.node, []).append(item)
            else:
                detail = f"the run ended between act and receipt{'; now ' + cause if cause else ''}"
                lost.append(Receipt(row.key, "unknown", "unknown", detail=detail))
        taken = [(item.key, lease.owner) for items in again.values() for item in items]
        bulk.update(connection, intents, ("key",), ("owner",), taken)
        _receive(connection, strategy, dossiers, {row.key: row for row in left}, lost, pen, total)
    for node, items in sorted(again.items()):
        _act(engine, strategy, acts[node], tools, pen, items, total)


def _repeatable(act: Act, channels: Sequence[str], tools: Tools) -> bool:
    """Whether the act may be done again under its key: it, and every way out that it may take, can tell a repeat."""
    ways = [tools.channels[name] for name in channels if name in tools.channels]
    return act.delivery == "idempotent" and all(way.delivery == "idempotent" for way in ways)


def _left_behind(connection: Connection, lease: Lease) -> list[Any]:
    """What runs that are dead had released, locked so that two who recover do not share it."""
    query = select(intents).where(WAITING, intents.c.state == "released", intents.c.owner != lease.owner)
    rows = connection.execute(query.order_by(intents.c.key).with_for_update(skip_locked=True)).all()
    dead = {owner for owner in {row.owner for row in rows} if lease.is_dead(owner)}
    return [row for row in rows if row.owner in dead]


def _lost_ground(row: Any, facts: Facts, strategy: Strategy, pen: Pen) -> str:
    """Why a released act may not be repeated: its case ended, or a brake fell ("" = nothing stands against it)."""
    if row.effect == "recall":
        return ""
    return facts.file.end or blocked_by(strategy.judge_of(facts), facts, row.node, pen.day)


def _queued(
    connection: Connection, node: str, pen: Pen, slots: Slots, after: str, size: int, gate_ids: Sequence[str] | None
) -> Sequence[Any]:
    """The next intents of a node that are queued for today, locked."""
    wanted = {"node": node, "after": after, "day": pen.day, "first": slots.first, "last": slots.last, "size": size}
    if gate_ids is not None:
        return connection.execute(_OF_GATES, {**wanted, "gates": list(gate_ids)}).all()
    return connection.execute(_QUEUED, wanted).all()


def _claim(
    connection: Connection, strategy: Strategy, act: Act, pen: Pen, lease: Lease, rows: Sequence[Any], total: Dispatched
) -> list[Item]:
    if not rows:
        return []
    dossiers = store.load(connection, [row.case_id for row in rows])
    approved = _approvals(connection, rows)
    ready: list[Any] = []
    states: list[tuple[str, str, str, str]] = []
    for row in rows:
        state = _checked(connection, row, dossiers[row.case_id], approved, strategy, pen, total)
        if state == "ready":
            ready.append(row)
        elif state != "waiting":
            states.append((row.key, state, "", ""))
    refused, channels, without = ask_permits(connection, act, ready, dossiers, strategy, pen)
    without = without | leave_out(connection, act, ready, dossiers, strategy, pen)
    total.refused += len(refused)
    items = []
    for row in ready:
        dossier = dossiers[row.case_id]
        if row.key in refused:
            if refused[row.key]:
                dossier.record(ev.ActWithdrawn(row.key, row.node, "no contact may be made"), pen)
                dossier.wake(pen.day + timedelta(days=1))
                states.append((row.key, "withdrawn", "", ""))
            continue
        facts = dossier.facts
        claimed = claimable(facts, pen.day)
        dossier.record(ev.ActReleased(row.key, row.node, row.n, claimed, facts.balance_as_of, row.gate_id), pen)
        states.append((row.key, "released", lease.owner, lease.until))
        choice = approved.get((row.gate_id, row.case_id), ("", "", "", ""))[2]
        items.append(_item(row, facts, strategy, choice, channels.get(row.key, ""), without.get(row.key, ())))
    bulk.update(connection, intents, ("key",), ("state", "owner", "lease_until"), states)
    _put_off(connection, [key for key, lasting in sorted(refused.items()) if not lasting], pen)
    store.save(connection, list(dossiers.values()))
    total.released += len(items)
    return items


def _put_off(connection: Connection, keys: Sequence[str], pen: Pen) -> None:
    """What was refused for today (hours, caps) is asked again tomorrow."""
    tomorrow = pen.day + timedelta(days=1)
    bulk.update(connection, intents, ("key",), ("due_on",), [(key, tomorrow) for key in keys])


def _item(
    row: Any, facts: Facts, strategy: Strategy, choice: str, channel: str = "", without: tuple[str, ...] = ()
) -> Item:
    policy = strategy.policy_of(facts)
    return Item(row.key, row.case_id, row.node, row.n, row.effect, facts, policy, row.gate_id, choice, channel, without)


def _approvals(connection: Connection, rows: Sequence[Any]) -> Approved:
    """(gate, case) → (evidence hash, evidence, choice) that the approval was bound to, and what the gate weighed."""
    ids = sorted({row.gate_id for row in rows if row.gate_id})
    if not ids:
        return {}
    return {
        (row[0], row[1]): tuple(row[2:])
        for query in (_SINGLE, _LISTED)
        for row in connection.execute(query, {"gates": ids})
    }


def _checked(
    connection: Connection, row: Any, dossier: Dossier, approved: Approved,
    strategy: Strategy, pen: Pen, total: Dispatched,
) -> str:  # fmt: skip
    """ready, waiting (a brake of today), or withdrawn: what the facts of this moment say of a queued act."""
    if row.effect == "recall":
        return "ready"
    visit = dossier.file.visits.get(row.node)
    if dossier.file.end or visit is None or visit.n != row.n or visit.state == "left":
        total.withdrawn += 1
        return "withdrawn"
    judge, weighed = strategy.judge_of(dossier.facts), approved.get((row.gate_id, row.case_id), ("",))[-1]
    cause = blocked_by(judge, dossier.facts, row.node, pen.day, weighed)
    cause = cause or _being_placed(row.node, dossier, strategy)
    if cause == "paid":
        dossier.record(ev.ActWithdrawn(row.key, row.node, "paid"), pen)
        dossier.wake(pen.day + timedelta(days=1))
        total.withdrawn += 1
        return "withdrawn"
    if cause:
        return "withdrawn" if _asked(connection, row, dossier, strategy, pen) else "waiting"
    if row.gate_id and _void_if_changed(connection, row, dossier, approved, strategy, pen):
        total.voided += 1
        return "withdrawn"
    return "ready"


def _asked(connection: Connection, row: Any, dossier: Dossier, strategy: Strategy, pen: Pen) -> bool:
    """Whether people are asked now, because an act that keeps a right meets a brake that nobody weighed."""
    urgent = strategy.judge_of(dossier.facts).collision(dossier.facts, row.node, pen.day)
    if not urgent:
        return False
    if row.gate_id:
        dossier.record(ev.ApprovalVoided(row.gate_id, row.node, (urgent,)), pen)
        voided = gates.update().where(gates.c.gate_id == row.gate_id, gates.c.kind == "visit")
        connection.execute(voided.values(status="void", answered_on=pen.day))
    strategy.gate_book.ask(connection, dossier, row.node, row.n, urgent, pen)
    return True


def _being_placed(node: str, dossier: Dossier, strategy: Strategy) -> str:
    """ "placed" while another run is handing the debt over: an adverse act that goes out meanwhile would hold it too."""
    ladder = strategy.ladder.by_name
    under_way = (name for name, visit in dossier.file.visits.items() if visit.state == "released" and name != node)
    hurts = ladder[node].act_class is ActClass.ADVERSE
    return "placed" if hurts and any(ladder[name].recall_on_brake for name in under_way) else ""


def _void_if_changed(
    connection: Connection, row: Any, dossier: Dossier, approved: Approved,
    strategy: Strategy, pen: Pen,
) -> bool:  # fmt: skip
    """An approval whose evidence has changed since is void: the gate opens anew with the difference."""
    bound = approved.get((row.gate_id, row.case_id))
    gate_book = strategy.gate_book
    action = strategy.ladder.by_name[row.node].action
    now = gate_book.evidence(dossier.facts, action, pen.day, row.node)
    if bound is not None and bound[0] == now.hash:
        return False
    before = msgspec.json.decode(bound[1]) if bound is not None else {}
    gate = connection.execute(select(gates).where(gates.c.gate_id == row.gate_id)).one()
    if gate.kind == "list":
        changes = differences(before, now.parts)
        dossier.record(ev.ActWithdrawn(row.key, row.node, "evidence changed: " + "; ".join(changes)), pen)
        dossier.wake(pen.day + timedelta(days=1))
    else:
        gate_book.reopen(connection, gate, dossier, now, differences(before, now.parts), pen)
    return True


def _act(
    engine: Engine, strategy: Strategy, act: Act, tools: Tools, pen: Pen, items: Sequence[Item], total: Dispatched
) -> None:
    """Act outside any lock, then keep the receipts; at most a hundred acts stand between two receipts of a channel
    that cannot tell a repeat."""
    size = len(items) if _repeatable(act, act.permit, tools) else AT_MOST_ONCE_BATCH
    for start in range(0, len(items), size or 1):
        part = items[start : start + size]
        receipts = act.perform(part, tools)
        if [receipt.key for receipt in receipts] != [item.key for item in part]:
            raise AssertionError(f"the act of {act.node} must give one receipt per item, in order")
        with writing(engine) as connection:
            rows = {row.key: row for row in connection.execute(_BY_KEY, {"keys": [item.key for item in part]})}
            dossiers = store.load(connection, [item.case_id for item in part])
            _receive(connection, strategy, dossiers, rows, receipts, pen, total, {item.key: item for item in part})
            report_sent(connection, act, part, receipts)


def _receive(
    connection: Connection, strategy: Strategy, dossiers: Mapping[str, Dossier], rows: Mapping[str, Any],
    receipts: Sequence[Receipt], pen: Pen, total: Dispatched, items: Mapping[str, Item] | None = None,
) -> None:  # fmt: skip
    states = []
    for receipt in receipts:
        row = rows[receipt.key]
        dossier = dossiers[row.case_id]
        item = (items or {}).get(receipt.key)
        crossed = _crossing(dossier, item, strategy, pen) if item is not None and row.effect == "act" else ""
        node = row.node if row.effect == "act" else ""
        outcome = receipt.outcome or ("failed" if receipt.status == "failed" else "")
        dossier.record(
            ev.ActCompleted(receipt.key, node, receipt.status, outcome if node else "", receipt.reference, receipt.detail,
                            receipt.documents), pen
        )  # fmt: skip
        for happened in receipt.happened:
            dossier.record(happened.event, pen, happened.effective_on)
        if crossed:
            dossier.record(ev.ActCrossed(receipt.key, row.node, crossed), pen)
            total.crossed += 1
        if not dossier.file.end:
            dossier.wake(pen.day + timedelta(days=1))
        states.append((receipt.key, receipt.status))
        setattr(total, receipt.status, getattr(total, receipt.status) + 1)
    bulk.update(connection, intents, ("key",), ("state",), states)
    store.save(connection, list(dossiers.values()))


def _crossing(dossier: Dossier, item: Item, strategy: Strategy, pen: Pen) -> str:
    """What landed between the claim and the receipt that would have stopped the act ("" = nothing)."""
    if dossier.file.end:
        return dossier.file.end
    return braked_by(strategy.judge_of(dossier.facts), dossier.facts, item.node, pen.day)
