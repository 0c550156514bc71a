"""Sets of ids as one parameter: the same rows on both databases, and by the index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Engine, Select, create_engine, select

from recourse.ledger import sets
from recourse.ledger.tables import WAITING, accounts, cases, contacts, intents, metadata, permits, personal
from tests.core.ledgers import MONDAY, Ledger


def some_cases(ledger: Ledger, *names: str) -> None:
    for name in names:
        ledger.person(f"p-{name}")
        ledger.loan(name, f"p-{name}", 40, yuan=300)
    ledger.sweep(MONDAY)


def found(ledger: Ledger, *where: ColumnElement[bool], **given: Sequence[str]) -> set[str]:
    with ledger.engine.connect() as connection:
        return set(connection.execute(select(cases.c.account_id).where(*where), given).scalars())


def test_the_rows_of_any_number_of_ids_are_found(ledger: Ledger) -> None:
    some_cases(ledger, "a", "b", "c,'\"[")
    column = cases.c.account_id
    assert found(ledger, sets.among(column, ["a", "c,'\"[", "nobody"])) == {"a", "c,'\"["}
    assert found(ledger, sets.among(column, [])) == set()
    assert found(ledger, ~sets.among(column, ["a"])) == {"b", "c,'\"["}
    assert found(ledger, sets.among(column, ["a", "b"]), sets.among(column, ["b", "c,'\"["])) == {"b"}
    assert found(ledger, sets.among(column, ["a"]) | sets.among(column, [str(n) for n in range(40_000)])) == {"a"}


def test_a_statement_that_is_built_once_takes_its_ids_by_name(ledger: Ledger) -> None:
    some_cases(ledger, "a", "b")
    condition = sets.one_of(cases.c.account_id, "ids")
    assert [found(ledger, condition, ids=ids) for ids in (["a"], ["b", "x"], [])] == [{"a"}, {"b"}, set()]


@pytest.fixture(scope="module")
def empty() -> Engine:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    return engine


@pytest.mark.parametrize(
    "query",
    [
        select(cases).where(sets.one_of(cases.c.case_id, "ids")),
        select(accounts).where(sets.among(accounts.c.account_id, ["a"])),
        select(contacts).where(sets.one_of(contacts.c.number_id, "ids"), contacts.c.consent.is_(False)),
        select(permits).where(sets.one_of(permits.c.person_id, "ids"), permits.c.issued_on >= MONDAY),
        select(personal).where(sets.one_of(personal.c.party_id, "ids"), sets.among(personal.c.field, ["name"])),
        select(intents).where(WAITING, intents.c.state == "queued", intents.c.node == "call").order_by(intents.c.key),
    ],
    ids=["cases", "accounts", "numbers", "permits", "personal", "intents"],
)
def test_sqlite_answers_it_by_an_index(empty: Engine, query: Select[Any]) -> None:
    text = str(query.compile(empty, compile_kwargs={"render_postcompile": True}))
    with empty.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[]",) * text.count("?")).all()
    steps = [row[3] for row in plan]
    assert any(step.startswith("SEARCH") for step in steps)
    assert [step for step in steps if step.startswith("SCAN") and "json_each" not in step] == []
