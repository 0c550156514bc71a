"""The journal can be added to and nothing else, on either database; and that this is so is itself checked."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from recourse.errors import UserError
from recourse.ledger import guards, setup
from recourse.ledger.database import reading, writing
from recourse.ledger.tables import events, packs, seals
from tests.core.ledgers import MONDAY, Ledger

JOURNAL = pytest.mark.parametrize("table", ["events", "seals", "packs"])


def filled(ledger: Ledger) -> None:
    """Something in each table of the journal."""
    ledger.person("p")
    ledger.loan("a", "p")
    ledger.sweep()
    ledger.seal(MONDAY)
    with writing(ledger.engine) as connection:
        connection.execute(packs.insert().values(hash="h", activated_on=MONDAY, text="{}"))


def refused(ledger: Ledger, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), writing(ledger.engine) as connection:
        connection.execute(text(statement))


@JOURNAL
def test_no_row_of_the_journal_is_changed_or_removed(ledger: Ledger, table: str) -> None:
    filled(ledger)
    column = {"events": "text", "seals": "root", "packs": "text"}[table]
    before = [ledger.rows(each) for each in (events, seals, packs)]
    refused(ledger, f"UPDATE {table} SET {column} = 'x'")
    refused(ledger, f"DELETE FROM {table}")
    if ledger.is_postgres:
        refused(ledger, f"TRUNCATE {table}")
        refused(ledger, f"TRUNCATE {table} CASCADE")
    assert [ledger.rows(each) for each in (events, seals, packs)] == before


@JOURNAL
def test_a_replacing_insert_does_not_slip_past(sqlite_ledger: Ledger, table: str) -> None:
    filled(sqlite_ledger)
    refused(sqlite_ledger, f"REPLACE INTO {table} SELECT * FROM {table}")
    refused(sqlite_ledger, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_an_upsert_does_not_slip_past(ledger: Ledger) -> None:
    filled(ledger)
    refused(ledger, "INSERT INTO packs SELECT * FROM packs WHERE true ON CONFLICT (hash) DO UPDATE SET text = 'x'")


def test_an_event_s_place_is_taken_once(ledger: Ledger) -> None:
    filled(ledger)
    with pytest.raises(IntegrityError), writing(ledger.engine) as connection:
        connection.execute(text("INSERT INTO events SELECT * FROM events"))


def test_a_guard_that_is_gone_is_noticed_and_put_back(ledger: Ledger) -> None:
    on_table = " ON events" if ledger.is_postgres else ""
    with writing(ledger.engine) as connection:
        connection.execute(text(f"DROP TRIGGER events_refuses_delete{on_table}"))
    with reading(ledger.engine) as connection:
        assert guards.missing(connection) == ["events_refuses_delete"]
        with pytest.raises(UserError, match="events_refuses_delete.*recourse init"):
            guards.check(connection)
    assert ledger.verified().faults == ["guard missing: events_refuses_delete"]
    with pytest.raises(UserError, match="guards are gone"):
        setup.check(ledger.engine)
    setup.migrate(ledger.engine)
    setup.check(ledger.engine)
    filled(ledger)
    refused(ledger, "DELETE FROM events")


def test_a_guard_that_is_switched_off_is_noticed(postgres_ledger: Ledger) -> None:
    with writing(postgres_ledger.engine) as connection:
        connection.execute(text("ALTER TABLE events DISABLE TRIGGER events_refuses_update"))
    with reading(postgres_ledger.engine) as connection:
        assert guards.missing(connection) == ["events_refuses_update"]


def test_a_guard_that_refuses_nothing_is_no_guard(sqlite_ledger: Ledger) -> None:
    never = "CREATE TRIGGER events_refuses_update BEFORE UPDATE ON events WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END"
    with writing(sqlite_ledger.engine) as connection:
        connection.execute(text("DROP TRIGGER events_refuses_update"))
        connection.execute(text(never))
    with reading(sqlite_ledger.engine) as connection:
        assert guards.missing(connection) == ["events_refuses_update"]


def test_guards_that_call_a_function_which_refuses_nothing_are_no_guards(postgres_ledger: Ledger) -> None:
    tame = "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    with writing(postgres_ledger.engine) as connection:
        connection.execute(text(tame))
    with reading(postgres_ledger.engine) as connection:
        assert len(guards.missing(connection)) == 9


def test_another_connection_s_setting_is_noticed(sqlite_ledger: Ledger) -> None:
    with reading(sqlite_ledger.engine) as connection:
        connection.execute(text("PRAGMA recursive_triggers = off"))
        assert guards.missing(connection) == ["PRAGMA recursive_triggers"]


def test_the_application_s_role_owns_nothing_and_can_only_add_to_the_journal(postgres_ledger: Ledger) -> None:
    role = f"app_{postgres_ledger.engine.url.database}"
    with writing(postgres_ledger.engine) as connection:
        connection.execute(text(f"CREATE ROLE {role}"))
    try:
        setup.migrate(postgres_ledger.engine, app_role=role)
        filled(postgres_ledger)
        with reading(postgres_ledger.engine) as connection, pytest.raises(UserError, match="owns the journal"):
            guards.check_owner(connection)
        for statement in ("DELETE FROM events", "UPDATE seals SET root = ''", "TRUNCATE packs",
                          "DROP TRIGGER events_refuses_delete ON events", "ALTER TABLE events DISABLE TRIGGER ALL"):  # fmt: skip
            with pytest.raises(DatabaseError, match="permission denied|must be owner"), \
                    writing(postgres_ledger.engine) as connection:  # fmt: skip
                connection.execute(text(f"SET LOCAL ROLE {role}"))
                connection.execute(text(statement))
        with writing(postgres_ledger.engine) as connection:
            connection.execute(text(f"SET LOCAL ROLE {role}"))
            guards.check_owner(connection)
            connection.execute(text("INSERT INTO packs VALUES ('h2', '2026-03-02', '{}')"))
            connection.execute(text("UPDATE cases SET version = version + 1"))
    finally:
        with writing(postgres_ledger.engine) as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
