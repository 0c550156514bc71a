"""Creating and migrating a ledger: Alembic to the newest revision, then the journal's guards."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from recourse.errors import UserError
from recourse.ledger import guards
from recourse.ledger.database import reading, writing
from recourse.ledger.refold import refold
from recourse.ledger.tables import metadata

FOLDED_ANEW = "0017"
"""The revision since which the journal is folded as it is today; what is older is folded anew when it is migrated."""


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine, *, app_role: str = "") -> str:
    """Bring a ledger to the newest revision and put the guards in place; returns the revision.

    `app_role`: on PostgreSQL, the role that the application connects as; it may use the tables and owns nothing.
    """
    config, before = _config(engine), current(engine)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if before and before < FOLDED_ANEW:
            refold(connection)
        guards.install(connection)
        if app_role:
            _grant(connection, app_role)
        guards.check(connection)
    return current(engine)


def _grant(connection: Connection, role: str) -> None:
    if connection.dialect.name != "postgresql":
        raise UserError("--app-role is for PostgreSQL", mend="a SQLite ledger belongs to whoever can write the file")
    if connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar() is None:
        raise UserError(f"no role {role!r} in this database", mend="CREATE ROLE it first")
    quoted = connection.dialect.identifier_preparer.quote(role)
    for table in metadata.sorted_tables:
        rights = "SELECT, INSERT" if table.name in guards.GUARDED else "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f"GRANT {rights} ON {table.name} TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quoted}")


def current(engine: Engine) -> str:
    """The revision a ledger is at ("" = not a ledger yet)."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def newest(engine: Engine) -> str:
    """The newest revision that this release knows."""
    return ScriptDirectory.from_config(_config(engine)).get_current_head() or ""


def check(engine: Engine) -> None:
    """Refuse to work on a ledger that is not there, not migrated, or not guarded."""
    found, wanted = current(engine), newest(engine)
    if found != wanted:
        what = f"the ledger is at revision {found}, not {wanted}" if found else "there is no ledger here"
        raise UserError(what, where=engine.url.render_as_string(), mend="run `recourse init`")
    with reading(engine) as connection:
        guards.check(connection)
