"""The months of a debt as the bank reported them to the credit registry: told before (征信业管理条例 15), kept how long (16). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import takewhile
from typing import Any

import msgspec

from recourse.days import later, months_later, years_later

STATUSES = (
    "normal",
    *(f"overdue_{n}" for n in range(1, 8)),
    "guarantor_paid",
    "asset_taken",
    "written_off",
    "settled",
    "ended",
)
"""A month's status in the registry: paid as agreed, overdue by so many months (7: and more), paid by a guarantor, settled by an
asset, written off, settled, ended."""
NEGATIVE = frozenset(STATUSES) - {"normal", "settled", "ended"}
KEEP_RULE, NOTICE_RULE = "credit.keep_years", "credit.notice_lead_days"


class Month(msgspec.Struct, frozen=True):
    """One month as the bank reported it. `told_on`: the day of the proved notice before it; `keep_until_on`: the last day it may
    be kept, None while the bad act goes on."""

    month: str
    status: str
    reported_on: date
    negative: bool
    told_on: date | None = None
    keep_until_on: date | None = None


def record(rows: Sequence[Any], notices: Sequence[date], numbers: Mapping[str, int]) -> Iterator[Month]:
    """The months as reported, oldest first, each with the notice before it and how long it is kept.

    `notices`: days of proved notices, in order. A bad act lasts to the end of the last bad month
    before one that is not negative.
    """
    years, lead, told_from = numbers.get(KEEP_RULE), timedelta(days=numbers.get(NOTICE_RULE, 0)), date.min
    for place, row in enumerate(rows):
        if row.status not in NEGATIVE:
            told_from = row.reported_on
            yield Month(row.month, row.status, row.reported_on, False)
            continue
        told_on = max((day for day in notices if told_from <= day <= row.reported_on - lead), default=None)
        ended = _ended(rows[place:])
        keep = years_later(ended, years) if ended is not None and years is not None else None
        yield Month(row.month, row.status, row.reported_on, True, told_on, keep)


def _ended(rows: Sequence[Any]) -> date | None:
    """The end of the last bad month of the spell that the rows begin with; None while it goes on."""
    bad = list(takewhile(lambda row: row.status in NEGATIVE, rows))
    if len(bad) == len(rows):
        return None
    first = date.fromisoformat(f"{bad[-1].month}-01")
    return later(months_later(first, 1), -1)
