"""The business day as a row of the ledger: opened once, closed once, and written under a lock while work is under way.

Whoever acts or answers holds the day open for the length of a transaction; whoever closes it waits for them, and refuses
while an act is between its claim and its receipt. So a closed day's seal holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import Connection, Engine, select

from recourse.errors import UserError
from recourse.ledger.database import writing
from recourse.ledger.leases import is_dead
from recourse.ledger.tables import WAITING, business_days, intents

_LOCK = "pg_advisory_xact_lock{shared}(hashtext('recourse business day'))"
_LAST = select(business_days).order_by(business_days.c.day.desc()).limit(1)


@contextmanager
def writing_on(engine: Engine, day: date) -> Iterator[Connection]:
    """A writing transaction of a business day that nobody closes meanwhile; a day that is closed is refused."""
    with writing(engine) as connection:
        _lock(connection, "_shared")
        closed = connection.execute(select(business_days.c.closed).where(business_days.c.day == day)).scalar()
        if closed:
            raise UserError(f"business day {day} is closed", mend="do it again: it belongs to the next day")
        yield connection


def lock_to_turn(connection: Connection) -> None:
    """Take the day's lock alone, to open or close a day; lasts until the transaction ends."""
    _lock(connection, "")


def last(connection: Connection) -> tuple[date, bool] | None:
    """The last business day that was opened, and whether it is closed."""
    row = connection.execute(_LAST).first()
    return None if row is None else (row.day, row.closed)


def refuse_while_acting(connection: Connection, engine: Engine, day: date) -> None:
    """Refuse to close a day while a live run stands between claim and receipt."""
    query = select(intents.c.owner).distinct().where(WAITING, intents.c.state == "released")
    alive = [owner for owner in connection.execute(query).scalars() if not is_dead(engine, owner)]
    if alive:
        raise UserError(
            f"acts are under way ({', '.join(sorted(alive))})", where=str(day), mend="close it when they end"
        )


def _lock(connection: Connection, shared: str) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.exec_driver_sql(f"SELECT {_LOCK.format(shared=shared)}")
