"""Building a write-off packet outside the day's work: the same data and form as the write-off act uses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select

from desk.open_desk import Desk
from recourse.acts import Item, PacketOrder
from recourse.documents.press import packet_of
from recourse.errors import UserError
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.tables import cases, documents_made, gates
from recourse.letters.write_off import packet_data, votes_of


def build(desk: Desk, account: str, day: date) -> bytes:
    """The packet of an account's latest case as its file stands, with the votes cast so far."""
    strategy = desk.strategy(day)
    tools = desk.tools(strategy, desk.pen(day).at)
    with reading(desk.engine) as connection:
        case_id = store.latest_case_id(connection, account)
        facts = store.load(connection, [case_id], lock=False)[case_id].facts
        visit = facts.file.visits.get("write_off")
        gate_id = visit.gate_id if visit else ""
        known = (
            connection.execute(select(gates.c.gate_id).where(gates.c.gate_id == gate_id)).scalar() if gate_id else None
        )
    item = Item(
        f"{case_id}/write_off/0/act", case_id, "write_off", 0, "act", facts, strategy.policy_of(facts), known or ""
    )
    votes = votes_of(tools.history.gates([item.gate_id]).get(item.gate_id, ()), item.gate_id) if known else []
    data = packet_data(
        item,
        tools.people.of([facts.person_id]).get(facts.person_id),
        tools.people.contracts([account]).get(account),
        tools.history.of([case_id])[case_id],
        tools.history.papers([account]).get(account, ()),
        votes,
        desk.bank,
        day,
        tools.history.seal(),
        tools.names,
    )
    return packet_of(desk.templates, desk.press.fonts, PacketOrder(facts.jurisdiction, data, day))[0]


def write_packets(desk: Desk, day: date, folder: Path) -> list[str]:
    """Write the packets of all write-offs of a day into a folder, each named by its account; returns the accounts."""
    query = (
        select(cases.c.account_id, documents_made.c.sha256)
        .join(cases, cases.c.case_id == documents_made.c.case_id)
        .where(documents_made.c.kind == "write_off_packet", documents_made.c.made_on == day)
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
