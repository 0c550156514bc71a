"""Freezing packets: before a list gate opens, the packet of each member is bound and kept, and its hash is what the gate
decides on. A case whose packet lacks something waits; what it lacks is journaled when that changes.

Binding runs outside every transaction. What changed in the meantime is found when the gate is answered: the packet is
part of the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Engine

from recourse import events as ev
from recourse.acts import Act, Binds, Item, PacketOrder, Printed, Tools
from recourse.climb import lists
from recourse.climb.strategy import Strategy
from recourse.documents.compose import MissingFact
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.packets.write_off_data import PACKET
from recourse.readiness import missing

CHUNK = 200


@dataclass(frozen=True)
class Frozen:
    """How many packets were bound, and how many cases wait for something."""

    bound: int = 0
    waiting: int = 0


Told = Callable[[int, int], None]
"""Called with how many visits were looked at and how many there are: once before the first chunk, then after each."""


def freeze(
    engine: Engine, strategy: Strategy, pen: Pen, acts: Mapping[str, Act], tools: Tools, *,
    chunk: int = CHUNK, told: Told = lambda done, whole: None,
) -> Frozen:  # fmt: skip
    """Bind the packet of every visit that waits for a list and has none yet, of the nodes that `acts` names. A chunk is
    kept whole or not at all; safe to repeat."""
    binding = {node: act for node, act in acts.items() if isinstance(act, Binds)}
    with reading(engine) as connection:
        found = [each for each in lists.waiting(connection) if each[1] in binding]
    bound = waiting = seen = 0
    told(seen, len(found))
    for node, act in sorted(binding.items()):
        theirs = [each for each in found if each[1] == node]
        for start in range(0, len(theirs), chunk):
            part = theirs[start : start + chunk]
            done = _freeze(engine, strategy, pen, act, tools, part)
            bound, waiting, seen = bound + done.bound, waiting + done.waiting, seen + len(part)
            told(seen, len(found))
    return Frozen(bound, waiting)


def _freeze(
    engine: Engine, strategy: Strategy, pen: Pen, act: Binds, tools: Tools, chunk: Sequence[tuple[str, str, int]]
) -> Frozen:
    with reading(engine) as connection:
        items = _items(connection, strategy, chunk)
    orders = dict(zip((item.case_id for item in items), act.orders(items, tools), strict=True)) if items else {}
    lacking = {case_id: missing(order.data.readiness) for case_id, order in orders.items()}
    ready = [item for item in items if not lacking[item.case_id]]
    printed = tools.letters.packets([with_papers(orders[item.case_id], tools) for item in ready])
    with writing_on(engine, pen.day) as connection:
        dossiers = store.load(connection, [item.case_id for item in items])
        still = {item.case_id for item in items if _waits(dossiers[item.case_id], item)}
        for item, packet in zip(ready, printed, strict=True):
            if item.case_id in still:
                _keep(dossiers[item.case_id], item, packet, orders[item.case_id], pen)
        for item in items:
            if lacking[item.case_id] and item.case_id in still:
                _tell(dossiers[item.case_id], item, lacking[item.case_id], pen)
        store.save(connection, list(dossiers.values()))
    bound = [item for item, packet in zip(ready, printed, strict=True) if isinstance(packet, Printed)]
    return Frozen(sum(item.case_id in still for item in bound), len(items) - len(bound))


def with_papers(order: PacketOrder, tools: Tools) -> PacketOrder:
    """The order with the bytes of the papers that are bound in: read for a packet that is bound, and for no other."""
    return msgspec.structs.replace(order, files=tools.letters.kept([each.sha256 for each in order.data.documents]))


def _waits(dossier: Dossier, item: Item) -> bool:
    """Whether the visit still waits for its packet: another run may have bound it in the meantime, or the case left."""
    visit = dossier.file.visits.get(item.node)
    stands = visit is not None and visit.n == item.n and visit.state == "list"
    return stands and dossier.file.packets.get(item.node, (-1, ""))[0] != item.n


def _items(connection: Connection, strategy: Strategy, chunk: Sequence[tuple[str, str, int]]) -> list[Item]:
    dossiers = store.load(connection, [case_id for case_id, _, _ in chunk], lock=False)
    items = []
    for case_id, node, n in chunk:
        facts = dossiers[case_id].facts
        if facts.file.packets.get(node, (-1, ""))[0] != n:
            items.append(Item(f"{case_id}/{node}/{n}/act", case_id, node, n, "act", facts, strategy.policy_of(facts)))
    return items


def _keep(dossier: Dossier, item: Item, packet: Printed | MissingFact, order: PacketOrder, pen: Pen) -> None:
    if isinstance(packet, MissingFact):
        _tell(dossier, item, (packet.field,), pen)
        return
    waived = tuple(line.item for line in order.data.readiness if line.state == "waived")
    dossier.record(ev.DocumentMade(packet.sha256, PACKET, item.node, packet.template, packet.version), pen)
    dossier.record(ev.PacketFrozen(item.node, item.n, packet.sha256, order.data.packet_no, waived), pen)


def _tell(dossier: Dossier, item: Item, lacking: tuple[str, ...], pen: Pen) -> None:
    if dossier.file.gaps.get(item.node) != lacking:
        dossier.record(ev.PacketGapsFound(item.node, item.n, lacking), pen)
