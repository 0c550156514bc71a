"""Enrolment: one user of the operating system or of Airflow is one person, and who it is already is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.open_desk import Desk, open_desk
from desk.settings import Settings
from recourse.actors import by_airflow_user, enrol
from recourse.errors import UserError
from recourse.ledger.database import reading, writing
from recourse.ledger.tables import actors
from recourse.ledger.vault import DEMO_KEY
from tests.core.ledgers import MONDAY, migrated, open_ledger, pen_of
from tests.database import Databases
from tests.desk.conftest import Recourse, contents, events

ADM = ("--as", "adm-1")


@pytest.fixture
def office(nowhere: Path, sqlite_databases: Databases) -> Path:
    """The folder of a ledger with staff and an administrator, which the environment names."""
    Path(sqlite_databases.prepared(migrated).removeprefix("sqlite:///")).rename(nowhere / "recourse.db")
    desk = opened(nowhere)
    with writing(desk.engine) as connection:
        enrol(connection, "adm-1", ["ADM"], pen_of(MONDAY), os_user="root-of-all")
    desk.engine.dispose()
    return nowhere


def opened(folder: Path) -> Desk:
    return open_desk(Settings(f"sqlite:///{folder / 'recourse.db'}", folder / "home", DEMO_KEY, "demo"))


@pytest.mark.parametrize(("option", "door"), [("--os-user", "os user"), ("--airflow-user", "airflow user")])
def test_a_user_who_is_somebody_already_is_one_line(office: Path, recourse: Recourse, option: str, door: str) -> None:
    first = recourse("token", "enrol", "new-1", "--role", "SUP", option, "chen", *ADM)
    assert (first.code, first.out) == (0, "new-1 enrolled as SUP\n")
    before, journal = contents(office), events(office)
    again = recourse("token", "enrol", "new-2", "--role", "FIN", option, "chen", *ADM)
    assert again.code == 2
    assert (
        again.err == f"recourse: {door} 'chen' is new-1 already: give another, or enrol new-1 with an empty one first\n"
    )
    assert (contents(office), events(office)) == (before, journal), "nothing half-written"


def test_the_same_person_keeps_a_user_when_roles_change(office: Path, recourse: Recourse) -> None:
    for role in ("SUP", "FIN"):
        ran = recourse("token", "enrol", "new-1", "--role", role, "--os-user", "li", "--airflow-user", "chen", *ADM)
        assert ran.code == 0, ran.err
    desk = opened(office)
    with reading(desk.engine) as connection:
        assert by_airflow_user(connection, "chen").roles == ("FIN",)
    desk.engine.dispose()


def test_two_of_no_user_are_two_people(office: Path, recourse: Recourse) -> None:
    for name in ("new-1", "new-2"):
        assert recourse("token", "enrol", name, "--role", "SUP", *ADM).code == 0


def test_a_user_who_is_somebody_already_is_refused_on_both_databases(databases: Databases) -> None:
    with open_ledger(databases.prepared(migrated)) as ledger:
        with pytest.raises(UserError, match="os user 'blg-1' is blg-1 already"), writing(ledger.engine) as connection:
            enrol(connection, "new-1", ["SUP"], pen_of(MONDAY), os_user="blg-1")
        assert "new-1" not in [row.actor for row in ledger.rows(actors)]
