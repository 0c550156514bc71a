"""Airflow for several days, against the real components on PostgreSQL: the same journal as the embedded runner's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.open_desk import Desk
from recourse.ledger.database import reading
from recourse.verify import verify
from tests.engines.airflow_rest import Rest
from tests.engines.airflow_side import airflow_bank, answer_day, first_difference, journal, work_day
from tests.engines.answers import play_embedded
from tests.engines.book import Bank, embedded_bank
from topology.stack import Stack

pytestmark = pytest.mark.engines
BANK = Bank(accounts=2000, lived=25, days=3)


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Rest, Desk]]:
    with airflow_bank(tmp_path_factory.mktemp("airflow"), BANK) as found:
        yield found


def test_days_and_answers_give_the_embedded_runners_journal(airflow: tuple[Stack, Rest, Desk], tmp_path: Path) -> None:
    stack, rest, desk = airflow
    said = 0
    for day in BANK.days:
        work_day(rest, day)
        said += answer_day(rest, desk, day)
    closed = stack.run("scheduler", "recourse", "close", "--on", BANK.days[-1].isoformat())
    assert closed.returncode == 0, closed.stderr
    assert said >= 20, "the days must bring gates"
    with embedded_bank(tmp_path / "embedded", BANK) as beside:
        play_embedded(beside, BANK, tmp_path / "embedded" / "deliveries")
        assert first_difference(journal(beside, tmp_path / "one"), journal(desk, tmp_path / "two")) == ""
    with reading(desk.engine) as connection:
        assert verify(connection).faults == []
