"""Personal data read by need: decrypted for one act, for many persons in one query each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Engine, select

from recourse.acts import Agency, Contract, Guaranty, Person
from recourse.contact_points import OWN, preference
from recourse.ledger import agency_rows, sets
from recourse.ledger.contact_term_rows import refused
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, contacts, guarantees, parties, personal
from recourse.ledger.vault import ErasedPerson, PersonKey, Vault

SHOWN = ("name", "id_number", "address")
SCOPE = "主债权及其利息、违约金、损害赔偿金和实现债权的费用"
"""Scope of a guarantee where nothing else is agreed (民法典 691)."""

_KEYS = select(parties.c.party_id, parties.c.wrapped_key).where(sets.one_of(parties.c.party_id, "parties"))
_FIELDS = (
    select(personal.c.party_id, personal.c.field, personal.c.value)
    .where(sets.one_of(personal.c.party_id, "parties"), sets.one_of(personal.c.field, "fields"))
    .order_by(personal.c.party_id, personal.c.field, personal.c.n)
)
_NUMBERS = select(
    contacts.c.party_id,
    contacts.c.channel,
    contacts.c.value,
    contacts.c.consent,
    contacts.c.contractual,
    contacts.c.contact_id,
).where(
    sets.one_of(contacts.c.party_id, "parties"),
    contacts.c.valid_to.is_(None),
    contacts.c.consent.is_not(False),
    contacts.c.whose.in_(OWN),
    ~refused(),
)
_CONTRACTS = (
    select(accounts.c.account_id, accounts.c.person_id, accounts.c.product, accounts.c.opened_on, accounts.c.terms)
    .where(sets.one_of(accounts.c.account_id, "accounts"))
    .order_by(accounts.c.account_id)
)


class PeopleReader:
    """`recourse.acts.People` over a ledger and its vault. An erased person reads as unknown."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine, self._vault = engine, vault
        self.decrypted = 0

    def of(self, party_ids: Sequence[str]) -> Mapping[str, Person]:
        """Persons by id: name, id number, address, and the number in use for each channel."""
        wanted = sorted(set(party_ids))
        with reading(self._engine) as connection:
            keys = self._keys(connection, wanted)
            fields = connection.execute(_FIELDS, {"parties": wanted, "fields": SHOWN}).all()
            numbers = connection.execute(_NUMBERS, {"parties": wanted}).all()
        read: dict[str, dict[str, str]] = {party: {} for party in keys}
        for party, field, value in fields:
            if party in keys:
                read[party][field] = self._open(keys[party], field, party, value)
        reached: dict[str, dict[str, str]] = {party: {} for party in keys}
        for party, channel, value, *_ in sorted(numbers, key=lambda row: preference(*row[3:])):
            if party in keys and channel not in reached[party]:
                reached[party][channel] = self._open(keys[party], f"contact:{channel}", party, value)
        return {
            party: Person(
                party,
                known.get("name", ""),
                known.get("id_number", ""),
                reached[party].get("post") or known.get("address", ""),
                reached[party],
            )
            for party, known in read.items()
        }

    def contracts(self, account_ids: Sequence[str]) -> Mapping[str, Contract]:
        """Contracts by account; the contract number is personal to the borrower."""
        wanted = sorted(set(account_ids))
        with reading(self._engine) as connection:
            rows = connection.execute(_CONTRACTS, {"accounts": wanted}).all()
            numbers = self._papers(connection, "contract_no", {row.account_id: row.person_id for row in rows})
        return {row.account_id: _contract(row, numbers.get(row.account_id, "")) for row in rows}

    def guarantees(self, account_ids: Sequence[str]) -> Mapping[str, Sequence[Guaranty]]:
        """Guarantee contracts by account."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(guarantees)
                .where(sets.among(guarantees.c.account_id, sorted(set(account_ids))))
                .order_by(guarantees.c.guarantee_id)
            ).all()
            numbers = self._papers(connection, "guarantee_no", {row.guarantee_id: row.party_id for row in rows})
        found: dict[str, list[Guaranty]] = {}
        for row in rows:
            known: dict[str, Any] = msgspec.json.decode(row.row)
            found.setdefault(row.account_id, []).append(
                Guaranty(
                    row.guarantee_id,
                    row.party_id,
                    numbers.get(row.guarantee_id, ""),
                    _day(known.get("signed_on")),
                    SCOPE,
                )
            )
        return found

    def agencies(self) -> Sequence[Agency]:
        """The register of agencies."""
        with reading(self._engine) as connection:
            held = agency_rows.loads(connection)
            return [Agency(entry, held.get(name, 0)) for name, entry in agency_rows.entries(connection).items()]

    def placed_with(self, party_ids: Sequence[str]) -> Mapping[str, str]:
        """Person → the agency that works a debt of that person."""
        with reading(self._engine) as connection:
            return agency_rows.placed_with(connection, party_ids)

    def _papers(self, connection: Any, field: str, holders: Mapping[str, str]) -> dict[str, str]:
        """The number of each contract, which is kept with the person whose contract it is."""
        names = {f"{field}:{id_}": id_ for id_ in holders}
        rows = connection.execute(_FIELDS, {"parties": sorted(set(holders.values())), "fields": list(names)}).all()
        keys = self._keys(connection, sorted({row.party_id for row in rows}))
        return {
            names[row.field]: self._open(keys[row.party_id], row.field, row.party_id, row.value)
            for row in rows
            if row.party_id in keys
        }

    def _keys(self, connection: Any, party_ids: Sequence[str]) -> dict[str, PersonKey]:
        found: dict[str, PersonKey] = {}
        for party, wrapped in connection.execute(_KEYS, {"parties": party_ids}):
            try:
                found[party] = self._vault.open_person_key(bytes(wrapped or b""))
            except ErasedPerson:
                continue
        return found

    def _open(self, key: PersonKey, field: str, party: str, value: bytes) -> str:
        self.decrypted += 1
        return key.decrypt(field, party, bytes(value))


def _contract(row: Any, number: str) -> Contract:
    terms: dict[str, Any] = msgspec.json.decode(row.terms)
    amount = terms.get("original_amount")
    return Contract(row.account_id, row.product, number, "", row.opened_on, amount, _day(terms.get("matures_on")))


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
