"""The nightly sweep over a book of any size, beside its floor: ``python bench/sweep.py --cases 10000``.

Makes a book of 4 N accounts with N due cases, copies it, runs the floor (`bench.floor`) on the copy and the product's
sweep on the book, each in processes of its own, and prints cases per second, the ratio of the two, statements per
chunk, decrypts and memory. What the figures were, and on what machine: docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench import book, gauge  # noqa: E402
from bench.floor import floor  # noqa: E402
from bench.places import Place, place  # noqa: E402
from recourse.climb.strategy import Strategy  # noqa: E402
from recourse.climb.sweep import CHUNK, sweep  # noqa: E402
from recourse.errors import UserError  # noqa: E402
from recourse.ledger import setup  # noqa: E402
from recourse.ledger.database import open_engine  # noqa: E402
from recourse.ledger.dossier import Pen  # noqa: E402
from recourse.ledger.store import Slots  # noqa: E402
from recourse.policy.load import load_book, shipped_packs  # noqa: E402
from tasks.ladder import LADDER  # noqa: E402

FULL = 0.5
"""A chunk with more than this share of its cases counts as full; memory is called flat by what full chunks hold."""


class Job(msgspec.Struct, frozen=True):
    """What one process is to do: the sweep or the floor, on which ledger, over which shard."""

    what: str
    url: str
    shard: str
    chunk: int


class Gauged(msgspec.Struct):
    """What one process, or several side by side, did and what it cost.

    `cpu_seconds` are those of our processes and, on this machine, of the server's that serve them. Memory is that of the
    largest of our processes, in MB.
    """

    seconds: float
    cpu_seconds: float
    cases: int
    chunks: int
    statements_per_chunk: int
    decrypts: int
    memory_start_mb: float
    memory_first_chunks_mb: float
    memory_peak_mb: float
    counts: dict[str, int] = {}
    statements: dict[str, int] = {}

    @property
    def cases_per_second(self) -> float:
        return self.cases / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        """Processor time for one case."""
        return 1_000_000 * self.cpu_seconds / self.cases


class Measured(msgspec.Struct):
    """A book on one database: the sweep beside the floor."""

    database: str
    cases: int
    accounts: int
    shards: int
    chunk: int
    load_seconds: float
    sweep: Gauged
    floor: Gauged

    @property
    def ratio(self) -> float:
        """How many times as long as the floor the sweep took for a case, by the clock."""
        return self.floor.cases_per_second / self.sweep.cases_per_second

    @property
    def cpu_ratio(self) -> float:
        """The same by processor time, which other work on the machine hardly moves."""
        return self.sweep.cpu_microseconds / self.floor.cpu_microseconds


def measure(where: Place, cases: int, shards: int = 1, chunk: int = CHUNK) -> Measured:
    """Load, copy, and run both; the ledgers are left to `where` to remove."""
    began = time.perf_counter()
    url = where.book()
    engine = open_engine(url)
    setup.migrate(engine)
    book.load(engine, cases)
    book.settle(engine)
    engine.dispose()
    loaded = time.perf_counter() - began
    below = run("floor", where.copied(), shards, chunk)
    above = run("sweep", url, shards, chunk)
    return Measured(where.version(), cases, 4 * cases, shards, chunk, round(loaded, 1), above, below)


def run(what: str, url: str, shards: int, chunk: int) -> Gauged:
    """Run one thing over all shards, a process each; the clock runs from the word go until the last one is done."""
    context = multiprocessing.get_context("spawn")
    lines: list[Connection] = []
    for shard in range(shards):
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, Job(what, url, f"{shard}/{shards}", chunk)))
        process.start()
        theirs.close()
        lines.append(ours)
    for line in lines:
        line.recv()
    began = time.perf_counter()
    for line in lines:
        line.send("go")
    parts: list[Gauged] = [line.recv() for line in lines]
    return _together(parts, time.perf_counter() - began)


def _together(parts: list[Gauged], seconds: float) -> Gauged:
    def most(name: str) -> Any:
        return max(getattr(part, name) for part in parts)

    def added(name: str) -> dict[str, int]:
        names = {key for part in parts for key in getattr(part, name)}
        return {key: sum(getattr(part, name).get(key, 0) for part in parts) for key in sorted(names)}

    return Gauged(
        seconds=round(seconds, 2),
        cpu_seconds=round(sum(part.cpu_seconds for part in parts), 2),
        cases=sum(part.cases for part in parts),
        chunks=sum(part.chunks for part in parts),
        statements_per_chunk=most("statements_per_chunk"),
        decrypts=sum(part.decrypts for part in parts),
        memory_start_mb=most("memory_start_mb"),
        memory_first_chunks_mb=most("memory_first_chunks_mb"),
        memory_peak_mb=most("memory_peak_mb"),
        counts=added("counts"),
        statements=added("statements"),
    )


class _Chunks:
    """Called after each chunk: how many statements it took, and what is held at its end."""

    def __init__(self, statements: gauge.Statements) -> None:
        self._statements, self._before = statements, statements.total
        self.sizes: list[int] = []
        self.taken: list[int] = []
        self.peaks: list[float] = []

    def __call__(self, size: int) -> None:
        self.sizes.append(size)
        self.taken.append(self._statements.total - self._before)
        self.peaks.append(gauge.peak_mb())
        self._before = self._statements.total

    def first_peak(self, chunk: int) -> float:
        """The peak when two full chunks were done: what one chunk needs, and one more beside the last."""
        full = [peak for size, peak in zip(self.sizes, self.peaks, strict=True) if size > FULL * chunk]
        return (full or self.peaks)[:2][-1]


def _work(line: Connection, job: Job) -> None:
    """One process: get ready, wait for the word, run, tell."""
    engine = open_engine(job.url)
    statements = gauge.Statements(engine)
    rules = load_book([shipped_packs()])
    slots, chunks = Slots.of(job.shard), _Chunks(statements)
    processor = gauge.Processor(engine)
    line.send("ready")
    line.recv()
    start_mb, began, spent = gauge.held_mb(), time.perf_counter(), processor.seconds()
    counts: dict[str, int] = {}
    with gauge.decrypts() as decrypts:
        if job.what == "floor":
            cases = floor(engine, book.MORNING, slots, job.chunk, chunks)
        else:
            pen = Pen(book.MORNING, f"{book.MORNING}T02:00:00+00:00", "system:recourse")
            swept = sweep(engine, Strategy(LADDER, rules, book.MORNING), pen, slots, chunk=job.chunk, progress=chunks)
            cases, counts = swept.decided, msgspec.structs.asdict(swept)
        seconds, decrypted = time.perf_counter() - began, decrypts()
        cpu_seconds = processor.seconds() - spent
    engine.dispose()
    gauged = Gauged(
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        cases=cases,
        chunks=len(chunks.sizes),
        statements_per_chunk=max(chunks.taken),
        decrypts=decrypted,
        memory_start_mb=start_mb,
        memory_first_chunks_mb=chunks.first_peak(job.chunk),
        memory_peak_mb=gauge.peak_mb(),
        counts=counts,
        statements=dict(statements.by_text),
    )
    line.send(gauged)


def _places(addresses: list[str]) -> Iterator[AbstractContextManager[Place]]:
    """The places asked for, or else one of each kind; one is left before the next is entered."""
    if addresses:
        yield from map(place, addresses)
        return
    yield place(f"sqlite:///{tempfile.gettempdir()}/ledger.db")
    yield _own_server()


@contextmanager
def _own_server() -> Iterator[Place]:
    """A server of our own that writes to disk as it should, with the settings that docs/performance.md advises."""
    from tests.postgres import server

    with server(durable=True) as address, place(address) as found:
        yield found


def _table(measured: Measured) -> str:
    above, below = measured.sweep, measured.floor
    counts = ", ".join(f"{count:,} {name}" for name, count in above.counts.items())
    return (
        f"{measured.database}: {measured.cases:,} due of {measured.accounts:,} accounts, "
        f"{measured.shards} process(es), chunks of {measured.chunk:,}; loaded in {measured.load_seconds:.0f} s\n"
        f"  sweep {_speed(above)}: {counts}\n"
        f"  floor {_speed(below)}\n"
        f"  the sweep takes {measured.ratio:.2f} times as long as the floor, {measured.cpu_ratio:.2f} times the CPU\n"
        f"  a chunk takes {above.statements_per_chunk} statements at most; {above.decrypts} decrypts; memory "
        f"{above.memory_start_mb:.0f} MB before, {above.memory_first_chunks_mb:.0f} MB after two chunks, "
        f"{above.memory_peak_mb:.0f} MB at most"
    )


def _speed(gauged: Gauged) -> str:
    return f"{gauged.cases_per_second:8,.0f} cases/s, {gauged.seconds:6.1f} s, {gauged.cpu_microseconds:4.0f} µs CPU a case"


def _plain(measured: Measured) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(measured)
    plain["ratio"], plain["cpu_ratio"] = round(measured.ratio, 2), round(measured.cpu_ratio, 2)
    for name in ("sweep", "floor"):
        gauged: Gauged = getattr(measured, name)
        plain[name]["cases_per_second"] = round(gauged.cases_per_second)
        plain[name]["cpu_microseconds"] = round(gauged.cpu_microseconds, 1)
    return plain


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the nightly sweep beside its floor.")
    parser.add_argument("--cases", type=int, default=10_000, metavar="N", help="due cases, in a book of 4 N accounts")
    room = "where to make scratch ledgers (may be given twice); default: a SQLite file, then a PostgreSQL server"
    parser.add_argument("--ledger", action="append", default=[], metavar="DSN", help=room)
    parser.add_argument("--shards", type=int, default=1, metavar="n", help="processes side by side (PostgreSQL only)")
    parser.add_argument("--chunk", type=int, default=CHUNK, metavar="C", help="cases a transaction")
    parser.add_argument("--json", action="store_true", help="print JSON, with every statement counted")
    asked = parser.parse_args()
    try:
        found = []
        for each in _places(asked.ledger):
            with each as where:
                shards = 1 if where.name == "sqlite" else asked.shards
                found.append(measure(where, asked.cases, shards, asked.chunk))
            if not asked.json:
                print(_table(found[-1]), flush=True)
        if asked.json:
            print(json.dumps([_plain(measured) for measured in found], indent=2))
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
