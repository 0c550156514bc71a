"""Airflow's side of a play: a stack on a prepared ledger, its days, and the scripted answers given as its users."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from desk.open_desk import Desk, open_desk
from desk.settings import read
from tests.engines.airflow_rest import PARKED_SECONDS, Rest, until
from tests.engines.answers import REASON, Line, script
from tests.engines.book import STAFF, Bank
from topology.stack import Auth, Executor, Stack, running

FOUND_DEAD_SOON = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "5",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "120",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
}
"""A task whose worker is gone is found after half a minute, one that no worker took up after two minutes; a bank waits for five
and ten."""
OUTSIDER, TWO_HATS = "outsider", "two-hats"
"""Users of Airflow whom the bank settled without: one whom the ledger never knows, one for whom a test finds roles."""
MONTHLY = ("write_off",)
OPTIONS = {"approve": "Approve", "reject": "Reject", "return": "Return"}


@contextmanager
def airflow_bank(
    folder: Path, bank: Bank, executor: Executor = "LocalExecutor", *, mail: bool = False, auth: Auth = "simple"
) -> Iterator[tuple[Stack, Rest, Desk]]:
    """A stack whose ledger holds the bank on the morning of its first day to come."""
    users = [("admin", "admin"), *((name, "user") for name in (OUTSIDER, TWO_HATS, *STAFF))]
    settings = {
        "RECOURSE_MODE": "demo",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        **FOUND_DEAD_SOON,
        **({} if mail else {"RECOURSE_SMTP": ""}),
    }
    needed = ("api-server", "scheduler", "dag-processor", "triggerer")
    services = None if mail or executor == "CeleryExecutor" else needed
    with running(folder, executor, settings, services, auth=auth, users=users) as stack:
        environment = stack.environment("scheduler")
        desk = open_desk(read(environment))
        rest = Rest(stack)
        try:
            rest.pause("reconcile", paused=True)  # while days are played beside Airflow, nothing of theirs is taken up
            bank.settle(desk, folder)
            rest.pause("reconcile", paused=False)
            yield stack, rest, desk
        finally:
            desk.engine.dispose()


def run_id(day: date) -> str:
    return f"day-{day}"


def work_day(rest: Rest, day: date) -> None:
    """The day's batch work, to its end. The comparison of every few minutes rests meanwhile: what was approved before would
    be taken up before the day's own decisions, or after them, as its minutes fall."""
    rest.pause("reconcile", paused=True)
    assert rest.trigger("portfolio_day", run_id(day), {"on": day.isoformat()}) == 200
    assert rest.finished("portfolio_day", run_id(day)) == "success", rest.tasks("portfolio_day", run_id(day))
    rest.pause("reconcile", paused=False)


def answer_day(rest: Rest, desk: Desk, day: date) -> int:
    """All that the script says on a day, round by round, in Required Actions; returns how many answers."""
    if any(line for line in script(desk) if _node(desk, line) in MONTHLY):
        assert rest.trigger("write_off_month", f"month-{day}") == 200
    said = 0
    while True:
        lines = script(desk)
        if not lines:
            return said
        seats = _seats(rest, lines)
        time.sleep(PARKED_SECONDS if said == 0 else 0)
        for line in lines:
            option = OPTIONS[line.verdict] + (f": {line.choice}" if line.choice else "")
            assert rest.say(seats[line.gate_id, line.seat], line.actor, option, REASON) == 200
            said += 1
        for dag in ("account_step", "write_off_month"):
            rest.settled(dag)
        compare(rest, f"compare-{day}-{said}")


def compare(rest: Rest, run: str) -> None:
    """One comparison of ledger and engine beside those of every few minutes, and what it opened or took up."""
    assert rest.trigger("reconcile", run) == 200
    assert rest.finished("reconcile", run) == "success", rest.tasks("reconcile", run)
    rest.settled("account_step")


def _seats(rest: Rest, lines: list[Line]) -> dict[tuple[str, str], dict[str, Any]]:
    """(gate, seat) → the human task that asks it; waits until all are asked."""
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def all_asked() -> bool:
        found.clear()
        for seat in rest.waiting():
            gate_id = next(part for part in seat["body"].split("/gates/")[1].split(")"))
            found[gate_id, seat["subject"].rpartition("席位 ")[2]] = seat
        return all((line.gate_id, line.seat.removeprefix("then:")) in found for line in lines)

    until(all_asked, 240, "not every seat was asked")
    return {(line.gate_id, line.seat): found[line.gate_id, line.seat.removeprefix("then:")] for line in lines}


def _node(desk: Desk, line: Line) -> str:
    from desk import inbox

    return inbox.view(desk, line.gate_id).node
