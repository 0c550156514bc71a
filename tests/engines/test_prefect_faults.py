"""Processes killed while a run is suspended, while it acts, and in mid-day: nothing is lost, and by the receivers' own logs
(the mail sink's mailbox, the folders of the spool) nothing is sent twice."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

pytest.importorskip("prefect", reason="the engines' packages are not installed")

from sqlalchemy import func, select

from desk import inbox, steps
from desk.open_desk import Desk
from flows.reconciling import STARTING
from recourse.ledger.database import reading
from recourse.ledger.tables import intents
from tests.engines.answers import REASON, answer, script
from tests.engines.book import Bank
from tests.engines.prefect_rest import Prefect, RunRow, until
from tests.engines.prefect_side import code_for, compare, fill_in, prefect_bank, work_day
from tests.engines.proofs import nothing_is_lost, receipted_twice, released, sent_twice
from topology.stack import Stack

pytestmark = pytest.mark.prefect
BANK = Bank(accounts=1200, lived=20, days=4)
OnPrefect = tuple[Stack, Prefect, Desk]


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnPrefect]:
    with prefect_bank(tmp_path_factory.mktemp("prefect-faults"), BANK, mail=True) as found:
        yield found


def kill_all_of(stack: Stack, service: str) -> None:
    """Kill a service's first process and all that it started, as the end of its host does."""
    leader = psutil.Process(stack.pids[service])
    started = leader.children(recursive=True)
    before = stack.starts(service)
    stack.kill(service, signal.SIGKILL)
    for process in started:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    until(lambda: stack.starts(service) > before, 60, f"{service} starts again")
    stack.wait(service)


def test_the_worker_is_killed_while_a_run_is_suspended(prefect: OnPrefect) -> None:
    """A suspended run needs no worker: it is answered while there is none, and goes on when there is one."""
    stack, rest, desk = prefect
    work_day(rest, BANK.days[0])
    rest.settled()
    line = script(desk)[0]
    stack.kill("prefect-worker", signal.SIGKILL)
    stack.stop("prefect-worker")
    fill_in(rest, desk, line)
    assert inbox.view(desk, line.gate_id).status == "open", "nobody has heard it yet"
    stack.start("prefect-worker")
    rest.settled()
    assert line.actor in {vote.voter for vote in inbox.view(desk, line.gate_id).votes}


def test_the_server_is_killed_while_runs_are_suspended(prefect: OnPrefect) -> None:
    stack, rest, desk = prefect
    before = rest.suspended().keys()
    stack.kill("prefect-server", signal.SIGKILL)
    until(lambda: stack.starts("prefect-server") == 2, 60, "the server starts again")
    stack.wait("prefect-server")
    assert rest.suspended().keys() == before
    line = next(line for line in script(desk) if line.gate_id in before)
    fill_in(rest, desk, line)
    rest.settled()
    assert line.actor in {vote.voter for vote in inbox.view(desk, line.gate_id).votes}


def test_the_worker_and_its_processes_are_killed_while_one_acts(prefect: OnPrefect) -> None:
    """The act stands between claim and receipt. The comparison does what is left, once, and says that the run crashed."""
    stack, rest, desk = prefect
    caught = next(filter(None, (_caught_in_the_act(stack, rest, desk, step) for step in _alone(desk))), None)
    assert caught is not None, "an act must be met between its claim and its receipt"
    run, gate_id = caught
    assert rest.run(run["id"])["state_type"] == "RUNNING", "Prefect does not know that it is dead"
    time.sleep(STARTING.total_seconds())
    compare(rest)
    assert released(desk) == []
    assert rest.run(run["id"])["state_type"] == "CRASHED"
    assert "gate:approved" in rest.run(run["id"])["tags"]
    assert _receipts(desk, gate_id) >= 1
    assert sent_twice(stack, "prefect-worker") == []


def _alone(desk: Desk) -> list[steps.Step]:
    """Open gates that one more yes approves, whose act prints a letter."""
    prints = ("formal_notice", "acceleration", "agency_referral")
    return [
        step for step in steps.open_steps(desk, nodes=prints) if len(inbox.view(desk, step.gate_id).waiting_for) == 1
    ]


def _caught_in_the_act(stack: Stack, rest: Prefect, desk: Desk, step: steps.Step) -> tuple[RunRow, str] | None:
    run = rest.suspended()[step.gate_id]
    who = next(iter(inbox.sitters(desk, step.gate_id).values()))[0]
    assert rest.resume(run, code=code_for(desk, step.gate_id, who), verdict="approve", reason=REASON) == "ACCEPT"
    deadline = time.monotonic() + 90
    while inbox.view(desk, step.gate_id).status == "open" or _queued(desk, step.gate_id):
        if step.gate_id in released(desk):
            kill_all_of(stack, "prefect-worker")
            return (run, step.gate_id) if step.gate_id in released(desk) else None
        assert time.monotonic() < deadline, "the answer is heard"
    rest.settled()
    return None


def _queued(desk: Desk, gate_id: str) -> bool:
    stand = steps.standing(desk, [gate_id])[gate_id]
    return stand.status == "approved" and stand.queued


def _receipts(desk: Desk, gate_id: str) -> int:
    with reading(desk.engine) as connection:
        done = select(func.count()).where(intents.c.gate_id == gate_id, intents.c.state.in_(["done", "unknown"]))
        return connection.execute(done).scalar() or 0


def test_everything_is_killed_in_mid_day(prefect: OnPrefect) -> None:
    """The day's run stays *running* with nobody behind it. The comparison starts it again, and it works what is left."""
    stack, rest, desk = prefect
    while lines := script(desk):
        for line in lines:
            answer(desk, line)
    compare(rest)
    run = rest.trigger("portfolio_day", on=BANK.days[1].isoformat())
    until(_works_at(rest, run, "分级与决定 grade and decide"), 120, "the sweep begins")
    kill_all_of(stack, "prefect-worker")
    assert rest.run(run)["state_type"] == "RUNNING"
    time.sleep(STARTING.total_seconds())
    compare(rest)
    ended = rest.finished(run)
    assert ended["state_name"] == "DayWorked", ended["state"]["message"]
    nothing_is_lost(desk, BANK.days[1])
    assert sent_twice(stack, "prefect-worker") == []


def test_the_database_is_away_in_mid_day(prefect: OnPrefect) -> None:
    """Ledger and Prefect's own database: server and worker come back by themselves, and the day is worked to its end."""
    stack, rest, desk = prefect
    run = rest.trigger("portfolio_day", on=BANK.days[2].isoformat())
    until(_works_at(rest, run, "入账 intake"), 120, "the day begins")
    stack.stop("postgres")
    time.sleep(15)
    stack.start("postgres")
    for service in ("prefect-server", "prefect-worker"):
        stack.wait(service)
    deadline = time.monotonic() + 420
    while rest.run(run)["state_name"] != "DayWorked":
        assert time.monotonic() < deadline, rest.run(run)["state"]
        time.sleep(20)
        compare(rest)
        if rest.run(run)["state_type"] in ("FAILED", "CRASHED"):
            rest.ask("POST", f"/flow_runs/{run}/set_state", {"state": {"type": "SCHEDULED"}, "force": True})
    desk.engine.dispose()
    nothing_is_lost(desk, BANK.days[2])
    assert sent_twice(stack, "prefect-worker") == []


def _works_at(rest: Prefect, run: str, task: str) -> Callable[[], bool]:
    return lambda: rest.has_begun(run, task)


def test_the_worker_alone_is_killed_in_mid_day(prefect: OnPrefect) -> None:
    """What it started cannot outlive it for long, for it reads their output: the day is begun again."""
    stack, rest, desk = prefect
    run = rest.trigger("portfolio_day", on=BANK.days[3].isoformat())
    until(_works_at(rest, run, "入账 intake"), 120, "the day begins")
    before = stack.starts("prefect-worker")
    stack.kill("prefect-worker", signal.SIGKILL)
    until(lambda: stack.starts("prefect-worker") > before, 60, "the worker starts again")
    time.sleep(STARTING.total_seconds())
    compare(rest)
    ended = rest.finished(run)
    assert ended["state_name"] == "DayWorked", ended["state"]["message"]
    nothing_is_lost(desk, BANK.days[3])
    assert sent_twice(stack, "prefect-worker") == []


def test_every_act_has_one_receipt(prefect: OnPrefect) -> None:
    _, _, desk = prefect
    assert receipted_twice(desk, BANK.days[0]) == []
