"""Works three shares of a day as `portfolio_day` does, on a server of Prefect's own for tests; prints what came of it.

A program of its own, since that server and its client leave their sockets to the end of the process.
"""

from __future__ import annotations

import json
import sys
from datetime import date

from prefect import flow
from prefect.artifacts import Artifact
from prefect.task_runners import ProcessPoolTaskRunner
from prefect.testing.utilities import prefect_test_harness

from flows import portfolio_day

SHARES = ("0/3", "1/3", "2/3")


def worked(day: date) -> list[int]:
    """How many cases each share opened."""
    swept = portfolio_day.Progress(day).over(portfolio_day.sweep, day, SHARES, (15, 50), "sweep")
    return [each.opened for each in swept]


if __name__ == "__main__":
    on = date.fromisoformat(sys.argv[1])
    with prefect_test_harness(server_startup_timeout=120):
        opened = flow(task_runner=ProcessPoolTaskRunner(max_workers=2))(worked)(on)
        shown = Artifact.get(f"day-{on}")
        told = None if shown is None else [shown.data, shown.description]
    print(json.dumps({"opened": opened, "told": told}))
