"""Knowing whether the run that released an act is still alive, without waiting for a clock.

A run holds a lock that its database or operating system lets go when the run dies, however it dies: an advisory lock on
PostgreSQL, a locked file beside a SQLite ledger. Who can take that lock knows that the run is dead.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from recourse.canonical import digest


class Lease:
    """A run's claim to be alive. `until` is the instant (UTC text) after which even a live run's claim is doubtful."""

    def __init__(self, engine: Engine, owner: str, until: str) -> None:
        self._engine, self.owner, self.until = engine, owner, until

    def is_dead(self, owner: str) -> bool:
        """Whether the run of that name has ended."""
        return is_dead(self._engine, owner)


def is_dead(engine: Engine, owner: str) -> bool:
    """Whether the run of that name has ended: nobody holds its lock."""
    if engine.dialect.name == "postgresql":
        number = {"n": _number(owner)}
        with engine.connect() as connection:
            taken = connection.execute(text("SELECT pg_try_advisory_lock(:n)"), number).scalar()
            if taken:
                connection.execute(text("SELECT pg_advisory_unlock(:n)"), number)
        return bool(taken)
    folder = _folder(engine)
    if folder is None:
        return True
    path = folder / f"{owner}.lock"
    try:
        with filelock.FileLock(path).acquire(timeout=0):
            pass
    except filelock.Timeout:
        return False
    path.unlink(missing_ok=True)
    return True


def _folder(engine: Engine) -> Path | None:
    """Where the locked files of a SQLite ledger lie; None for one in memory, which no other process sees."""
    database = engine.url.database
    if not database or database == ":memory:":
        return None
    folder = Path(database).parent / f"{Path(database).name}.runs"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def hold(engine: Engine, owner: str, until: str) -> Iterator[Lease]:
    """Be alive under a name for as long as the block runs."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            number = {"n": _number(owner)}
            connection.execute(text("SELECT pg_advisory_lock(:n)"), number)
            try:
                yield Lease(engine, owner, until)
            finally:  # the connection goes back to a pool and lives on: the lock would outlive the run
                try:
                    connection.execute(text("SELECT pg_advisory_unlock(:n)"), number)
                except DBAPIError:  # the database was away meanwhile: the session is gone, and its lock with it
                    connection.invalidate()
        return
    folder = _folder(engine)
    if folder is None:
        yield Lease(engine, owner, until)
        return
    path = folder / f"{owner}.lock"
    with filelock.FileLock(path):
        yield Lease(engine, owner, until)
    path.unlink(missing_ok=True)


def name_of_run(at: str) -> str:
    """A name for this process's run, such as ``run-node1-4711-5e1f0c2a``: containers share process numbers, not hosts."""
    return f"run-{socket.gethostname()}-{os.getpid()}-{digest(at)[:8]}"


def _number(owner: str) -> int:
    return int(digest(owner)[:15], 16)
