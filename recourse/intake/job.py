"""One loading under way: what was delivered, what is set aside, and what will be written once all is judged.

Nothing is written while rows are judged. Cases are locked first and everything is written after that, so that a loading
and a running day never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any

import polars as pl
from sqlalchemy import Column, ColumnElement, Connection, Select, Table, select

from recourse.canonical import encode
from recourse.intake.files import ROW
from recourse.intake.layout import TABLES
from recourse.intake.read import Delivery
from recourse.ledger import bulk, sets
from recourse.ledger.dossier import Pen
from recourse.ledger.vault import Vault
from recourse.policy.book import PolicyBook

Fault = tuple[str, int, str, str, str]
"""file, row, field, reason, the row as JSON (personal)"""


class Job:
    """`known`: accounts of the ledger before this delivery. `accepted`: rows that said something new, by table."""

    def __init__(
        self,
        connection: Connection,
        vault: Vault,
        book: PolicyBook,
        pen: Pen,
        delivery: Delivery,
        known: frozenset[str],
    ) -> None:
        self.connection, self.vault, self.book, self.pen, self.delivery = connection, vault, book, pen, delivery
        self.known = known
        self.batch_id = ""
        self.accepted: dict[str, int] = {}
        self.unchanged: dict[str, int] = {}
        self.warnings = list(delivery.warnings)
        self.faults: list[Fault] = list(delivery.quarantine.iter_rows())
        self._tables = dict(delivery.tables)
        self._files = {file.rsplit(".", 1)[0]: file for file in delivery.file_hashes}
        self._writes: list[Callable[[Connection], object]] = []

    # --- rows -------------------------------------------------------------------------------------------------------

    @property
    def as_of(self) -> date:
        return self.delivery.as_of

    def names(self) -> list[str]:
        """Tables that were delivered and read."""
        return list(self._tables)

    def rows(self, name: str) -> pl.DataFrame | None:
        """The sound rows of a table, or None if it was not delivered (or has none)."""
        found = self._tables.get(name)
        return found if found is not None and found.height else None

    def set_aside(self, name: str, wrong: pl.DataFrame, field: str, reason: str) -> None:
        """Quarantine some of a table's rows; `reason` repeats no cell."""
        if not wrong.height:
            return
        file = self._files[name]
        for row in wrong.iter_rows(named=True):
            n = row.pop(ROW)
            self.faults.append((file, n, field, reason, encode(row)))
        self._tables[name] = self._tables[name].filter(~pl.col(ROW).is_in(wrong[ROW].implode()))

    def counted(self, name: str, accepted: int, of: int) -> None:
        """Note how many of a table's rows said something new."""
        self.accepted[name], self.unchanged[name] = accepted, of - accepted

    def quarantined(self) -> dict[str, int]:
        """Rows set aside, by table."""
        rows = {(file, n) for file, n, *_ in self.faults}
        counts: dict[str, int] = {}
        for file, _ in sorted(rows):
            name = file.rsplit(".", 1)[0]
            counts[name] = counts.get(name, 0) + 1
        return counts

    # --- what the ledger has ------------------------------------------------------------------------------------------

    def kept(
        self, columns: Sequence[Column[Any]], by: Column[Any], ids: Collection[str], *more: ColumnElement[bool]
    ) -> pl.DataFrame:
        """Rows of the ledger whose column `by` is one of `ids`; no question is asked when there are none."""
        if not ids:
            return sets.empty(columns)
        return sets.frame(self.connection, columns, sets.among(by, ids), *more)

    def kept_rows(self, columns: Sequence[Column[Any]], by: Column[Any], ids: Collection[str]) -> list[Any]:
        """As :meth:`kept`, row by row: for what is looked up and not joined."""
        if not ids:
            return []
        return list(self.connection.execute(_asked(tuple(columns), by), {"ids": ids}).all())

    # --- writes -------------------------------------------------------------------------------------------------------

    def insert(self, table: Table, columns: Sequence[str], rows: Sequence[bulk.Row]) -> None:
        if rows:
            self._writes.append(partial(_insert, table, columns, rows))

    def upsert(self, table: Table, columns: Sequence[str], rows: Sequence[bulk.Row]) -> None:
        if rows:
            self._writes.append(partial(_upsert, table, columns, rows))

    def update(self, table: Table, keys: Sequence[str], columns: Sequence[str], rows: Sequence[bulk.Row]) -> None:
        if rows:
            self._writes.append(partial(_update, table, keys, columns, rows))

    def update_from(self, table: Table, key: str, column: str, rows: Sequence[bulk.Row]) -> None:
        """Rows of (key, value that was read, new value): changed where the value is still the one that was read."""
        self._writes.append(partial(_update_from, table, key, column, rows))

    @property
    def changes_something(self) -> bool:
        return bool(self._writes)

    def write(self) -> None:
        """Write what was held back, in order."""
        for each in self._writes:
            each(self.connection)
        self._writes.clear()


@lru_cache(maxsize=64)
def _asked(columns: tuple[Column[Any], ...], by: Column[Any]) -> Select[Any]:
    return select(*columns).where(sets.one_of(by, "ids"))


def _insert(table: Table, columns: Sequence[str], rows: Sequence[bulk.Row], connection: Connection) -> None:
    bulk.insert(connection, table, columns, rows)


def _upsert(table: Table, columns: Sequence[str], rows: Sequence[bulk.Row], connection: Connection) -> None:
    bulk.upsert(connection, table, columns, rows)


def _update(
    table: Table, keys: Sequence[str], columns: Sequence[str], rows: Sequence[bulk.Row], connection: Connection
) -> None:
    bulk.update(connection, table, keys, columns, rows)


def _update_from(table: Table, key: str, column: str, rows: Sequence[bulk.Row], connection: Connection) -> None:
    by_change: dict[tuple[Any, Any], list[str]] = {}
    for found, old, new in rows:
        by_change.setdefault((old, new), []).append(found)
    for (old, new), ids in by_change.items():
        which = sets.among(table.c[key], ids)
        connection.execute(table.update().where(which, table.c[column] == old).values({column: new}))


def fresh(rows: pl.DataFrame, kept: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Those of `rows` that `kept` does not have, or has with another content in a column that both have."""
    if not kept.height:
        return rows
    both = [name for name in rows.columns if name in kept.columns and name not in key]
    known = kept.select(*key, *both, pl.lit(True).alias("_kept"))
    joined = rows.join(known, on=list(key), how="left", suffix="_kept", maintain_order="left")
    same = [pl.col(name).eq_missing(pl.col(f"{name}_kept")) for name in both]
    return joined.filter(~pl.all_horizontal(pl.col("_kept").is_not_null(), *same)).select(rows.columns)


def latest(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Of rows that were known on several days, the last one of each key."""
    return rows.sort("known_on").unique(list(key), keep="last", maintain_order=True)


def replaced(state: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """`state` with the columns of `changes` taken over, also where they are empty, for the accounts that it names."""
    if not changes.height:
        return state
    names = [name for name in changes.columns if name != "account_id"]
    joined = state.join(
        changes.with_columns(pl.lit(True).alias("_hit")),
        on="account_id",
        how="left",
        suffix="_new",
        maintain_order="left",
    )
    hit = pl.col("_hit").is_not_null()
    return joined.select(
        pl.when(hit).then(pl.col(f"{name}_new")).otherwise(pl.col(name)).alias(name) if name in names else pl.col(name)
        for name in state.columns
    )


def plain(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """Of a row of a table: what is known, is not personal and is not the key."""
    table = TABLES[name]
    return {
        column.name: row[column.name]
        for column in table.columns
        if not column.personal and column.name not in table.key and row[column.name] is not None
    }
