"""People into the ledger: sealed field by field under each person's own key, found by blind index, never in the clear.

A person gets a data key on first sight. What is known already is opened and compared, so that a file sent again seals
nothing anew. An empty cell means unknown: it takes nothing away. A person whose key was destroyed stays erased,
whatever the bank delivers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import polars as pl

from recourse.canonical import derived_id, encode
from recourse.intake import crosscheck
from recourse.intake.files import ROW
from recourse.intake.job import Job, fresh
from recourse.intake.layout import TABLES
from recourse.ledger.tables import contacts, parties, personal
from recourse.ledger.vault import IndexKind, PersonKey, normalise

DECEASED = "deceased"
DEFAULT_ZONE = "Asia/Shanghai"
ABOUT = ("employment", "household", "income")
"""Tables of what a person lives on: each row is one sealed field, named by table and day."""
SEALED = ("id_type", "birth_on", "died_on", "address", "language", "region", "missing")
INDEXED: tuple[tuple[str, IndexKind], ...] = (("name", "name"), ("id_number", "id_number"))
NUMBERS: dict[str, IndexKind] = {
    "sms": "phone",
    "phone": "phone",
    "email": "email",
    "post": "address",
    "app": "address",
}
PARTY_COLUMNS = ("party_id", "kind", "time_zone", "status", "legal_hold", "wrapped_key", "key_id", "known_on")
CONTACT_FACTS = ("contractual", "consent", "source", "whose", "valid_from", "valid_to", "window_from", "window_to",
                 "time_zone")  # fmt: skip

Field = tuple[str, str, str, IndexKind | None]
"""party id, field, text, what it is found by"""


class Persons:
    """The persons that a delivery speaks of: what the ledger knows of each, and its key."""

    def __init__(self, job: Job, ids: set[str]) -> None:
        columns = (parties.c.party_id, parties.c.kind, parties.c.time_zone, parties.c.status, parties.c.wrapped_key)
        self._vault = job.vault
        self.kept = {row[0]: row[1:] for row in job.kept(columns, parties.c.party_id, ids).iter_rows()}
        self._wrapped: dict[str, bytes] = {party: row[3] or b"" for party, row in self.kept.items()}
        self._keys: dict[str, PersonKey] = {}

    def add(self, party: str) -> bytes:
        """A person seen for the first time: a new key, wrapped."""
        self._wrapped[party] = self._vault.new_person_key()
        return self._wrapped[party]

    def key(self, party: str) -> PersonKey | None:
        """The person's key, or None if the person was erased."""
        key = self._keys.get(party)
        if key is None and (wrapped := self._wrapped[party]):
            key = self._keys[party] = self._vault.open_person_key(wrapped)
        return key


class Learned(msgspec.Struct):
    """What came of it: sealed fields that are new or changed, and persons of whose death the bank tells first now."""

    fields: set[tuple[str, str]]
    dead: list[str]


def load_people(job: Job, debtors: Mapping[str, str]) -> Learned:
    """Parties, contacts and everything personal of the other tables. `debtors`: account → person who owes it."""
    fields = list(_fields(job, debtors))
    rows = job.rows("parties")
    numbers = job.rows("contacts")
    ids = {party for party, *_ in fields}
    for frame in (rows, numbers):
        ids.update(frame["party_id"] if frame is not None else ())
    if not ids:
        return Learned(set(), [])
    persons = Persons(job, ids)
    altered, dead = _parties(job, persons, rows) if rows is not None else (set(), [])
    learned = Learned(_seal(job, persons, fields), dead)
    if rows is not None:
        own = {party for party, field in learned.fields if ":" not in field}
        job.counted("parties", len(altered | own), rows.height)
    for name in (*ABOUT, "assets"):
        about = job.rows(name)
        if about is not None:
            job.counted(name, sum(field.startswith(f"{name}:") for _, field in learned.fields), about.height)
    if numbers is not None:
        _contacts(job, persons, numbers)
    return learned


# --- what is sealed ---------------------------------------------------------------------------------------------------


def _fields(job: Job, debtors: Mapping[str, str]) -> Iterator[Field]:
    yield from _of_parties(job)
    for row in _each(job, "accounts"):
        if row["contract_no"] and row["account_id"] in debtors:
            yield debtors[row["account_id"]], f"contract_no:{row['account_id']}", row["contract_no"], None
    for row in _each(job, "guarantees"):
        if row["contract_no"]:
            yield row["party_id"], f"guarantee_no:{row['guarantee_id']}", row["contract_no"], None
    for row in _each(job, "collateral"):
        sealed = _known(row, ("address", "registration_no"))
        if sealed:
            yield row["owner_id"], f"collateral:{row['collateral_id']}", encode(sealed), None
    for row in _each(job, "deposits"):
        if row["deposit_no"]:
            yield row["party_id"], f"deposit_no:{row['deposit_id']}", row["deposit_no"], None
    for name in ABOUT:
        for row in _each(job, name):
            yield (
                row["party_id"],
                f"{name}:{row['as_of']}",
                encode(_known(row, row.keys() - {"party_id", "as_of"})),
                None,
            )
    for row in _each(job, "assets"):
        yield (
            row["party_id"],
            f"assets:{row['asset_id']}",
            encode(_known(row, row.keys() - {"party_id", "asset_id"})),
            None,
        )


def _of_parties(job: Job) -> Iterator[Field]:
    for row in _each(job, "parties"):
        party = row["party_id"]
        for name, kind in INDEXED:
            if row[name]:
                yield party, name, row[name], kind
        for name in SEALED:
            if row[name] is not None:
                yield party, name, _text(row[name]), None


def _each(job: Job, name: str) -> Iterator[dict[str, Any]]:
    rows = job.rows(name)
    return iter(()) if rows is None else rows.drop(ROW).iter_rows(named=True)


def _known(row: Mapping[str, Any], names: Any) -> dict[str, Any]:
    return {name: row[name] for name in names if row[name] is not None}


def _text(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _seal(job: Job, persons: Persons, fields: list[Field]) -> set[tuple[str, str]]:
    """Seal what is new or different; returns which fields of whom."""
    known = {party for party, *_ in fields if party in persons.kept}
    columns = (personal.c.party_id, personal.c.field, personal.c.value)
    kept = {
        (party, field): value
        for party, field, value in job.kept(columns, personal.c.party_id, known, personal.c.n == 0).iter_rows()
    }
    rows, erased = [], set()
    for party, field, text, kind in fields:
        key = persons.key(party)
        if key is None:
            erased.add(party)
            continue
        sealed = kept.get((party, field))
        if sealed is not None and key.decrypt(field, party, sealed) == text:
            continue
        index = job.vault.blind_index(kind, text) if kind and normalise(kind, text) else None
        rows.append((party, field, 0, key.encrypt(field, party, text), index))
    if erased:
        job.warnings.append(f"{len(erased)} erased persons were delivered again, left erased")
    job.upsert(personal, ("party_id", "field", "n", "value", "blind_index"), rows)
    return {(party, field) for party, field, *_ in rows}


# --- parties and their numbers ----------------------------------------------------------------------------------------


def _parties(job: Job, persons: Persons, rows: pl.DataFrame) -> tuple[set[str], list[str]]:
    """Persons that are new or whose kind or zone changed, and those who have died as the bank tells now."""
    day, unzoned = job.pen.day, 0
    new: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    dead: list[str] = []
    for party, kind, zone, died_on in rows.select("party_id", "kind", "time_zone", "died_on").iter_rows():
        kept = persons.kept.get(party)
        died = died_on is not None and (kept is None or kept[2] != DECEASED)
        if died:
            dead.append(party)
        if kept is None:
            unzoned += zone is None
            status = DECEASED if died else ""
            new.append((party, kind, zone or DEFAULT_ZONE, status, False, persons.add(party), job.vault.key_id, day))
        elif died or kept[:2] != (kind, zone or kept[1]):
            changed.append((party, kind, zone or kept[1], DECEASED if died else kept[2], day))
    if unzoned:
        job.warnings.append(f"parties: {unzoned} without a time zone, taken to be in {DEFAULT_ZONE}")
    job.insert(parties, PARTY_COLUMNS, new)
    job.update(parties, ("party_id",), ("kind", "time_zone", "status", "known_on"), changed)
    return {row[0] for row in (*new, *changed)}, dead


def _contacts(job: Job, persons: Persons, rows: pl.DataFrame) -> None:
    """Numbers and addresses; two spellings of one number are one contact."""
    named = _named(job, rows)
    again = crosscheck.repeated(msgspec.structs.replace(TABLES["contacts"], key=("contact_id",)), named.drop("value"))
    for n, _, reason in again.iter_rows():
        job.set_aside("contacts", rows.filter(pl.col(ROW) == n), "value", reason)
    named = named.filter(~pl.col(ROW).is_in(again[ROW].implode()))
    columns = (contacts.c.contact_id, *(contacts.c[name] for name in CONTACT_FACTS))
    known = {party for party in named["party_id"] if party in persons.kept}
    new = fresh(named, job.kept(columns, contacts.c.party_id, known), ("contact_id",))
    sealed = []
    for row in new.select("contact_id", "party_id", "channel", "value", "number_id", *CONTACT_FACTS).iter_rows():
        contact_id, party, channel, value, *rest = row
        key = persons.key(party)
        if key is not None:
            secret = key.encrypt(f"contact:{channel}", party, value)
            sealed.append((contact_id, party, channel, secret, *rest, job.pen.day))
    job.counted("contacts", len(sealed), named.height)
    job.upsert(
        contacts, ("contact_id", "party_id", "channel", "value", "number_id", *CONTACT_FACTS, "known_on"), sealed
    )


def _named(job: Job, rows: pl.DataFrame) -> pl.DataFrame:
    """Contacts with `number_id` and `contact_id`; what holds no number at all is set aside."""
    ids: list[str | None] = [
        job.vault.blind_index(NUMBERS[channel], value) if normalise(NUMBERS[channel], value) else None
        for channel, value in rows.select("channel", "value").iter_rows()
    ]
    named = rows.with_columns(pl.Series("number_id", ids, dtype=pl.String))
    job.set_aside("contacts", rows.filter(named["number_id"].is_null()), "value", "no number or address in it")
    named = named.drop_nulls("number_id").with_columns(
        *(pl.col(name).fill_null("") for name in ("source", "whose", "window_from", "window_to", "time_zone"))
    )
    keys = named.select("party_id", "channel", "number_id").iter_rows()
    return named.with_columns(pl.Series("contact_id", [derived_id("contact", *key) for key in keys], dtype=pl.String))
