"""Write a delivery's files: the one writer of all that makes deliveries (converters, the simulator, tests)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

import polars as pl

from recourse.canonical import digest
from recourse.intake.cells import RATE_PLACES
from recourse.intake.columns import Column, Table
from recourse.intake.layout import TABLES
from recourse.intake.manifest import Sent
from recourse.intake.totals import sums
from recourse.money import MINOR_DIGITS, to_text


def write_table(
    folder: Path,
    name: str,
    frame: pl.DataFrame,
    *,
    currency: str = "",
    kind: Literal["csv", "parquet"] = "csv",
) -> Sent:
    """Write one table's file and return its control totals for `write_manifest(files={name: …})`.

    `frame` has the layout's columns, typed as `read_delivery` hands them on (money: minor units) or as the text of the
    file. A column may be left out; one that the layout lacks is a ValueError, except ``file_row`` and, for money, a
    ``currency`` for each row. Without that column every amount is in `currency`.
    """
    table = TABLES[name]
    strange = set(frame.columns) - {*table.names, "file_row", "currency"}
    if strange:
        raise ValueError(f"{name} has no column {', '.join(sorted(strange))}")
    if table.money:
        frame = _with_currency(table, frame, currency)
    cells = (_text(table.column(name), kind) for name, kind in frame.schema.items() if name in table.names)
    text = frame.select(cells)
    path = folder / f"{name}.{kind}"
    if kind == "csv":
        text.write_csv(path)
    else:
        text.write_parquet(path)
    return Sent(rows=text.height, sums=_sums(table, text, frame), sha256=digest(path.read_bytes()))


def _with_currency(table: Table, frame: pl.DataFrame, currency: str) -> pl.DataFrame:
    if "currency" not in frame.columns:
        frame = frame.with_columns(pl.lit(currency or None, dtype=pl.String).alias("currency"))
    if not MINOR_DIGITS.keys() >= set(frame["currency"].unique()):
        raise ValueError(f"{table.name}: a row has no currency, or one that recourse.money does not know")
    return frame


def _text(column: Column, kind: pl.DataType) -> pl.Expr:
    cell = pl.col(column.name)
    if kind == pl.String or kind == pl.Null:
        return cell.cast(pl.String)
    if kind.is_float():
        raise ValueError(f"{column.name}: a float is not exact")
    if column.kind == "flag":
        return pl.when(cell).then(pl.lit("yes")).when(~cell).then(pl.lit("no")).alias(column.name)
    if column.kind == "money" and kind.is_integer():
        texts = (
            pl.when(_digits() == places).then(_decimal(cell, places)) for places in sorted({*MINOR_DIGITS.values()})
        )
        return pl.coalesce(*texts).alias(column.name)
    if column.kind == "rate" and kind.is_integer():
        return _decimal(cell, RATE_PLACES)
    return cell.cast(pl.String)


def _digits() -> pl.Expr:
    return pl.col("currency").replace_strict(MINOR_DIGITS, return_dtype=pl.Int64)


def _decimal(cell: pl.Expr, places: int) -> pl.Expr:
    """Integers of 10^-places as decimal text, exact."""
    unit = pl.lit(Decimal(1).scaleb(-places), dtype=pl.Decimal(38, places))
    return (cell.cast(pl.Decimal(38, 0)) * unit).cast(pl.String)


def _sums(table: Table, text: pl.DataFrame, frame: pl.DataFrame) -> dict[str, dict[str, str] | str]:
    """Of every amount that is required: what a receiver can hold the file against."""
    money = [name for name in table.money if name in text.columns and name in table.required]
    if not money:
        return {}
    totals = sums(text.with_columns(frame["currency"]), money)
    return {
        name: {currency: to_text(total, currency) for (column, currency), total in totals.items() if column == name}
        for name in money
    }
