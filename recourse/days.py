"""Counting days without falling off the calendar: a day past its end stands for "never", not for an error. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

_SPANS = {days: timedelta(days) for days in range(-400, 1_200)}
"""Spells that come up often: a decision adds days some ten times, and making a spell costs more than adding it."""


def later(day: date, days: int) -> date:
    """The day so many days on (back, if negative); the first or last day of the calendar where there is none."""
    try:
        return day + (_SPANS.get(days) or timedelta(days))
    except OverflowError:
        return date.max if days > 0 else date.min


def years_later(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes the 28th (the period ends with that month, 民法典 202)."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_later(day: date, months: int) -> date:
    """The same day so many months on (back, if negative); where the month has no such day, its last (民法典 202)."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= years <= date.max.year:
        return date.max if months > 0 else date.min
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def sooner(a: date | None, b: date | None) -> date | None:
    """The earlier of two days; None is no day at all, and later than any."""
    if a is None:
        return b
    return a if b is None or a <= b else b
