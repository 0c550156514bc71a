"""The files that pass between bank and agency: the day's placements with their quota out, results in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from desk.agencies import AgencyDesk
from recourse import events as ev
from recourse.acts import Contract, Person
from recourse.agencies import container, contract
from recourse.agencies.container import Keys, Sealed
from recourse.agencies.files import PlacementRow, ResultRow, amount_text, placement_csv, read_results
from recourse.canonical import digest, encode
from recourse.claims import claimable
from recourse.climb import agency_quota, agency_results
from recourse.climb.agency_quota import CHANNEL, Given
from recourse.climb.agency_results import Follows, Taken
from recourse.errors import UserError
from recourse.ledger import agency_rows
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.people import PeopleReader
from recourse.ledger.vault import normalise
from recourse.policy.book import Policy
from recourse.under_hold import placed_by
from tasks import call
from tasks.agency_referral import NODE

KEY_FILE = "agency.key"
SIGNATURE = ".sig"
OWNER_ONLY = 0o600
BRAKED_AS = (NODE, "call")
"""What an agency's contact counts as: the placement, and a contact."""


class Written(msgspec.Struct, frozen=True):
    """The day's file of an agency: debts in it, contacts in all, and what kept others out, by rule."""

    rows: int
    contacts: int
    left_out: Mapping[str, int]


def keys_of(work: AgencyDesk) -> Keys:
    """The bank's own keys for files with agencies, made at their first use; sealed under the master key."""
    path, cipher = work.desk.settings.home / KEY_FILE, work.desk.vault.document_cipher()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = cipher.encrypt(encode(container.new_keys()).encode(), KEY_FILE.encode())
        write_private(path, made, fresh=True)
    return msgspec.json.decode(cipher.decrypt(path.read_bytes(), KEY_FILE.encode()), type=Keys)


def write_private(path: Path, data: bytes, *, fresh: bool = False) -> None:
    """Write a file for its owner only, whole or not at all; a `fresh` one never over another."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    if not fresh:
        part.replace(path)
        return
    with suppress(FileExistsError):  # somebody was faster: theirs stands
        os.link(part, path)
    part.unlink()


def write_day_file(work: AgencyDesk, agency: str, path: Path) -> Written:
    """Set the day's contacts aside and write what the agency may work today, sealed for it; asked again, the same rows."""
    with reading(work.desk.engine) as connection:
        entry = agency_rows.entry_of(connection, agency)
    if not path.parent.is_dir():
        raise UserError("no such folder", where=str(path.parent), mend="name a file in a folder that is there")
    if not entry.listed:
        raise UserError(f"{agency} was struck off", mend="its debts are being called back; it gets no file")
    with writing_on(work.desk.engine, work.pen.day) as connection:
        given = agency_quota.give(connection, work.strategy, work.pen, agency, BRAKED_AS)
    rows = _rows(work, [each for each in given if each.contacts])
    sealed = container.seal(placement_csv(rows), entry.recipient, keys_of(work))
    contacts = sum(row.contacts for row in rows)
    written = ev.AgencyFileWritten(
        agency, work.pen.day, digest(sealed.data), len(rows), contacts, container.fingerprint(entry.recipient)
    )  # fmt: skip
    write_private(path, sealed.data)
    write_private(path.with_name(path.name + SIGNATURE), sealed.signature)
    with writing_on(work.desk.engine, work.pen.day) as connection:
        agency_rows.record(connection, agency, [(written, None)], work.pen)
    left_out: dict[str, int] = {}
    for each in given:
        if not each.contacts:
            left_out[each.rule or "given back"] = left_out.get(each.rule or "given back", 0) + 1
    return Written(len(rows), contacts, left_out)


def _rows(work: AgencyDesk, given: Sequence[Given]) -> list[PlacementRow]:
    reader = PeopleReader(work.desk.engine, work.desk.vault)
    people = reader.of([each.facts.person_id for each in given])
    contracts = reader.contracts([each.facts.account_id for each in given])
    return [
        _row(work, each, people[each.facts.person_id], contracts.get(each.facts.account_id))
        for each in given
        if each.facts.person_id in people
    ]


def _row(work: AgencyDesk, given: Given, person: Person, known: Contract | None) -> PlacementRow:
    """The minimum that a caller needs (PIPL 19, 21); nothing of guarantors, relatives or identity papers."""
    facts, day = given.facts, work.pen.day
    due = claimable(facts, day)
    policy = work.strategy.policy_of(facts)
    quiet = [each for _, each in policy.quiet_hours if not each.channels or CHANNEL in each.channels]
    return PlacementRow(
        given.placement_id, person.name, person.numbers.get("phone", ""), known.number if known else "", facts.currency,
        amount_text(due.total if due else None, facts.currency), str(facts.balance_as_of or ""),
        str(facts.file.placement_until_on or ""), quiet[0].start, quiet[0].end, given.contacts,
    )  # fmt: skip


def take_results(work: AgencyDesk, agency: str, path: Path) -> Taken | None:
    """Take in a results file, judged whole first; None when what is in it came in before."""
    with reading(work.desk.engine) as connection:
        entry = agency_rows.entry_of(connection, agency)
    signature = path.with_name(path.name + SIGNATURE)
    for each in (path, signature):
        if not each.is_file():
            raise UserError("no such file", where=str(each), mend=f"a file and its {SIGNATURE}, side by side")
    sealed = Sealed(path.read_bytes(), signature.read_bytes().strip())
    plain = container.open_sealed(sealed, entry.verifier, keys_of(work), str(path))
    rows = read_results(plain, str(path), list(call.OUTCOMES))
    _refuse_unlikely(work, rows, str(path))
    serious = contract.seriousness(work.policy)
    content = digest(f"{agency}\n".encode() + plain)
    with writing_on(work.desk.engine, work.pen.day) as connection:
        return agency_results.take(
            connection, work.strategy, work.pen, agency, rows, Follows(partial(_events, work.policy), call.learned), serious, content,
            digest(sealed.data), _indexed(work, rows),
        )  # fmt: skip


def _indexed(work: AgencyDesk, rows: Sequence[ResultRow]) -> dict[int, str]:
    """Row → the blind index of the number that it says was dialled."""
    return {row.n: work.desk.vault.blind_index("phone", row.number) for row in rows if normalise("phone", row.number)}


def _refuse_unlikely(work: AgencyDesk, rows: Sequence[ResultRow], place: str) -> None:
    """A contact to come, or a promise that does not fit its outcome, makes the whole file wrong."""
    longest, day = work.policy.number("promise.longest_days"), work.pen.day
    faults = []
    for row in rows:
        if row.at.date() > day:
            faults.append(f"row {row.n}, at: {row.at.date()} lies after the business day {day}")
        try:
            call.check_promise(row.outcome, row.promise_on, row.at.date(), longest)
        except UserError as error:
            faults.append(f"row {row.n}, promise_on: {error.what}")
    if faults:
        raise UserError(
            f"{len(faults)} faults, nothing taken in: {'; '.join(faults[:10])}",
            where=place,
            mend="have it written anew",
        )


def _events(policy: Policy, case_id: str, code: str, on: date) -> list[ev.Event]:
    """The brake that an outcome brings, as from a call of the bank's own; the bank's own call is left alone."""
    return [event for event in call.consequences(case_id, code, on, policy) if placed_by(event) is not None]
