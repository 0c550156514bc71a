"""The profile `prefect` of docker-compose.yml, each service by its own command on this machine, without Airflow.

Not here: what Recourse does inside Prefect (tests/engines). Here: that server and worker come up and find each other,
that strangers stay outside, that somebody is told of a failed run, and that both come up again after they were lost.
"""

from __future__ import annotations

import base64
import json
import signal
import textwrap
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from topology.stack import Stack, running

pytestmark = pytest.mark.prefect

AUTH = "office:made-up"
ROOT = Path(__file__).resolve().parents[2]


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


class Told(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    bodies: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self.bodies.append(json.loads(self.rfile.read(length)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def gateway() -> Iterator[str]:
    """Where the person on call is told: an address that takes a POST."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def of_the_page(beginning: str) -> str:
    """The indented lines of the page on Prefect from one that begins so to the next that is not indented."""
    lines = (ROOT / "docs" / "prefect.md").read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip().startswith(beginning))
    end = next(n for n in range(start, len(lines)) if lines[n] and not lines[n].startswith("    "))
    return textwrap.dedent("\n".join(lines[start:end]))


def test_the_alerts_of_the_page_tell_of_a_failed_run(stack: Stack, gateway: str, tmp_path: Path) -> None:
    """The block and the file are taken as they are printed there; a day that cannot be worked fails."""
    made = stack.run("prefect-worker", "python", "-c", of_the_page("from prefect.blocks").replace("https://…", gateway))
    assert made.returncode == 0, made.stderr
    (tmp_path / "alerts.yaml").write_text(
        of_the_page("automations:").split("prefect automation")[0].replace("THE-ID", made.stdout.strip())
    )
    created = stack.run(
        "prefect-worker", "prefect", "automation", "create", "--from-file", str(tmp_path / "alerts.yaml")
    )
    assert created.returncode == 0, created.stderr
    assert len(call(stack, "/automations/filter", {})) == 3
    deployment = call(stack, "/deployments/name/portfolio_day/portfolio_day")["id"]
    run = call(stack, f"/deployments/{deployment}/create_flow_run", {"parameters": {"on": "2026-11-22"}})
    until(lambda: bool(Told.bodies), 120)
    told = Told.bodies[0]["text"]["content"]
    assert told.startswith(f"Recourse: {run['name']} is Failed")
    assert "2026-11-22 is no working day" in told


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
