"""The contact file of an account or of a person over all accounts, as CSV and JSON; and what is left of the budget."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from desk.contact_desk import masks
from desk.locating import masked, numbers_of
from desk.operations import Operations
from desk.packets import write_file
from recourse.contact_file import COLUMNS, Line, lines
from recourse.contact_law import NUMBERED, Request, room
from recourse.contact_points import OWN
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import accounts, cases, contacts, parties
from recourse.permits import Known
from recourse.policy.book import Policy

CHANNELS = ("call", "sms", "email", "app", "visit")
AGENCY = "agency:"


class Left(msgspec.Struct, frozen=True):
    """What is left of a debtor's budget for one channel and number at a moment; `binds`: the rule that leaves it so."""

    channel: str
    voice: str
    contact_id: str
    number: str
    left: int | None
    binds: str
    matches: tuple[str, ...]


class Aside(msgspec.Struct, frozen=True):
    """Contacts of a day that are set aside for an agency and not reported yet."""

    agency: str
    contacts: int


class Budget(msgspec.Struct, frozen=True):
    """The budget of a debtor at a moment of the debtor's own clock."""

    account: str
    on: date
    at: str
    zone: str
    left: list[Left]
    agencies: list[Aside]


def contact_file(work: Operations, account_id: str, *, person: bool = False) -> list[Line]:
    """Every contact of an account, all its episodes; or of its debtor over all accounts. Oldest first."""
    with reading(work.desk.engine) as connection:
        row = connection.execute(select(accounts).where(accounts.c.account_id == account_id)).first()
        if row is None:
            raise UserError(f"no account {account_id!r}", mend="see the bank's own account number")
        which = accounts.c.person_id == row.person_id if person else accounts.c.account_id == account_id
        query = (
            select(cases.c.case_id, accounts.c.account_id, accounts.c.jurisdiction, accounts.c.product)
            .join(accounts, accounts.c.account_id == cases.c.account_id)
            .where(which)
            .order_by(accounts.c.account_id, cases.c.episode)
        )
        found = connection.execute(query).all()
        shown = masks(connection, work, row.person_id)
    journals = HistoryReader(work.desk.engine).of([each.case_id for each in found])
    book, told = work.strategy.book, list[Line]()
    for each in found:

        def policy_on(day: date, of: tuple[str, str] = (each.jurisdiction, each.product)) -> Policy:
            return book.at(day, *of)

        told += lines(each.account_id, journals[each.case_id], policy_on, shown)
    return sorted(told, key=lambda line: (line.on, line.at, line.account))


def write(told: Sequence[Line], folder: Path) -> None:
    """Write the file as CSV and as JSON into a folder."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in told:
        cells = msgspec.structs.astuple(line)
        writer.writerow(["; ".join(cell) if isinstance(cell, tuple) else _inert(cell) for cell in cells])
    write_file(folder / "contacts.csv", out.getvalue().encode("utf-8-sig"))
    write_file(folder / "contacts.json", msgspec.json.format(msgspec.json.encode(list(told)), indent=2) + b"\n")


def _inert(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell


def budget(work: Operations, account_id: str, on: date, at: str) -> Budget:
    """What is left for an account's debtor at an hour of the debtor's own clock, by channel, number and agency."""
    facts = work.one(account_id)
    policy = work.strategy.book.at(on, facts.jurisdiction, facts.product)
    with reading(work.desk.engine) as connection:
        zone = connection.execute(select(parties.c.time_zone).where(parties.c.party_id == facts.person_id)).scalar()
        here = datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=ZoneInfo(zone or "UTC"))
        wanted = _wanted(connection, work, facts)
        known = Known(connection, [(request, policy) for request, _, _ in wanted], on, lock=False)
    instant = here.astimezone(UTC).isoformat()
    left = [_left(known, request, policy, contact, number, instant) for request, contact, number in wanted]
    aside: dict[str, int] = {}
    for past in known.past.get(facts.person_id, ()):
        if past.on == on and not past.used and past.purpose.startswith(AGENCY):
            aside[past.purpose.removeprefix(AGENCY)] = aside.get(past.purpose.removeprefix(AGENCY), 0) + 1
    return Budget(account_id, on, at, zone or "UTC", left, [Aside(*each) for each in sorted(aside.items())])


def _wanted(connection: Connection, work: Operations, facts: Facts) -> list[tuple[Request, str, str]]:
    """One request for each channel and own number of the debtor's: with the contact point and the number, masked."""
    query = select(contacts).where(
        contacts.c.party_id == facts.person_id, contacts.c.whose.in_(OWN), contacts.c.valid_to.is_(None)
    )  # fmt: skip
    rows = connection.execute(query.order_by(contacts.c.channel, contacts.c.contact_id)).all()
    shown = numbers_of(connection, work, rows)
    found = []
    for channel in CHANNELS:
        kind = "phone" if channel == "call" else channel
        points = [(row.number_id, row.contact_id, masked(shown[row.contact_id])) for row in rows if row.channel == kind]
        for number_id, contact, number in points or [("", "", "")] if channel in NUMBERED else [("", "", "")]:
            request = Request(facts.person_id, facts.case_id, channel, "budget", number_id, facts.account_id)
            found.append((request, contact, number))
    return found


def _left(known: Known, request: Request, policy: Policy, contact: str, number: str, instant: str) -> Left:
    situation = known.situation(request, instant, None, ())
    against = known.against(request, policy, situation)
    if against:
        rules = tuple(dict.fromkeys(each.rule for each in against))
        return Left(request.channel, request.voice, contact, number, 0, rules[0], rules)
    least = min(room(request, policy, situation), default=(None, ""))
    return Left(request.channel, request.voice, contact, number, least[0], least[1], ())
