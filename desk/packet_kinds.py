"""Packets of an account beside the write-off packet: the collection file, the filing bundle, the placement pack.

Each is bound as the file stands, kept in the store, and journaled on the account's latest case in the name of who had it
made: `recourse packet verify` knows it again. The same packet made twice is one paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

import msgspec
from sqlalchemy import Connection, select

from desk.contact_desk import masks
from desk.drafting import complete, read_known
from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse.acts import Entry, Tools
from recourse.agencies.placing import Condition, Standing, agency_conditions, debt_conditions
from recourse.agencies.register import Entry as RegisterEntry
from recourse.agencies.register import stream_of
from recourse.canonical import derived_id
from recourse.climb.agency_quota import PER_DAY
from recourse.climb.arrivals import Arrival
from recourse.documents.templates import Template
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import agency_rows, sets
from recourse.ledger import papers as filed_papers
from recourse.ledger.contact_term_rows import terms_for
from recourse.ledger.database import reading
from recourse.ledger.history import stream
from recourse.ledger.tables import cases, documents_made, gate_members, gates, placements
from recourse.letters import CARDS
from recourse.letters.collection_file_packet import Gate, Recorded, Whole, collection_file
from recourse.letters.file_papers import papers_of
from recourse.letters.gathered import gather
from recourse.letters.litigation_packet import Suit, bundle
from recourse.letters.placement_packet import Lease, Placing, pack
from recourse.packets.assembling import DOCUMENT_KINDS
from recourse.packets.binding import bind
from recourse.packets.model import Kind, Packet
from recourse.policy.book import Policy
from tasks.agency_referral import standing_of
from tasks.outsourcing_notice import DATA_GIVEN, TASKS_GIVEN

MARKS: Mapping[Kind, str] = {"collection_file": "档", "litigation": "诉", "placement": "委资", "committee_book": "议"}


class Built(msgspec.Struct, frozen=True):
    """A packet that was bound and kept: its bytes, hash and number, and what its file lacks, by item."""

    pdf: bytes
    sha256: str
    number: str
    missing: tuple[str, ...] = ()


def build_kind(work: Operations, kind: str, account: str) -> Built:
    """Bind a packet of an account, keep it, and journal who had it made. Raises UserError for what cannot be made."""
    if kind not in _OF_ACCOUNT:
        raise UserError(f"no packet {kind!r}", where="--kind", mend=f"use write_off, {', '.join(_OF_ACCOUNT)}")
    facts = work.one(account)
    packet, files = _OF_ACCOUNT[kind](work, facts)
    return keep(work, packet, files, [facts.case_id])


def keep(work: Operations, packet: Packet, files: Mapping[str, bytes], case_ids: Sequence[str]) -> Built:
    """Bind, store, and journal on every case that does not know this very packet yet."""
    pdf = bind(packet, work.desk.press.fonts, files)
    sha256 = kept(work, pdf, DOCUMENT_KINDS[packet.kind], case_ids)
    return Built(pdf, sha256, packet.number, tuple(line.item for line in packet.readiness if line.state == "missing"))


def kept(work: Operations, pdf: bytes, kind: str, case_ids: Sequence[str]) -> str:
    """Store a packet and journal it on every case that does not know it yet; its hash."""
    sha256 = work.desk.documents.put(pdf, kind).sha256
    known = select(documents_made.c.case_id).where(
        documents_made.c.sha256 == sha256, sets.among(documents_made.c.case_id, sorted(set(case_ids)))
    )
    with reading(work.desk.engine) as connection:
        told = set(connection.execute(known).scalars())
    work.record([Arrival(each, ev.DocumentMade(sha256, kind)) for each in case_ids if each not in told])
    return sha256


def number_of(desk: Desk, kind: Kind, key: str, on: date) -> str:
    """The number of a packet: the same for the same thing in the same year."""
    return f"{desk.bank.short}{MARKS[kind]}〔{on.year}〕第{int(derived_id('packet', kind, key)[:10], 16) % 10**8:08d}号"


def journals_of(connection: Connection, account: str) -> dict[str, list[Entry]]:
    """The journals of every case of an account, the oldest first."""
    query = select(cases.c.case_id).where(cases.c.account_id == account).order_by(cases.c.episode)
    return {
        case_id: list(stream(connection, f"case:{case_id}")) for case_id in connection.execute(query).scalars().all()
    }


def _tools(work: Operations) -> Tools:
    return work.desk.tools(work.strategy, work.pen.at)


Made = tuple[Packet, Mapping[str, bytes]]


def _collection_file(work: Operations, facts: Facts) -> Made:
    desk, tools, account = work.desk, _tools(work), facts.account_id
    with reading(desk.engine) as connection:
        journals = journals_of(connection, account)
        asked = _gates(connection, list(journals))
        recorded = [
            Recorded(each.on, each.system, each.reference, each.permit_id, each.seconds, each.sha256)
            for each in filed_papers.recordings_of(connection, account)
        ]
        shown = masks(connection, work, facts.person_id)
    papers = tools.history.papers([account]).get(account, ())
    files = tools.letters.kept([each.sha256 for each in papers_of(journals, papers)])

    def policy_on(day: date) -> Policy:
        return work.strategy.book.at(day, facts.jurisdiction, facts.product)

    person = tools.people.of([facts.person_id]).get(facts.person_id)
    number = number_of(desk, "collection_file", account, work.pen.day)
    whole = Whole(
        facts, person, desk.bank, work.pen.day, work.pen.actor, number, journals, papers, asked, recorded, shown, policy_on,
        tools.names, tools.history.seal(), files,
    )  # fmt: skip
    return collection_file(whole), files


def _gates(connection: Connection, case_ids: Sequence[str]) -> list[Gate]:
    """The gates of some cases, on their own or on lists, with the journals that they were answered in."""
    listed = select(gate_members.c.gate_id).where(sets.among(gate_members.c.case_id, case_ids))
    own = sets.among(gates.c.case_id, case_ids)
    rows = connection.execute(
        select(gates).where(own | gates.c.gate_id.in_(listed)).order_by(gates.c.opened_on, gates.c.gate_id)
    )
    return [
        Gate(
            row.gate_id, row.node, row.kind, row.tier, row.status, row.opened_on, row.due_on, row.evidence_hash,
            row.packet_hash, list(stream(connection, row.stream)),
        )
        for row in rows.all()
    ]  # fmt: skip


def _litigation(work: Operations, facts: Facts) -> Made:
    desk, tools, account = work.desk, _tools(work), facts.account_id
    with reading(desk.engine) as connection:
        journals = journals_of(connection, account)
    papers = tools.history.papers([account])
    files = tools.letters.kept([each.sha256 for each in papers_of(journals, papers.get(account, ()))])
    known = read_known(work, tools, [facts])[facts.case_id]
    form = complaint_form(desk, facts, work.pen.day)
    suit = Suit(
        known.item, known.people, papers, journals, form, gather(known, tools, form.meta.channels), partial(complete, form),
        tools, number_of(desk, "litigation", account, work.pen.day), tools.history.seal(), files,
    )  # fmt: skip
    return bundle(suit), files


def complaint_form(desk: Desk, facts: Facts, on: date) -> Template:
    """The complaint in force: for cards their own form where there is one."""
    own = (facts.jurisdiction, "complaint_card")
    name = "complaint_card" if facts.product in CARDS and own in desk.templates.names() else "complaint"
    return desk.templates.in_force(facts.jurisdiction, name, on)


def _placement(work: Operations, facts: Facts) -> Made:
    desk, tools, account = work.desk, _tools(work), facts.account_id
    agency, day = facts.file.placement or facts.file.told_of, work.pen.day
    if not agency or facts.file.end:
        raise UserError("is placed with no agency", where=f"account {account}", mend="the debtor is told of one first")
    policy = work.strategy.policy_of(facts)
    with reading(desk.engine) as connection:
        journals = journals_of(connection, account)
        entry, lease = agency_rows.entry_of(connection, agency), _lease(connection, facts, agency)
        terms = terms_for(connection, [facts.person_id], [], [])
        shown, contract_paper = masks(connection, work, facts.person_id), _contract_paper(connection, agency, entry)
        conditions = _conditions(connection, facts, entry, lease, policy, day)
    papers = tools.history.papers([account]).get(account, ())
    files = tools.letters.kept([each.sha256 for each in papers_of(journals, papers)])
    placing = Placing(
        facts, tools.people.of([facts.person_id]).get(facts.person_id), tools.people.contracts([account]).get(account),
        desk.bank, policy, agency, entry, lease, conditions, terms, shown, DATA_GIVEN, TASKS_GIVEN, policy.number(PER_DAY),
        journals, papers, contract_paper, day, number_of(desk, "placement", account, day), tools.history.seal(), files,
    )  # fmt: skip
    return pack(placing), files


def _lease(connection: Connection, facts: Facts, agency: str) -> Lease | None:
    c = placements.c
    query = (
        select(c.placement_id, c.placed_on, c.until_on)
        .where(c.case_id == facts.case_id, c.agency == agency, c.returned_on.is_(None), c.recalled_on.is_(None))
        .order_by(c.placed_on.desc())
    )
    row = connection.execute(query).first()
    return None if row is None else Lease(row.placement_id, row.placed_on, row.until_on)


def _conditions(
    connection: Connection, facts: Facts, entry: RegisterEntry, lease: Lease | None, policy: Policy, day: date
) -> list[Condition]:
    """The entry conditions as they stand today; of a debt that the agency holds, its own placement is no obstacle."""
    held = agency_rows.loads(connection).get(entry.agency, 0)
    elsewhere = agency_rows.placed_with(connection, [facts.person_id]).get(facts.person_id, "")
    standing = msgspec.structs.replace(standing_of(facts, elsewhere), load=held - (lease is not None))
    found = (*_agency(entry, standing, policy, lease, day), *debt_conditions(entry, facts, standing, policy, day))
    return [each for each in found if lease is None or each.code != "not_placed"]


def _agency(
    entry: RegisterEntry, standing: Standing, policy: Policy, lease: Lease | None, day: date
) -> tuple[Condition, ...]:
    """A placement that runs was held against the contract on its first day."""
    found = agency_conditions(entry, standing, policy, day)
    if lease is None or entry.contract is None:
        return found
    covered = entry.contract.covers(lease.placed_on, lease.until_on)
    return tuple(msgspec.structs.replace(each, met=covered) if each.code == "contract" else each for each in found)


def _contract_paper(connection: Connection, agency: str, entry: RegisterEntry) -> str:
    """The hash of the paper of the contract in force ("" = it is not kept here)."""
    wanted = entry.contract.contract_id if entry.contract else ""
    papers = [
        told.event.sha256
        for told in stream(connection, stream_of(agency))
        if isinstance(told.event, ev.AgencyContracted) and told.event.contract_id == wanted
    ]
    return papers[-1] if papers else ""


_OF_ACCOUNT: Mapping[str, Callable[[Operations, Facts], Made]] = {
    "collection_file": _collection_file,
    "litigation": _litigation,
    "placement": _placement,
}
KINDS = ("write_off", *_OF_ACCOUNT)
