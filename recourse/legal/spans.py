"""Adding the packs' numbers of days, months and years to a day, by the unit that stands in the rule's name. Pure."""

from __future__ import annotations

from datetime import date

from recourse.days import later, months_later, years_later


def span_later(day: date, rule: str, number: int) -> date:
    """The last day of a span that a rule gives, such as ``span_later(day, "clock.appeal_days", 15)``."""
    unit = rule.rsplit("_", 1)[-1]
    if unit == "years":
        return years_later(day, number)
    return months_later(day, number) if unit == "months" else later(day, number)
