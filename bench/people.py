"""The debtors of a made-up book (`bench.book`) as persons: sealed names, contract numbers and mobile numbers.

A sweep needs none of it. Dispatch does: without a number there is no permit, and no message goes out.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine

from bench import book
from bench.book import CHUNK, MORNING
from recourse.canonical import derived_id
from recourse.intake.people_load import PARTY_COLUMNS
from recourse.ledger import bulk
from recourse.ledger.database import writing
from recourse.ledger.tables import contacts, parties, personal
from recourse.ledger.vault import Vault

PERSONAL_COLUMNS = ("party_id", "field", "n", "value", "blind_index")
CONTACT_COLUMNS = ("contact_id", "party_id", "channel", "value", "number_id", "contractual", "consent", "source", "whose",
                   "window_from", "window_to", "known_on")  # fmt: skip

Rows = tuple[list[Any], list[Any], list[Any]]
"""Rows of parties, personal and contacts."""


def load_with_book(engine: Engine, vault: Vault, due: int) -> None:
    """A book with its debtors, in an empty ledger of the database's superuser: ready to be worked."""
    book.load(engine, due)
    load(engine, vault, due)
    book.settle(engine)


def load(engine: Engine, vault: Vault, due: int, known_on: date = MORNING) -> int:
    """Make the debtors of a book's due accounts known; returns how many there are."""
    for start in range(0, due, CHUNK):
        rows: Rows = ([], [], [])
        for place in range(start, min(start + CHUNK, due)):
            _stamp(vault, 4 * place, known_on, rows)
        with writing(engine) as connection:
            bulk.insert(connection, parties, PARTY_COLUMNS, rows[0])
            bulk.insert(connection, personal, PERSONAL_COLUMNS, rows[1])
            bulk.insert(connection, contacts, CONTACT_COLUMNS, rows[2])
    return due


def _stamp(vault: Vault, number: int, known_on: date, rows: Rows) -> None:
    """Add the debtor of account `number`; the ids are those that `bench.book` gives."""
    person, account = f"P{number:010d}", f"6222{number:012d}"
    wrapped = vault.new_person_key()
    key = vault.open_person_key(wrapped)
    mobile = f"13{number % 1_000_000_000:09d}"
    number_id = vault.blind_index("phone", mobile)
    rows[0].append((person, "natural", "Asia/Shanghai", "", False, wrapped, vault.key_id, known_on))
    for field, text in (("name", f"借款人{number}"), (f"contract_no:{account}", f"HT{number:012d}")):
        rows[1].append((person, field, 0, key.encrypt(field, person, text), None))
    rows[2].append((derived_id("contact", person, "sms", number_id), person, "sms",
                    key.encrypt("contact:sms", person, mobile), number_id, True, True, "contract", "own", "", "",
                    known_on))  # fmt: skip
