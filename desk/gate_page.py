"""One gate as a page shows it: what `desk.inbox` says, the members with what they owe, and the difference when it is void.

Answering is `desk.inbox.answer`, and nothing here decides who may: it tells beforehand what that function will say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from desk import inbox
from desk.inbox import GateView, Line
from desk.open_desk import Desk
from recourse import events as ev
from recourse.actors import Actor, given_to
from recourse.events import open_envelope
from recourse.gate_rows import role_of
from recourse.ledger import sets
from recourse.ledger.database import reading
from recourse.ledger.tables import cases, events, gate_members, gates, votes


class Member(msgspec.Struct, frozen=True):
    """A member of a list, as it was frozen: amounts in minor units of the gate's currency, None when unknown."""

    account: str
    state: str
    owed: int | None
    overdue: int | None
    due_since: str
    paid: int
    packet: str = ""
    waived: tuple[str, ...] = ()
    """Of the packet that it stands on the list with: SHA-256, and the items that were waived."""


class GatePage(msgspec.Struct, frozen=True):
    """A gate and what surrounds it.

    `sitters`: seat that is not answered → who may answer it; `mine`: whether the reader may answer now;
    `changes`: why it is void, and `successor` the gate that took its place ("" = none);
    `reopened`: what had changed when it was opened anew.
    """

    view: GateView
    members: tuple[Member, ...]
    sitters: Mapping[str, tuple[str, ...]]
    mine: bool
    changes: tuple[str, ...]
    successor: str
    reopened: tuple[str, ...]


def gate_page(desk: Desk, given: str, actor: Actor) -> GatePage:
    """A gate by its id or an unambiguous beginning of it; a fixed number of queries. UserError when there is none."""
    view = inbox.view(desk, given)
    waits = inbox.sitters(desk, view.gate_id) if view.status == "open" else {}
    with reading(desk.engine) as connection:
        members = _members(connection, view) if view.kind == "list" else ()
        changes, successor, reopened = _rounds(connection, view)
    free = [seat for seat in waits if not seat.startswith("then:")] or list(waits)
    mine = any(actor.name in waits[seat] for seat in free)
    return GatePage(view, members, waits, mine, changes, successor, reopened)


def mine(desk: Desk, actor: Actor, lines: Sequence[Line]) -> frozenset[str]:
    """The gates of an inbox in which an actor has a seat today, by role or delegation: a fixed number of queries.

    Looks at maker and votes, not at who granted a loan: an originator learns that at the gate.
    """
    day, ids = desk.business_day(), [line.gate_id for line in lines]
    with reading(desk.engine) as connection:
        holders = [actor, *given_to(connection, actor.name, day)]
        makers = {gate_id: maker for gate_id, maker in connection.execute(_MAKERS, {"gates": ids})}
        voted: dict[str, set[str]] = {}
        for gate_id, voter, giver in connection.execute(_VOTED, {"gates": ids}):
            voted.setdefault(gate_id, set()).update({voter, giver})
    found = set()
    for line in lines:
        out = voted.get(line.gate_id, set()) | {makers.get(line.gate_id, "")}
        free = [seat for seat in line.waiting_for if not seat.startswith("then:")] or list(line.waiting_for)
        wanted = {role_of(seat) for seat in free}
        if actor.name not in out and any(h.name not in out and wanted & set(h.roles) for h in holders):
            found.add(line.gate_id)
    return frozenset(found)


_MAKERS = select(gates.c.gate_id, gates.c.maker).where(sets.one_of(gates.c.gate_id, "gates"))
_VOTED = select(votes.c.gate_id, votes.c.voter, votes.c.on_behalf_of).where(sets.one_of(votes.c.gate_id, "gates"))


def _members(connection: Connection, view: GateView) -> tuple[Member, ...]:
    packets = {each.account: (each.sha256, each.waived) for each in view.packets}
    query = (
        select(cases.c.account_id, gate_members.c.state, gate_members.c.evidence)
        .join(cases, cases.c.case_id == gate_members.c.case_id)
        .where(gate_members.c.gate_id == view.gate_id)
        .order_by(cases.c.account_id)
    )
    found = []
    for account, state, text in connection.execute(query):
        shown: dict[str, Any] = msgspec.json.decode(text)
        amounts = shown.get("amounts")
        owed = sum(amounts.values()) if isinstance(amounts, dict) else None
        packet, waived = packets.get(account, ("", ()))
        found.append(
            Member(
                account, state, owed, shown.get("overdue"), shown.get("due_since") or "", shown.get("paid") or 0, packet,
                waived,
            )
        )  # fmt: skip
    return tuple(found)


def _rounds(connection: Connection, view: GateView) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Why the gate is void and what took its place; and what had changed when it was itself opened anew."""
    if not view.case_id:
        return (), "", ()
    query = (
        select(events.c.text)
        .where(
            events.c.stream == f"case:{view.case_id}",
            events.c.type.in_([ev.ApprovalVoided.TYPE, ev.GateOpened.TYPE]),
        )
        .order_by(events.c.pos)
    )
    changes: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    successor, voided = "", False
    for (text,) in connection.execute(query):
        _, event = open_envelope(text)
        if isinstance(event, ev.ApprovalVoided):
            voided = event.gate_id == view.gate_id
            changes = event.changes if voided else changes
        elif isinstance(event, ev.GateOpened):
            if voided and event.reopened:
                successor, voided = event.gate_id, False
            if event.gate_id == view.gate_id and event.reopened:
                reopened = event.changes
    return changes, successor, reopened
