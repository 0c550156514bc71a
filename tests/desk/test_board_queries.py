"""The board looks up the few, however many the many are: what SQLite plans for the queries that the board really makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from desk import board, board_rows
from desk.open_desk import Desk, open_desk
from desk.settings import Settings
from recourse.ledger.database import reading, writing
from recourse.ledger.tables import business_days
from recourse.ledger.vault import DEMO_KEY
from tests.core.ledgers import migrated
from tests.database import Databases
from tests.desk.conftest import book_of

Asked = list[tuple[str, Any]]


@pytest.fixture
def desk(sqlite_databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk on a ledger that has seen one business day and nothing else."""
    monkeypatch.setattr("desk.open_desk.load_book", book_of)
    opened = open_desk(Settings(sqlite_databases.prepared(migrated), tmp_path, DEMO_KEY, "demo"))
    with writing(opened.engine) as connection:
        connection.execute(business_days.insert().values(day=date(2026, 3, 2), policy="p", closed=False))
    yield opened
    opened.engine.dispose()


@contextmanager
def listening(engine: Engine) -> Iterator[Asked]:
    """The statements of a block, with what they were asked with."""
    asked: Asked = []

    def note(_: Any, __: Any, statement: str, given: Any, *___: Any) -> None:
        asked.append((statement, given))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def planned(engine: Engine, asked: Asked) -> list[str]:
    """The steps by which SQLite answers the statements."""
    with reading(engine) as connection:
        return [
            row[-1]
            for statement, given in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]


def walked(steps: list[str]) -> list[str]:
    """Steps that read a large table from its first row to its last."""
    return [step for step in steps if step in ("SCAN events", "SCAN intents", "SCAN visits", "SCAN gates")]


def test_the_board_walks_through_no_large_table(desk: Desk) -> None:
    with listening(desk.engine) as asked:
        board.board(desk)
    steps = planned(desk.engine, asked)
    assert walked(steps) == []
    for index in ("ix_events_refused", "ix_intents_troubled", "ix_intents_waiting", "ix_visits_state"):
        assert any(step.endswith((f"INDEX {index} (state=?)", f"INDEX {index} (known_on=?)")) for step in steps), index


@pytest.mark.parametrize(
    ("number", "index"), [("failed", "troubled"), ("unknown", "troubled"), ("left", "waiting"), ("refused", "refused")]
)
def test_the_rows_behind_a_number_are_looked_up_by_the_index_of_the_few(desk: Desk, number: str, index: str) -> None:
    with listening(desk.engine) as asked:
        board_rows.behind(desk, number, "")
    steps = planned(desk.engine, asked)
    assert walked(steps) == []
    assert any(f"_{index} (" in step for step in steps), steps
