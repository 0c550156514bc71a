"""Prefect's own API, as far as Recourse uses it: runs that are open, runs to be opened, ended or started again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName, FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Completed, Crashed, Scheduled
from prefect.types._datetime import now

PAGE = 200
GATES_AT_ONCE = 100
OPEN = ("SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING")
PORTFOLIO_DAY, ACCOUNT_STEP, RECONCILE = "portfolio_day", "account_step", "reconcile"
"""The flows, whose deployments bear the same names."""
SUPERSEDED = "Superseded"
"""The name of the state of a run that others have taken the place of."""
OURS = "recourse"
"""A tag of every run."""


class Run(msgspec.Struct, frozen=True):
    """A flow run that Prefect has open. `state`: SCHEDULED, PENDING, RUNNING, PAUSED or CANCELLING; `since`: its instant;
    `starts`: how often it has started.
    """

    id: UUID
    name: str
    state: str
    since: datetime
    starts: int
    given: Mapping[str, Any]
    tags: Sequence[str]

    @property
    def is_idle(self) -> bool:
        """Whether no process works it, nor is about to: it can be ended without taking it from one."""
        return self.state in ("PAUSED", "SCHEDULED")

    @property
    def is_answered(self) -> bool:
        """Whether somebody has sent its form and no process has heard it yet."""
        return self.state == "SCHEDULED" and self.starts > 0


class Runs:
    """The runs of this server's deployments."""

    def __init__(self, client: SyncPrefectClient) -> None:
        self._client = client
        self._deployments: dict[str, UUID] = {}

    def open(self, deployment: str) -> list[Run]:
        """Runs of a deployment that have not ended, the oldest first; those that a schedule has only planned are left out."""
        states = {"state": {"type": {"any_": list(OPEN)}}}
        return [_run(each) for each in self._all(deployment, states) if not _is_planned(each)]

    def broken(self, deployment: str, tag: str) -> list[Run]:
        """Runs of a deployment with a tag that have failed or crashed."""
        given = {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}, "tags": {"all_": [tag]}}
        return [_run(each) for each in self._all(deployment, given)]

    def last_numbers(self, deployment: str, gate_ids: Sequence[str]) -> Mapping[str, int]:
        """Gate → the highest number that a run for it has had; one that never ran is left out."""
        found: dict[str, int] = {}
        for start in range(0, len(gate_ids), GATES_AT_ONCE):
            tags = [gate_tag(gate) for gate in gate_ids[start : start + GATES_AT_ONCE]]
            for run in self._all(deployment, {"tags": {"any_": tags}}):
                gate, n = str(run.parameters.get("gate")), int(run.parameters.get("n", 0))
                found[gate] = max(n, found.get(gate, 0))
        return found

    def start(self, deployment: str, name: str, given: Mapping[str, Any], tags: Iterable[str], key: str) -> None:
        """Open a run of a deployment; one that was opened under the same key is that run."""
        if deployment not in self._deployments:
            self._deployments[deployment] = self._client.read_deployment_by_name(f"{deployment}/{deployment}").id
        self._client.create_flow_run_from_deployment(
            self._deployments[deployment], parameters=dict(given), name=name, tags=[OURS, *tags], idempotency_key=key
        )

    def end(self, run: Run, name: str, why: str, tags: Sequence[str]) -> None:
        """End a run that has nothing left to wait for; the name of its state and its message say why."""
        self._client.set_flow_run_state(run.id, Completed(name=name, message=why), force=True)
        self.tag(run.id, tags)

    def bury(self, run: Run) -> None:
        """Say of a run whose process is gone that it crashed; the place it held in a limit is free again."""
        self._client.set_flow_run_state(run.id, Crashed(message="its process is gone"), force=True)

    def again(self, run: Run) -> None:
        """Start a run that broke off, with what people have answered on it, from its first line."""
        self._client.set_flow_run_state(run.id, Scheduled(message="it broke off: started again"), force=True)

    def tag(self, run_id: UUID, tags: Sequence[str]) -> None:
        """Put these tags on a run in place of those it has."""
        self._client.update_flow_run(run_id, tags=list(tags))

    def rename(self, run_id: UUID, name: str) -> None:
        """Give a run a name that people read."""
        self._client.set_flow_run_name(run_id, name)

    def forget(self, run: Run) -> None:
        """Delete a run that never began."""
        self._client.delete_flow_run(run.id)

    def _all(self, deployment: str, given: Mapping[str, Any]) -> Iterator[FlowRun]:
        offset = 0
        while True:
            page = self._client.read_flow_runs(
                deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[deployment])),
                flow_run_filter=FlowRunFilter.model_validate(given),
                sort=FlowRunSort.START_TIME_ASC,
                limit=PAGE,
                offset=offset,
            )
            yield from page
            offset += PAGE
            if len(page) < PAGE:
                return


@contextmanager
def runs() -> Iterator[Runs]:
    """The runs of the server that $PREFECT_API_URL names."""
    with get_client(sync_client=True) as client:
        yield Runs(client)


def gate_tag(gate_id: str) -> str:
    """The tag by which the runs of a gate are found."""
    return f"of:{gate_id[:12]}"


def _is_planned(found: FlowRun) -> bool:
    due = found.state.state_details.scheduled_time if found.state is not None else None
    return found.state is not None and found.state.type.value == "SCHEDULED" and due is not None and due > now("UTC")


def _run(found: FlowRun) -> Run:
    if found.state is None:
        raise ValueError(f"flow run {found.id} has no state")
    return Run(
        found.id, found.name, found.state.type.value, found.state.timestamp, found.run_count, found.parameters, found.tags
    )  # fmt: skip
