"""Who lives in the small bank's town: persons and their zones, their numbers, who owes together, and whose aunt is known."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from desk.open_desk import Desk
from desk.settings import Settings
from desk.town_agencies import found_agencies
from recourse.actors import MACHINE, enrol
from recourse.facts import GuaranteeFact, GuaranteeKind, PartyFact, Security, Terms
from recourse.ledger import bulk
from recourse.ledger.database import open_engine, writing
from recourse.ledger.tables import contacts, parties
from recourse.ledger.vault import DEMO_KEY, Vault
from tests.core.any_facts import book
from tests.core.certified import at_work
from tests.core.ledgers import CONTACT, MONDAY, Ledger, migrated, open_ledger, pen_of

ZONES = {
    **{"p0": "Asia/Shanghai", "p1": "America/New_York", "p2": "Australia/Lord_Howe", "p3": "Europe/London"},
    "p4": "Asia/Kathmandu",
}
LOANS = (
    # account, person, days late, yuan, product
    ("a", "p0", 2, 300, "consumer_loan"),
    ("b", "p0", 45, 9_000, "online_consumer_loan"),
    ("c", "p1", 75, 60_000, "online_consumer_loan"),
    ("d", "p1", 9, 8_000_000, "online_consumer_loan"),
    ("e", "p2", 12, 9_000, "consumer_loan"),
    ("f", "p3", 95, 60_000, "consumer_loan"),
    ("g", "p4", 5, 9_000, "consumer_loan"),
)
OWED_WITH = {"b": "p4", "c": "p4", "e": "p3"}
"""Account → who owes it together with its debtor."""
GUARANTEED = {"c": 21, "e": 35, "f": 14}
"""Days from the first until the period of a joint guarantee ends."""
MATURED = {"a": date(2025, 12, 1), "e": date(2024, 3, 1), "f": date(2023, 6, 1)}
"""Loans that are due as a whole, so that their limitation runs; the others mature later."""

HOME = "h:home"
"""An address at which two persons are written to: one who owes with the other, or lives there."""
AUNT, COUSIN, WORKS = "t:aunt", "t:cousin", "t:works"
POINTS = (
    # person, channel, number, whose, source
    *((person, channel, f"{person}:{channel}", "", "") for person in ZONES for channel in ("sms", "email")),
    *((person, "phone", f"{person}:tel{n}", "own", "contract") for person in ZONES for n in (1, 2)),
    *((person, "post", HOME if person in ("p1", "p4") else f"{person}:post", "", "") for person in ZONES),
    *(("p0", "phone", number, "relative", "contract") for number in (AUNT, COUSIN)),
    ("p1", "phone", AUNT, "relative", "left before"),
    ("p2", "phone", "p3:tel1", "other", "contract"),  # a neighbour, who is a customer himself
    ("p3", "phone", WORKS, "workplace", "contract"),
)
THIRD = {(person, number): whose for person, _, number, whose, _ in POINTS if whose not in ("", "own")}
OWN_CALLED = {person: [n for p, channel, n, whose, _ in POINTS if p == person and channel == "phone" and whose == "own"]
              for person in ZONES}  # fmt: skip
CALLERS, SUPERVISOR, DIALLER, AGENCY = ("caller-1", "caller-2", "trainee"), "sup-1", "dialler-1", "agency-a"
"""The trainee holds no certificate."""


def founded(url: str) -> None:
    """A ledger with its staff, two callers who may call and one who may not, a machine, an agency, and the town."""
    migrated(url)
    engine = open_engine(url)
    try:
        pen = pen_of(MONDAY - timedelta(days=30))
        with writing(engine) as connection:
            for caller in CALLERS:
                enrol(connection, caller, [], pen, os_user=caller)
            at_work(connection, pen, CALLERS[1])
            enrol(connection, DIALLER, [], pen, kind=MACHINE)
            found_agencies(connection, [AGENCY], book().at(pen.day, "cn", ""), pen, date(2030, 12, 31))
    finally:
        engine.dispose()
    with open_ledger(url) as ledger:
        _settle_in(ledger)


def _settle_in(ledger: Ledger) -> None:
    """The persons with their numbers, and their loans."""
    vault = Vault(DEMO_KEY)
    keys = {person: vault.new_person_key() for person in ZONES}
    with writing(ledger.engine) as connection:
        columns = ("party_id", "kind", "time_zone", "status", "legal_hold", "wrapped_key", "key_id", "known_on")
        persons = [(p, "person", zone, "", False, keys[p], vault.key_id, MONDAY) for p, zone in ZONES.items()]
        bulk.insert(connection, parties, columns, persons)
        _numbers(connection, vault, keys)
    for name, person, late, yuan, product in LOANS:
        matures_on = MATURED.get(name, date(2026, 8, 1))
        terms = Terms(matures_on, matures_on, acceleration_clause=True)
        ledger.loan(name, person, late, yuan=yuan, product=product, terms=terms, security=_security(name, person))


def _numbers(connection: Connection, vault: Vault, keys: dict[str, bytes]) -> None:
    rows: list[tuple[Any, ...]] = []
    for person, channel, number, whose, source in POINTS:
        sealed = vault.open_person_key(keys[person]).encrypt(f"contact:{channel}", person, number)
        rows.append((point(person, channel, number), person, channel, sealed, number, True, None, source, whose, "", "",
                     MONDAY))  # fmt: skip
    bulk.insert(connection, contacts, CONTACT, rows)


def point(person: str, channel: str, number: str) -> str:
    """The id of a contact point."""
    return f"{person}/{channel}/{number}"


def _security(name: str, person: str) -> Security:
    ends, other = GUARANTEED.get(name), OWED_WITH.get(name)
    guarantee = GuaranteeFact(f"g{name}", "q", GuaranteeKind.JOINT, MONDAY + timedelta(days=ends or 0))
    together = (PartyFact(person, "borrower"), PartyFact(other, "co_borrower")) if other else ()
    return Security(parties=together, guarantees=(guarantee,) if ends else ())


def desk_of(ledger: Ledger) -> Desk:
    """The bank's desk upon a ledger that is open."""
    desk = Desk(Settings(ledger.url, Path("nowhere"), DEMO_KEY))
    desk.__dict__.update(engine=ledger.engine, book=ledger.book)
    return desk
