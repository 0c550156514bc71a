"""The bank that every story begins with: staff enrolled, agencies on the register, no account yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from desk.open_desk import open_desk
from desk.settings import Settings
from desk.town_agencies import found_agencies
from recourse.actors import MACHINE, enrol
from recourse.ledger import setup
from recourse.ledger.database import open_engine, writing
from recourse.ledger.dossier import Pen
from recourse.ledger.vault import DEMO_KEY
from recourse.simulate.staff import roles_of
from tests.core.any_facts import book
from tests.core.certified import at_work
from tests.database import Databases
from tests.stories import house
from tests.stories.bank import Bank

FOUNDED = date(2025, 1, 2)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lies here is a story; the fast suite leaves stories to a run of their own."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("story")


def founded(url: str, jurisdiction: str = "cn") -> None:
    """A ledger with its staff, its agencies and a caller, who meet what the law of the place asks of them."""
    engine = open_engine(url)
    setup.migrate(engine)
    pen = Pen(FOUNDED, f"{FOUNDED}T02:00:00+00:00", "system:recourse")
    with writing(engine) as connection:
        for actor, roles in sorted(roles_of().items()):
            enrol(connection, actor, roles, pen)
        enrol(connection, "dialler-01", [], pen, kind=MACHINE)
        policy = book().at(FOUNDED, jurisdiction, "")
        found_agencies(connection, ("agency-a", "agency-b"), policy, pen, date(2030, 12, 31))
        at_work(connection, pen, "caller-01", jurisdiction=jurisdiction)
    engine.dispose()


def founded_in_taiwan(url: str) -> None:
    founded(url, "tw")


def founded_in_america(url: str) -> None:
    founded(url, "us")


FOUNDED_IN = {"cn": founded, "tw": founded_in_taiwan, "us": founded_in_america}


@pytest.fixture
def bank_in(
    request: pytest.FixtureRequest, sqlite_databases: Databases, tmp_path: Path
) -> Iterator[Callable[[str], Bank]]:
    """Banks that are at home in different places, from the same day on; each ends with the rules of the house."""
    opened: list[Bank] = []

    def found(jurisdiction: str) -> Bank:
        folder = tmp_path / jurisdiction
        settings = Settings(
            sqlite_databases.prepared(FOUNDED_IN[jurisdiction]), folder / "home", DEMO_KEY, "demo",
            jurisdiction=jurisdiction,
        )  # fmt: skip
        opened.append(Bank(open_desk(settings), folder / "deliveries", "2025-03-10"))
        return opened[-1]

    yield found
    for story in opened:
        house.check(story)
        story.desk.engine.dispose()


@pytest.fixture
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank on SQLite; `on_both` has a story told on PostgreSQL too. Ends with the rules of the house."""
    kind = getattr(request, "param", "sqlite")
    databases: Databases = request.getfixturevalue(f"{kind}_databases")
    desk = open_desk(Settings(databases.prepared(founded), tmp_path / "home", DEMO_KEY, "demo"))
    story = Bank(desk, tmp_path / "deliveries", "2025-03-10")
    yield story
    house.check(story)
    story.desk.engine.dispose()
