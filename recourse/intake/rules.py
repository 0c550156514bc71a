"""What a row of each table must meet, judged over text cells, with what is at fault named by pandera.

Every rule is asked at once of the whole file; a sound one has passed with that. The rows at fault go through a pandera
schema, which has a check for each rule that was broken and so names field and reason.

No reason repeats what the cell held: reasons are stored in the clear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from operator import and_
from typing import NamedTuple
from zoneinfo import available_timezones

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.config import ValidationDepth, config_context

from recourse.intake.cells import MONEY_PLACES, day, scaled
from recourse.intake.columns import Column, Table
from recourse.intake.crosscheck import NO_FAULTS
from recourse.intake.files import ROW
from recourse.intake.layout import TABLES
from recourse.money import MINOR_DIGITS

AS_OF, UNIT = "_as_of", "_unit"
"""Columns of prepared rows: the delivery's day, and the ten-thousandths in one minor unit of the row's currency."""

_MONEY = r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$"
_PATTERNS = {
    "rate": ("not a fraction of one with at most 6 places", r"^[0-9]{1,6}(\.[0-9]{1,6})?$"),
    "count": ("not a whole number", r"^[0-9]{1,9}$"),
    "flag": ("not yes, no or unknown", r"^(yes|no|unknown)$"),
    "clock": ("not a time HH:MM", r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    "month": ("not a month YYYY-MM", r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"),
    "sha256": ("not 64 hex digits", r"^[0-9A-Fa-f]{64}$"),
}


class Rule(NamedTuple):
    """`holds` is true, or null where there is nothing to judge, on the rows that meet it.

    `over`: a rule need not be asked of rows in which all these columns are wholly empty; one of `presence` need not be
    asked of rows in which they are wholly filled.
    """

    field: str
    reason: str
    holds: pl.Expr
    over: tuple[str, ...]
    presence: bool = False

    def idle(self, empty: Mapping[str, int], height: int) -> bool:
        """Whether no row can break it, given how many cells of each column are empty."""
        return all(empty[name] == (0 if self.presence else height) for name in self.over)


@cache
def rules(table: str) -> tuple[Rule, ...]:
    """Every rule of the table, in the order of its columns, then those between columns."""
    layout = TABLES[table]
    return (*(rule for column in layout.columns for rule in _column_rules(column)), *_row_rules(layout))


def faults(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Every fault of prepared rows: a frame of `ROW`, field, reason; empty if all are sound."""
    held = _held(table, rows)
    if all(column.all() for column in held):
        return NO_FAULTS
    suspects = rows.filter(~held.fold(and_))
    at_stake = [rules(table)[int(column.name)] for column in held if not column.all()]
    broken = _broken(pa.DataFrameSchema(checks=[_check(rule) for rule in at_stake]), suspects)
    assert broken is not None, f"{table}: rows failed as a whole and broke no rule"
    named = [at_stake[n] for n in broken["check_number"]]
    return pl.DataFrame(
        {
            ROW: suspects[ROW].gather(broken["index"].cast(pl.UInt32)),
            "field": [rule.field for rule in named],
            "reason": [rule.reason for rule in named],
        }
    ).sort(ROW, maintain_order=True)


def _broken(schema: pa.DataFrameSchema, rows: pl.DataFrame) -> pl.DataFrame | None:
    """What pandera finds, as number of the check and index of the row. The environment cannot switch this off."""
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            schema.validate(rows, lazy=True)
        except pa.errors.SchemaErrors as found:
            cases: pl.DataFrame = found.failure_cases
            return cases.select("check_number", "index")
    return None


def _check(rule: Rule) -> pa.Check:
    def judge(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(rule.holds.fill_null(True))

    return pa.Check(judge)


def _held(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """A column for each rule that a row may break, named by its number: whether the row meets it.

    Not one expression over all rules: polars takes far longer over that than over a column each.
    """
    empty = rows.null_count().row(0, named=True)
    asked = {str(n): rule.holds for n, rule in enumerate(rules(table)) if not rule.idle(empty, rows.height)}
    return rows.select(holds.fill_null(True).alias(n) for n, holds in asked.items())


def _column_rules(column: Column) -> Iterator[Rule]:
    name, cell = column.name, pl.col(column.name)
    if column.required:
        yield Rule(name, "empty", cell.is_not_null(), (name,), presence=True)
    if column.kind == "money":
        pattern = _MONEY if column.signed else _MONEY.replace("-?", "")
        reason = f"not an amount such as 1234.50{'' if column.signed else ', or below zero'}"
        yield Rule(name, reason, cell.str.contains(pattern), (name,))
        exact = scaled(name, MONEY_PLACES) % pl.col(UNIT) == 0
        yield Rule(name, "more decimal places than its currency has", exact, (name,))
    elif column.kind == "date":
        readable = cell.str.contains(r"^(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$") & day(name).is_not_null()
        yield Rule(name, "not a day YYYY-MM-DD", cell.is_null() | readable, (name,))
    elif column.kind in ("code", "currency", "zone"):
        yield _one_of(column)
    else:
        yield Rule(name, *_written(column), (name,))
    if column.past:
        yield Rule(name, "after the delivery's as-of day", day(name) <= pl.col(AS_OF), (name,))


def _written(column: Column) -> tuple[str, pl.Expr]:
    cell = pl.col(column.name)
    match column.kind:
        case "key":
            return "not 1-64 characters without space or comma", (
                (cell.str.len_chars() <= 64) & ~cell.str.contains(r"[\s,\p{Cc}]")
            )
        case "text":
            return "longer than 2,000 characters, or control characters", (
                (cell.str.len_chars() <= 2000) & ~cell.str.contains(r"\p{Cc}")
            )
        case "path":
            inside = ~cell.str.contains(r"^/|\\|\p{Cc}|(^|/)\.\.(/|$)")
            return "not a path inside the delivery", inside
        case kind:
            reason, pattern = _PATTERNS[kind]
            return reason, cell.str.contains(pattern)


def _one_of(column: Column) -> Rule:
    name = column.name
    if column.kind == "zone":
        zones = pl.Series(sorted(available_timezones()))
        return Rule(name, "not an IANA time zone", pl.col(name).is_in(zones.implode()), (name,))
    codes = column.codes or tuple(MINOR_DIGITS)
    return Rule(name, f"not one of {', '.join(codes)}", pl.col(name).is_in(codes), (name,))


def _row_rules(table: Table) -> Iterator[Rule]:
    if table.money:
        amounts = pl.any_horizontal(pl.col(table.money).is_not_null())
        yield Rule(
            "currency", "not known for these amounts", ~amounts | pl.col(UNIT).is_not_null(), (UNIT,), presence=True
        )
    for first, second in table.in_order:
        yield Rule(first, f"after {second}", day(first) <= day(second), (second,))
    for name in table.positive:
        yield Rule(name, "not above zero", scaled(name, MONEY_PLACES) > 0, (name,))
    if table.either:
        filled = pl.any_horizontal(pl.col(table.either).is_not_null())
        yield Rule(table.either[0], f"none of {', '.join(table.either)} is given", filled, table.either, presence=True)
    if table.adds_up:
        total, parts = table.adds_up
        amount, each = scaled(total, MONEY_PLACES), [scaled(part, MONEY_PLACES) for part in parts]
        known = pl.all_horizontal(pl.col(parts).is_not_null())
        adds_up = pl.when(known).then(amount == pl.sum_horizontal(each)).otherwise(pl.sum_horizontal(each) <= amount)
        yield Rule(total, f"not the sum of {', '.join(parts)}", adds_up, parts)
