"""投诉 Complaints at the desk: taken in with their text sealed among the papers, handled by somebody who is not concerned,
extended, referred, answered in writing, verified, closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from desk.agencies import AgencyDesk
from desk.clerk import Clerk, Entered, Judge, Reply, rows
from desk.open_desk import Desk
from recourse import events as ev
from recourse.actors import named
from recourse.canonical import derived_id
from recourse.clocks import running
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import store, work_list
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.history import stream
from recourse.ledger.tables import agency_contacts, complaints
from tasks import complaints as rules
from tasks.complaints import Complaint

TEXT_KIND, REPLY_KIND = "complaint_text", "complaint_reply"
BREACH_ITEM = "conduct_violation"


class Line(msgspec.Struct, frozen=True):
    """One complaint. `due_on`: the last day to answer it or to verify the answer, None when nothing is due."""

    complaint_id: str
    account: str
    received_on: date
    channel: str
    category: str
    is_complex: bool
    referred_by: str
    about: str
    contact: str
    state: str
    outcome: str
    due_on: date | None
    answered_on: date | None
    text: str
    reply: str


def add(clerk: Clerk, account: str, said: Complaint, text: str, key: str = "") -> Entered:
    """Take in a complaint: its text is sealed, the case is braked, its clock runs from the day it came in."""
    clerk.require("complaint_entry")
    said, data = rules.checked(said, clerk.day), rules.checked_text(text)
    facts = clerk.case(account)
    sha256 = hashlib.sha256(data).hexdigest()
    about = (key, clerk.actor.name) if key else (said.received_on, said.channel, said.category, sha256)
    complaint_id = derived_id("complaint", facts.case_id, *about)
    said = _with_collector(clerk, facts, said)
    received = ev.ComplaintReceived(
        complaint_id, said.channel, said.category, sha256, said.is_complex, said.referred_by, said.about, said.contact
    )
    paper = ev.DocumentReceived(sha256, TEXT_KIND, "text/plain", len(data), "", said.received_on, "", "debtor")
    clerk.desk.documents.put(data, TEXT_KIND)
    return clerk.enter(
        complaints, complaint_id, account, lambda _: (paper, received), said.received_on,
        same=lambda row: (row.text, row.category, row.received_on) == (sha256, said.category, said.received_on),
    )  # fmt: skip


def _with_collector(clerk: Clerk, facts: Facts, said: Complaint) -> Complaint:
    """Who made the contact complained about, where nobody has said so."""
    if not said.contact:
        return said
    with reading(clerk.desk.engine) as connection:
        who = _who_contacted(connection, facts.case_id, said.contact)
    if not who:
        raise UserError(
            "no such contact of the case", where=f"account {facts.account_id}", mend="see the account's journal"
        )
    return said if said.about else msgspec.structs.replace(said, about=who)


def _who_contacted(connection: Connection, case_id: str, contact: str) -> str:
    """The caller of a permit, or the agency of a contact that it reported ("" = the case has none of that id)."""
    c = agency_contacts.c
    agency = connection.execute(select(c.agency).where(c.contact_id == contact, c.case_id == case_id)).scalar()
    if agency is not None:
        return str(agency)
    for entry in stream(connection, f"case:{case_id}"):
        event = entry.event
        if isinstance(event, ev.CallTaken | ev.ContactRecorded) and event.permit_id == contact:
            return entry.envelope.actor
    return ""


def answer(clerk: Clerk, complaint_id: str, outcome: str, reply: Reply, *, violation: str = "") -> tuple[Entered, str]:
    """Answer in writing. Upheld about a contact, it becomes a violation of the agency, or work for quality control; which."""
    clerk.require("complaint_handling")
    row, account = _row(clerk, complaint_id)
    rules.refuse_concerned(row, clerk.actor.name)
    rules.answered(row, outcome, "to come", clerk.actor.name)
    sha256 = reply(account, REPLY_KIND)
    by = clerk.actor.name
    row, _ = clerk.move(complaints, row.complaint_id, lambda row, _: [rules.answered(row, outcome, sha256, by)])
    breach = violation or rules.breach_of(row, outcome)
    if breach and outcome != "rejected":
        _blame(clerk, row, account, breach)
    return Entered(row.complaint_id, account), breach if outcome != "rejected" else ""


def _row(clerk: Clerk, complaint_id: str) -> tuple[Any, str]:
    with reading(clerk.desk.engine) as connection:
        row = Clerk.row(connection, complaints, complaint_id)
        facts = store.load(connection, [row.case_id], lock=False)[row.case_id].facts
    return row, facts.account_id


def _blame(clerk: Clerk, row: Any, account: str, breach: str) -> None:
    note = f"complaint {row.complaint_id[:8]}"
    with writing_on(clerk.desk.engine, clerk.day) as connection:
        by_agency = agency_contacts.c.contact_id == row.contact
        agency = connection.execute(select(agency_contacts.c.agency).where(by_agency)).scalar()
        if agency is None:
            what = f"{note} was upheld: {breach}" + (f" by {row.about}" if row.about else "")
            item = derived_id("work_item", BREACH_ITEM, row.complaint_id)
            work_list.open_items(connection, BREACH_ITEM, {item: (account, what)}, clerk.pen)
    if agency is not None:
        AgencyDesk(clerk.desk, clerk.work.strategy, clerk.pen).blame(str(agency), breach, account, note)


def extend(clerk: Clerk, complaint_id: str, step: str, approved_by: str, reason: str) -> Entered:
    """Give more time. Beyond a complex complaint it takes the approval of a named person of the higher level."""
    clerk.require("complaint_handling")
    approver = approved_by or clerk.actor.name
    if step != "complex":
        _refuse_unauthorised(clerk, approved_by)

    def judge(row: Any, facts: Facts) -> list[ev.Event]:
        rules.refuse_concerned(row, clerk.actor.name)
        return [rules.extended(row, step, clerk.policy(facts).numbers, approver, reason)]

    return _moved(clerk, complaint_id, judge)


def _refuse_unauthorised(clerk: Clerk, approved_by: str) -> None:
    """The approver is somebody else, enrolled, and of the higher level."""
    if not approved_by.strip() or approved_by == clerk.actor.name:
        raise UserError("more time takes another person's approval", mend="give --approved-by NAME")
    with reading(clerk.desk.engine) as connection:
        approver = named(connection, approved_by, "named")
    higher = Clerk(clerk.desk, approver, work=clerk.work)
    higher.require("complaint_extension")


def refer(clerk: Clerk, complaint_id: str, by: str, proof: str, on: date | None = None) -> Entered:
    """An authority referred the complaint to the bank, or head office took it: a clock of its own runs."""
    clerk.require("complaint_entry")
    return _moved(clerk, complaint_id, _by_another(clerk, lambda row: rules.referred(row, by, proof)), on)


def verify(clerk: Clerk, complaint_id: str, proof: str, on: date | None = None) -> Entered:
    """The complainant asked the higher level to verify the answer 核查."""
    clerk.require("complaint_entry")
    return _moved(clerk, complaint_id, _by_another(clerk, lambda row: rules.verification(row, proof)), on)


def close(clerk: Clerk, complaint_id: str, cause: str, proof: str = "") -> Entered:
    """Settled after its answer, or withdrawn by who made it."""
    clerk.require("complaint_handling")
    return _moved(clerk, complaint_id, _by_another(clerk, lambda row: rules.closed(row, cause, proof)))


def _by_another(clerk: Clerk, judge: Callable[[Any], ev.Event]) -> Judge:
    """The same, by anybody but who the complaint is about."""

    def judged(row: Any, _: Facts) -> list[ev.Event]:
        rules.refuse_concerned(row, clerk.actor.name)
        return [judge(row)]

    return judged


def _moved(clerk: Clerk, complaint_id: str, judge: Any, on: date | None = None) -> Entered:
    row, facts = clerk.move(complaints, complaint_id, judge, on)
    return Entered(row.complaint_id, facts.account_id)


def ask(clerk: Clerk, complaint_id: str, paper: str) -> Mapping[str, str]:
    """Whether the complainant may be asked for a paper: not for one that the bank holds. The papers held."""
    row, account = _row(clerk, complaint_id)
    rules.refuse_concerned(row, clerk.actor.name)
    held = clerk.held(account)
    if paper in held:
        raise UserError(
            f"the bank holds a {paper} already: {held[paper][:12]}", where=f"account {account}", mend="do not ask for it again"
        )  # fmt: skip
    return held


def listed(desk: Desk, *, account: str = "", all_: bool = False) -> list[Line]:
    """Complaints that are not closed, or all; of one account or of all, the next due first."""
    found = rows(desk, complaints, account=account, states=() if all_ else ("open", "answered", "verifying"))
    due = _due(desk, sorted({row.case_id for _, row in found}))
    lines = [_line(account, row, due.get(row.complaint_id)) for account, row in found]
    return sorted(lines, key=lambda line: (line.due_on or date.max, line.received_on, line.complaint_id))


def show(desk: Desk, complaint_id: str) -> Line:
    """One complaint."""
    with reading(desk.engine) as connection:
        row = Clerk.row(connection, complaints, complaint_id)
        facts = store.load(connection, [row.case_id], lock=False)[row.case_id].facts
    return _line(facts.account_id, row, _due(desk, [row.case_id]).get(row.complaint_id))


def _due(desk: Desk, case_ids: list[str]) -> dict[str, date]:
    """Complaint → the first of its last days, by the clocks of its case."""
    strategy = desk.strategy(desk.business_day())
    with reading(desk.engine) as connection:
        dossiers = store.load(connection, case_ids, lock=False)
    found: dict[str, date] = {}
    for dossier in dossiers.values():
        for clock in running(dossier.facts, strategy.policy_of(dossier.facts).numbers):
            if clock.kind.startswith("complaint"):
                found[clock.subject] = min(clock.ends_on, found.get(clock.subject, clock.ends_on))
    return found


def _line(account: str, row: Any, due_on: date | None) -> Line:
    return Line(row.complaint_id, account, row.received_on, row.channel, row.category, row.is_complex, row.referred_by,
                row.about, row.contact, row.state, row.outcome, due_on, row.answered_on, row.text, row.reply)  # fmt: skip
