"""Airflow for a measurement: a stack of its own with the bench's DAGs, what its processes spend, and its API.

The stack is the one of docker-compose.yml, started natively on the loopback with LocalExecutor (`topology.stack`), on
databases that are thrown away. Every wait has an end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from bench.spent import Spent, spent_on, wait
from recourse.errors import UserError
from tests.engines.airflow_rest import Rest
from topology.stack import Stack, running

ROOT = Path(__file__).resolve().parents[1]
OURS = ROOT / "bench" / "dags"
SERVICES = ("postgres", "api-server", "scheduler", "dag-processor", "triggerer")
PAGE = 100


class Airflow:
    """A running stack, as the measurements use it."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self._rest = stack, Rest(stack)

    def spent(self) -> Spent:
        """What the services have spent since they started. Raises UserError when one of them was started again."""
        return spent_on(self.stack, SERVICES)

    def looks(self) -> int:
        """How often the scheduler has looked at a run: each look writes the run's row."""
        url = make_url(self.stack.environment("scheduler")["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            found = connection.execute("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'dag_run'").fetchone()
        assert found is not None
        return int(found[0])

    def ready(self, dags: Iterable[str], seconds: float = 120) -> None:
        """Wait until DAGs are read, and let their runs start."""
        for dag in dags:
            path = f"/api/v2/dags/{dag}"
            wait(lambda path=path: self._rest.ask("GET", path).status_code == 200, seconds, f"{dag} was not read")  # type: ignore[misc]
            self._send("PATCH", path, {"is_paused": False})

    def trigger(self, dag: str, run: str, given: Mapping[str, object] | None = None) -> None:
        """Open a run."""
        self._send(
            "POST", f"/api/v2/dags/{dag}/dagRuns", {"dag_run_id": run, "logical_date": None, "conf": given or {}}
        )

    def finished(self, dag: str, run: str, seconds: float) -> None:
        """Wait until a run has ended. Raises UserError when it failed, with the states of its tasks."""
        wait(lambda: self._rest.state(dag, run) in ("success", "failed"), seconds, f"{dag} did not end")
        if self._rest.state(dag, run) == "failed":
            raise UserError(f"{dag} {run} failed: {self._rest.tasks(dag, run)}", where=str(self.stack.logs))

    def task_seconds(self, dag: str, run: str) -> dict[str, float]:
        """Task → seconds that its task instances took, added up."""
        found: dict[str, float] = {}
        for row in self._all(f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances", "task_instances"):
            found[row["task_id"]] = found.get(row["task_id"], 0.0) + float(row["duration"] or 0.0)
        return found

    def returned(self, dag: str, run: str, task: str) -> Any:
        """What a task returned."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/xcomEntries/return_value"
        return self._rest.get(path, deserialize=True)["value"]

    def instances(self, dag: str, run: str) -> int:
        """How many task instances a run has."""
        return int(self._rest.get(f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances", limit=1)["total_entries"])

    def asked(self, dag: str, run: str = "~") -> int:
        """Seats of a run, or of all runs of a DAG, that wait for an answer."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/hitlDetails"
        return int(self._rest.get(path, response_received=False, limit=1)["total_entries"])

    def remove_runs(self, dag: str) -> None:
        """End every run of a DAG and take it away."""
        for row in self._all(f"/api/v2/dags/{dag}/dagRuns", "dag_runs"):
            path = f"/api/v2/dags/{dag}/dagRuns/{row['dag_run_id']}"
            self._send("PATCH", path, {"state": "success"})
            self._send("DELETE", path)

    def _send(self, method: str, path: str, body: object = None) -> None:
        answer = self._rest.ask(method, path, body)
        if answer.is_error:
            raise UserError(f"{method} {path}: {answer.status_code} {answer.text}", where="Airflow's API")

    def _all(self, path: str, key: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while True:
            body = self._rest.get(path, limit=PAGE, offset=len(rows))
            rows += body[key]
            if len(rows) >= body["total_entries"] or not body[key]:
                return rows


@contextmanager
def airflow(files: Sequence[Path]) -> Iterator[Airflow]:
    """A stack whose DAGs are these files; nothing of it is left afterwards.

    The ledger's days are only played, DAGs start paused, and nothing is sent to a mail server.
    """
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        dags = Path(folder) / "dags"
        dags.mkdir()
        for file in files:
            shutil.copy(file, dags)
        settings = {
            "RECOURSE_MODE": "demo",
            "RECOURSE_SMTP": "",
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
            "PYTHONPATH": str(ROOT),
        }
        with running(Path(folder) / "stack", "LocalExecutor", settings, SERVICES) as stack:
            yield Airflow(stack)
