"""The same bank for every engine: a town's book, some weeks of its life by the embedded runner, and deliveries to come."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk import demo
from desk.open_desk import Desk, open_desk
from desk.settings import read
from recourse.actors import enrol
from recourse.ledger import setup
from recourse.ledger.database import open_engine, writing
from recourse.simulate.staff import roles_of
from recourse.simulate.town import Town
from recourse.workdays import Calendar

SEED = 7
STAFF = sorted(roles_of())


class Bank:
    """A town of `accounts` accounts that lived `lived` business days; `days` are the next ones, still to be played."""

    def __init__(self, accounts: int, lived: int, days: int) -> None:
        self.accounts, self._lived = accounts, lived
        calendar = Calendar("cn")
        last = calendar.add(demo.START, lived + days - 1)
        every = list(calendar.between(demo.START, last))
        self.past, self.days = every[:lived], every[lived:]

    def settle(self, desk: Desk, place: Path) -> None:
        """Bring a new ledger to the morning of the first day to come; deliveries lie in the place."""
        with _not_waiting_for_the_disk(desk):
            self._settle(desk, place)

    def _settle(self, desk: Desk, place: Path) -> None:
        town = Town(SEED, self.accounts, demo.START)
        demo.found(desk, town, place, demo.START)
        with writing(desk.engine) as connection:
            for actor, roles in sorted(roles_of().items()):
                enrol(connection, actor, roles, desk.pen(demo.START), airflow_user=actor)
        demo.live(desk, town, place, self.past)
        for day in self.days:
            town.write_day(day, place / "deliveries" / day.isoformat())


@contextmanager
def _not_waiting_for_the_disk(desk: Desk) -> Iterator[None]:
    """PostgreSQL confirms meanwhile what is not on the disk yet: a life that is lost with the machine is lived again."""
    before = os.environ.get("PGOPTIONS")
    desk.engine.dispose()
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"
    try:
        yield
    finally:
        desk.engine.dispose()
        os.environ.pop("PGOPTIONS")
        if before is not None:
            os.environ["PGOPTIONS"] = before


PARITY = Bank(accounts=1200, lived=25, days=3)
"""The bank whose next days every engine plays, to one canonical journal."""


@contextmanager
def embedded_bank(folder: Path, bank: Bank, key: str) -> Iterator[Desk]:
    """The bank on a SQLite ledger of its own, on the morning of its first day to come. `key`: the other ledger's, since
    the journal names numbers by an index that the key makes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'recourse.db'}"
    engine = open_engine(url)
    setup.migrate(engine)
    engine.dispose()
    place = {"RECOURSE_LEDGER": url, "RECOURSE_HOME": str(folder), "RECOURSE_KEY": key}
    desk = open_desk(read({**place, "RECOURSE_MODE": "demo"}))
    try:
        bank.settle(desk, folder)
        yield desk
    finally:
        desk.engine.dispose()
