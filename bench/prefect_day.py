"""Accounts per minute on Prefect: a business day through `portfolio_day`, beside one flow run for each account.

Both run on one server and one worker, one after the other, on one book. The naive way runs on a few accounts and is
extrapolated. Prefect is asked over its API only; no schedule runs meanwhile.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sqlalchemy import func, select

from bench import book, people
from bench.places import superuser
from bench.spent import Spent, Way, spent_on, wait
from desk import portfolio
from desk.open_desk import Desk, open_desk
from desk.settings import read
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import cases
from topology.stack import Stack, running

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("postgres", "prefect-server", "prefect-worker")
DAY, NAIVE = "portfolio_day", "bench_naive"
POOL, QUEUE = "recourse", "steps"
AT_ONCE = 4
"""Flow runs at once, by the queue's limit."""
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
LONGEST_START = 120.0


class Prefect:
    """A running server and worker, as the measurements use them."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._api = httpx.Client(base_url=f"{stack.url}/api", timeout=60)

    def spent(self) -> Spent:
        """What the services have spent since they started."""
        return spent_on(self.stack, SERVICES)

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Ask the API. Raises UserError when it refuses."""
        answer = self._api.request(method, path, json=body)
        if answer.is_error:
            raise UserError(f"{method} {path}: {answer.status_code} {answer.text[:500]}", where="Prefect's API")
        return answer.json() if answer.content else None

    def quiet(self) -> None:
        """Let no schedule start anything."""
        for found in self.send("POST", "/deployments/filter", {}):
            self.send("PATCH", f"/deployments/{found['id']}", {"paused": True})

    def deployment(self, name: str) -> str:
        """The id of a deployment."""
        found = self.send("POST", "/deployments/filter", {"deployments": {"name": {"any_": [name]}}})
        if len(found) != 1:
            raise UserError(f"{len(found)} deployments are called {name}", where="Prefect's API")
        return str(found[0]["id"])

    def deploy(self, name: str, entrypoint: str) -> str:
        """Make a deployment of a flow in a module of this checkout; returns its id."""
        flow = self.send("POST", "/flows/", {"name": name})
        body = {
            "name": name,
            "flow_id": flow["id"],
            "entrypoint": entrypoint,
            "work_pool_name": POOL,
            "work_queue_name": QUEUE,
        }
        return str(self.send("POST", "/deployments/", body)["id"])

    def trigger(self, deployment: str, given: Mapping[str, object]) -> None:
        """Open a flow run."""
        self.send("POST", f"/deployments/{deployment}/create_flow_run", {"parameters": given})

    def finished(self, deployment: str, runs: int, seconds: float) -> None:
        """Wait until so many runs of a deployment have ended. Raises UserError unless all of them completed."""
        wait(lambda: self._count(deployment, ENDED) >= runs, seconds, f"not all of {runs} flow runs ended")
        completed = self._count(deployment, ("COMPLETED",))
        if completed != runs:
            raise UserError(f"{completed} of {runs} flow runs completed", where=str(self.stack.log("prefect-worker")))

    def _count(self, deployment: str, states: Sequence[str]) -> int:
        asked = {
            "deployments": {"id": {"any_": [deployment]}},
            "flow_runs": {"state": {"type": {"any_": list(states)}}},
        }
        return int(self.send("POST", "/flow_runs/count", asked))


class Day(msgspec.Struct, frozen=True):
    """A day measured both ways. `left`: due cases that `portfolio_day` left undecided, which have to be none."""

    batches: Way
    naive: Way
    left: int


@contextmanager
def prefect() -> Iterator[Prefect]:
    """A server and a worker on databases that are thrown away. The ledger's days are only played, nothing is sent."""
    settings = {
        "RECOURSE_MODE": "demo",
        "RECOURSE_SMTP": "",
        "PREFECT_WORKER_LIMIT": str(AT_ONCE),
        "PYTHONPATH": str(ROOT),
    }
    with (
        tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder,
        running(Path(folder), environment=settings, services=("prefect-worker",), engine="prefect") as stack,
    ):
        yield Prefect(stack)


def measure(accounts: int, naive: int) -> Day:
    """Both ways on a stack of their own. Raises UserError when something does not end in time."""
    with prefect() as found:
        found.quiet()
        desk = open_desk(read(found.stack.environment("prefect-worker")))
        with superuser(found.stack) as engine:
            people.load_with_book(engine, desk.vault, accounts + naive)
        slow_id = found.deploy(NAIVE, "bench.flows.naive.bench_naive")
        _tell(f"a book of {accounts + naive:,} due accounts is loaded; one flow run for each of {naive}")
        portfolio.turn(desk, book.MORNING)
        each = [{"on": str(book.MORNING), "case_id": case} for case in book.due(desk.engine, naive)]
        slow = _work(found, slow_id, len(each), each, 60 + 10.0 * naive)
        _tell(f"{DAY} with {accounts:,} due accounts")
        fast = _work(found, found.deployment(DAY), accounts, [{"on": str(book.MORNING)}], 300 + accounts / 20)
        left = _left(desk)
        desk.engine.dispose()
        return Day(fast, slow, left)


def _work(found: Prefect, deployment: str, accounts: int, runs: Sequence[Mapping[str, object]], seconds: float) -> Way:
    """Runs of a deployment, from the first one's trigger to the last one's end."""
    before, began = found.spent(), time.monotonic()
    for given in runs:
        found.trigger(deployment, given)
    found.finished(deployment, len(runs), LONGEST_START + seconds)
    took = time.monotonic() - began
    return Way(accounts, took, found.spent().since(before))


def _left(desk: Desk) -> int:
    query = select(func.count()).select_from(cases).where(cases.c.closed_on.is_(None), cases.c.wake_on <= book.MORNING)
    with reading(desk.engine) as connection:
        return connection.execute(query).scalar() or 0


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)
