"""From the text of a cell to its value: exact decimals and days, as polars expressions. What does not fit is null."""

from __future__ import annotations

import polars as pl

from recourse.money import MINOR_DIGITS

MONEY_PLACES, RATE_PLACES = 4, 6
"""Decimal places of an amount and of a rate in a file, at most."""

UNITS = {currency: 10 ** (MONEY_PLACES - digits) for currency, digits in MINOR_DIGITS.items()}
"""Ten-thousandths in one minor unit of each currency."""


def scaled(name: str, places: int) -> pl.Expr:
    """The decimal text of a column as an integer of 10^-places; null if it is none. Exact up to 18 digits."""
    return pl.col(name).cast(pl.Decimal(20, places), strict=False).to_physical().cast(pl.Int64, strict=False)


def day(name: str) -> pl.Expr:
    """The ISO text of a column as a date; null if there is no such day."""
    return pl.col(name).str.to_date("%Y-%m-%d", strict=False)
