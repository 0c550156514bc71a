"""Reading whole sets of rows: those of any number of ids in one statement, as a polars frame. Writing is `bulk`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import polars as pl
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Select,
    Text,
    any_,
    bindparam,
    func,
    select,
    type_coerce,
)

from recourse.canonical import encode

_TYPES: dict[type[Any], pl.DataType] = {
    Text: pl.String(),
    Integer: pl.Int64(),
    BigInteger: pl.Int64(),
    Boolean: pl.Boolean(),
    Date: pl.Date(),
    LargeBinary: pl.Binary(),
}


def among(connection: Connection, column: ColumnElement[Any], ids: Collection[str]) -> ColumnElement[bool]:
    """Whether a text column is one of `ids`, as one parameter however many they are."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(ids), type_=ARRAY(Text)))
    each = func.json_each(encode(list(ids))).table_valued("value")
    return column.in_(select(each.c.value))


def frame(connection: Connection, columns: Sequence[Column[Any]], *where: ColumnElement[bool]) -> pl.DataFrame:
    """The columns of the rows that meet every condition, typed, in no order."""
    as_text = connection.dialect.name == "sqlite"  # dates are ISO text there, and polars reads them faster
    rows = connection.execute(_asked(tuple(columns), as_text).where(*where)).all()
    if not rows:
        return empty(columns)
    schema = _schema(columns)
    days = [name for name, kind in schema.items() if as_text and kind == pl.Date()]
    text = {**schema, **dict.fromkeys(days, pl.String())}
    cells = zip(text.items(), zip(*rows, strict=True), strict=True)
    found = pl.DataFrame([pl.Series(name, values, dtype=kind) for (name, kind), values in cells])
    return found.with_columns(pl.col(days).str.to_date("%Y-%m-%d")) if days else found


def empty(columns: Sequence[Column[Any]]) -> pl.DataFrame:
    """No rows of these columns."""
    return pl.DataFrame(schema=_schema(columns))


def _schema(columns: Sequence[Column[Any]]) -> dict[str, pl.DataType]:
    return {column.name: _TYPES[type(column.type)] for column in columns}


@lru_cache(maxsize=128)
def _asked(columns: tuple[Column[Any], ...], as_text: bool) -> Select[Any]:
    return select(
        *(
            type_coerce(column, Text).label(column.name) if as_text and isinstance(column.type, Date) else column
            for column in columns
        )
    )
