"""What keeps the journal append-only: triggers that refuse to change it, and the check that they are really there.

SQLite's REPLACE slips past a delete trigger unless ``recursive_triggers`` is on, and Alembic's table rebuild drops
triggers: so they are checked at every start and put back after every migration. PostgreSQL's superuser and a table's
owner can still drop them; in production the application's role owns nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from recourse.errors import UserError
from recourse.ledger.tables import JOURNAL

GUARDED = tuple(table.name for table in JOURNAL)
VERBS = ("update", "delete")
REFUSAL = "the journal is append-only"


def install(connection: Connection) -> None:
    """Put every guard in place; safe to repeat."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}: %% on %%', TG_OP, TG_TABLE_NAME; END $$"
        )
    for table in GUARDED:
        for verb in VERBS:
            connection.exec_driver_sql(_row_guard(connection.dialect.name, table, verb))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def _row_guard(dialect: str, table: str, verb: str) -> str:
    name = f"{table}_refuses_{verb}"
    if dialect == "postgresql":
        return (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


_WORKING_TRIGGERS = """
    SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND pg_table_is_visible(c.oid)
    AND t.tgname LIKE c.relname || '_refuses_%' AND p.proname = 'refuse_change' AND p.prosrc LIKE '%RAISE EXCEPTION%'
"""
"""Triggers that are switched on, always fire, stand on the table they are named after and refuse."""


def missing(connection: Connection) -> list[str]:
    """Names of guards that are not in force."""
    if connection.dialect.name == "postgresql":
        wanted = [f"{table}_refuses_{verb}" for table in GUARDED for verb in (*VERBS, "truncate")]
        found = set(connection.execute(text(_WORKING_TRIGGERS)).scalars())
    else:
        wanted = [f"{table}_refuses_{verb}" for table in GUARDED for verb in VERBS]
        made = {_row_guard("sqlite", table, verb).replace("IF NOT EXISTS ", "") for table in GUARDED for verb in VERBS}
        kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        found = {name for name, statement in kept if statement in made}
    gone = [name for name in wanted if name not in found]
    if connection.dialect.name == "sqlite" and not connection.exec_driver_sql("PRAGMA recursive_triggers").scalar():
        gone.append("PRAGMA recursive_triggers")
    return gone


def check(connection: Connection) -> None:
    """Refuse to work on a ledger whose journal can be changed."""
    gone = missing(connection)
    if gone:
        raise UserError(
            "the journal's guards are gone", where=", ".join(gone), mend="run `recourse init` to restore them"
        )


def check_owner(connection: Connection) -> None:
    """In production the application's role must not own the journal (PostgreSQL), or it could drop its guards."""
    if connection.dialect.name != "postgresql":
        return
    owned = connection.execute(
        text(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tableowner = current_user"
            " AND tablename = 'events'"
        )
    ).scalar()
    if owned:
        raise UserError(
            "this role owns the journal",
            where="PostgreSQL",
            mend="run `recourse init --app-role ROLE` and connect as ROLE",
        )
