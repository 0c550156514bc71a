"""Prefect's REST API as its users use it: trigger, look, answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from topology.stack import Stack

ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
AT_WORK = ("SCHEDULED", "PENDING", "RUNNING", "CANCELLING")
PAGE = 200
RunRow = dict[str, Any]


class Prefect:
    """One stack's API."""

    def __init__(self, stack: Stack) -> None:
        self._api = httpx.Client(base_url=f"{stack.url}/api", timeout=60)
        self._deployments: dict[str, str] = {}

    def close(self) -> None:
        self._api.close()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """One request; a server that is down is asked again for a while."""
        for _ in range(90):
            try:
                answer = self._api.request(method, path, json=body)
            except httpx.TransportError:
                time.sleep(1)
                continue
            if answer.status_code == 503:
                time.sleep(1)
                continue
            assert not answer.is_error, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
            return answer.json() if answer.content else None
        raise AssertionError(f"{path}: Prefect does not answer")

    def deployment(self, name: str) -> str:
        if name not in self._deployments:
            self._deployments[name] = self.ask("GET", f"/deployments/name/{name}/{name}")["id"]
        return self._deployments[name]

    def quiet(self) -> None:
        """Let no schedule start anything."""
        for name in ("portfolio_day", "reconcile"):
            self.ask("PATCH", f"/deployments/{self.deployment(name)}", {"paused": True})

    def trigger(self, name: str, **given: object) -> str:
        """Open a run of a deployment; returns its id."""
        body = {"parameters": given, "enforce_parameter_schema": True}
        return str(self.ask("POST", f"/deployments/{self.deployment(name)}/create_flow_run", body)["id"])

    def run(self, run_id: str) -> RunRow:
        found: RunRow = self.ask("GET", f"/flow_runs/{run_id}")
        return found

    def finished(self, run_id: str, seconds: float = 600) -> RunRow:
        """A run when it has ended."""
        until(lambda: self.run(run_id)["state_type"] in ENDED, seconds, f"flow run {run_id}: it ends")
        return self.run(run_id)

    def runs(self, *states: str, tags: tuple[str, ...] = (), deployment: str = "account_step") -> list[RunRow]:
        """Runs of a deployment, of some states and with all of some tags."""
        asked: dict[str, Any] = {"deployments": {"id": {"any_": [self.deployment(deployment)]}}, "flow_runs": {}}
        if states:
            asked["flow_runs"]["state"] = {"type": {"any_": list(states)}}
        if tags:
            asked["flow_runs"]["tags"] = {"all_": list(tags)}
        found: list[RunRow] = []
        while True:
            page = self.ask("POST", "/flow_runs/filter", {**asked, "limit": PAGE, "offset": len(found)})
            found += page
            if len(page) < PAGE:
                return found

    def suspended(self) -> dict[str, RunRow]:
        """Gate → the run that waits for an answer to it."""
        return {run["parameters"]["gate"]: run for run in self.runs("PAUSED")}

    def form(self, run: RunRow) -> dict[str, Any]:
        """The form of a suspended run: its JSON schema, and what it says under `description`."""
        keys = run["state"]["state_details"]["run_input_keyset"]
        schema: dict[str, Any] = self.ask("GET", f"/flow_runs/{run['id']}/input/{keys['schema']}")
        return {**schema, "description": self.ask("GET", f"/flow_runs/{run['id']}/input/{keys['description']}")}

    def resume(self, run: RunRow, **answer: str) -> str:
        """Send the form of a run; returns the status that the body tells."""
        return str(self.ask("POST", f"/flow_runs/{run['id']}/resume", {"run_input": answer})["status"])

    def settled(self, seconds: float = 400) -> None:
        """Wait until no run of a gate is at work: all of them wait for people or have ended."""
        until(lambda: not self.runs(*AT_WORK), seconds, "account_step does not come to rest")

    def everything(self, kind: str) -> list[dict[str, Any]]:
        """All that the server keeps of a kind: `logs`, `artifacts`."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.ask("POST", f"/{kind}/filter", {"limit": PAGE, "offset": len(found)})
            found += page
            if len(page) < PAGE:
                return found

    def has_begun(self, run_id: str, task: str) -> bool:
        """Whether a task of a run, by the beginning of its name, is at work or was."""
        asked = {"flow_runs": {"id": {"any_": [run_id]}}, "limit": PAGE}
        return any(row["name"].startswith(task) for row in self.ask("POST", "/task_runs/filter", asked))

    def artifacts(self, run_id: str) -> list[dict[str, Any]]:
        asked = {"artifacts": {"flow_run_id": {"any_": [run_id]}}, "limit": PAGE}
        return list(self.ask("POST", "/artifacts/filter", asked))


def until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something; too long is a failure."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s: {what}"
        time.sleep(0.5)
