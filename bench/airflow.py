"""What Airflow costs: ``python bench/airflow.py [--cases N] [--gates N] [--naive N] [--only portfolio|gates] [--graph G]``.

Accounts per minute through `portfolio_day` beside one mapped task for each account (`bench.airflow_day`), and the
scheduler's load with open gates, by the width of the graph (`bench.airflow_gates`). Starts the services itself, on the
loopback, and ends them. Figures and ratios are printed, never judged: time is the machine's own.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# As a script this file's folder would come first, where this very file is called airflow.
sys.path[:] = [
    str(ROOT),
    *(place for place in sys.path if Path(place or os.curdir).resolve() not in (ROOT, ROOT / "bench")),
]

from bench import airflow_day, airflow_gates  # noqa: E402
from bench.graphs import DAGS  # noqa: E402
from recourse.errors import UserError  # noqa: E402

MOST_MAPPED = 1000
"""Airflow maps a task over 1024 values at most, unless it is told otherwise."""


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line; refuses sizes that cannot be measured."""
    parser = argparse.ArgumentParser(description="Measure what Airflow costs.")
    parser.add_argument("--cases", type=int, default=10_000, metavar="N", help="due accounts, in a book of 4 N")
    parser.add_argument("--naive", type=int, default=64, metavar="N", help="accounts that get a task each")
    parser.add_argument("--gates", type=int, default=300, metavar="N", help="runs parked at human tasks, at most")
    parser.add_argument("--only", choices=["portfolio", "gates"], help="measure one of the two")
    parser.add_argument("--graph", choices=list(DAGS), action="append", help="with gates: this graph; repeatable")
    asked = parser.parse_args(given)
    if not 0 < asked.naive <= MOST_MAPPED:
        parser.error(f"--naive: from 1 to {MOST_MAPPED}")
    if asked.cases < 100 or asked.gates < 1:
        parser.error("--cases: from 100, --gates: from 1")
    return asked


def main() -> None:
    """The command line."""
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"{os.cpu_count()} cores; load before the start {os.getloadavg()[0]:.1f}", flush=True)
    try:
        if asked.only != "gates":
            print(airflow_day.table(airflow_day.measure(asked.cases, asked.naive)), flush=True)
        if asked.only != "portfolio":
            print(airflow_gates.table(airflow_gates.measure(asked.gates, asked.graph or tuple(DAGS))), flush=True)
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
