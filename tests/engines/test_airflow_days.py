"""Airflow for several days, against the real components on PostgreSQL: the same journal as the embedded runner's, and
gates answered by the right people, the wrong ones, too few, and at another door.

The tests of this file are one story and run in order.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from desk import inbox
from desk.open_desk import Desk
from recourse.actors import enrol
from recourse.ledger.database import reading, writing
from recourse.ledger.tables import gates
from recourse.verify import verify
from tests.engines.airflow_rest import PARKED_SECONDS, Rest, until
from tests.engines.airflow_side import (
    OUTSIDER,
    TWO_HATS,
    airflow_bank,
    answer_day,
    work_day,
)
from tests.engines.answers import play_embedded
from tests.engines.book import PARITY, embedded_bank
from tests.engines.journals import first_difference, journal
from tests.engines.proofs import undone, votes_of
from topology.stack import Stack

pytestmark = pytest.mark.airflow
BANK = PARITY
PLAYED, DAY_AFTER = BANK.days[:2], BANK.days[2]
Airflow = tuple[Stack, Rest, Desk]


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    with airflow_bank(tmp_path_factory.mktemp("airflow"), BANK) as found:
        yield found


def test_days_and_answers_give_the_embedded_runners_journal(airflow: Airflow, tmp_path: Path) -> None:
    stack, rest, desk = airflow
    said = 0
    for day in PLAYED:
        work_day(rest, day)
        said += answer_day(rest, desk, day)
    closed = stack.run("scheduler", "recourse", "close", "--on", PLAYED[-1].isoformat())
    assert closed.returncode == 0, closed.stderr
    assert said >= 10, "the days must bring gates"
    with embedded_bank(tmp_path / "embedded", BANK, stack.environment("scheduler")["RECOURSE_KEY"]) as beside:
        play_embedded(beside, PLAYED, tmp_path / "embedded" / "deliveries", compared=True)
        assert first_difference(journal(beside, tmp_path / "one"), journal(desk, tmp_path / "two")) == ""
    with reading(desk.engine) as connection:
        assert verify(connection).faults == []


@pytest.fixture(scope="module")
def day_after(airflow: Airflow) -> Airflow:
    """One more day is worked; somebody with several roles was enrolled before; every run that waited was lost."""
    _, rest, desk = airflow
    with writing(desk.engine) as connection:
        roles = ["BLG", "HLG", "BAP", "HAP", "BVP", "HVP", "SUP"]
        enrol(connection, TWO_HATS, roles, desk.pen(DAY_AFTER), airflow_user=TWO_HATS)
    for run in rest.runs("account_step", "running"):
        rest.ask("PATCH", f"/api/v2/dags/account_step/dagRuns/{run['dag_run_id']}", {"state": "failed"})
    work_day(rest, DAY_AFTER)
    rest.settled("account_step")
    time.sleep(PARKED_SECONDS)
    return airflow


def gate_of(seat: dict[str, Any]) -> str:
    return str(seat["body"].split("/gates/")[1].split(")")[0])


def by_gate(rest: Rest) -> dict[str, list[dict[str, Any]]]:
    """Seats that wait in account_step, by gate."""
    found: dict[str, list[dict[str, Any]]] = {}
    for seat in rest.waiting():
        if seat["task_instance"]["dag_id"] == "account_step":
            found.setdefault(gate_of(seat), []).append(seat)
    return found


def reconciled(rest: Rest, name: str) -> None:
    assert rest.trigger("reconcile", name) == 200
    assert rest.finished("reconcile", name) == "success"


def asked_again(rest: Rest, gate_id: str) -> dict[str, Any]:
    """The one seat of a gate that a new run asks, once the scheduler has come to it."""
    until(lambda: gate_id in by_gate(rest), 180, f"gate {gate_id} is not asked again")
    (seat,) = by_gate(rest)[gate_id]
    return seat


def test_runs_that_were_lost_are_opened_again(day_after: Airflow) -> None:
    """Every open gate has one run that asks it, under the next number."""
    _, rest, desk = day_after
    with reading(desk.engine) as connection:
        waiting = connection.execute(
            select(gates.c.gate_id).where(gates.c.status == "open", gates.c.node != "write_off")
        )
        wanted = set(waiting.scalars())
    assert set(by_gate(rest)) == wanted
    numbers = {int(run["dag_run_id"].rpartition("--")[2]) for run in rest.runs("account_step", "running")}
    assert max(numbers) > 1, "runs that were lost are numbered on"


def test_who_has_no_seat_is_refused_by_airflow(day_after: Airflow) -> None:
    _, rest, desk = day_after
    gate_id, seats = next(iter(by_gate(rest).items()))
    assigned = {user["id"] for user in seats[0]["assigned_users"]}
    before = votes_of(desk, gate_id)
    for user in (OUTSIDER, "fin-01", "admin"):
        assert user not in assigned
        assert rest.say(seats[0], user, "Approve", "let me") == 403
    assert votes_of(desk, gate_id) == before
    assert rest.say(seats[0], sorted(assigned)[0], "Nonsense", "x") == 400


def test_the_console_inside_airflow_is_for_users_who_are_enrolled(day_after: Airflow) -> None:
    """Nobody 401, Airflow's user whom the ledger does not know 403; from a run a link leads to its case."""
    stack, rest, _ = day_after
    assert httpx.get(f"{stack.url}/recourse/", timeout=30).status_code == 401
    for stranger in (OUTSIDER, "admin"):
        assert rest.ask("GET", "/recourse/", user=stranger).status_code == 403
    for page in ("/recourse/", "/recourse/gates"):
        shown = rest.ask("GET", page, user="blg-01")
        assert shown.status_code == 200
        assert "blg-01" in shown.text
    gate_id, seats = next(iter(by_gate(rest).items()))
    run = seats[0]["task_instance"]["dag_run_id"]
    case = rest.ask("GET", f"/recourse/runs/{run}", user="blg-01")
    assert case.status_code == 303
    led_to = rest.ask("GET", case.headers["location"], user="blg-01")
    assert led_to.status_code == 200
    assert run.split("--")[0] in led_to.text or gate_id in led_to.text


def test_no_other_site_writes_through_airflows_session(day_after: Airflow) -> None:
    """With a user's own session: from elsewhere, or from here without the form's token, nothing is written."""
    stack, rest, desk = day_after
    gate_id, seats = next(iter(by_gate(rest).items()))
    who = seats[0]["assigned_users"][0]["id"]
    before = votes_of(desk, gate_id)
    for origin in ("https://elsewhere.test", stack.url):
        headers = {**rest.bearer(who), "Origin": origin}
        form = {"verdict": "approve", "reason": "not mine"}
        said = httpx.post(f"{stack.url}/recourse/gates/{gate_id}/answer", data=form, headers=headers, timeout=30)
        assert said.status_code == 403, said.text
    assert votes_of(desk, gate_id) == before


def test_a_quorum_of_two_needs_two_people(day_after: Airflow) -> None:
    """One person with both roles is let in twice by Airflow; the ledger counts one vote, and the other seat is asked anew
    of somebody else."""
    _, rest, desk = day_after
    gate_id, (one, two) = next(
        (gate_id, seats)
        for gate_id, seats in sorted(by_gate(rest).items())
        if len(seats) == 2 and all(TWO_HATS in {user["id"] for user in seat["assigned_users"]} for seat in seats)
    )
    for seat in (one, two):
        assert rest.say(seat, TWO_HATS, "Approve", "both my hats agree") == 200
        rest.settled("account_step")
    assert votes_of(desk, gate_id) == [TWO_HATS]
    assert inbox.view(desk, gate_id).status == "open"
    reconciled(rest, "after-two-hats")
    rest.settled("account_step")
    again = asked_again(rest, gate_id)
    assert again["task_instance"]["dag_run_id"] != one["task_instance"]["dag_run_id"]
    others = sorted(user["id"] for user in again["assigned_users"])
    assert TWO_HATS not in others
    time.sleep(PARKED_SECONDS)
    assert rest.say(again, others[0], "Approve", "I looked as well") == 200
    run = again["task_instance"]["dag_run_id"]
    assert rest.finished("account_step", run) == "success"
    assert inbox.view(desk, gate_id).status == "approved"
    assert undone(desk, gate_id, DAY_AFTER) == set()
    assert rest.tasks("account_step", run)[f"{inbox.view(desk, gate_id).node}.act", -1] == "success"


def test_an_answer_without_a_reason_does_not_count_and_is_asked_again(day_after: Airflow) -> None:
    _, rest, desk = day_after
    gate_id, (seat,) = next((gate, seats) for gate, seats in sorted(by_gate(rest).items()) if len(seats) == 1)
    who = seat["assigned_users"][0]["id"]
    assert rest.say(seat, who, "Approve", "  ") == 200
    assert rest.finished("account_step", seat["task_instance"]["dag_run_id"]) == "success"
    assert votes_of(desk, gate_id) == []
    reconciled(rest, "after-no-reason")
    rest.settled("account_step")
    again = asked_again(rest, gate_id)
    assert again["task_instance"]["dag_run_id"] != seat["task_instance"]["dag_run_id"]


def test_a_gate_answered_in_the_command_line_ends_the_run_that_asks(day_after: Airflow) -> None:
    stack, rest, desk = day_after
    gate_id, seats = next((gate, seats) for gate, seats in sorted(by_gate(rest).items()) if len(seats) == 1)
    who, run = seats[0]["assigned_users"][0]["id"], seats[0]["task_instance"]["dag_run_id"]
    said = stack.run("scheduler", "recourse", "gates", "approve", gate_id, "--reason", "seen on paper", "--as", who)
    assert said.returncode == 0, said.stderr
    reconciled(rest, "after-command-line")
    until(lambda: rest.state("account_step", run) == "success", 60, "the run that asked has ended")
    noted = rest.get(f"/api/v2/dags/account_step/dagRuns/{run}")["note"]
    assert noted == "answered: the gate is approved"
    assert undone(desk, gate_id, DAY_AFTER) == set(), "what was approved is done by the comparison"
    before = votes_of(desk, gate_id)
    assert rest.say(seats[0], who, "Reject", "too late") in (200, 404, 409), "the form of an ended run leads nowhere"
    rest.settled("account_step")
    assert votes_of(desk, gate_id) == before
    assert inbox.view(desk, gate_id).status == "approved"
