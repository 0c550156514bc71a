"""Prefect's side of a play: a stack on a prepared ledger, its days, and the scripted answers given on its forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from desk import forms
from desk.open_desk import Desk, open_desk
from desk.settings import read
from recourse.actors import Actor
from recourse.simulate.staff import roles_of
from tests.engines.answers import REASON, Line, script
from tests.engines.book import Bank
from tests.engines.prefect_rest import Prefect, RunRow, until
from topology.stack import Stack, running


@contextmanager
def prefect_bank(folder: Path, bank: Bank, *, mail: bool = False) -> Iterator[tuple[Stack, Prefect, Desk]]:
    """A server and a worker whose ledger holds the bank on the morning of its first day to come. No schedule runs."""
    settings = {
        "RECOURSE_MODE": "demo",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        **({} if mail else {"RECOURSE_SMTP": ""}),
    }
    services = None if mail else ("prefect-worker",)
    with running(folder, environment=settings, services=services, engine="prefect") as stack:
        desk = open_desk(read(stack.environment("prefect-worker")))
        prefect = Prefect(stack)
        prefect.quiet()
        try:
            bank.settle(desk, folder)
            yield stack, prefect, desk
        finally:
            desk.engine.dispose()
            prefect.close()


def work_day(prefect: Prefect, day: date) -> None:
    """The day's batch work, to its end."""
    run = prefect.finished(prefect.trigger("portfolio_day", on=day.isoformat()))
    assert run["state_type"] == "COMPLETED", run["state"]["message"]


def code_for(desk: Desk, gate_id: str, who: str) -> str:
    """A one-time code for somebody, as the command line and the console give it."""
    return forms.code(desk, gate_id, Actor(who, roles_of()[who], "scripted")).code


def fill_in(prefect: Prefect, desk: Desk, line: Line) -> None:
    """Say a line of the script on the form of the run that asks for it."""
    run = prefect.suspended()[line.gate_id]
    strike_or_choice = {"choice": line.choice} if line.choice else {}
    code = code_for(desk, line.gate_id, line.actor)
    assert prefect.resume(run, code=code, verdict=line.verdict, reason=REASON, **strike_or_choice) == "ACCEPT"


def answer_day(prefect: Prefect, desk: Desk) -> int:
    """All that the script says on a day, round by round, on Prefect's forms; returns how many answers."""
    said = 0
    while lines := script(desk):
        wanted = {line.gate_id for line in lines}
        until(lambda wanted=wanted: wanted <= prefect.suspended().keys(), 400, "every gate is asked")  # type: ignore[misc]
        for line in lines:
            fill_in(prefect, desk, line)
            said += 1
        prefect.settled()
        compare(prefect)
    return said


def compare(prefect: Prefect) -> RunRow:
    """One comparison of ledger and engine, and what it opened; returns the flow run that made it."""
    run = prefect.finished(prefect.trigger("reconcile"))
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    prefect.settled()
    return run
