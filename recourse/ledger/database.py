"""Opening a ledger's database: SQLite (one writer) or PostgreSQL 15+, with the same transactions on both."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError

from recourse.errors import UserError

BUSY_TIMEOUT_SECONDS = 30
OLDEST_POSTGRESQL = 150000


def parse_url(text: str) -> URL:
    """A ledger address, or one line about what is wrong with it. ``postgresql://`` means the psycopg 3 driver."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise UserError(f"not a ledger address: {text!r}", mend="such as sqlite:///var/recourse.db") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise UserError(f"no ledger on {url.get_backend_name()}", mend="use sqlite:/// or postgresql://")
    return url


def open_engine(text: str) -> Engine:
    """An engine for a ledger address. SQLite writers take the write lock at BEGIN; the folder must exist.

    What a statement was given stays out of errors: engines log those.
    """
    url = parse_url(text)
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:" and not Path(url.database).parent.is_dir():
            raise UserError("the ledger's folder does not exist", where=url.database, mend="run `recourse init`")
        args = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
        engine = create_engine(url, connect_args=args, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    return create_engine(url, pool_pre_ping=True, hide_parameters=True)


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "recursive_triggers=on",
        "cache_size=-65536",
        "wal_autocheckpoint=10000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write; committed at the end, rolled back on any error."""
    try:
        with engine.begin() as connection:
            yield connection
    except DatabaseError as error:
        raise _explained(error) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads; it never waits for a writer."""
    try:
        with engine.connect().execution_options(reading=True) as connection, connection.begin():
            yield connection
    except DatabaseError as error:
        raise _explained(error) from error


def _explained(error: DatabaseError) -> Exception:
    """The database troubles that a person can mend, in one line; any other error stays what it is."""
    text = str(error.orig).splitlines()[0]
    known = {
        "readonly": "make the file and its folder writable",
        "read-only": "make the database writable",
        "unable to open": "make the folder and let this user write there",
        "no such table": "run `recourse init`",
        "not a database": "give the address of a ledger",
        "malformed": "restore the file from a copy",
        "connection failed": "start the database, or mend the address",
        "connection is bad": "start the database, or mend the address",
        "database is locked": "another run is writing; wait for it to end",
    }
    for sign, mend in known.items():
        if sign in text:
            return UserError(f"the ledger's database says: {text}", mend=mend)
    return error
