"""Components killed and the database lost in mid-day, on Celery with two workers: nothing is lost, and by the receivers'
own logs (the mail sink's mailbox, the folders of the spool) nothing is sent twice."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import func, select

from desk.open_desk import Desk
from recourse import events as ev
from recourse.events import open_envelope
from recourse.ledger.database import reading
from recourse.ledger.tables import cases, events, intents
from recourse.verify import verify
from tests.engines.airflow_rest import Rest, until
from tests.engines.airflow_side import airflow_bank, run_id
from tests.engines.answers import answer, script
from tests.engines.book import Bank
from topology.stack import Stack

pytestmark = pytest.mark.airflow
BANK = Bank(accounts=2000, lived=20, days=4)
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


def sent_twice(stack: Stack) -> list[str]:
    """Messages that a receiver holds more than once."""
    mails = [message_from_bytes(path.read_bytes())["Message-ID"] for path in stack.mail.rglob("*") if path.is_file()]
    outbox = Path(stack.environment("scheduler")["RECOURSE_HOME"]) / "outbox"
    files = [path for path in outbox.rglob("*.json") if ".staging" not in path.parts]
    keys = [json.loads(path.read_text())["key"] for path in files]
    counted = Counter([*mails, *keys])
    assert counted, "the days must send something"
    return [key for key, times in counted.items() if times > 1]


def nothing_is_lost(desk: Desk, day: int) -> None:
    """Every due case was decided, no act stands between claim and receipt, and the ledger is sound."""
    with reading(desk.engine) as connection:
        due = select(func.count()).select_from(cases)
        late = due.where(cases.c.closed_on.is_(None), cases.c.wake_on <= BANK.days[day])
        assert connection.execute(late).scalar() == 0
    assert _released(desk) == 0
    with reading(desk.engine) as connection:
        assert verify(connection).faults == []


def test_the_scheduler_is_killed_in_mid_day(airflow: Airflow) -> None:
    stack, rest, desk = airflow
    run, before = begin(rest, 0), stack.starts("scheduler")
    until(works_at(rest, run, "sweep"), 90, "the sweep begins")
    stack.kill("scheduler", signal.SIGKILL)
    until(lambda: stack.starts("scheduler") > before, 60, "the scheduler starts again")
    assert rest.finished("portfolio_day", run, 300) == "success"
    nothing_is_lost(desk, 0)
    assert sent_twice(stack) == []


def test_the_worker_that_dispatches_is_killed(airflow: Airflow) -> None:
    """Both workers are killed, one of which is in the middle of its acts: another process takes up what it left.
    What the gates of the day before approved is among them: letters."""
    stack, rest, desk = airflow
    while lines := script(desk):
        for line in lines:
            answer(desk, line)
    run = begin(rest, 1)
    until(works_at(rest, run, "dispatch"), 120, "the dispatch begins")
    until(lambda: _released(desk) > 0 or not works_at(rest, run, "dispatch")(), 60, "acts are claimed")
    for worker in ("worker-1", "worker-2"):
        stack.kill(worker, signal.SIGKILL)
    assert rest.finished("portfolio_day", run, 420) == "success"
    nothing_is_lost(desk, 1)
    assert sent_twice(stack) == []


def _released(desk: Desk) -> int:
    query = select(func.count()).select_from(intents).where(intents.c.state == "released")
    with reading(desk.engine) as connection:
        return connection.execute(query).scalar() or 0


def test_the_api_server_is_killed_in_mid_day(airflow: Airflow) -> None:
    stack, rest, desk = airflow
    run = begin(rest, 2)
    until(works_at(rest, run, "grade"), 90, "the day has begun")
    stack.kill("api-server", signal.SIGKILL)
    assert rest.finished("portfolio_day", run, 420) == "success"
    nothing_is_lost(desk, 2)
    assert sent_twice(stack) == []


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
    nothing_is_lost(desk, 3)
    assert sent_twice(stack) == []


def test_every_act_has_one_receipt(airflow: Airflow) -> None:
    """An act that a second process took up is still one act: its letters stand in the file once."""
    _, _, desk = airflow
    query = select(events.c.text).where(events.c.type == ev.ActCompleted.TYPE, events.c.known_on >= BANK.days[0])
    with reading(desk.engine) as connection:
        receipts = [open_envelope(text)[1] for text in connection.execute(query).scalars()]
    keys = Counter(receipt.key for receipt in receipts if isinstance(receipt, ev.ActCompleted))
    assert any(receipt.documents for receipt in receipts if isinstance(receipt, ev.ActCompleted)), "letters are printed"
    assert [key for key, times in keys.items() if times > 1] == []
