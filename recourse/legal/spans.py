"""Adding the packs' numbers of days, months and years to a day, by the unit that stands in the rule's name. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from recourse.days import later, years_later


def months_later(day: date, months: int) -> date:
    """The same day so many months on; where that month is shorter, its last day (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def span_later(day: date, rule: str, number: int) -> date:
    """The last day of a span that a rule gives, such as ``span_later(day, "clock.appeal_days", 15)``."""
    unit = rule.rsplit("_", 1)[-1]
    if unit == "years":
        return years_later(day, number)
    return months_later(day, number) if unit == "months" else later(day, number)
