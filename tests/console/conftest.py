"""A small bank that waits for people: A1 at the gate of its litigation route (two seats, a choice), A3 and A4 on one list
of formal notices, A5 in the callers' queue. Played once a session, copied for each test, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import func, select

from console.app import create
from console.sign_in import OwnSignIn
from desk import inbox
from desk.open_desk import Desk, open_desk
from desk.settings import Settings
from recourse.ledger.database import reading
from recourse.ledger.tables import events, gate_members, gates, intents, votes
from recourse.ledger.vault import DEMO_KEY
from recourse.policy.book import PolicyBook
from recourse.policy.load import load_book, shipped_packs
from tests.console.browser import Browser
from tests.database import Databases
from tests.stories.bank import Bank
from tests.stories.conftest import founded


@lru_cache(maxsize=1)
def shipped() -> PolicyBook:
    """The packs of this release, read once for all desks here."""
    return load_book([shipped_packs()])


def opened(url: str, home: Path, **settings: Any) -> Desk:
    desk = open_desk(Settings(url, home, DEMO_KEY, **{"mode": "demo", **settings}))
    desk.book = shipped()
    return desk


def book(url: str) -> None:
    """Plays the bank; a SQLite one elsewhere, since it leaves folders beside its file."""
    with TemporaryDirectory() as place:
        draft = f"sqlite:///{place}/recourse.db" if url.startswith("sqlite") else url
        _play(draft, Path(place))
        if draft != url:
            shutil.copy(f"{place}/recourse.db", url.removeprefix("sqlite:///"))


def _play(url: str, place: Path) -> None:
    founded(url)
    desk = opened(url, place / "home")
    bank = Bank(desk, place / "deliveries", "2025-03-10")
    bank.staff_agrees("formal_notice", "acceleration")
    bank.post_arrives()
    bank.loan("A1", due="2025-03-10")
    bank.play(until="2025-05-21", every=5)
    for account, debtor, due in (("A3", "D3", "2025-05-10"), ("A4", "D4", "2025-05-10"), ("A5", "D5", "2025-06-06")):
        bank.loan(account, debtor, due=due)
    bank.play(until="2025-06-06", every=4)
    bank.habits.clear()
    bank.play(until="2025-06-13")
    desk.engine.dispose()


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


class Town:
    """The bank, its console, and people at their browsers."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.clock = desk, Clock()
        self.app = create(desk, OwnSignIn(desk, clock=self.clock))

    def browser(self, actor: str = "", **how: Any) -> Browser:
        browser = Browser(self.app, **how)
        return browser.sign_in(actor) if actor else browser

    def gate(self, node: str) -> str:
        return next(line.gate_id for line in inbox.waiting(self.desk) if line.node == node)

    def status(self, gate_id: str) -> str:
        with reading(self.desk.engine) as connection:
            return str(connection.execute(select(gates.c.status).where(gates.c.gate_id == gate_id)).scalar())

    def written(self) -> tuple[Any, ...]:
        """What an answer would have changed; who signed in is not part of it."""
        counts = (
            select(func.count()).select_from(events).where(events.c.stream.not_like("access:%")),
            select(func.count()).select_from(votes),
            select(func.count()).select_from(intents),
            select(func.count()).select_from(gate_members).where(gate_members.c.state == "in"),
            select(func.count()).select_from(gates).where(gates.c.status == "open"),
        )
        with reading(self.desk.engine) as connection:
            return tuple(connection.execute(query).scalar() for query in counts)


@pytest.fixture
def town(sqlite_databases: Databases, tmp_path: Path) -> Iterator[Town]:
    """On SQLite."""
    found = Town(opened(sqlite_databases.prepared(book), tmp_path / "home"))
    yield found
    found.desk.engine.dispose()


@pytest.fixture
def either_town(databases: Databases, tmp_path: Path) -> Iterator[Town]:
    """On SQLite and on PostgreSQL in turn."""
    found = Town(opened(databases.prepared(book), tmp_path / "home"))
    yield found
    found.desk.engine.dispose()
