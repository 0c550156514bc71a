"""What a night's sweep may cost however large the book is: statements a chunk, decrypts, memory.

Never time, which is the machine's own: that is what `bench/sweep.py` prints.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bench.book import SHARES
from bench.gauge import Statements, decrypts
from bench.places import Place, place
from bench.sweep import Measured, measure
from recourse.ledger import bulk, setup
from recourse.ledger.database import open_engine, writing
from recourse.ledger.tables import delegations
from recourse.ledger.vault import DEMO_KEY, Vault

CASES, CHUNK = 10_000, 2_000
STATEMENTS = {"sqlite": 16, "postgresql": 31}
"""The most that one chunk may send. PostgreSQL needs three more for each change of rows: a temporary table to fill."""
GROWTH_MB = 30
"""What may still be added after two chunks. Three more chunks that were kept would be twice as much."""


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def where(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Room for the ledgers of a measurement, on SQLite and on PostgreSQL in turn."""
    file = tmp_path_factory.mktemp("bench") / "ledger.db"
    address = f"sqlite:///{file}" if request.param == "sqlite" else request.getfixturevalue("postgres_server")
    with place(address) as found:
        yield found


@pytest.fixture(scope="module")
def measured(where: Place) -> Measured:
    return measure(where, CASES, chunk=CHUNK)


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_a_night_costs_a_fixed_number_of_statements_and_no_decrypt(measured: Measured, where: Place) -> None:
    assert 0 < measured.sweep.statements_per_chunk <= STATEMENTS[where.name], measured.sweep.statements
    assert measured.sweep.decrypts == 0
    assert measured.sweep.memory_peak_mb - measured.sweep.memory_first_chunks_mb < GROWTH_MB


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_the_measured_night_holds_something_of_everything(measured: Measured) -> None:
    of_a_hundred = {name: 100 * count / CASES for name, count in measured.sweep.counts.items()}
    assert measured.sweep.cases == CASES
    assert of_a_hundred["opened"] == SHARES["new"]
    assert of_a_hundred["ended"] == SHARES["ended"]
    assert of_a_hundred["gates"] >= SHARES["gate"]
    assert of_a_hundred["entered"] >= SHARES["queued"] + SHARES["list"] + SHARES["gate"]
    assert measured.floor.cases == CASES * (100 - SHARES["new"]) / 100


def test_a_decrypt_is_counted_where_one_is_made() -> None:
    vault = Vault(DEMO_KEY)
    with decrypts() as made:
        key = vault.open_person_key(vault.new_person_key())
        assert made() == 1
        assert key.decrypt("name", "p", key.encrypt("name", "p", "x")) == "x"
    assert made() == 2


@pytest.fixture
def engine(ledger_url: str) -> Iterator[Engine]:
    engine = open_engine(ledger_url)
    setup.migrate(engine)
    engine.dispose()
    yield engine
    engine.dispose()


def test_a_statement_for_each_row_is_seen_and_one_for_all_rows_is_one(engine: Engine) -> None:
    columns = ("delegation_id", "giver", "taker", "from_on", "until_on")
    rows = [(f"d{n}", "a", "b", "2026-03-02", "2026-03-03") for n in range(20)]
    sent = Statements(engine)
    with writing(engine) as connection:
        before = sent.total
        bulk.insert(connection, delegations, columns, rows[:10])
        assert sent.total == before + 1
        for row in rows[10:]:
            bulk.insert(connection, delegations, columns, [row])
    assert sent.total == before + 11
