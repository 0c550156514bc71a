"""Packets outside the day's work: built from a case as it stands, verified, and what a seat waives of one."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import msgspec
from sqlalchemy import select

from desk.open_desk import Desk, open_desk
from desk.operations import Operations
from desk.settings import read
from desk.signed_packets import Trust, Verified, examined
from recourse import events as ev
from recourse.actors import Actor
from recourse.acts import Item
from recourse.authority import tier_of
from recourse.climb.arrivals import Arrival
from recourse.climb.freezing import with_papers
from recourse.documents.press import packet_of
from recourse.errors import UserError
from recourse.free_text import one_line
from recourse.gate_rows import rule_of
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.tables import cases, documents, documents_made, gates, papers, write_offs
from recourse.packets.checking import against_ledger, manifest_in
from recourse.readiness import ACTION, called_for, waivable
from recourse.seats import seats_of
from recourse.sitting import Sitting
from tasks.write_off import NODE, WriteOff


def build(desk: Desk, account: str, day: date) -> bytes:
    """The write-off packet of an account's latest case as its file stands, with the votes cast so far."""
    strategy = desk.strategy(day)
    tools = desk.tools(strategy, desk.pen(day).at)
    with reading(desk.engine) as connection:
        case_id = store.latest_case_id(connection, account)
        facts = store.load(connection, [case_id], lock=False)[case_id].facts
        visit = facts.file.visits.get(NODE)
        known = select(gates.c.gate_id).where(gates.c.gate_id == (visit.gate_id if visit else ""))
        gate_id = connection.execute(known).scalar() or ""
    key = f"{case_id}/{NODE}/0/act"
    item = Item(key, case_id, NODE, 0, "act", facts, strategy.policy_of(facts), gate_id)
    (order,) = WriteOff().orders([item], tools)
    return packet_of(desk.templates, desk.press.fonts, with_papers(order, tools))[0]


def verified(desk: Desk | None, pdf: bytes, trust: Trust | None = None) -> Verified:
    """What a packet says of itself, who signed it and, with a ledger at hand, what that says of it."""
    found = examined(pdf, trust)
    manifest = manifest_in(pdf[: len(pdf) - found.appended]) if found.intact else None
    if desk is None or manifest is None:
        return found
    wanted = [found.file_sha256, *(each.sha256 for each in manifest.exhibits if each.file)]
    with reading(desk.engine) as connection:
        known = {
            sha256
            for table in (documents_made, papers, documents)
            for sha256 in connection.execute(select(table.c.sha256).where(sets.among(table.c.sha256, wanted))).scalars()
        }
    against = against_ledger(found, manifest, known, known)
    return msgspec.structs.replace(found, problems=(*found.problems, *against))


def ledger_at_hand() -> Desk | None:
    """The desk on the ledger that the settings name, or None where there is none yet."""
    settings = read(os.environ)
    desk = open_desk(settings, check=False)
    place = desk.engine.url.database
    return None if desk.engine.dialect.name == "sqlite" and not Path(place or "").is_file() else desk


class Waived(msgspec.Struct, frozen=True):
    """An item that one seat waived; `open_seats`: those that still have to."""

    item: str
    seat: str
    open_seats: tuple[str, ...]


def waive(work: Operations, actor: Actor, account: str, item: str, reason: str) -> Waived:
    """Waive an item that the write-off packet of an account lacks, in the seat that the actor may sit in.

    Refused: a core item, one that is not called for, no reason, no seat, the maker, a second word of one person.
    """
    if not reason.strip():
        raise UserError("a waiver needs a reason", mend="give --reason TEXT")
    desk, facts, day = work.desk, work.one(account), work.pen.day
    policy = work.strategy.policy_of(facts)
    wanted = waivable(called_for(policy, WriteOff.packet, WriteOff().traits(facts, policy, day)), item)
    tier = tier_of(facts, policy, NODE)
    names = seats_of(rule_of(work.strategy.gate_book.authority(facts, ACTION), tier))
    given = facts.file.waived_gaps.get(f"{NODE}/{wanted.item}", [])
    sitting = Sitting(
        f"waiver {wanted.item}", facts.file.makers.get(NODE, ""), names, {each[0] for each in given},
        {each[1] for each in given}, {facts.terms.originator} - {""},
    )  # fmt: skip
    with reading(desk.engine) as connection:
        seat, giver = sitting.seat_for(connection, actor, day)
    event = ev.GapWaived(NODE, wanted.item, seat, actor.name, one_line(reason, "--reason"), names, giver)
    work.record([Arrival(facts.case_id, event)])
    return Waived(wanted.item, seat, tuple(name for name in sitting.left if name != seat))


def write_packets(desk: Desk, day: date, folder: Path) -> list[str]:
    """Write the packets of all write-offs that were instructed on a day, those that were approved, each named by its
    account; returns the accounts."""
    query = (
        select(cases.c.account_id, write_offs.c.packet)
        .join(cases, cases.c.case_id == write_offs.c.case_id)
        .where(write_offs.c.instructed_on == day)
        .order_by(cases.c.account_id)
    )
    with reading(desk.engine) as connection:
        found = connection.execute(query).all()
    for account, sha256 in found:
        write_file(folder / f"{account}.pdf", desk.documents.get(sha256))
    return [account for account, _ in found]


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; what cannot be written is a UserError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        raise UserError("cannot write", where=str(path), mend=error.strerror or "choose another place") from None
