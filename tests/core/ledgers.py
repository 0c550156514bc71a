"""A ledger with a few loans in it, on either database, and the verbs of a business day upon it. No files, no documents.

Rows of the bank's source tables are written directly; everything after that goes through the core's own doors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, cast

import msgspec
import pytest
from sqlalchemy import Row, Table, select

from recourse.actors import Actor, by_os_user, delegate, enrol
from recourse.acts import Acts, Entry, Tools
from recourse.canonical import encode
from recourse.channels.channel import Channel
from recourse.climb import arrivals, lists
from recourse.climb.dispatch import Dispatched, dispatch
from recourse.climb.strategy import Strategy
from recourse.climb.sweep import CHUNK, Swept, sweep
from recourse.contact_law import THIRD_PARTY, Request
from recourse.events import Event
from recourse.facts import Security, Terms
from recourse.gate_rows import Answer, Verdict
from recourse.ladder import Ladder
from recourse.ledger import bulk, setup, store
from recourse.ledger.database import open_engine, reading, writing
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.history import stream
from recourse.ledger.leases import hold
from recourse.ledger.seal import seal
from recourse.ledger.store import Slots
from recourse.ledger.tables import accounts, cases, contacts, gates, intents, parties
from recourse.policy.book import PolicyBook
from recourse.verify import Verified, check_visits, verify
from tasks.ladder import LADDER
from tests.core.any_facts import book
from tests.core.certified import at_work
from tests.database import Databases

MONDAY = date(2026, 3, 2)
SYSTEM = "system:test"
MORNING = "02:00:00+00:00"
"""Ten in the morning in Shanghai, as UTC."""

STAFF: Mapping[str, tuple[str, ...]] = {
    "SUP": ("sup-1", "sup-2"), "OSM": ("osm-1",), "CMP": ("cmp-1",), "BLG": ("blg-1", "blg-2"), "HLG": ("hlg-1", "hlg-2"),
    "BAP": ("bap-1", "bap-2"), "HAP": ("hap-1", "hap-2"), "FIN": ("fin-1",), "RSK": ("rsk-1",), "ICT": ("ict-1",),
    "BVP": ("bvp-1",), "HVP": ("hvp-1", "hvp-2"), "BRD": ("brd-1",),
    "DRC": ("drc-1", "drc-2", "drc-3", "drc-4", "drc-5"),
}  # fmt: skip
"""Role → who holds it; nobody here holds two."""

PARTY = ("party_id", "kind", "time_zone", "status", "legal_hold", "key_id", "known_on")
CONTACT = ("contact_id", "party_id", "channel", "value", "number_id", "contractual", "consent", "source", "whose",
           "window_from", "window_to", "known_on")  # fmt: skip
AMOUNTS = ("principal", "interest", "penalty", "compound", "fees", "costs")


def migrated(url: str) -> None:
    """An empty ledger at the newest revision, with its guards and its staff; for `databases.prepared`."""
    engine = open_engine(url)
    try:
        setup.migrate(engine)
        pen = pen_of(MONDAY - timedelta(days=30))
        with writing(engine) as connection:
            for role, actors in STAFF.items():
                for actor in actors:
                    enrol(connection, actor, [role], pen, os_user=actor)
            enrol(connection, "rm-1", ["HAP", "RSK"], pen, os_user="rm-1")
            at_work(connection, pen, "caller-1")
    finally:
        engine.dispose()


def pen_of(day: date, actor: str = SYSTEM, at: str = MORNING) -> Pen:
    return Pen(day, f"{day}T{at}", actor)


TERMS = Terms(date(2029, 1, 1), date(2029, 1, 1), acceleration_clause=True, secured=False, guaranteed=False)
"""Of a plain loan, of which all is known."""


class Ledger:
    """A ledger under test, opened."""

    def __init__(self, url: str, rules: PolicyBook | None = None, ladder: Ladder = LADDER) -> None:
        self.url, self.engine, self.book, self.ladder = url, open_engine(url), rules or book(), ladder

    @property
    def is_postgres(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    def strategy(self, day: date) -> Strategy:
        return Strategy(self.ladder, self.book, day)

    # --- what the bank knows --------------------------------------------------------------------------------------

    def person(self, person_id: str, zone: str = "Asia/Shanghai", status: str = "", *channels: str) -> None:
        """A person, reached by every channel named (by all of them when none is)."""
        with writing(self.engine) as connection:
            bulk.insert(connection, parties, PARTY, [(person_id, "person", zone, status, False, "key", MONDAY)])
        for channel in channels or ("sms", "phone", "email", "post"):
            self.number(person_id, channel, f"{person_id}:{channel}")

    def number(self, person_id: str, channel: str, number_id: str, consent: bool | None = None) -> None:
        contact_id = f"{person_id}/{channel}/{number_id}"
        row = (contact_id, person_id, channel, b"sealed", number_id, True, consent, "", "", "", "", MONDAY)
        with writing(self.engine) as connection:
            bulk.insert(connection, contacts, CONTACT, [row])

    def numbers_asked(self, requests: Sequence[Request]) -> None:
        """See to it that each request to somebody about a debt of their own asks for a number of theirs."""
        have = {(row.party_id, row.number_id) for row in self.rows(contacts)}
        for each in requests:
            mine = (each.person_id, each.number_id)
            if each.number_id and each.role != THIRD_PARTY and mine not in have:
                have.add(mine)
                self.number(each.person_id, each.channel, each.number_id)

    def loan(
        self, account_id: str, person_id: str, days_late: int = 1, *, yuan: int = 50_000, day: date = MONDAY,
        terms: Terms | None = None, security: Security | None = None, **columns: Any,
    ) -> None:  # fmt: skip
        """A consumer loan that is so many days late on a day, with the balance of that day."""
        row: dict[str, Any] = {
            "account_id": account_id, "person_id": person_id, "shard": store.slot_of(person_id), "jurisdiction": "cn",
            "product": "consumer_loan", "currency": "CNY", "entity": "bank", "branch": "b1", "opened_on": date(2024, 1, 1),
            "known_on": day, "pauses": "[]", "book_status": "active",
            "terms": encode(terms or TERMS),
            "security": encode(security or Security()), "oldest_unpaid_due_on": day - timedelta(days=days_late),
            "overdue": 500_000, "principal": yuan * 100, **dict.fromkeys(AMOUNTS[1:], 0), "balance_as_of": day,
            "exposure": yuan * 100, **columns,
        }  # fmt: skip
        with writing(self.engine) as connection:
            bulk.insert(connection, accounts, tuple(row), [tuple(row.values())])

    def delivery(self, day: date, account_id: str = "", **columns: Any) -> None:
        """The balances of a day for all accounts; for one also anything else that changed, and it is woken."""
        with writing(self.engine) as connection:
            connection.execute(accounts.update().values(balance_as_of=day))
            if account_id:
                changed = {"balance_as_of": day, **columns}
                connection.execute(accounts.update().where(accounts.c.account_id == account_id).values(changed))
                store.wake(connection, day, account_ids=[account_id])

    def originated(self, account_id: str, by: str) -> None:
        """Say who granted a loan."""
        terms = msgspec.structs.replace(self.case_terms(account_id), originator=by)
        with writing(self.engine) as connection:
            connection.execute(accounts.update().where(accounts.c.account_id == account_id).values(terms=encode(terms)))

    def case_terms(self, account_id: str) -> Terms:
        (row,) = self.rows(accounts, accounts.c.account_id == account_id)
        return msgspec.json.decode(row.terms, type=Terms)

    def paid_in_full(self, day: date, account_id: str) -> None:
        self.delivery(day, account_id, oldest_unpaid_due_on=None, overdue=0, **dict.fromkeys(AMOUNTS, 0))

    # --- a business day -------------------------------------------------------------------------------------------

    def sweep(self, day: date = MONDAY, shard: str = "0/1", chunk: int = CHUNK) -> Swept:
        return sweep(self.engine, self.strategy(day), pen_of(day), Slots.of(shard), chunk=chunk)

    def open_lists(self, day: date = MONDAY) -> int:
        return lists.open_lists(self.engine, self.strategy(day), pen_of(day))

    def escalate(self, day: date) -> int:
        with writing(self.engine) as connection:
            return self.strategy(day).gate_book.escalate(connection, pen_of(day))

    def dispatch(
        self, acts: Acts, day: date = MONDAY, *, owner: str = "run", shard: str = "0/1", at: str = MORNING,
        channels: Mapping[str, Channel] | None = None, now: Callable[[], Pen] | None = None,
    ) -> Dispatched:  # fmt: skip
        strategy, pen = self.strategy(day), pen_of(day, at=at)
        with hold(self.engine, owner, "") as lease:
            given = tools(strategy, pen, channels or {})
            return dispatch(self.engine, strategy, acts, given, pen, lease, Slots.of(shard), now=now)

    def seal(self, day: date) -> str:
        with writing(self.engine) as connection:
            return seal(connection, day, f"{day}T12:00:00+00:00")

    # --- people ---------------------------------------------------------------------------------------------------

    def actor(self, name: str) -> Actor:
        with reading(self.engine) as connection:
            return by_os_user(connection, name)

    def answer(
        self, gate_id: str, who: str, verdict: str = "approve", reason: str = "seen and agreed", *, day: date = MONDAY,
        choice: str = "", strike: Sequence[str] = (),
    ) -> Answer:  # fmt: skip
        return lists.answer(
            self.engine, self.strategy(day), pen_of(day, who), gate_id, self.actor(who), cast("Verdict", verdict), reason,
            choice=choice, strike=strike,
        )  # fmt: skip

    def delegate(self, giver: str, taker: str, from_on: date = MONDAY, until_on: date = MONDAY) -> None:
        with writing(self.engine) as connection:
            delegate(connection, self.actor(giver), taker, from_on, until_on, "on leave", pen_of(MONDAY, giver))

    def arrive(self, account_id: str, *events: Event, day: date = MONDAY, effective_on: date | None = None) -> None:
        case_id = self.case_id(account_id)
        happened = [arrivals.Arrival(case_id, event, effective_on) for event in events]
        arrivals.arrive(self.engine, pen_of(day, "clerk"), happened)

    # --- looking --------------------------------------------------------------------------------------------------

    def case_id(self, account_id: str) -> str:
        with reading(self.engine) as connection:
            return store.latest_case_id(connection, account_id)

    def case(self, account_id: str) -> Dossier:
        with reading(self.engine) as connection:
            case_id = store.latest_case_id(connection, account_id)
            return store.load(connection, [case_id], lock=False)[case_id]

    def journal(self, account_id: str) -> list[Entry]:
        with reading(self.engine) as connection:
            return list(stream(connection, f"case:{store.latest_case_id(connection, account_id)}"))

    def events(self, account_id: str, kind: type[Event]) -> list[Any]:
        return [entry.event for entry in self.journal(account_id) if isinstance(entry.event, kind)]

    def rows(self, table: Table, *where: Any) -> list[Row[Any]]:
        with reading(self.engine) as connection:
            return list(connection.execute(select(table).where(*where).order_by(*table.primary_key.columns)))

    def gate(self, account_id: str) -> Row[Any]:
        """The open gate of an account's case."""
        (found,) = self.rows(gates, gates.c.case_id == self.case_id(account_id), gates.c.status == "open")
        return found

    def intent(self, account_id: str, node: str) -> Row[Any]:
        """The latest act queued for a node of an account's case."""
        case_id = self.case_id(account_id)
        found = self.rows(intents, intents.c.case_id == case_id, intents.c.node == node, intents.c.effect == "act")
        return max(found, key=lambda row: row.n)

    def set_wake(self, account_id: str, day: date | None) -> None:
        with writing(self.engine) as connection:
            connection.execute(cases.update().where(cases.c.account_id == account_id).values(wake_on=day))

    def verified(self, shard: str = "") -> Verified:
        with reading(self.engine) as connection:
            found = verify(connection, shard=shard)
            check_visits(connection, found)
            return found


def tools(strategy: Strategy, pen: Pen, channels: Mapping[str, Channel]) -> Tools:
    """Tools for acts that print nothing and read nobody's name; touching what is not there fails."""
    nothing = cast("Any", None)
    return Tools(strategy.day, pen.at, channels, nothing, nothing, nothing, strategy.calendar_of, nothing)


@contextmanager
def open_ledger(url: str, **given: Any) -> Iterator[Ledger]:
    opened = Ledger(url, **given)
    try:
        yield opened
    finally:
        opened.engine.dispose()


on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""For a test with `ledger` whose point is a rule of the core and not what a database makes of it."""


@pytest.fixture
def ledger(databases: Databases) -> Iterator[Ledger]:
    """A migrated ledger with staff and nothing else, on SQLite and on PostgreSQL in turn."""
    with open_ledger(databases.prepared(migrated)) as opened:
        yield opened


@pytest.fixture
def sqlite_ledger(sqlite_databases: Databases) -> Iterator[Ledger]:
    with open_ledger(sqlite_databases.prepared(migrated)) as opened:
        yield opened


@pytest.fixture
def postgres_ledger(postgres_databases: Databases) -> Iterator[Ledger]:
    with open_ledger(postgres_databases.prepared(migrated)) as opened:
        yield opened
