"""Scratch ledgers for a measurement: made empty, copied, and removed afterwards. Never a ledger that somebody uses."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url

from recourse.errors import UserError
from recourse.ledger.database import open_engine, parse_url
from topology.stack import Stack

BOOK, FLOOR = "recourse_bench_book", "recourse_bench_floor"


class Place(Protocol):
    """Where the two ledgers of a measurement stand: the book, and the copy of it that the floor works on."""

    name: str

    def book(self) -> str:
        """Address of an empty database for the book."""
        ...

    def copied(self) -> str:
        """Address of a copy of the book; nobody may be connected to it."""
        ...

    def version(self) -> str:
        """The database's name and version."""
        ...


class SqliteFolder:
    """Two files in a folder of their own."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def book(self) -> str:
        return f"sqlite:///{self._folder / BOOK}.db"

    def copied(self) -> str:
        shutil.copy(self._folder / f"{BOOK}.db", self._folder / f"{FLOOR}.db")
        return f"sqlite:///{self._folder / FLOOR}.db"

    def version(self) -> str:
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"


class PostgresServer:
    """Two databases on a server, made through a connection to any database there."""

    name = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url

    def book(self) -> str:
        return self._made(BOOK, "template0")

    def copied(self) -> str:
        return self._made(FLOOR, BOOK)

    def version(self) -> str:
        with self._connect() as connection:
            return f"PostgreSQL {connection.info.server_version // 10000}.{connection.info.server_version % 10000}"

    def drop(self) -> None:
        with self._connect() as connection:
            for name in (BOOK, FLOOR):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _made(self, name: str, template: str) -> str:
        with self._connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _connect(self) -> psycopg.Connection:
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)


@contextmanager
def place(address: str) -> Iterator[Place]:
    """Room for a measurement on the server, or in the folder, of an address; emptied again at the end.

    ``sqlite:///FOLDER/NAME`` uses a new folder inside FOLDER; ``postgresql://…`` makes two databases of its own beside
    the one that is named, which is not touched.
    """
    url = parse_url(address)
    if url.get_backend_name() == "sqlite":
        parent = Path(url.database or "").parent
        if not parent.is_dir():
            raise UserError("the folder does not exist", where=str(parent), mend="make it first")
        with tempfile.TemporaryDirectory(prefix="recourse-bench-", dir=parent) as folder:
            yield SqliteFolder(Path(folder))
        return
    server = PostgresServer(url)
    server.drop()
    try:
        yield server
    finally:
        server.drop()


@contextmanager
def superuser(stack: Stack) -> Iterator[Engine]:
    """The ledger of a stack as the server's superuser, who may load and vacuum it."""
    admin = make_url(stack.environment("databases")["DATABASES_ADMIN"])
    engine = open_engine(admin.set(database="recourse").render_as_string(hide_password=False))
    try:
        yield engine
    finally:
        engine.dispose()
