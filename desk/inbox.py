"""The gate inbox: what waits for an answer, what a gate shows to the person who answers, and the answer itself.

Every door reads and answers here: the command line, the console and the engines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from desk import offer_words, route_words, routes
from desk.open_desk import Desk
from recourse.actors import Actor
from recourse.climb import lists
from recourse.errors import UserError
from recourse.events import PacketFrozen, open_envelope
from recourse.gate_rows import Answer, Verdict, names_of
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases, events, gate_members, gates, past_rows, votes
from recourse.money import to_text

MONEY_PARTS = frozenset({"overdue", "exposure", "paid", "owed", "cost", "insurer_paid", "estate_value"})
"""Parts of an evidence that are amounts in minor units."""
SHORTEST_ID = 4
"""Characters by which a gate can be named."""
_MEMBERS = select(gate_members.c.case_id).where(gate_members.c.gate_id == bindparam("gate"))
_FIRST_OF_LIST = (
    select(func.min(cases.c.lost_on))
    .join(gate_members, gate_members.c.case_id == cases.c.case_id)
    .where(gate_members.c.gate_id == gates.c.gate_id, gate_members.c.state == "in", gates.c.kind == "list")
    .scalar_subquery()
)
"""The day on which the first right is lost among the members of a list; kept with each case as of its last decision."""
_CURRENCY = (
    select(accounts.c.currency)
    .join(cases, cases.c.account_id == accounts.c.account_id)
    .where((cases.c.case_id == bindparam("case")) | cases.c.case_id.in_(_MEMBERS))
    .limit(1)
)
"""Currency of what a gate is about; the members of a list have one currency."""
_IN_LIST = (
    select(gate_members.c.gate_id, func.count())
    .where(gate_members.c.state == "in", sets.one_of(gate_members.c.gate_id, "gates"))
    .group_by(gate_members.c.gate_id)
)
_SEATS_TAKEN = select(votes.c.gate_id, votes.c.seat).where(sets.one_of(votes.c.gate_id, "gates"))


class Line(msgspec.Struct, frozen=True):
    """A gate as a list shows it. `lost_on`: the last day of the case's next clock, None when none is known."""

    gate_id: str
    node: str
    kind: str
    action: str
    tier: str
    waiting_for: tuple[str, ...]
    opened_on: date
    due_on: date
    level: int
    urgent: str
    members: int
    account: str
    lost_on: date | None = None


class Vote(msgspec.Struct, frozen=True):
    """One vote that was cast."""

    seat: str
    voter: str
    on_behalf_of: str
    verdict: str
    choice: str
    reason: str


class MemberPacket(msgspec.Struct, frozen=True):
    """The packet that a member of a list stands on it with: its SHA-256, and the items that were waived; all others are
    there, for a packet that lacks one is not bound."""

    account: str
    state: str
    sha256: str
    waived: tuple[str, ...] = ()


class GateView(msgspec.Struct, frozen=True):
    """Everything a gate shows. `evidence`: (part, as a person reads it); `raw`: the parts as they were hashed,
    and routes without the papers that came in since."""

    gate_id: str
    matter: str
    node: str
    zh: str
    en: str
    kind: str
    n: int
    action: str
    tier: str
    status: str
    case_id: str
    account: str
    maker: str
    seats: tuple[str, ...]
    waiting_for: tuple[str, ...]
    level: int
    opened_on: date
    due_on: date
    queued_from: date
    answered_on: date | None
    urgent: str
    choice: str
    choices: tuple[str, ...]
    evidence_hash: str
    packet_hash: str
    currency: str
    evidence: tuple[tuple[str, str], ...]
    raw: dict[str, Any]
    members: tuple[tuple[str, str], ...]
    """(account, state) of each member of a list."""

    votes: tuple[Vote, ...]
    packets: tuple[MemberPacket, ...] = ()
    """Of a list whose gate decides on packets: each member's."""

    before: tuple[tuple[str, str], ...] = ()
    """(account, approval) from before Recourse: information only, it counts for nothing here."""


def waiting(desk: Desk, status: str = "open") -> list[Line]:
    """Gates of a status by the day on which a right is lost, then the urgent ones, then by their place in the queue: a
    fixed number of queries. A list counts with the first of its members.
    """
    lost_on = func.coalesce(cases.c.lost_on, _FIRST_OF_LIST)
    query = (
        select(gates, cases.c.account_id, lost_on.label("lost_on"))
        .outerjoin(cases, cases.c.case_id == gates.c.case_id)
        .where(gates.c.status == status)
        .order_by(lost_on.is_(None), lost_on, gates.c.urgent == "", gates.c.queued_from, gates.c.gate_id)
    )
    with reading(desk.engine) as connection:
        rows = connection.execute(query).all()
        ids = {"gates": [row.gate_id for row in rows]}
        taken: dict[str, set[str]] = {}
        for gate_id, seat in connection.execute(_SEATS_TAKEN, ids):
            taken.setdefault(gate_id, set()).add(seat)
        members = {gate_id: count for gate_id, count in connection.execute(_IN_LIST, ids)}
    return [
        Line(
            row.gate_id, row.node, row.kind, row.action, row.tier,
            tuple(s for s in names_of(row) if s not in taken.get(row.gate_id, set())),
            row.opened_on, row.due_on, row.level, row.urgent, members.get(row.gate_id, 1), row.account_id or "",
            row.lost_on,
        )
        for row in rows
    ]  # fmt: skip


def find(connection: Connection, given: str) -> str:
    """The id of a gate, by it or an unambiguous beginning of it."""
    if len(given) < SHORTEST_ID:
        raise UserError(f"{given!r} is too short for a gate", mend=f"give {SHORTEST_ID} characters of its id, or all")
    query = select(gates.c.gate_id).where(gates.c.gate_id.startswith(given, autoescape=True)).limit(2)
    ids = list(connection.execute(query).scalars())
    if len(ids) != 1:
        raise UserError(f"{'several gates' if ids else 'no gate'} {given!r}", mend="see `recourse gates list`")
    return str(ids[0])


def view(desk: Desk, given: str) -> GateView:
    """One gate: evidence, members, votes, who still has to answer."""
    with reading(desk.engine) as connection:
        gate_id = find(connection, given)
        row = connection.execute(
            select(gates, cases.c.account_id)
            .outerjoin(cases, cases.c.case_id == gates.c.case_id)
            .where(gates.c.gate_id == gate_id)
        ).one()
        currency = connection.execute(_CURRENCY, {"gate": gate_id, "case": row.case_id}).scalar() or ""
        cast = connection.execute(
            select(votes.c.seat, votes.c.voter, votes.c.on_behalf_of, votes.c.verdict, votes.c.choice, votes.c.reason)
            .where(votes.c.gate_id == gate_id)
            .order_by(votes.c.voted_on, votes.c.seat)
        ).all()
        members = connection.execute(
            select(cases.c.account_id, gate_members.c.state, gate_members.c.case_id, gate_members.c.evidence)
            .join(cases, cases.c.case_id == gate_members.c.case_id)
            .where(gate_members.c.gate_id == gate_id)
            .order_by(cases.c.account_id)
        ).all()
        packets = _packets(connection, row.node, members) if row.packet_hash and row.kind == "list" else ()
        before = _approved_before(connection, [row.account_id] if row.account_id else [each[0] for each in members])
        raw = msgspec.json.decode(row.evidence, type=dict[str, Any])
        if "routes" in raw and row.case_id:
            facts = store.load(connection, [row.case_id], lock=False)[row.case_id].facts
            raw["routes"] = routes.still_lacking(raw["routes"], facts, routes.papers(connection, facts))
    node = desk.ladder.by_name[row.node]
    filled = {vote.seat for vote in cast}
    return GateView(
        gate_id=gate_id, matter=row.matter, node=row.node, zh=node.zh, en=node.en, kind=row.kind, n=row.n,
        action=row.action, tier=row.tier, status=row.status, case_id=row.case_id or "", account=row.account_id or "",
        maker=row.maker, seats=tuple(names_of(row)), waiting_for=tuple(s for s in names_of(row) if s not in filled),
        level=row.level, opened_on=row.opened_on, due_on=row.due_on, queued_from=row.queued_from,
        answered_on=row.answered_on, urgent=row.urgent, choice=row.choice, choices=node.choices,
        evidence_hash=row.evidence_hash, packet_hash=row.packet_hash, currency=currency,
        evidence=tuple((name, plain(name, value, currency)) for name, value in raw.items()), raw=raw,
        members=tuple((each.account_id, each.state) for each in members), votes=tuple(Vote(*vote) for vote in cast),
        packets=packets, before=before,
    )  # fmt: skip


def _packets(connection: Connection, node: str, members: Sequence[Any]) -> tuple[MemberPacket, ...]:
    """Each member's packet as the frozen evidence has it, and what was waived of it when it was bound: one query."""
    streams = [f"case:{each.case_id}" for each in members]
    query = select(events.c.text).where(sets.among(events.c.stream, streams), events.c.type == PacketFrozen.TYPE)
    bound = [open_envelope(text)[1] for text in connection.execute(query).scalars()]
    waived = {event.sha256: event.waived for event in bound if isinstance(event, PacketFrozen)}
    found = []
    for each in members:
        shown = msgspec.json.decode(each.evidence, type=dict[str, Any]).get("packets") or []
        sha256 = next((str(bound_as) for of, (_, bound_as) in shown if of == node), "")
        found.append(MemberPacket(each.account_id, each.state, sha256, waived.get(sha256, ())))
    return tuple(found)


def _approved_before(connection: Connection, account_ids: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Approvals that the bank gave before Recourse, by account, as one line each."""
    query = (
        select(past_rows.c.account_id, past_rows.c.row)
        .where(past_rows.c.name == "past_approvals", sets.among(past_rows.c.account_id, account_ids))
        .order_by(past_rows.c.account_id, past_rows.c.happened_on, past_rows.c.row_key)
    )
    rows = [(account, msgspec.json.decode(text, type=dict[str, str])) for account, text in connection.execute(query)]
    return tuple(
        (account, f"{row['action']} {row['approved_on']} {row['approved_by']} {row.get('reference', '')}".rstrip())
        for account, row in rows
    )


def plain(name: str, value: object, currency: str) -> str:
    """A part of the evidence as a person reads it: amounts in units, nothing for what is unknown."""
    if name in MONEY_PARTS and isinstance(value, int) and currency:
        return f"{to_text(value, currency, grouped=True)} {currency}"
    if name == "amounts" and isinstance(value, dict) and currency:
        return ", ".join(f"{part} {to_text(amount, currency, grouped=True)}" for part, amount in value.items())
    if name == "routes" and isinstance(value, list):
        return "\n".join(line for n, each in enumerate(value, 1) for line in route_words.lines(n, each, currency))
    if name == "offer" and isinstance(value, dict):
        return "\n".join(offer_words.lines(value, currency))
    if name in ("reserves", "set_off") and isinstance(value, list) and currency:
        return ", ".join(f"{what} {to_text(n, currency, grouped=True) if n is not None else '—'}" for what, n in value)
    if value is None or value == "" or (isinstance(value, list) and not any(value)):
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def sitters(desk: Desk, gate_id: str) -> Mapping[str, tuple[str, ...]]:
    """Every seat of an open gate that is not answered → the names of all who may answer it today."""
    day = desk.business_day()
    with reading(desk.engine) as connection:
        gate = connection.execute(select(gates).where(gates.c.gate_id == gate_id)).one()
        sitting = desk.strategy(day).gate_book.sitting(connection, gate)
        return sitting.sitters(connection, day)


def answer(
    desk: Desk, given: str, actor: Actor, verdict: Verdict, reason: str, *, choice: str = "",
    strike: Collection[str] = (), seat: str = "",
) -> Answer:  # fmt: skip
    """Answer one seat of a gate (the one that was asked, or any) today, in an actor's name; what it approves is queued in
    the same transaction.

    Raises UserError when the answer cannot count, and changes nothing then.
    """
    day = desk.business_day()
    with reading(desk.engine) as connection:
        gate_id = find(connection, given)
    strategy, pen = desk.strategy(day), desk.pen(day, actor.name)
    return lists.answer(
        desk.engine, strategy, pen, gate_id, actor, verdict, reason, choice=choice, strike=tuple(strike), seat=seat
    )
