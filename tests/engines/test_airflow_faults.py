"""Components killed and the database lost in mid-day, on Celery with two workers: nothing is lost, and by the receivers'
own logs (the mail sink's mailbox, the folders of the spool) nothing is sent twice."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from desk.open_desk import Desk
from tests.engines.airflow_rest import Rest, until
from tests.engines.airflow_side import airflow_bank, run_id
from tests.engines.answers import answer, script
from tests.engines.book import Bank
from tests.engines.proofs import nothing_is_lost, receipted_twice, released, sent_twice
from topology.stack import Stack

pytestmark = pytest.mark.airflow
BANK = Bank(accounts=1200, lived=20, days=4)
Airflow = tuple[Stack, Rest, Desk]
OUTAGE_SECONDS = 15


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    with airflow_bank(tmp_path_factory.mktemp("faults"), BANK, "CeleryExecutor", mail=True) as found:
        yield found


def begin(rest: Rest, day: int) -> str:
    """Start a day's run; returns its id."""
    on = BANK.days[day]
    assert rest.trigger("portfolio_day", run_id(on), {"on": on.isoformat()}) == 200
    return run_id(on)


def works_at(rest: Rest, run: str, task: str) -> Callable[[], bool]:
    return lambda: any(
        name == task and state in ("running", "queued") for (name, _), state in rest.tasks("portfolio_day", run).items()
    )


def test_the_scheduler_is_killed_in_mid_day(airflow: Airflow) -> None:
    stack, rest, desk = airflow
    run, before = begin(rest, 0), stack.starts("scheduler")
    until(works_at(rest, run, "sweep"), 90, "the sweep begins")
    stack.kill("scheduler", signal.SIGKILL)
    until(lambda: stack.starts("scheduler") > before, 60, "the scheduler starts again")
    assert rest.finished("portfolio_day", run, 300) == "success"
    nothing_is_lost(desk, BANK.days[0])
    assert sent_twice(stack, "scheduler") == []


def test_the_worker_that_dispatches_is_killed(airflow: Airflow) -> None:
    """Both workers are killed, one of which is in the middle of its acts: another process takes up what it left.
    What the gates of the day before approved is among them: letters."""
    stack, rest, desk = airflow
    while lines := script(desk):
        for line in lines:
            answer(desk, line)
    run = begin(rest, 1)
    until(works_at(rest, run, "dispatch"), 120, "the dispatch begins")
    until(lambda: bool(released(desk)) or not works_at(rest, run, "dispatch")(), 60, "acts are claimed")
    for worker in ("worker-1", "worker-2"):
        stack.kill(worker, signal.SIGKILL)
    assert rest.finished("portfolio_day", run, 420) == "success"
    nothing_is_lost(desk, BANK.days[1])
    assert sent_twice(stack, "scheduler") == []


def test_the_api_server_is_killed_in_mid_day(airflow: Airflow) -> None:
    stack, rest, desk = airflow
    run = begin(rest, 2)
    until(works_at(rest, run, "grade"), 90, "the day has begun")
    stack.kill("api-server", signal.SIGKILL)
    assert rest.finished("portfolio_day", run, 420) == "success"
    nothing_is_lost(desk, BANK.days[2])
    assert sent_twice(stack, "scheduler") == []


def test_the_database_is_away_in_mid_day(airflow: Airflow) -> None:
    stack, rest, desk = airflow
    run = begin(rest, 3)
    until(works_at(rest, run, "sweep"), 120, "the sweep begins")
    stack.stop("postgres")
    time.sleep(OUTAGE_SECONDS)
    stack.start("postgres")
    for service in ("scheduler", "dag-processor", "triggerer", "api-server"):
        stack.wait(service)
    assert rest.finished("portfolio_day", run, 420) == "success"
    desk.engine.dispose()
    nothing_is_lost(desk, BANK.days[3])
    assert sent_twice(stack, "scheduler") == []


def test_every_act_has_one_receipt(airflow: Airflow) -> None:
    _, _, desk = airflow
    assert receipted_twice(desk, BANK.days[0]) == []
