"""Knowing whether the run that released an act is still alive, without waiting for a clock.

A run holds a lock that its database or operating system lets go when the run dies, however it dies: an advisory lock on
PostgreSQL, a locked file beside a SQLite ledger. Who can take that lock knows that the run is dead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
from sqlalchemy import Connection, Engine, text

from recourse.canonical import digest


class Lease:
    """A run's claim to be alive. `until` is the instant (UTC text) after which even a live run's claim is doubtful."""

    def __init__(self, engine: Engine, owner: str, until: str, holder: Connection | None, folder: Path | None) -> None:
        self._engine, self.owner, self.until = engine, owner, until
        self._holder, self._folder = holder, folder

    def is_dead(self, owner: str) -> bool:
        """Whether the run of that name has ended."""
        if self._holder is not None:
            number = _number(owner)
            with self._engine.connect() as connection:
                taken = connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": number}).scalar()
                if taken:
                    connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": number})
            return bool(taken)
        if self._folder is None:
            return True
        path = self._folder / f"{owner}.lock"
        lock = filelock.FileLock(path)
        try:
            with lock.acquire(timeout=0):
                pass
        except filelock.Timeout:
            return False
        path.unlink(missing_ok=True)
        return True


@contextmanager
def hold(engine: Engine, owner: str, until: str) -> Iterator[Lease]:
    """Be alive under a name for as long as the block runs."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            number = {"n": _number(owner)}
            connection.execute(text("SELECT pg_advisory_lock(:n)"), number)
            try:
                yield Lease(engine, owner, until, connection, None)
            finally:  # the connection goes back to a pool and lives on: the lock would outlive the run
                connection.execute(text("SELECT pg_advisory_unlock(:n)"), number)
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield Lease(engine, owner, until, None, None)
        return
    folder = Path(database).parent / f"{Path(database).name}.runs"
    folder.mkdir(exist_ok=True)
    path = folder / f"{owner}.lock"
    with filelock.FileLock(path):
        yield Lease(engine, owner, until, None, folder)
    path.unlink(missing_ok=True)


def name_of_run(at: str) -> str:
    """A name for this process's run, such as ``run-4711-20260331T0100``."""
    return f"run-{os.getpid()}-{digest(at)[:8]}"


def _number(owner: str) -> int:
    return int(digest(owner)[:15], 16)
