"""Fresh databases for tests, SQLite files and PostgreSQL databases behind one interface. Starts no server.

`empty()` is a database with nothing in it. `prepared(build)` is one that `build` has filled: `build` runs once in a
session, whatever the number of workers, and each test gets its own copy of the result, in milliseconds.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psycopg
from filelock import FileLock
from psycopg import sql
from sqlalchemy.engine import URL, make_url

Build = Callable[[str], object]
"""Fills the database at a URL; leaves no connection open."""


class Databases(Protocol):
    """Makes fresh databases, as SQLAlchemy URLs with the password in them; `drop_all` removes those it made."""

    def empty(self) -> str: ...

    def prepared(self, build: Build) -> str: ...

    def drop_all(self) -> None: ...


class SqliteFiles:
    """Databases that are files in `folder`; prepared originals are kept in `shared`, seen by all workers."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self._folder = folder
        self._shared = shared
        self._numbers = itertools.count()

    def empty(self) -> str:
        return f"sqlite:///{self._next_file()}"

    def prepared(self, build: Build) -> str:
        original = self._shared / f"{_name(build)}.db"
        with FileLock(f"{original}.lock"):
            if not original.exists():
                draft = original.with_suffix(".draft")
                build(f"sqlite:///{draft}")
                if draft.with_name(f"{draft.name}-wal").exists():
                    raise RuntimeError(f"{build} left a connection open: its write-ahead log is still there")
                draft.rename(original)
        return f"sqlite:///{shutil.copy(original, self._next_file())}"

    def drop_all(self) -> None:
        """Nothing to do: the files go with the test's folder."""

    def _next_file(self) -> Path:
        return self._folder / f"ledger-{next(self._numbers)}.db"


class PostgresDatabases:
    """Databases on the server at `base_url`, named after `owner` so that workers never meet."""

    def __init__(self, base_url: str, shared: Path, owner: str) -> None:
        self._base = make_url(base_url)
        self._shared = shared
        self._owner = owner
        self._made: list[str] = []

    def empty(self) -> str:
        return self._copy("recourse_blank", _no_build)

    def prepared(self, build: Build) -> str:
        return self._copy(_name(build), build)

    def drop_all(self) -> None:
        """Drop what this object made, whoever is still connected."""
        with self._connect() as connection:
            for name in self._made:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.clear()

    def _copy(self, template: str, build: Build) -> str:
        with self._connect() as connection:
            with FileLock(self._shared / f"{template}.lock"):
                self._ensure_template(connection, template, build)
            name = f"t_{self._owner}_{len(self._made)}"
            self._made.append(name)
            # FILE_COPY: a fifth of the time of the default for a database as small as this.
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self._url(name)

    def _ensure_template(self, connection: psycopg.Connection, template: str, build: Build) -> None:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            return
        draft = sql.Identifier(f"{template}_draft")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(draft))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 {}").format(draft, _collation(connection)))
        build(self._url(f"{template}_draft"))
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(draft, sql.Identifier(template)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(_plain(self._base), autocommit=True)

    def _url(self, name: str) -> str:
        return self._base.set(database=name).render_as_string(hide_password=False)


def _no_build(url: str) -> None:
    """The blank template: as the server made it."""


def _name(build: Build) -> str:
    """A database name for what `build` makes. Only a module's own function has a name that says what it makes."""
    place = f"{getattr(build, '__module__', '')}.{getattr(build, '__qualname__', '<nameless>')}"
    if "<" in place:
        raise TypeError(f"prepared() needs a function at the top of a module, not {build!r}")
    return f"t_{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _collation(connection: psycopg.Connection) -> sql.SQL:
    """A bank's server seldom sorts by byte. Where the server has ICU, test databases sort as Chinese does."""
    if connection.execute("SELECT 1 FROM pg_collation WHERE collname = 'zh-Hans-CN-x-icu'").fetchone():
        return sql.SQL("LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hans-CN'")
    return sql.SQL("")
