"""The ground under the other tests: fresh databases stay apart, and no server outlives its session."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.database import Databases

ROOT = Path(__file__).resolve().parents[1]


def one_row(url: str) -> None:
    execute(url, "CREATE TABLE visited (n INTEGER)", "INSERT INTO visited VALUES (1)")


def execute(url: str, *statements: str) -> int:
    """Run statements; returns the first number of the last one's result, or 0 when it has none."""
    engine = create_engine(url)
    with engine.begin() as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        number = int(results[-1].scalar_one()) if results[-1].returns_rows else 0
    engine.dispose()
    return number


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(ledger_url: str, turn: int) -> None:
    one_row(ledger_url)
    assert execute(ledger_url, "SELECT count(*) FROM visited") == 1


def test_copies_of_a_prepared_database_are_independent(databases: Databases) -> None:
    first, second = databases.prepared(one_row), databases.prepared(one_row)
    execute(first, "DELETE FROM visited")
    assert execute(first, "SELECT count(*) FROM visited") == 0
    assert execute(second, "SELECT count(*) FROM visited") == 1


def test_a_nameless_function_prepares_nothing(databases: Databases) -> None:
    with pytest.raises(TypeError, match="top of a module"):
        databases.prepared(lambda url: None)


@pytest.mark.postgres
def test_the_server_ends_with_its_owner_however_that_ends() -> None:
    owner = "import os; from tests.postgres import start; print(start(os.getpid()).folder, flush=True); os.abort()"
    said = subprocess.run([sys.executable, "-c", owner], cwd=ROOT, capture_output=True, text=True, check=False)
    folder = Path(said.stdout.strip())
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert said.returncode != 0
    assert not folder.exists()
