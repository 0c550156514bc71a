"""The profile `prefect` of docker-compose.yml, each service by its own command on this machine, without Airflow.

Not here: what Recourse does inside Prefect (tests/engines). Here: that server and worker come up and find each other,
that strangers stay outside, and that both come up again after they were lost.
"""

from __future__ import annotations

import base64
import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from topology.stack import Stack, running

pytestmark = pytest.mark.prefect

AUTH = "office:made-up"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("prefect"), environment={"PREFECT_AUTH": AUTH}, engine="prefect") as stack:
        yield stack


def call(stack: Stack, path: str, body: object = None, auth: str = AUTH) -> Any:
    headers = {"Content-Type": "application/json"}
    if auth:
        headers["Authorization"] = f"Basic {base64.b64encode(auth.encode()).decode()}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{stack.url}/api{path}", data, headers), timeout=20) as answer:
        return json.load(answer)


def workers(stack: Stack) -> list[dict[str, Any]]:
    return list(call(stack, "/work_pools/recourse/workers/filter", {}))


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_only_what_prefect_needs_is_started(stack: Stack) -> None:
    of_prefect = {"prefect-server", "prefect-deploy", "prefect-worker"}
    assert set(stack.services) == {"postgres", "databases", "ledger", "console", "smtp-sink"} | of_prefect
    assert {stack.starts(name) for name in stack.services} == {1}
    assert all(stack.healthy(name) for name in stack.pids)


def test_the_worker_is_online_in_its_pool(stack: Stack) -> None:
    assert [(found["name"], found["status"]) for found in workers(stack)] == [("recourse", "ONLINE")]


def test_the_server_keeps_its_things_in_a_database_of_its_own(stack: Stack) -> None:
    asked = "SELECT count(*) FROM work_pool WHERE name = 'recourse'"
    said = stack.run("postgres", "psql", "-U", "postgres", "-d", "prefect", "-Atc", asked)
    assert said.stdout.strip() == "1", said.stderr


@pytest.mark.parametrize("auth", ["", "office:wrong"])
def test_strangers_get_nothing(stack: Stack, auth: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        call(stack, "/work_pools/recourse/workers/filter", {}, auth)


def test_the_ledger_is_ready_for_the_worker(stack: Stack) -> None:
    said = stack.run("prefect-worker", "recourse", "verify")
    assert said.returncode == 0, said.stderr


def test_server_and_worker_come_back(stack: Stack) -> None:
    for lost in ("prefect-worker", "prefect-server"):
        before = stack.kill(lost, signal.SIGKILL)
        until(lambda lost=lost: stack.starts(lost) == 2)  # type: ignore[misc]
        stack.wait(lost)
        assert stack.pids[lost] != before
    seen = workers(stack)[0]["last_heartbeat_time"]
    until(lambda: bool(workers(stack)[0]["last_heartbeat_time"] > seen))
    assert [found["status"] for found in workers(stack)] == ["ONLINE"]
    assert stack.starts("prefect-worker") == 2, "a worker outlives its server"
