"""The UCI credit-card data as it comes: which column is which month, read and added up.

Everything is checked here and nothing is filled in; `plan.py` and `convert.py` do that.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import polars as pl

from recourse.errors import UserError
from recourse.money import to_minor

CURRENCY = "TWD"
LONGEST_DELAY = 9
LARGEST = 10**12


class Month(NamedTuple):
    """One month of the data: the day it closes on, and its three columns."""

    ends_on: date
    status: str
    bill: str
    paid: str


MONTHS = (
    Month(date(2005, 4, 30), "PAY_6", "BILL_AMT6", "PAY_AMT6"),
    Month(date(2005, 5, 31), "PAY_5", "BILL_AMT5", "PAY_AMT5"),
    Month(date(2005, 6, 30), "PAY_4", "BILL_AMT4", "PAY_AMT4"),
    Month(date(2005, 7, 31), "PAY_3", "BILL_AMT3", "PAY_AMT3"),
    Month(date(2005, 8, 31), "PAY_2", "BILL_AMT2", "PAY_AMT2"),
    Month(date(2005, 9, 30), "PAY_0", "BILL_AMT1", "PAY_AMT1"),
)
AMOUNTS = ("LIMIT_BAL", *(month.bill for month in MONTHS), *(month.paid for month in MONTHS))
STATUSES = tuple(month.status for month in MONTHS)
COLUMNS = ("ID", "MARRIAGE", *STATUSES, *AMOUNTS)


class Totals(NamedTuple):
    """Control totals of one month, money in minor units."""

    ends_on: date
    accounts: int
    billed: int
    paid: int


def source_totals(path: Path) -> list[Totals]:
    """Add up the source's text cells one by one; UserError names the first cell that is no amount."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UserError(f"missing column {', '.join(missing)}", where=str(path), mend="see README.md")
            sums, rows = dict.fromkeys(AMOUNTS, 0), 0
            for rows, row in enumerate(reader, 1):
                if None in row:
                    raise UserError("more cells than the header", where=f"{path}, row {rows + 1}")
                for name in AMOUNTS:
                    sums[name] += minor(row[name], f"{path}, row {rows + 1}, {name}")
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (UnicodeDecodeError, csv.Error):
        raise UserError("not a CSV file in UTF-8", where=str(path)) from None
    if not rows:
        raise UserError("no rows", where=str(path))
    return [Totals(month.ends_on, rows, sums[month.bill], sums[month.paid]) for month in MONTHS]


def minor(text: str | None, where: str) -> int:
    """Minor units of one cell; Decimal, since a spreadsheet wrote some round amounts as 1.00E+05."""
    try:
        value = Decimal((text or "").strip())
        if not abs(value) < LARGEST:
            raise UserError("not an amount")
        return to_minor(format(value, "f"), CURRENCY)
    except (ArithmeticError, UserError):
        raise UserError("not an amount", where=where) from None


def read_source(path: Path) -> pl.DataFrame:
    """The source typed: ``account_id``, ``party_id`` and each column under its own name, money in minor units.

    UserError names file, row and column of the first cell that does not fit.
    """
    try:
        text = pl.read_csv(path, columns=list(COLUMNS), infer_schema=False).with_columns(pl.all().str.strip_chars())
    except pl.exceptions.PolarsError:
        raise UserError("not a CSV file with one number of cells in each row", where=str(path)) from None
    status = [pl.col(name).cast(pl.Int64, strict=False) for name in STATUSES]
    amounts = [(pl.col(name).cast(pl.Float64, strict=False) * 100).round().cast(pl.Int64) for name in AMOUNTS]
    frame = text.with_columns(*status, *amounts, pl.col("ID").str.contains(r"^[0-9]{1,9}$").alias("named"))
    rules = [(name, pl.col(name).is_between(-2, LONGEST_DELAY), "not a status from -2 to 9") for name in STATUSES]
    rules += [(month.paid, pl.col(month.paid) >= 0, "a payment below zero") for month in MONTHS]
    rules += [(month.bill, pl.col(month.bill).is_not_null(), "not an amount") for month in MONTHS]
    rules += [
        ("LIMIT_BAL", pl.col("LIMIT_BAL") > 0, "not an amount above zero"),
        ("ID", pl.col("named"), "not a whole number of at most 9 digits"),
        ("ID", pl.col("ID").str.strip_chars_start("0").is_first_distinct(), "a number that was there before"),
    ]
    for name, holds, reason in rules:
        broken = frame.with_row_index("row", 2).filter(~holds.fill_null(False))
        if broken.height:
            raise UserError(reason, where=f"{path}, row {broken['row'][0]}, {name}")
    number = pl.col("ID").str.strip_chars_start("0").str.zfill(5)
    return frame.with_columns(("card-" + number).alias("account_id"), ("holder-" + number).alias("party_id"))
