"""Airflow's own API, as far as Recourse uses it: runs that are open, runs to be opened or ended, who a user is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

import httpx
import msgspec
from airflow.configuration import conf

from desk import engines
from recourse.errors import UserError

PREFIX = "/recourse"
"""Where the plugin's own pages stand below Airflow's address."""
REFUSED = "refused"
"""The XCom key under which a seat keeps why an answer was refused."""
WAITING = "awaiting_input"
PAGE = 100
TIMEOUT_SECONDS = 30


class Run(msgspec.Struct, frozen=True, eq=False):
    """A run of a DAG as Airflow knows it."""

    dag_id: str
    run_id: str
    state: str
    conf: dict[str, Any]


class Asked(msgspec.Struct, frozen=True):
    """A seat that a run is waiting for."""

    run_id: str
    task_id: str
    map_index: int


def base_url() -> str:
    """Airflow's address for a person's browser, without a slash at its end."""
    return str(conf.get("api", "base_url", fallback="http://localhost:8080")).rstrip("/")


def inner_url() -> str:
    """Airflow's address for its own components, which may not reach the browser's."""
    execution = str(conf.get("core", "execution_api_server_url", fallback="")).rstrip("/")
    return execution.removesuffix("/execution") or base_url()


class AirflowApi:
    """A session with Airflow's API in the name of the service user. Use it as a context manager."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, transport=httpx.HTTPTransport(retries=3))
        self._login = {"username": user, "password": password}

    def __enter__(self) -> AirflowApi:
        if not all(self._login.values()):
            mend = "set RECOURSE_AIRFLOW_USER and RECOURSE_AIRFLOW_PASSWORD"
            raise UserError("Recourse has no user in Airflow", where="Airflow's API", mend=mend)
        answer = self._client.post("/auth/token", json=self._login)
        if answer.status_code in (401, 403):
            raise UserError(
                "Airflow refuses Recourse's user", where=str(self._client.base_url), mend="check the password"
            )
        answer.raise_for_status()
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self._client.close()

    def open_runs(self, dag_id: str) -> list[Run]:
        """Runs of a DAG that are queued or running."""
        wanted = {"state": ["queued", "running"], "order_by": "id"}
        return [_run(row) for row in self._all(f"/api/v2/dags/{dag_id}/dagRuns", "dag_runs", wanted)]

    def asked(self, dag_id: str) -> list[Asked]:
        """Seats of a DAG's runs that wait for an answer."""
        rows = self._all(f"/api/v2/dags/{dag_id}/dagRuns/~/hitlDetails", "hitl_details", {"response_received": False})
        waiting = []
        for row in rows:
            task = row["task_instance"]
            if task["state"] == WAITING:  # a run that was ended keeps the forms that nobody filled in
                waiting.append(Asked(task["dag_run_id"], task["task_id"], task["map_index"]))
        return waiting

    def last_number(self, dag_id: str, stem: str) -> int:
        """The highest number that a run of a stem has had; 0 when it never ran."""
        query = {"run_id_prefix_pattern": f"{stem}--", "limit": PAGE, "order_by": "-id"}
        rows = self._get(f"/api/v2/dags/{dag_id}/dagRuns", query)["dag_runs"]
        return max((int(row["dag_run_id"].rpartition("--")[2]) for row in rows), default=0)

    def is_busy(self, run: Run) -> bool:
        """Whether a task of the run is at work or about to be."""
        query = {"state": ["running", "queued", "scheduled", "up_for_retry", "restarting"], "limit": 1}
        path = f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances"
        return bool(self._get(path, query)["total_entries"])

    def start(self, dag_id: str, run_id: str, given: Mapping[str, object]) -> bool:
        """Open a run under a name of ours; False when a run of that name is there already."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(given)}
        answer = self._client.post(f"/api/v2/dags/{dag_id}/dagRuns", json=body)
        if answer.status_code == httpx.codes.CONFLICT:
            return False
        answer.raise_for_status()
        return True

    def end(self, run: Run, note: str) -> None:
        """End a run that has nothing left to wait for: what waits is closed, what never ran is skipped, the note says why."""
        body = {"state": "success", "note": note}
        self._client.patch(f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}", json=body).raise_for_status()

    def refusals(self, run: Run) -> list[str]:
        """What people were told when their answers in a run were refused."""
        tasks = f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances"
        told = []
        for row in self._all(f"{tasks}/~/xcomEntries", "xcom_entries", {"xcom_key_pattern": REFUSED}):
            entry = f"{tasks}/{row['task_id']}/xcomEntries/{row['key']}"
            told.append(str(self._get(entry, {"map_index": row["map_index"]})["value"]))
        return told

    def user_ids(self, names: Sequence[str]) -> dict[str, str]:
        """User name → the id by which Airflow assigns a task to that user; a name that it does not know is left out."""
        if not names:
            return {}
        found: dict[str, str] = self._get(f"{PREFIX}/airflow/users", {"name": list(names)})
        return found

    def _get(self, path: str, query: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._client.get(path, params=dict(query))
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    def _all(self, path: str, key: str, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            body = self._get(path, {**query, "limit": PAGE, "offset": offset})
            yield from body[key]
            offset += PAGE
            if offset >= body["total_entries"] or not body[key]:
                return


def session() -> AirflowApi:
    """A session with this Airflow, in the name of the service user that the environment gives."""
    return AirflowApi(inner_url(), *engines.airflow_login())


def _run(row: dict[str, Any]) -> Run:
    return Run(row["dag_id"], row["dag_run_id"], row["state"], row.get("conf") or {})
