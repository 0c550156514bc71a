"""Reading whole sets of rows: those of any number of ids in one statement, as a polars frame. Writing is `bulk`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Self

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
    TypeDecorator,
    bindparam,
    select,
    type_coerce,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from recourse.canonical import encode

_TYPES: dict[type[Any], pl.DataType] = {
    Text: pl.String(),
    Integer: pl.Int64(),
    BigInteger: pl.Int64(),
    Boolean: pl.Boolean(),
    Date: pl.Date(),
    LargeBinary: pl.Binary(),
}


class IdList(TypeDecorator[Collection[str]]):
    """Any number of ids as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        return list(value or ()) if dialect.name == "postgresql" else encode(list(value or ()))


class Among(FunctionElement[bool]):
    """Whether a text column (the first clause) is one of the ids of a parameter (the second)."""

    type = Boolean()
    inherit_cache = True
    name = "among"

    def self_group(self, against: Any = None) -> Self:
        """It is a condition as it stands: asked whether it equals 1, SQLite would use no index."""
        return self


@compiles(Among, "sqlite")
def _on_sqlite(element: Among, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(Among, "postgresql")
def _on_postgresql(element: Among, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY({ids})"


def among(column: ColumnElement[Any], ids: Collection[str]) -> ColumnElement[bool]:
    """Whether a text column is one of `ids`, as one parameter however many they are."""
    return Among(column, bindparam(None, ids, IdList))


def one_of(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """As :func:`among`, for a statement that is built once: the ids are given under a name when it is executed."""
    return Among(column, bindparam(parameter, type_=IdList))


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
