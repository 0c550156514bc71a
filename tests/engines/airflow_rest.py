"""Airflow's REST API as its users use it: trigger, look, answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from topology.stack import Stack

PARKED_SECONDS = 30
"""A gate is answered when it has waited this long: an answer in its first seconds may meet a task that is not parked."""
WORKING = ("running", "queued", "scheduled", "up_for_retry", "restarting", "up_for_reschedule")


class Rest:
    """One stack's API; every call names the user it is made as."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._tokens: dict[str, str] = {}

    def ask(self, method: str, path: str, body: object = None, *, user: str = "admin", **query: Any) -> httpx.Response:
        """One request; a server that is down is asked again for a while."""
        for _ in range(60):
            try:
                return httpx.request(
                    method, f"{self._stack.url}{path}", json=body, headers=self.bearer(user), params=query, timeout=30
                )
            except httpx.TransportError:
                time.sleep(1)
        raise AssertionError(f"{path}: Airflow does not answer")

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.ask("GET", path, **query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def bearer(self, user: str) -> dict[str, str]:
        """The header by which Airflow knows a user."""
        if user not in self._tokens:
            login = {"username": user, "password": self._stack.passwords[user]}
            answer = httpx.post(f"{self._stack.url}/auth/token", json=login, timeout=30)
            answer.raise_for_status()
            self._tokens[user] = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._tokens[user]}"}

    def trigger(self, dag: str, run: str, conf: dict[str, Any] | None = None) -> int:
        """Open a run; returns the HTTP status (409: it is there)."""
        body = {"dag_run_id": run, "logical_date": None, "conf": conf or {}}
        return self.ask("POST", f"/api/v2/dags/{dag}/dagRuns", body).status_code

    def pause(self, dag: str, *, paused: bool) -> None:
        """Stop a DAG's tasks from beginning, or let them begin again; waits until the DAG is known and none of its tasks runs
        (a run that had not begun any when the DAG was stopped stays "running" until it goes on)."""
        said = {"is_paused": paused}
        until(lambda: self.ask("PATCH", f"/api/v2/dags/{dag}", said).status_code == 200, 240, f"{dag} is known")
        if paused:
            path = f"/api/v2/dags/{dag}/dagRuns/~/taskInstances"

            def quiet() -> bool:
                return not self.get(path, state=["queued", "running"], limit=1)["total_entries"]

            until(lambda: quiet() and _still(quiet), 240, f"{dag} does not come to rest")

    def state(self, dag: str, run: str) -> str:
        return str(self.get(f"/api/v2/dags/{dag}/dagRuns/{run}")["state"])

    def finished(self, dag: str, run: str, seconds: float = 600) -> str:
        """The state in which a run ended."""
        until(lambda: self.state(dag, run) in ("success", "failed"), seconds, f"{dag} {run}")
        return self.state(dag, run)

    def tasks(self, dag: str, run: str) -> dict[tuple[str, int], str]:
        """(task, map index) → state."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances"
        rows = self._all(path, "task_instances", order_by="id")
        return {(row["task_id"], row["map_index"]): row["state"] for row in rows}

    def runs(self, dag: str, *states: str) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"order_by": "id"}
        if states:
            query["state"] = list(states)
        return self._all(f"/api/v2/dags/{dag}/dagRuns", "dag_runs", **query)

    def waiting(self) -> list[dict[str, Any]]:
        """Seats that wait for an answer, of every DAG."""
        asked = self._all("/api/v2/dags/~/dagRuns/~/hitlDetails", "hitl_details", response_received=False)
        return [seat for seat in asked if seat["task_instance"]["state"] == "awaiting_input"]

    def _all(self, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, limit=100, offset=len(found), **query)
            found += page[key]
            if len(found) >= page["total_entries"] or not page[key]:
                return found

    def say(self, seat: dict[str, Any], user: str, option: str, reason: str, strike: str = "") -> int:
        """Answer a seat as a user; returns the HTTP status."""
        task = seat["task_instance"]
        given = {"reason": reason, **({"strike": strike} if "strike" in seat["params"] else {})}
        path = (
            f"/api/v2/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}"
            f"/{task['map_index']}/hitlDetails"
        )
        return self.ask("PATCH", path, {"chosen_options": [option], "params_input": given}, user=user).status_code

    def settled(self, dag: str, seconds: float = 180) -> None:
        """Wait until no task of a DAG's open runs is at work: all of them wait for people."""

        def quiet() -> bool:
            if self.runs(dag, "queued"):
                return False
            busy = self.get(f"/api/v2/dags/{dag}/dagRuns/~/taskInstances", state=list(WORKING), limit=1)
            return not busy["total_entries"]

        until(lambda: quiet() and _still(quiet), seconds, f"{dag} does not come to rest")


def _still(quiet: Callable[[], bool]) -> bool:
    time.sleep(2.5)
    return quiet()


def until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something; too long is a failure."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s: {what}"
        time.sleep(0.5)
