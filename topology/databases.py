"""Roles and databases of one server: the ledger's owner, the role that the application uses, and each engine's own.

Safe to repeat; repeating sets the passwords that the environment holds now, which is how a password is changed.
Runs as the one-shot service `databases`, in the image and natively: `python -m topology.databases`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import psycopg
from psycopg import sql

from recourse.errors import UserError

ROLES = {
    "recourse_owner": "RECOURSE_OWNER_PASSWORD",
    "recourse_app": "RECOURSE_APP_PASSWORD",
    "airflow": "AIRFLOW_DB_PASSWORD",
}
"""Each role and the variable that holds its password."""

WANTED_ROLES = {"prefect": "PREFECT_DB_PASSWORD"}
"""Roles that are made, with their databases, only where the variable is set."""

DATABASES = {"recourse": "recourse_owner", "airflow": "airflow", "prefect": "prefect"}
"""Each database and its owner."""

GUESTS = {"recourse": ("recourse_app",)}
"""Who else may connect to a database and write to it by temporary tables; `recourse init --app-role` grants the rest."""


def make(environment: Mapping[str, str]) -> None:
    """Make what is missing and set every password. Raises UserError when a variable is missing or the server refuses."""
    missing = [name for name in ("DATABASES_ADMIN", *ROLES.values()) if not environment.get(name)]
    if missing:
        raise UserError(f"not set: {', '.join(missing)}", mend="see .env.example")
    roles = ROLES | {role: variable for role, variable in WANTED_ROLES.items() if environment.get(variable)}
    try:
        with psycopg.connect(environment["DATABASES_ADMIN"], autocommit=True) as connection:
            for role, variable in roles.items():
                _role(connection, role, environment[variable])
            for database, owner in DATABASES.items():
                if owner in roles:
                    _database(connection, database, owner, GUESTS.get(database, ()))
    except psycopg.Error as error:
        raise UserError(f"PostgreSQL refuses: {error}", where="DATABASES_ADMIN") from None


def _exists(connection: psycopg.Connection, catalogue: str, column: str, name: str) -> bool:
    asked = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    return connection.execute(asked, (name,)).fetchone() is not None


def _role(connection: psycopg.Connection, role: str, password: str) -> None:
    """The password goes over hashed, so that no log of statements ever holds it."""
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    verb = "ALTER" if _exists(connection, "pg_roles", "rolname", role) else "CREATE"
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(role), sql.Literal(hashed)
        )
    )


def _database(connection: psycopg.Connection, database: str, owner: str, guests: tuple[str, ...]) -> None:
    if not _exists(connection, "pg_database", "datname", database):
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(owner))
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    for guest in guests:
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(database), sql.Identifier(guest)
            )
        )


if __name__ == "__main__":
    try:
        make(os.environ)
    except UserError as refused:
        sys.exit(f"databases: {refused}")
