"""Many rows at once, the same on either database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from recourse.ledger import bulk
from recourse.ledger.database import writing
from recourse.ledger.tables import gate_members, seals, standing
from tests.core.ledgers import MONDAY, Ledger

COLUMNS = ("grant_id", "node", "granted_by", "from_on", "until_on")
AWKWARD = ["", " ", "\\N", "\\", "\t\n\r", "'\"", "NULL", "罕见字𠮷", "%s", "{}", "\\x41", "a,b|c"]


def grants(ledger: Ledger) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in ledger.rows(standing)]


def row(key: str, node: str = "n", until: date = MONDAY) -> tuple[Any, ...]:
    return key, node, "by", MONDAY, until


def test_what_is_put_in_comes_out_whatever_it_says(ledger: Ledger) -> None:
    rows = [row(f"k{n:02}", text) for n, text in enumerate(AWKWARD)]
    with writing(ledger.engine) as connection:
        bulk.insert(connection, standing, COLUMNS, rows)
        bulk.insert(connection, standing, COLUMNS, [])
    assert grants(ledger) == rows


def test_bytes_and_days_and_nothing_are_kept_as_they_are(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        bulk.insert(
            connection, seals, ("day", "root", "streams", "events", "sealed_at"), [(MONDAY, "r", 1, 2**40, "t")]
        )
    assert [tuple(each) for each in ledger.rows(seals)] == [(MONDAY, "r", 1, 2**40, "t")]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), unique=True, max_size=8)
)
def test_any_text_survives(ledger: Ledger, texts: list[str]) -> None:
    with writing(ledger.engine) as connection:
        connection.execute(delete(standing))
        bulk.insert(connection, standing, COLUMNS, [row(text) for text in texts])
        found = bulk.update(connection, standing, ("grant_id",), ("node",), [(text, text) for text in texts])
    assert found == len(texts)
    assert {each[1] for each in grants(ledger)} == set(texts)


def test_a_key_that_is_taken_is_an_error_and_nothing_is_left(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        bulk.insert(connection, standing, COLUMNS, [row("a")])
    with pytest.raises(IntegrityError), writing(ledger.engine) as connection:
        bulk.insert(connection, standing, COLUMNS, [row("b"), row("a")])
    assert grants(ledger) == [row("a")]


def test_an_upsert_replaces_what_is_there_and_adds_what_is_not(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        bulk.upsert(connection, standing, COLUMNS, [row("a"), row("b")])
        bulk.upsert(connection, standing, COLUMNS, [row("b", "m"), row("c")])
        bulk.upsert(connection, standing, COLUMNS, [])
    assert grants(ledger) == [row("a"), row("b", "m"), row("c")]


def test_an_upsert_of_keys_alone_changes_nothing(ledger: Ledger) -> None:
    member = ("gate_id", "case_id", "n", "state", "evidence_hash", "evidence")
    with writing(ledger.engine) as connection:
        bulk.insert(connection, gate_members, member, [("g", "c", 1, "in", "h", "{}")])
        bulk.upsert(connection, gate_members, member, [("g", "c", 1, "struck", "h", "{}")])
    assert [each.state for each in ledger.rows(gate_members)] == ["struck"]


def test_an_update_counts_what_it_found_and_touches_nothing_else(ledger: Ledger) -> None:
    until = date(2027, 1, 1)
    with writing(ledger.engine) as connection:
        bulk.insert(connection, standing, COLUMNS, [row("a"), row("b"), row("c")])
        found = bulk.update(connection, standing, ("grant_id",), ("until_on",), [("a", until), ("zz", until)])
        assert bulk.update(connection, standing, ("grant_id",), ("until_on",), []) == 0
    assert found == 1
    assert grants(ledger) == [row("a", until=until), row("b"), row("c")]


def test_several_shapes_in_one_transaction_do_not_mix(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        bulk.insert(connection, standing, COLUMNS, [row("a"), row("b")])
        for node, key in (("x", "a"), ("y", "b"), ("z", "a")):
            bulk.update(connection, standing, ("grant_id",), ("node",), [(key, node)])
            bulk.update(connection, standing, ("grant_id",), ("granted_by",), [(key, node)])
            bulk.upsert(connection, standing, COLUMNS, [row("c", node)])
    assert [(each[1], each[2]) for each in grants(ledger)] == [("z", "z"), ("y", "y"), ("z", "by")]
