"""What a run costs besides time: processor seconds, statements, decrypts, memory. Each process gauges itself."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil
import psycopg
from sqlalchemy import Engine, event

from recourse.ledger import vault

MEGABYTE = 1_000_000


class Statements:
    """Every statement that an engine's connections send; one run over many rows is one statement."""

    def __init__(self, engine: Engine) -> None:
        self.total = 0
        self.by_text: Counter[str] = Counter()
        if engine.dialect.name == "postgresql":
            event.listen(engine, "connect", self._count_cursors)
        else:
            event.listen(engine, "before_cursor_execute", self._before)

    def _count(self, text: str) -> None:
        self.total += 1
        self.by_text[" ".join(re.sub(r"\([^()]*\)", "(…)", text).split())[:90]] += 1

    def _before(self, connection: Any, cursor: Any, text: str, *_: Any) -> None:
        if not text.startswith("BEGIN"):
            self._count(text)

    def _count_cursors(self, connection: psycopg.Connection[Any], _: Any) -> None:
        """COPY goes past SQLAlchemy's events, so the driver's own cursor counts."""
        count = self._count

        class Counting(psycopg.Cursor[Any]):
            def execute(self, query: Any, *arguments: Any, **named: Any) -> Any:
                count(str(query))
                return super().execute(query, *arguments, **named)

            def executemany(self, query: Any, *arguments: Any, **named: Any) -> None:
                count(str(query))
                super().executemany(query, *arguments, **named)

            def copy(self, statement: Any, *arguments: Any, **named: Any) -> Any:
                count(str(statement))
                return super().copy(statement, *arguments, **named)

        connection.cursor_factory = Counting


@contextmanager
def decrypts() -> Iterator[Callable[[], int]]:
    """Counts, inside the block, every opening of a person's key, of a field and of a document."""
    made = 0

    def counted(whole: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            nonlocal made
            made += 1
            return whole(*arguments)

        return call

    with (
        patch.object(vault.PersonKey, "decrypt", counted(vault.PersonKey.decrypt)),
        patch.object(vault.DocumentCipher, "decrypt", counted(vault.DocumentCipher.decrypt)),
        patch.object(vault.Vault, "open_person_key", counted(vault.Vault.open_person_key)),
    ):
        yield lambda: made


class Processor:
    """Seconds of processor time since it was made: those of this process, and of the server's process that serves it.

    They tell two programs apart on a machine that is busy with something else, where the clock on the wall does not.
    """

    def __init__(self, engine: Engine) -> None:
        self._backend = _backend(engine)
        self._before = self._now()

    def seconds(self) -> float:
        return self._now() - self._before

    def _now(self) -> float:
        spent = time.process_time()
        if self._backend is not None:
            served = self._backend.cpu_times()
            spent += float(served.user) + float(served.system)
        return spent


def _backend(engine: Engine) -> psutil.Process | None:
    """The server's process behind the engine's one connection, where it runs on this machine; SQLite has none."""
    if engine.dialect.name != "postgresql" or engine.url.host not in ("127.0.0.1", "::1", "localhost"):
        return None
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        pid: int = raw.info.backend_pid
    try:
        found = psutil.Process(pid)
        return found if found.name().startswith("postgres") else None
    except psutil.Error:
        return None


def held_mb() -> float:
    """Memory that this process holds now (resident set), in MB."""
    return float(psutil.Process().memory_info().rss) / MEGABYTE


def peak_mb() -> float:
    """The most that this process ever held; where the system keeps no such figure, what it holds now."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        found = None
    return int(found[1]) * 1024 / MEGABYTE if found else held_mb()
