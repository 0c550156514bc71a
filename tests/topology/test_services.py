"""Each service of docker-compose.yml, started by its own command on this machine, under CeleryExecutor with two workers.

Not here: what Recourse does inside Airflow. Here: that the production topology comes up, signs people in, runs a task on
either worker, and comes up again after any of its parts was lost.
"""

from __future__ import annotations

import json
import signal
import smtplib
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from topology import compose
from topology.stack import Stack, running

pytestmark = pytest.mark.airflow

SERVICES = {
    name: body for name, body in compose.load()["services"].items() if "prefect" not in body.get("profiles", [])
}

DAG = """
from airflow.sdk import dag, task
import socket, time

@dag(schedule=None, dag_id="smoke", is_paused_upon_creation=False)
def smoke():
    @task
    def work(n):
        time.sleep(2)

    work.expand(n=list(range(8)))

smoke()
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("services")
    (folder / "dags").mkdir()
    (folder / "dags" / "smoke.py").write_text(DAG)
    # One task at a time on a worker, so that neither can take all of them.
    settings = {"AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"), "AIRFLOW_WORKER_CONCURRENCY": "1"}
    with running(folder, "CeleryExecutor", settings, auth="fab") as stack:
        yield stack


def call(stack: Stack, method: str, path: str, body: object = None, token: str = "") -> Any:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(f"{stack.url}{path}", data, headers, method=method)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return json.load(answer)


def token(stack: Stack, user: str) -> str:
    said = call(stack, "POST", "/auth/token", {"username": user, "password": stack.passwords[user]})
    return str(said["access_token"])


def healthy_parts(stack: Stack) -> set[str]:
    said = call(stack, "GET", "/api/v2/monitor/health")
    return {name for name, part in said.items() if part["status"] == "healthy"}


def run_smoke(stack: Stack, run: str, seconds: float = 90.0) -> list[dict[str, Any]]:
    """Trigger the little DAG and wait for its end; returns its task instances."""
    admin = token(stack, "admin")
    deadline = time.monotonic() + seconds
    while True:
        try:
            call(stack, "POST", "/api/v2/dags/smoke/dagRuns", {"dag_run_id": run, "logical_date": None}, admin)
            break
        except urllib.error.HTTPError as error:
            if error.code != 404 or time.monotonic() > deadline:  # 404: not parsed yet
                raise
            time.sleep(0.5)
    while call(stack, "GET", f"/api/v2/dags/smoke/dagRuns/{run}", token=admin)["state"] not in ("success", "failed"):
        assert time.monotonic() < deadline, stack.log("scheduler").read_text()[-3000:]
        time.sleep(0.5)
    found = call(stack, "GET", f"/api/v2/dags/smoke/dagRuns/{run}/taskInstances", token=admin)
    return list(found["task_instances"])


def test_every_service_of_the_file_is_there_but_those_of_another_engine(stack: Stack) -> None:
    assert set(stack.services) == SERVICES.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_it_is_up_or_done(stack: Stack, service: str) -> None:
    assert stack.starts(service) == 1, stack.log(service).read_text()[-3000:]
    if SERVICES[service].get("restart") == "no":
        assert service not in stack.pids
    else:
        assert stack.healthy(service)


def test_people_sign_in_and_strangers_do_not(stack: Stack) -> None:
    assert token(stack, "admin")
    assert token(stack, "recourse-service")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        call(stack, "POST", "/auth/token", {"username": "admin", "password": "wrong"})


def test_airflow_finds_all_its_parts_healthy(stack: Stack) -> None:
    assert healthy_parts(stack) == {"metadatabase", "scheduler", "triggerer", "dag_processor"}


def test_tasks_run_on_both_workers(stack: Stack) -> None:
    tasks = run_smoke(stack, "both")
    assert {task["state"] for task in tasks} == {"success"}
    done = [stack.log(f"worker-{n}").read_text().count("succeeded in") for n in (1, 2)]
    assert min(done) > 0, done


def test_the_sink_keeps_what_is_sent(stack: Stack) -> None:
    with smtplib.SMTP("127.0.0.1", stack.port("smtp-sink")) as server:
        server.sendmail("office@bank.example", ["somebody@example.org"], "Subject: a letter\n\ntext\n")
    (received,) = (stack.mail / "new").iterdir()
    assert "a letter" in received.read_text()


def test_the_application_role_owns_nothing(stack: Stack) -> None:
    said = stack.run("scheduler", "recourse", "init")
    assert said.returncode != 0
    assert stack.run("scheduler", "recourse", "verify").returncode == 0


def test_whatever_is_lost_comes_back(stack: Stack) -> None:
    for lost in ("scheduler", "worker-1", "api-server"):
        before = stack.kill(lost, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while stack.starts(lost) == 1 and time.monotonic() < deadline:
            time.sleep(0.1)
        stack.wait(lost)
        assert stack.pids[lost] != before
    stack.stop("postgres")
    time.sleep(15)
    stack.start("postgres")
    for name in stack.services:
        stack.wait(name)
    assert {task["state"] for task in run_smoke(stack, "after")} == {"success"}


def test_nothing_is_left_when_it_ends(tmp_path: Path) -> None:
    with running(tmp_path, services=["postgres"]) as small:
        (server,) = small.pids.values()
    assert not Path("/proc", str(server)).exists()


def recourse(stack: Stack, role: str, *words: str) -> str:
    """Run a command on the ledger of a stack in which only the databases stand; returns what it prints."""
    variable = "RECOURSE_OWNER_PASSWORD" if role == "recourse_owner" else "RECOURSE_APP_PASSWORD"
    password = stack.environment("databases")[variable]
    ledger = f"postgresql://{role}:{password}@127.0.0.1:{stack.port('postgres')}/recourse"
    said = stack.run("databases", "env", f"RECOURSE_LEDGER={ledger}", f"RECOURSE_KEY={'5' * 64}", "recourse", *words)
    assert said.returncode == 0, said.stderr
    return said.stdout


def test_a_backup_restored_on_a_new_host_is_sound(tmp_path: Path) -> None:
    """The commands of docs/operations.md, by PostgreSQL's own programs."""
    dump = str(tmp_path / "ledger.dump")
    with running(tmp_path / "old", services=["databases"]) as old:
        recourse(old, "recourse_owner", "init", "--app-role", "recourse_app")
        recourse(old, "recourse_app", "token", "enrol", "head-it", "--role", "ADM", "--os-user", "ops")
        old.run("postgres", "pg_dump", "-U", "postgres", "--format=custom", "-f", dump, "recourse").check_returncode()
    with running(tmp_path / "new", services=["databases"]) as new:
        new.run(
            "postgres", "pg_restore", "-U", "postgres", "--exit-on-error", "-d", "recourse", dump
        ).check_returncode()
        recourse(new, "recourse_owner", "init", "--app-role", "recourse_app")
        assert "the ledger is sound" in recourse(new, "recourse_app", "verify")
        assert "head-it" in recourse(new, "recourse_app", "token", "list")
