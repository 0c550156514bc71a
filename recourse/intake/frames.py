"""From text cells to typed frames: defaults and currency before the rules are asked, types after the rules are met."""

from __future__ import annotations

from datetime import date

import polars as pl

from recourse.intake.cells import MONEY_PLACES, RATE_PLACES, UNITS, day, scaled
from recourse.intake.columns import Column, Table
from recourse.intake.files import ROW, RawTable
from recourse.intake.manifest import Manifest
from recourse.intake.rules import AS_OF, UNIT

Currencies = pl.DataFrame
"""account_id, currency of every account that the ledger or this delivery knows."""


def prepare(table: Table, raw: RawTable, manifest: Manifest, as_of: date, currencies: Currencies) -> pl.DataFrame:
    """Every column of the layout as text, defaults filled in, with the row's currency, its unit and the as-of day.

    A column that the file lacks is null throughout; a column that the layout lacks is dropped.
    """
    cells = raw.cells.select(ROW, *(_cell(column, raw, manifest) for column in table.columns))
    default = pl.lit(manifest.currency or None, dtype=pl.String)
    if table.currency_of == "account":
        cells = cells.join(currencies, on="account_id", how="left", maintain_order="left")
        cells = cells.with_columns(pl.col("currency").fill_null(default))
    elif table.currency_of == "none":
        cells = cells.with_columns(default.alias("currency"))
    unit = pl.col("currency").replace_strict(UNITS, default=None, return_dtype=pl.Int64)
    return cells.with_columns(unit.alias(UNIT), pl.lit(as_of).alias(AS_OF))


def typed(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Prepared rows that meet the rules, as the layout's types after `ROW`; with `currency` if the table has money."""
    columns = [_typed(column) for column in table.columns]
    if table.money and "currency" not in table.names:
        columns.append(pl.col("currency"))
    return rows.select(ROW, *columns)


def _cell(column: Column, raw: RawTable, manifest: Manifest) -> pl.Expr:
    default = manifest.default(column.default[1:]) if column.default.startswith("@") else column.default
    if column.name not in raw.cells.columns:
        return pl.lit(default or None, dtype=pl.String).alias(column.name)
    return pl.col(column.name).fill_null(default) if default else pl.col(column.name)


def _typed(column: Column) -> pl.Expr:
    name, cell = column.name, pl.col(column.name)
    match column.kind:
        case "money":
            return (scaled(name, MONEY_PLACES) // pl.col(UNIT)).alias(name)
        case "rate":
            return scaled(name, RATE_PLACES)
        case "date":
            return day(name)
        case "count":
            return cell.cast(pl.Int64)
        case "flag":
            return pl.when(cell == "yes").then(True).when(cell == "no").then(False).alias(name)
        case "sha256":
            return cell.str.to_lowercase()
        case _:
            return cell
