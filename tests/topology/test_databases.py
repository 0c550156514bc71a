"""The roles of one server: an owner who migrates, an application that owns nothing, and Airflow in a database of its own."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.engine import make_url

from recourse.errors import UserError
from topology import databases

PASSWORDS = {variable: f"secret-of-{role}" for role, variable in databases.ROLES.items()}


def settings(server: str, **changed: str) -> dict[str, str]:
    return {"DATABASES_ADMIN": server.replace("+psycopg", ""), **PASSWORDS, **changed}


def enter(server: str, role: str, database: str, password: str = "", doing: str = "SELECT 1") -> None:
    url = make_url(server).set(drivername="postgresql", username=role, database=database)
    url = url.set(password=password or PASSWORDS[databases.ROLES[role]])
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute(doing.encode())


@pytest.fixture
def server(postgres_server: str) -> str:
    """The session's server; what is made there bears names that no other test uses."""
    return postgres_server


@pytest.mark.postgres
@pytest.mark.xdist_group("roles")
def test_made_twice_each_role_enters_its_own_database_only(server: str) -> None:
    databases.make(settings(server))
    databases.make(settings(server))
    enter(server, "recourse_owner", "recourse")
    enter(server, "recourse_app", "recourse", doing="CREATE TEMPORARY TABLE incoming (n int)")
    enter(server, "airflow", "airflow")
    with psycopg.connect(settings(server)["DATABASES_ADMIN"]) as admin:
        found = admin.execute("SELECT datname FROM pg_database WHERE datname = 'prefect'").fetchone()
    assert found is None, "nobody asked for Prefect's"
    for role, database in (("airflow", "recourse"), ("recourse_app", "airflow"), ("recourse_owner", "airflow")):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            enter(server, role, database)
    databases.make(settings(server, RECOURSE_APP_PASSWORD="another"))
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        enter(server, "recourse_app", "recourse")
    enter(server, "recourse_app", "recourse", "another")


@pytest.mark.postgres
@pytest.mark.xdist_group("roles")
def test_prefect_gets_a_database_where_it_has_a_password(server: str) -> None:
    asked = settings(server, PREFECT_DB_PASSWORD="secret-of-prefect")
    try:
        databases.make(asked)
        databases.make(asked)
        enter(server, "prefect", "prefect", "secret-of-prefect", "CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for role, password, database in (
            ("prefect", "secret-of-prefect", "recourse"),
            ("recourse_app", "", "prefect"),
            ("airflow", "", "prefect"),
        ):
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                enter(server, role, database, password)
    finally:
        with psycopg.connect(asked["DATABASES_ADMIN"], autocommit=True) as admin:
            admin.execute("DROP DATABASE IF EXISTS prefect")
            admin.execute("DROP ROLE IF EXISTS prefect")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(UserError, match="DATABASES_ADMIN"):
        databases.make(PASSWORDS)
