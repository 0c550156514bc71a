"""The engines side by side: ``python bench/engines.py [--cases N] [--naive N] [--only embedded|airflow|prefect]``.

One business day of one book: by the embedded runner, by Airflow and by Prefect, and on each of the two the naive way,
one task or one flow run for each account. Starts the services itself, on the loopback, one engine after the other, and
ends them. Figures and ratios are printed, never judged: time is the machine's own.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
# As a script this file's folder would come first, where a file is called airflow.
sys.path[:] = [
    str(ROOT),
    *(place for place in sys.path if Path(place or os.curdir).resolve() not in (ROOT, ROOT / "bench")),
]

from bench import airflow_day, embedded_day, prefect_day  # noqa: E402
from bench.spent import Way  # noqa: E402
from recourse.errors import UserError  # noqa: E402

MOST_NAIVE = 1000
"""Airflow maps a task over 1024 values at most, unless it is told otherwise."""


class Line(msgspec.Struct, frozen=True):
    """One way of working the day. `naive`: a task or a run for each account."""

    name: str
    way: Way
    naive: bool = False


def embedded(accounts: int, naive: int) -> list[Line]:
    """By `recourse run`; there is no naive way."""
    return [Line("embedded, recourse run", embedded_day.measure(accounts))]


def on_airflow(accounts: int, naive: int) -> list[Line]:
    """By Airflow, both ways."""
    day = airflow_day.measure(accounts, naive)
    return [Line("Airflow, portfolio_day", day.batches), Line("Airflow, one task each", day.naive, naive=True)]


def on_prefect(accounts: int, naive: int) -> list[Line]:
    """By Prefect, both ways. Raises UserError when the day left something undecided."""
    day = prefect_day.measure(accounts, naive)
    if day.left:
        raise UserError(f"portfolio_day left {day.left:,} due cases undecided", where="Prefect")
    return [Line("Prefect, portfolio_day", day.batches), Line("Prefect, one run each", day.naive, naive=True)]


ENGINES: dict[str, Callable[[int, int], list[Line]]] = {
    "embedded": embedded,
    "airflow": on_airflow,
    "prefect": on_prefect,
}


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line; refuses sizes that cannot be measured."""
    parser = argparse.ArgumentParser(description="Measure the embedded runner, Airflow and Prefect side by side.")
    parser.add_argument("--cases", type=int, default=10_000, metavar="N", help="due accounts, in a book of 4 N")
    parser.add_argument("--naive", type=int, default=32, metavar="N", help="accounts that get a task or a run each")
    parser.add_argument("--only", choices=list(ENGINES), action="append", help="measure this one; repeatable")
    asked = parser.parse_args(given)
    if not 0 < asked.naive <= MOST_NAIVE:
        parser.error(f"--naive: from 1 to {MOST_NAIVE}")
    if asked.cases < 100:
        parser.error("--cases: from 100")
    return asked


def table(lines: Sequence[Line], accounts: int) -> str:
    """What was measured, for people."""
    header = f"{'':26}{'accounts':>9}{'wall s':>9}{'accounts/min':>14}{'core-s':>9}{'core-s an account':>19}"
    shown = [header, *(_line(each) for each in lines)]
    shown += [_against(each, lines[0]) for each in lines[1:]]
    shown += [_against(each, before) for before, each in pairwise(lines) if each.naive and before is not lines[0]]
    shown += [_extrapolated(each, accounts) for each in lines if each.naive]
    shown.append(
        "  one each decides and writes; the others also send, make papers, and open a run for each of 300 gates"
    )
    shown += [f"  core-seconds by service: {each.name}: {_by_service(each.way)}" for each in lines]
    return "\n".join(shown)


def _line(line: Line) -> str:
    way = line.way
    return (
        f"{line.name:26}{way.accounts:9,}{way.seconds:9.1f}{way.per_minute:14,.0f}{way.cores.total:9.1f}"
        f"{way.cores_each:19.4f}"
    )


def _against(line: Line, first: Line) -> str:
    """A way beside another one: how many times slower and dearer."""
    slower, dearer = first.way.per_minute / line.way.per_minute, line.way.cores_each / first.way.cores_each
    return f"  {line.name}: {slower:,.1f} times as long and {dearer:,.1f} times the core-seconds an account of {first.name}"


def _extrapolated(line: Line, accounts: int) -> str:
    way = line.way
    return (
        f"  extrapolated from {way.accounts}, not measured: {line.name}, {accounts:,} accounts would take "
        f"{way.seconds_for(accounts) / 60:,.0f} min and {way.cores_each * accounts / 3600:,.1f} core-hours"
    )


def _by_service(way: Way) -> str:
    return ", ".join(f"{name} {spent:.1f}" for name, spent in way.cores.by_service.items())


def main() -> None:
    """The command line."""
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"{os.cpu_count()} cores; load before the start {os.getloadavg()[0]:.1f}", flush=True)
    lines: list[Line] = []
    try:
        for name, measured in ENGINES.items():
            if not asked.only or name in asked.only:
                print(f"… {name}", file=sys.stderr, flush=True)
                lines += measured(asked.cases, asked.naive)
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    finally:
        if lines:
            print(table(lines, asked.cases), flush=True)


if __name__ == "__main__":
    main()
