"""Many rows at once, the fast way of each database: COPY on PostgreSQL, one prepared statement on SQLite.

Callers are inside a transaction; rows are tuples in the order of `columns`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from zlib import crc32

import psycopg
from sqlalchemy import Connection, Date, Table
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows; a row whose key exists is an error of the database."""
    if not rows:
        return
    names = tuple(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, table.name, names, rows)
        return
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(map(_quoted, names))}) VALUES ({marks})"
    connection.exec_driver_sql(statement, _plain(table, names, rows))


def upsert(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows, or replace the other columns of rows whose primary key exists."""
    if not rows:
        return
    names = tuple(columns)
    keys = [column.name for column in table.primary_key.columns]
    rest = [name for name in names if name not in keys]
    change = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in rest)
    conflict = f"ON CONFLICT ({', '.join(map(_quoted, keys))}) DO " + (f"UPDATE SET {change}" if rest else "NOTHING")
    listed = ", ".join(map(_quoted, names))
    if connection.dialect.name == "postgresql":
        temporary = _temporary(connection, table, names, rows)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {temporary} {conflict}")
        return
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({listed}) VALUES ({marks}) {conflict}", _plain(table, names, rows)
    )


def update(
    connection: Connection,
    table: Table,
    keys: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    increment: str = "",
) -> int:
    """Set `columns` on the rows found by `keys` (row = keys, then columns); returns how many rows were found.

    `increment` names a counter that goes up by one with every change: give it among the keys to check a version.
    """
    if not rows:
        return 0
    names = (*keys, *columns)
    counter = _quoted(increment) if increment else ""
    if connection.dialect.name == "postgresql":
        temporary = _temporary(connection, table, names, rows)
        change = ", ".join(
            [f"{_quoted(name)} = n.{_quoted(name)}" for name in columns]
            + ([f"{counter} = t.{counter} + 1"] if counter else [])
        )
        found = " AND ".join(f"t.{_quoted(key)} = n.{_quoted(key)}" for key in keys)
        return connection.exec_driver_sql(
            f"UPDATE {table.name} t SET {change} FROM {temporary} n WHERE {found}"
        ).rowcount
    change = ", ".join(
        [f"{_quoted(name)} = ?" for name in columns] + ([f"{counter} = {counter} + 1"] if counter else [])
    )
    found = " AND ".join(f"{_quoted(key)} = ?" for key in keys)
    width = len(keys)
    turned = [row[width:] + row[:width] for row in _plain(table, names, rows)]
    return connection.exec_driver_sql(f"UPDATE {table.name} SET {change} WHERE {found}", turned).rowcount


def _quoted(name: str) -> str:
    return f'"{name}"'


@lru_cache(maxsize=256)
def _date_places(table: Table, names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(place for place, name in enumerate(names) if isinstance(table.c[name].type, Date))


def _plain(table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> list[Row]:
    """Rows as sqlite3 stores them: dates as ISO text."""
    places = _date_places(table, names)
    if not places:
        return list(rows)
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place in places:
        texts = {cell: cell.isoformat() if isinstance(cell, date) else cell for cell in set(columns[place])}
        columns[place] = [texts[cell] for cell in columns[place]]
    return list(zip(*columns, strict=True))


def _copy(connection: Connection, table: str, names: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Errors of the database come out as they do of any other statement."""
    raw: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({', '.join(map(_quoted, names))}) FROM STDIN"
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            write = copy.write_row
            for row in rows:
                write(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, dialect=connection.dialect) from error


def _temporary(connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> str:
    """The rows in a temporary table of the session, emptied at commit; made once per shape."""
    name = f"incoming_{table.name}_{crc32(','.join(names).encode()):08x}"
    listed = ", ".join(map(_quoted, names))
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ON COMMIT DELETE ROWS AS SELECT {listed} FROM {table.name} LIMIT 0"
    )
    connection.exec_driver_sql(f"TRUNCATE {name}")
    _copy(connection, name, names, rows)
    return name
