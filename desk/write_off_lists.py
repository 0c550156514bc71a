"""The write-off lists of a day, read off the packets that their gates decide on; and the cases that are on none yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select

from desk.open_desk import Desk
from recourse import events as ev
from recourse.climb.strategy import Strategy
from recourse.events import open_envelope
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases, events, gate_members, gates, visits
from recourse.letters.write_off import criterion_met
from recourse.letters.write_off_list import ListGate, Member
from recourse.packets.checking import content_of
from recourse.packets.write_off import PacketContent
from recourse.packets.write_off import content_of as said_by
from recourse.policy.packet_values import PacketItem
from tasks.write_off import NODE, WriteOff

CHUNK = 5_000
SEEN_AT_ONCE = 500
"""Case ids of one query."""


class Waits(msgspec.Struct, frozen=True):
    """A case that meets a criterion and is not on a write-off yet: the next sweep enters it."""

    account: str
    criterion: str


class NotReady(msgspec.Struct, frozen=True):
    """What the packet of an account lacks, who is to bring it, since when that is known. A fact that the form lacks has
    no owner: it stands as the field's name."""

    account: str
    item: str
    title: str
    owner: str
    owner_title: str
    since: date | None


# --- what is on a list ----------------------------------------------------------------------------------------------


def lists_of(desk: Desk, day: date) -> list[ListGate]:
    """The write-off lists that were opened on a day, whatever became of them since."""
    query = select(gates).where(
        gates.c.kind == "list", gates.c.node == NODE, gates.c.opened_on == day, gates.c.packet_hash != ""
    )
    with reading(desk.engine) as connection:
        rows = connection.execute(query.order_by(gates.c.matter, gates.c.gate_id)).all()
        members = {row.gate_id: connection.execute(_MEMBERS, {"gate": row.gate_id}).all() for row in rows}
    titles = {rule.rule: rule.title.zh for _, rule in desk.book.rules()}
    criteria = {value.name: titles[source.rule] for source, value in _criteria(desk, day, members.values())}
    return [
        ListGate(
            row.gate_id, row.tier, members[row.gate_id][0].entity, row.packet_hash, row.evidence_hash,
            tuple(_member(desk, each, criteria) for each in members[row.gate_id]),
        )
        for row in rows
    ]  # fmt: skip


_MEMBERS = (
    select(
        gate_members.c.case_id, gate_members.c.state, gate_members.c.evidence, cases.c.account_id, cases.c.person_id,
        accounts.c.entity, accounts.c.jurisdiction, accounts.c.product, accounts.c.branch,
    )
    .join(cases, cases.c.case_id == gate_members.c.case_id)
    .join(accounts, accounts.c.account_id == cases.c.account_id)
    .where(gate_members.c.gate_id == bindparam("gate"))
    .order_by(cases.c.account_id)
)  # fmt: skip


def _criteria(desk: Desk, day: date, members: Collection[Any]) -> Iterator[Any]:
    """The criteria in force where the members are at home."""
    for place, product in sorted({(row.jurisdiction, row.product) for rows in members for row in rows}):
        yield from desk.book.at(day, place, product).criteria


def _member(desk: Desk, row: Any, criteria: Mapping[str, str]) -> Member:
    sha256 = bound_in(row.evidence)
    said = packet_data(desk.documents.get(sha256)).data
    form = said.application
    name = str(form["criterion"]["name"])
    return Member(
        account=row.account_id, case_id=row.case_id, state=row.state, debtor=said.debtor, person_id=row.person_id,
        contract=str(form["contract"]["number"]), product=row.product, branch=row.branch,
        criterion=criteria.get(name, name), base_on=said.as_of, currency=said.currency, amounts=said.amounts,
        packet=sha256, readiness=said.readiness,
    )  # fmt: skip


def packet_data(pdf: bytes) -> PacketContent:
    """What a write-off packet says of itself."""
    text = content_of(pdf)
    assert text is not None, "every packet of ours embeds its data"
    return said_by(text)


def bound_in(evidence: str) -> str:
    """The write-off packet in the frozen evidence of a list's member: its SHA-256, "" where there is none."""
    packets = msgspec.json.decode(evidence, type=dict[str, Any]).get("packets") or []
    return next((str(sha256) for node, (_, sha256) in packets if node == NODE), "")


# --- what is on none ------------------------------------------------------------------------------------------------


def for_the_sweep(desk: Desk, strategy: Strategy) -> list[Waits]:
    """Cases that meet a criterion today, on news since the day's sweep, and would enter the write-off with the next one.

    Only cases that are due are looked at: for any other the last decision still holds.
    """
    day = strategy.day
    query = select(cases.c.case_id).where(cases.c.closed_on.is_(None), cases.c.wake_on <= day).order_by(cases.c.case_id)
    found = []
    with reading(desk.engine) as connection:
        due = list(connection.execute(query).scalars())
        for start in range(0, len(due), CHUNK):
            for dossier in store.load(connection, due[start : start + CHUNK], lock=False).values():
                facts = dossier.facts
                met = criterion_met(facts, strategy.policy_of(facts), day)
                if met and any(step.node == NODE for step in strategy.judge_of(facts).decide(facts, day).steps):
                    found.append(Waits(facts.account_id, met[0].rule))
    return sorted(found, key=lambda each: each.account)


def not_ready(desk: Desk, strategy: Strategy) -> list[NotReady]:
    """What the packets of write-offs that wait for a list lack, as of the last time that they were to be bound."""
    query = select(visits.c.case_id).where(visits.c.node == NODE, visits.c.state == "list").order_by(visits.c.case_id)
    found = []
    with reading(desk.engine) as connection:
        waiting = list(connection.execute(query).scalars())
        for start in range(0, len(waiting), CHUNK):
            dossiers = store.load(connection, waiting[start : start + CHUNK], lock=False)
            lacking = {case_id: each for case_id, each in dossiers.items() if each.file.gaps.get(NODE)}
            since = _since(connection, list(lacking))
            for case_id, dossier in lacking.items():
                policy = strategy.policy_of(dossier.facts)
                listed = policy.packets.get(WriteOff.packet)
                items = {item.item: item for item in (listed[1].items if listed else ())}
                for name in dossier.file.gaps[NODE]:
                    item = items.get(name)
                    found.append(
                        _lacks(dossier.facts.account_id, name, item, policy.titles, since.get(case_id, {}).get(name))
                    )
    return sorted(found, key=lambda each: (each.account, each.item))


def _lacks(
    account: str, name: str, item: PacketItem | None, titles: Mapping[str, str], since: date | None
) -> NotReady:  # fmt: skip
    owner = item.owner if item else ""
    return NotReady(account, name, item.zh if item else "", owner, titles.get(owner, owner), since)


def _since(connection: Connection, case_ids: list[str]) -> dict[str, dict[str, date]]:
    """Case → item → the day on which it was first found to be lacking, without a break since."""
    found: dict[str, dict[str, date]] = {}
    for start in range(0, len(case_ids), SEEN_AT_ONCE):
        streams = {f"case:{case_id}": case_id for case_id in case_ids[start : start + SEEN_AT_ONCE]}
        for stream, text in connection.execute(_TOLD.where(sets.among(events.c.stream, list(streams)))):
            envelope, event = open_envelope(text)
            if isinstance(event, ev.PacketGapsFound) and event.node == NODE:
                before = found.get(streams[stream], {})
                found[streams[stream]] = {item: before.get(item, envelope.effective_on) for item in event.items}
            elif isinstance(event, ev.PacketFrozen) and event.node == NODE:
                found.pop(streams[stream], None)
    return found


_TOLD = (
    select(events.c.stream, events.c.text)
    .where(events.c.type.in_([ev.PacketGapsFound.TYPE, ev.PacketFrozen.TYPE]))
    .order_by(events.c.stream, events.c.pos)
)
