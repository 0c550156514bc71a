"""The month's write-off lists on Airflow with FAB's sign-in, where a person's id is a number: the committee answers seat by
seat, the final approver last, and the packets lie in the day's folder."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from desk.open_desk import Desk
from recourse.ledger.database import reading
from recourse.ledger.tables import gates, write_offs
from recourse.verify import verify
from tests.engines.airflow_rest import PARKED_SECONDS, Rest, until
from tests.engines.airflow_side import OUTSIDER, airflow_bank, work_day
from tests.engines.book import STAFF, Bank
from topology.stack import Stack

pytestmark = pytest.mark.airflow
BANK = Bank(accounts=300, lived=202, days=1)
"""A life long enough for a debt that meets a criterion for write-off, whose papers are all there on the last evening: its
packet is bound and its list opened on the day to come."""
DAG, RUN = "write_off_month", "month"
ADD_USERS = """
import json, sys
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
with get_application_builder() as builder:
    role = builder.sm.find_role("GateApprover")
    for name, password in json.load(open(sys.argv[1])).items():
        assert builder.sm.add_user(name, name, "of the bank", name + "@bank.example", role, password=password)
"""
Airflow = tuple[Stack, Rest, Desk]


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    with airflow_bank(tmp_path_factory.mktemp("fab"), BANK, auth="fab") as found:
        stack, rest, _ = found
        add_users(stack, [*STAFF, OUTSIDER])
        work_day(rest, BANK.days[0])
        assert rest.trigger(DAG, RUN) == 200
        until(lambda: bool(seats(rest)), 90, "the lists' seats are asked")
        rest.settled(DAG)
        yield found


def add_users(stack: Stack, names: list[str]) -> None:
    """Users with the role that lets people answer gates, and nothing else."""
    made = {name: secrets.token_urlsafe(12) for name in names}
    file = stack.folder / "users.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(made))
    said = stack.run("scheduler", "python", "-c", ADD_USERS, str(file))
    assert said.returncode == 0, said.stderr[-2000:]
    stack.passwords.update(made)


def seats(rest: Rest) -> list[dict[str, Any]]:
    return [seat for seat in rest.waiting() if seat["task_instance"]["dag_id"] == DAG]


def instructed(desk: Desk) -> int:
    """Debts whose writing off the general ledger was asked for on the day; its receipt comes later."""
    query = select(write_offs.c.instruction_id).where(write_offs.c.instructed_on == BANK.days[0])
    with reading(desk.engine) as connection:
        return len(connection.execute(query).all())


def test_a_seat_is_for_numbered_users_and_refuses_others(airflow: Airflow) -> None:
    _, rest, _ = airflow
    seat = seats(rest)[0]
    assert seat["assigned_users"], "the committee is known to Airflow"
    assert all(user["id"].isdigit() and user["name"] in STAFF for user in seat["assigned_users"])
    assert rest.say(seat, OUTSIDER, "Approve", "let me") == 403
    assert rest.say(seat, "admin", "Approve", "I run this server") == 403


def test_the_committee_agrees_and_the_packets_are_made(airflow: Airflow) -> None:
    stack, rest, desk = airflow
    time.sleep(PARKED_SECONDS)
    rounds, said = 0, set()
    while asked := seats(rest):
        rounds += 1
        for seat in asked:
            voters = sorted(user["name"] for user in seat["assigned_users"])
            gate = seat["body"].split("/gates/")[1].split(")")[0]
            voter = next(name for name in voters if (gate, name) not in said)
            said.add((gate, voter))
            assert rest.say(seat, voter, "Approve", "the file bears it") == 200
        rest.settled(DAG)
        if rest.state(DAG, RUN) != "running":
            break
    assert rounds == 2, "the final approver is asked when the committee has agreed"
    assert rest.finished(DAG, RUN) == "success", rest.tasks(DAG, RUN)
    with reading(desk.engine) as connection:
        states = set(connection.execute(select(gates.c.status).where(gates.c.node == "write_off")).scalars())
        assert verify(connection).faults == []
    assert "open" not in states
    packets = sorted((Path(stack.environment("scheduler")["RECOURSE_HOME"]) / "packets").rglob("*.pdf"))
    assert len(packets) == instructed(desk) > 0
    assert all(len(pypdf.PdfReader(packet).pages) > 3 for packet in packets)
