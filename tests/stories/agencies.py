"""The agencies of a story: they open the day's file, work it, and answer with a file of their own."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
from sqlalchemy import select

from desk.agencies import AgencyDesk
from desk.agency_files import SIGNATURE, Written, keys_of, take_results, write_day_file
from recourse.agencies.container import Sealed, open_sealed, seal
from recourse.agencies.files import RESULT_COLUMNS, WITH_NUMBER
from recourse.climb.agency_results import Taken
from recourse.ledger.database import reading
from recourse.ledger.tables import agency_violations, permits, placements
from recourse.simulate.agency_keys import AGENCY_KEYS
from tests.stories.bank import Bank


class DayFile(msgspec.Struct, frozen=True):
    """What an agency finds in the file of a day."""

    written: Written
    rows: list[dict[str, str]]


class Contact(msgspec.Struct, frozen=True):
    """One line of an agency's answer; `at` is an hour of the story's day, or a whole instant."""

    placement_id: str
    at: str
    outcome: str = "no_answer"
    channel: str = "call"
    promise_on: str = ""
    recording: str = "REC-1"
    number: str = ""
    """The number that was dialled, where the agency says so."""


def work_of(bank: Bank, actor: str = "osm-01") -> AgencyDesk:
    """What this member of staff does with agencies today."""
    return AgencyDesk(bank.desk, bank.strategy, bank.pen(actor))


def agency_of(bank: Bank, account_id: str) -> tuple[str, str]:
    """(agency, placement) that last held an account."""
    with reading(bank.desk.engine) as connection:
        query = select(placements.c.agency, placements.c.placement_id).where(
            placements.c.case_id == bank.life(account_id).facts.case_id
        )
        row = connection.execute(query.order_by(placements.c.placed_on.desc())).first()
    assert row is not None, f"{account_id} was never placed"
    return row.agency, row.placement_id


def opens_day_file(bank: Bank, agency: str) -> DayFile:
    """The bank writes the file of the day, and the agency opens it with its own key."""
    path = bank.folder.parent / f"{agency}-{bank.day}.csv.age"
    work = work_of(bank)
    written = write_day_file(work, agency, path)
    sealed = Sealed(path.read_bytes(), path.with_name(path.name + SIGNATURE).read_bytes())
    plain = open_sealed(sealed, keys_of(work).verifier, AGENCY_KEYS[agency], str(path))
    return DayFile(written, list(csv.DictReader(io.StringIO(plain.decode()))))


def results_file(bank: Bank, agency: str, *contacts: Contact, name: str = "results") -> Path:
    """The agency's answer, sealed for the bank and signed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    numbered = any(each.number for each in contacts)
    writer.writerow(WITH_NUMBER if numbered else RESULT_COLUMNS)
    for each in contacts:
        at = each.at if "T" in each.at else f"{bank.day}T{each.at}:00+08:00"
        cells = (each.placement_id, at, each.channel, each.outcome, each.promise_on, "", "", each.recording)
        writer.writerow((*cells, each.number) if numbered else cells)
    sealed = seal(out.getvalue().encode(), keys_of(work_of(bank)).recipient, AGENCY_KEYS[agency])
    path = bank.folder.parent / f"{name}.age"
    path.write_bytes(sealed.data)
    path.with_name(path.name + SIGNATURE).write_bytes(sealed.signature)
    return path


def answers(bank: Bank, agency: str, *contacts: Contact) -> Taken | None:
    """The agency answers, and the bank takes it in."""
    return take_results(work_of(bank), agency, results_file(bank, agency, *contacts))


def breaches(bank: Bank, agency: str) -> list[str]:
    """Open breaches of an agency by name."""
    with reading(bank.desk.engine) as connection:
        query = select(agency_violations.c.violation).where(
            agency_violations.c.agency == agency, agency_violations.c.closed_on.is_(None)
        )
        return sorted(connection.execute(query).scalars())


def budget(bank: Bank, person: str) -> dict[str, int]:
    """Permits of a person on the story's day, by what became of them ("" = still to be used)."""
    found: dict[str, int] = {}
    with reading(bank.desk.engine) as connection:
        query = select(permits.c.used).where(
            permits.c.person_id == person, permits.c.issued_on == bank.day, permits.c.channel == "call"
        )
        for used in connection.execute(query).scalars():
            found[used] = found.get(used, 0) + 1
    return found
