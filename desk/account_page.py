"""One account, all of it: where it stands and why, gates, papers, people as ids, and the journal. Decrypts nothing."""

from __future__ import annotations

from datetime import date

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from desk.open_desk import Desk
from desk.papers import kept
from recourse.acts import Entry
from recourse.errors import UserError
from recourse.explain import Explanation, explain
from recourse.facts import Facts
from recourse.ledger import papers as files
from recourse.ledger import past, sets
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import (
    business_days,
    cases,
    contacts,
    gate_members,
    gates,
    parties,
    roles,
)


class Party(msgspec.Struct, frozen=True):
    """Somebody on the account, by id. `reached_by`: channel → how many numbers or addresses the bank has."""

    party_id: str
    role: str
    basis: str
    status: str
    reached_by: dict[str, int]


class Paper(msgspec.Struct, frozen=True):
    """A document of the account. `ours`: made by us; else the bank's, or brought in. `kept`: its bytes lie in the store;
    `stage`: how far it is, of a paper that only people may issue."""

    sha256: str
    kind: str
    node: str
    on: date | None
    ours: bool
    kept: bool
    stage: str = ""


class GateLine(msgspec.Struct, frozen=True):
    """A gate that the account was or is a matter or a member of."""

    gate_id: str
    node: str
    kind: str
    status: str
    choice: str
    opened_on: date
    due_on: date
    answered_on: date | None


class AccountPage(msgspec.Struct, frozen=True):
    """Everything about an account as of `on`. `journal`: of all its cases, newest first."""

    on: date
    facts: Facts
    found: Explanation
    episodes: int
    journal: tuple[Entry, ...]
    gates: tuple[GateLine, ...]
    papers: tuple[Paper, ...]
    people: tuple[Party, ...]


def account_page(desk: Desk, account: str, on: date | None = None) -> AccountPage:
    """The account as of a day (default: the business day); a fixed number of queries.

    Raises UserError for an account that is not known or was never behind.
    """
    day = on or desk.business_day()
    with reading(desk.engine) as connection:
        case_ids = _cases(connection, account)
        facts = past.facts_as_of(connection, account, case_ids[-1], day, day)
        law_of = connection.execute(_LAW, {"day": day}).scalar()
        gate_lines = _gates(connection, case_ids)
        papers = _papers(connection, desk, account)
        people = _people(connection, account)
    journals = HistoryReader(desk.engine).of(case_ids)
    found = explain(facts, desk.strategy(day, law_of), day, day, journals[case_ids[-1]])
    journal = [entry for case_id in case_ids for entry in journals[case_id] if entry.envelope.known_on <= day]
    return AccountPage(day, facts, found, len(case_ids), tuple(reversed(journal)), gate_lines, papers, people)


def paper(desk: Desk, account: str, sha256: str) -> tuple[str, bytes]:
    """The kind and the bytes of a document that belongs to the account; any other is refused, whatever the store holds."""
    with reading(desk.engine) as connection:
        known = {each.sha256: each.kind for each in _papers(connection, desk, account)}
    if sha256 not in known:
        raise UserError("no such document", where=f"account {account}", mend="see the account's documents")
    return known[sha256], desk.documents.get(sha256)


_LAW = (
    select(business_days.c.policy_as_of)
    .where(business_days.c.day <= bindparam("day"))
    .order_by(business_days.c.day.desc())
    .limit(1)
)


def _cases(connection: Connection, account: str) -> list[str]:
    """Ids of the account's cases, the first episode first."""
    query = select(cases.c.case_id).where(cases.c.account_id == account).order_by(cases.c.episode)
    found = list(connection.execute(query).scalars())
    if not found:
        raise UserError(f"account {account!r} has no case", mend="it is unknown, or was never behind")
    return found


def _gates(connection: Connection, case_ids: list[str]) -> tuple[GateLine, ...]:
    listed = select(gate_members.c.gate_id).where(sets.one_of(gate_members.c.case_id, "cases"))
    query = (
        select(gates)
        .where(sets.one_of(gates.c.case_id, "cases") | gates.c.gate_id.in_(listed))
        .order_by(gates.c.opened_on.desc(), gates.c.gate_id)
    )
    return tuple(
        GateLine(row.gate_id, row.node, row.kind, row.status, row.choice, row.opened_on, row.due_on, row.answered_on)
        for row in connection.execute(query, {"cases": case_ids})
    )


def _papers(connection: Connection, desk: Desk, account: str) -> tuple[Paper, ...]:
    found = [
        Paper(
            each.sha256, each.kind, each.node, each.dated_on, each.origin == "made", kept(desk, each.sha256), each.stage
        )
        for each in files.of(connection, [account]).get(account, ())
    ]
    return tuple(sorted(found, key=lambda each: (not each.ours, each.on or date.min, each.kind)))


def _people(connection: Connection, account: str) -> tuple[Party, ...]:
    rows = connection.execute(
        select(roles.c.party_id, roles.c.role, roles.c.basis, parties.c.status)
        .outerjoin(parties, parties.c.party_id == roles.c.party_id)
        .where(roles.c.account_id == account, roles.c.to_on.is_(None))
        .order_by(roles.c.role, roles.c.party_id)
    ).all()
    counted: dict[str, dict[str, int]] = {}
    query = (
        select(contacts.c.party_id, contacts.c.channel, func.count())
        .where(sets.one_of(contacts.c.party_id, "parties"), contacts.c.valid_to.is_(None))
        .group_by(contacts.c.party_id, contacts.c.channel)
    )
    for party, channel, count in connection.execute(query, {"parties": [row.party_id for row in rows]}):
        counted.setdefault(party, {})[channel] = count
    return tuple(
        Party(row.party_id, row.role, row.basis, row.status or "", counted.get(row.party_id, {})) for row in rows
    )
