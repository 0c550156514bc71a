"""What falls due on each card, and when: filled in, since the data has neither due dates nor minimum payments."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from examples.uci_credit_card.source import LONGEST_DELAY, Month

MET_NUMBER, MET_DUE_ON = 1, date(2004, 7, 31)
FLOOR = 100_000  # NT$ 1,000 in minor units


def month_end(day: date, months: int) -> date:
    """The last day of the month that lies `months` after the month of `day`."""
    place = day.year * 12 + day.month + months
    return date(place // 12, place % 12 + 1, 1) - timedelta(days=1)


def minimum_due(bill: str) -> pl.Expr:
    """Filled, since the data has none: a tenth of the bill in whole dollars, at least NT$ 1,000, at most the bill."""
    amount = pl.col(bill)
    tenth = (amount + 999) // 1000 * 100
    return pl.when(amount > 0).then(pl.min_horizontal(amount, pl.max_horizontal(tenth, FLOOR))).otherwise(0)


class Plan:
    """The instalments of every card, restated at each month end so that they say what the bank's status says.

    Row 1 holds what was due and has been met: exactly the payments delivered so far. One row a month holds the minimum
    payment that fell due at its end and is unpaid, 0 once it is not. Payments go to the oldest row first, so they fill
    row 1 and leave just the unpaid months open.
    """

    def __init__(self, source: pl.DataFrame) -> None:
        self.source = source
        self.announced: dict[date, pl.Series] = {}
        self.stated: dict[date, pl.Series] = {}
        self.nothing = pl.zeros(source.height, dtype=pl.Int64, eager=True)
        self.met = self.nothing
        self.overdue = self.nothing

    def close(self, month: Month) -> pl.DataFrame:
        """Move to the end of `month`; the rows of ``instalments`` that are new or changed."""
        now = self._unpaid(month)
        self.overdue = sum(now.values(), self.nothing)
        next_on = month_end(month.ends_on, 1)
        now[next_on] = self.announced[next_on] = self.source.select(minimum_due(month.bill)).to_series()
        changed = [
            self._rows(
                due_on.year * 100 + due_on.month, due_on, amount, amount != self.stated.get(due_on, self.nothing)
            )
            for due_on in sorted({*now, *self.stated})
            for amount in [now.get(due_on, self.nothing)]
        ]
        self.stated = now
        paid = self.source[month.paid]
        self.met = self.met + paid
        return pl.concat([self._rows(MET_NUMBER, MET_DUE_ON, self.met, paid > 0), *changed])

    def _unpaid(self, month: Month) -> dict[date, pl.Series]:
        bill, minimum = pl.col(month.bill), minimum_due(month.bill)
        delay = pl.when(bill > 0).then(pl.col(month.status).clip(0)).otherwise(0)
        share = bill // (delay * 100) * 100
        unpaid: dict[date, pl.Series] = {}
        for back in range(LONGEST_DELAY):
            due_on = month_end(month.ends_on, -back)
            announced = pl.lit(self.announced.get(due_on, self.nothing))
            amount = pl.min_horizontal(pl.when(announced > 0).then(announced).otherwise(minimum), share)
            oldest_of_too_little = (delay == back + 1) & (share == 0)
            cell = pl.when(oldest_of_too_little).then(bill).when(delay > back).then(amount).otherwise(0)
            unpaid[due_on] = self.source.select(cell.alias("amount")).to_series()
        return unpaid

    def _rows(self, number: int, due_on: date, amount: pl.Series, kept: pl.Series) -> pl.DataFrame:
        return (
            self.source.select("account_id", pl.lit(number).alias("number"), pl.lit(due_on).alias("due_on"))
            .with_columns(amount.alias("amount"))
            .filter(kept)
        )
