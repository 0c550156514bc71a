"""Programs are kept running, and nothing of them outlives who started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from recourse.errors import UserError
from topology.native import CHECKOUT, Program
from topology.processes import Supervisor

pytestmark = pytest.mark.slow
PARENT = "import subprocess, time; subprocess.Popen(['sleep', '600']); print('up', flush=True); time.sleep(600)"
"""A program with a child of its own."""


def program(name: str, code: str, *, restarts: bool = True) -> Program:
    return Program(name, (sys.executable, "-c", code), dict(os.environ), restarts=restarts)


def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path)
    yield made
    made.close([["it"]], 5.0)


def started(supervisor: Supervisor, code: str, *, restarts: bool = True) -> None:
    supervisor.add(program("it", code, restarts=restarts))
    supervisor.start("it")


def family(supervisor: Supervisor) -> list[psutil.Process]:
    """The leader and its child, once both are up."""
    until(lambda: "up" in supervisor.log("it").read_text())
    leader = psutil.Process(supervisor.pid("it"))
    return [leader, *leader.children()]


def test_a_killed_program_starts_again_and_its_children_are_gone(supervisor: Supervisor) -> None:
    started(supervisor, PARENT)
    leader, child = family(supervisor)
    assert supervisor.send("it", signal.SIGKILL) == leader.pid
    until(lambda: supervisor.starts("it") == 2)
    assert supervisor.pid("it") not in (None, leader.pid)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_stopped_program_stays_down_until_it_is_started(supervisor: Supervisor) -> None:
    started(supervisor, PARENT)
    family(supervisor)
    supervisor.stop(["it"], 5.0)
    time.sleep(1.0)
    assert (supervisor.pid("it"), supervisor.starts("it")) == (None, 1)
    with pytest.raises(UserError, match="not running"):
        supervisor.send("it", signal.SIGTERM)
    supervisor.start("it")
    assert supervisor.starts("it") == 2


def test_what_does_not_end_is_killed(supervisor: Supervisor) -> None:
    started(supervisor, f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PARENT}")
    processes = family(supervisor)
    supervisor.stop(["it"], 0.3)
    until(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes))


def test_a_program_that_keeps_ending_is_not_hammered(supervisor: Supervisor) -> None:
    started(supervisor, "raise SystemExit(1)")
    until(lambda: supervisor.starts("it") == 3)
    time.sleep(1.0)
    assert supervisor.starts("it") == 3, "the third pause is two seconds"


def test_one_shot_runs_once_and_tells_its_code(supervisor: Supervisor) -> None:
    started(supervisor, "raise SystemExit(3)", restarts=False)
    until(lambda: supervisor.code("it") == 3)
    time.sleep(1.0)
    assert supervisor.starts("it") == 1


def test_nothing_outlives_an_owner_that_was_killed(tmp_path: Path) -> None:
    owner = f"""
import os, sys, time
from pathlib import Path
from topology.native import Program
from topology.processes import Supervisor
supervisor = Supervisor(Path({str(tmp_path)!r}))
supervisor.add(Program("it", (sys.executable, "-c", {PARENT!r}), dict(os.environ)))
supervisor.start("it")
while "up" not in supervisor.log("it").read_text():
    time.sleep(0.02)
print(supervisor.pid("it"), flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", owner], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        leader = psutil.Process(int(process.stdout.readline()))
        left = [leader, *leader.children()]
        assert len(left) == 2
        process.kill()
    until(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in left))
