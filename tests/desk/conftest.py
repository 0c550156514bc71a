"""The command line in this process: what a person types, and what comes of it."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer

from desk import cli
from desk.open_desk import Desk, open_desk
from desk.settings import Settings
from recourse.ledger.database import writing
from recourse.ledger.tables import business_days
from recourse.ledger.vault import DEMO_KEY
from recourse.policy.book import PolicyBook
from recourse.policy.load import load_book, shipped_packs
from tests.climb.fake_acts import Sender
from tests.core.ledgers import MONDAY, Ledger
from tests.desk import played_bank

SAID_OF_WHO_ACTS = ("events", "streams")
"""Tables in which `--as` leaves its mark before anything else is looked at."""


class Ran(msgspec.Struct, frozen=True):
    """What a command said and left with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)


Recourse = Callable[..., Ran]


@lru_cache(maxsize=1)
def shipped() -> PolicyBook:
    """The packs of this release, read once for all commands that are typed here."""
    return load_book([shipped_packs()])


built = lru_cache(maxsize=1)(typer.main.get_command)
"""The commands, built once: that takes longer than most of them."""


def book_of(roots: Sequence[Traversable | Path]) -> PolicyBook:
    return load_book(roots) if roots[-1].is_dir() else shipped()


@contextmanager
def desk_on_monday(ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk on a ledger, on a Monday that is open; its acts reach nobody."""
    monkeypatch.setattr("desk.open_desk.load_book", book_of)
    opened = open_desk(Settings(ledger.url, folder, DEMO_KEY, "demo"))
    opened.acts = {node: Sender(node, "delivered") for node in ("acceleration", "reminder", "write_off")}
    with writing(opened.engine) as connection:
        connection.execute(business_days.insert().values(day=MONDAY, policy="p", closed=False))
    yield opened
    opened.engine.dispose()


@pytest.fixture
def recourse(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Recourse:
    """Type a command; `environment` by name, without RECOURSE_."""

    def typed(*arguments: object, **environment: str) -> Ran:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(f"RECOURSE_{name.upper()}", value)
            patch.setattr(sys, "argv", ["recourse", *map(str, arguments)])
            patch.setattr("desk.open_desk.load_book", book_of)
            patch.setattr("typer.main.get_command", built)
            capsys.readouterr()
            with pytest.raises(SystemExit) as left:
                cli.main()
        out, err = capsys.readouterr()
        return Ran(int(left.value.code or 0), out, err)

    return typed


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which the environment says the ledger is."""
    monkeypatch.setenv("RECOURSE_MODE", "demo")
    monkeypatch.setenv("RECOURSE_LEDGER", f"sqlite:///{tmp_path / 'recourse.db'}")
    monkeypatch.setenv("RECOURSE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def played(nowhere: Path, session_folder: Path) -> Path:
    """The folder of the bank of `played_bank`, which the environment names."""
    played_bank.unpack(session_folder, nowhere)
    return nowhere


def contents(folder: Path) -> dict[str, str]:
    """A digest of every table of the folder's ledger, but for who acted under `--as`."""
    with sqlite3.connect(folder / "recourse.db") as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in tables:
            where = "WHERE stream NOT LIKE 'access:%'" if table in SAID_OF_WHO_ACTS else ""
            rows = sorted(map(repr, connection.execute(f"SELECT * FROM {table} {where}")))
            found[table] = hashlib.sha256("".join(rows).encode()).hexdigest()
    connection.close()
    return found


def events(folder: Path) -> int:
    """How many events the folder's ledger holds, but for who acted under `--as`."""
    with sqlite3.connect(folder / "recourse.db") as connection:
        found = connection.execute("SELECT count(*) FROM events WHERE stream NOT LIKE 'access:%'").fetchone()[0]
    connection.close()
    return int(found)
