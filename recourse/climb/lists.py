"""Lists: one gate over many members, frozen and hashed. Opened after the sweep, in an order no shard can change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import count, groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, and_, func, select

from recourse.actors import Actor
from recourse.canonical import digest, encode
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import Harvest
from recourse.costs import STAFF, staff_time
from recourse.events import CostBooked
from recourse.evidence import Evidence
from recourse.gate_rows import GATE_COLUMNS, MEMBER_COLUMNS, Answer, Opening, Verdict
from recourse.gates import GateBook
from recourse.ledger import bulk, sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import gate_members, gates, intents, visits, votes

_FORGET = intents.delete().where(sets.one_of(intents.c.key, "keys"), intents.c.state == "withdrawn")
LIST_AT_MOST = 200
"""Members that one person can be asked to look at in one list."""


def open_lists(
    engine: Engine, strategy: Strategy, pen: Pen, bound: Collection[str] = (), only: Collection[str] | None = None
) -> int:
    """Open the day's lists: one per node, entity, currency, pool and tier (split when long). Returns how many.

    `bound`: nodes whose gate decides on a packet; a case whose packet is not bound yet goes on no list. `only`: the
    nodes whose lists are wanted, if not all.
    """
    with writing_on(engine, pen.day) as connection:
        found = [each for each in waiting(connection) if only is None or each[1] in only]
        if not found:
            return 0
        dossiers = store.load(connection, [case_id for case_id, _, _ in found])
        found = [each for each in found if each[1] not in bound or _has_packet(dossiers[each[0]], *each[1:])]
        gate_book = strategy.gate_book
        opened, taken = 0, _matters_of(connection, pen)
        for key, members in _grouped(found, dossiers, strategy):
            parts = _free_parts(key, taken, pen)
            for start in range(0, len(members), LIST_AT_MOST):
                _open(connection, strategy, gate_book, key, members[start : start + LIST_AT_MOST], next(parts), pen)
                opened += 1
        store.save(connection, list(dossiers.values()))
        return opened


def _has_packet(dossier: Dossier, node: str, n: int) -> bool:
    return dossier.file.packets.get(node, (-1, ""))[0] == n


def waiting(connection: Connection) -> list[tuple[str, str, int]]:
    """(case, node, visit) of every visit that waits for a list and is on none."""
    on_list = select(gate_members.c.case_id).join(gates, gates.c.gate_id == gate_members.c.gate_id).where(
        and_(gate_members.c.case_id == visits.c.case_id, gates.c.node == visits.c.node, gate_members.c.n == visits.c.n)
    )  # fmt: skip
    query = (
        select(visits.c.case_id, visits.c.node, visits.c.n)
        .where(visits.c.state == "list", ~on_list.exists())
        .order_by(visits.c.node, visits.c.case_id)
    )
    return [tuple(row) for row in connection.execute(query)]


def _matters_of(connection: Connection, pen: Pen) -> set[str]:
    """The lists opened on this day so far: a day that is taken up again opens others beside them."""
    query = select(gates.c.matter).where(gates.c.kind == "list", gates.c.opened_on == pen.day)
    return set(connection.execute(query).scalars())


Member = tuple[Dossier, int]
Key = tuple[str, str, str, str, str, str]
"""node, jurisdiction, entity, currency, pool for sale ("" = none), tier"""


def _grouped(
    waiting: Sequence[tuple[str, str, int]], dossiers: dict[str, Dossier], strategy: Strategy
) -> Iterator[tuple[Key, list[Member]]]:
    def key(entry: tuple[str, str, int]) -> Key:
        facts = dossiers[entry[0]].facts
        tier = strategy.gate_book.tier(facts, strategy.ladder.by_name[entry[1]].action)
        return entry[1], facts.jurisdiction, facts.entity, facts.currency, facts.file.pool, tier

    for group, entries in groupby(sorted(waiting, key=lambda entry: (key(entry), entry[0])), key):
        yield group, [(dossiers[case_id], n) for case_id, _, n in entries]


def _matter(key: Key, part: int, pen: Pen) -> str:
    node, jurisdiction, entity, currency, pool, tier = key
    pooled = [f"pool:{pool}"] if pool else []
    return "/".join([f"list:{node}", str(pen.day), jurisdiction, entity, currency, *pooled, tier, str(part)])


def _free_parts(key: Key, taken: set[str], pen: Pen) -> Iterator[int]:
    return (part for part in count() if _matter(key, part, pen) not in taken)


def _open(
    connection: Connection, strategy: Strategy, gate_book: GateBook, key: Key, members: Sequence[Member], part: int, pen: Pen
) -> None:  # fmt: skip
    node, tier = key[0], key[-1]
    action = strategy.ladder.by_name[node].action
    matter = _matter(key, part, pen)
    shown = [gate_book.evidence(dossier.facts, action, pen.day) for dossier, _ in members]
    whole = _list_evidence(members, shown)
    stream = f"portfolio:{matter}"
    packet = _packet_hash([dossier for dossier, _ in members], node)
    opening = Opening(matter, "list", action, tier, stream, None, node, 0, pen.actor, packet_hash=packet)
    row, event = gate_book.opened(members[0][0].facts, opening, whole, pen)
    bulk.insert(connection, gates, GATE_COLUMNS, [row])
    listed = msgspec.structs.replace(event, members=tuple(dossier.case_id for dossier, _ in members))
    store.append(connection, stream, [(listed, None)], pen)
    rows: list[tuple[Any, ...]] = []
    for (dossier, n), evidence in zip(members, shown, strict=True):
        dossier.record(msgspec.structs.replace(event, n=n, evidence_hash=evidence.hash), pen)
        rows.append((event.gate_id, dossier.case_id, n, "in", evidence.hash, evidence.text))
    bulk.insert(connection, gate_members, MEMBER_COLUMNS, rows)


def _packet_hash(dossiers: Sequence[Dossier], node: str) -> str:
    """What a list gate binds to beside the evidence: over each member's packet; "" where the node has none."""
    packets = [(each.case_id, each.file.packets[node][1]) for each in dossiers if node in each.file.packets]
    return digest(encode(packets)) if packets else ""


def _list_evidence(members: Sequence[Member], shown: Sequence[Evidence]) -> Evidence:
    """The frozen list: how many, how much, and the hash over every member's own hash."""
    owed = sum(dossier.facts.owed or 0 for dossier, _ in members)
    hashes = [(dossier.case_id, evidence.hash) for (dossier, _), evidence in zip(members, shown, strict=True)]
    return Evidence({"members": len(members), "owed": owed}, digest(encode(hashes)))


def answer(
    engine: Engine, strategy: Strategy, pen: Pen, gate_id: str, actor: Actor, verdict: Verdict, reason: str, *,
    choice: str = "", strike: Sequence[str] = (), seat: str = "",
) -> Answer:  # fmt: skip
    """Answer a gate and queue what it approved, in one transaction."""
    with writing_on(engine, pen.day) as connection:
        return answer_in(
            connection, strategy, pen, gate_id, actor, verdict, reason, choice=choice, strike=strike, seat=seat
        )


def answer_in(
    connection: Connection, strategy: Strategy, pen: Pen, gate_id: str, actor: Actor, verdict: Verdict, reason: str, *,
    choice: str = "", strike: Sequence[str] = (), seat: str = "",
) -> Answer:  # fmt: skip
    """As `answer`, in the caller's transaction, which holds the business day open."""
    done = strategy.gate_book.answer(
        connection, gate_id, actor, verdict, reason, pen, choice=choice, strike=strike, seat=seat
    )
    _book_time(connection, strategy, pen, gate_id, done)
    harvest = Harvest()
    for dossier in done.approved:
        for node, visit in dossier.file.open_visits():
            if visit.gate_id == gate_id and visit.state == "queued":
                harvest.queue(dossier, node, visit.n, pen, gate_id=gate_id)
    store.save(connection, done.dossiers)
    _forget_withdrawn(connection, [row[0] for row in harvest.intents])
    harvest.flush(connection)
    return done


DECIDED = ("approved", "rejected", "returned")


def _book_time(connection: Connection, strategy: Strategy, pen: Pen, gate_id: str, done: Answer) -> None:
    """What the staff time of a gate that is decided cost, shared evenly over its cases, where the pack prices it."""
    if done.status not in DECIDED or not done.dossiers:
        return
    policy = strategy.policy_of(done.dossiers[0].facts)
    if not staff_time(policy, "cost.gate_minutes"):
        return
    cast = connection.execute(select(func.count()).select_from(votes).where(votes.c.gate_id == gate_id)).scalar() or 0
    whole, rest = divmod(staff_time(policy, "cost.gate_minutes", cast), len(done.dossiers))
    for n, dossier in enumerate(sorted(done.dossiers, key=lambda each: each.case_id)):
        share = whole + (1 if n < rest else 0)
        cost = CostBooked(f"{gate_id}/{dossier.case_id}/gate", STAFF, share, dossier.facts.currency)
        dossier.record(cost, pen)


def _forget_withdrawn(connection: Connection, keys: Sequence[str]) -> None:
    """An act whose approval was void waits under its key, never released; agreed to anew, it is queued anew."""
    if keys:
        connection.execute(_FORGET, {"keys": keys})
