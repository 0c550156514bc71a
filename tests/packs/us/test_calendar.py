"""Days beside the federal holidays: none."""

from __future__ import annotations

from datetime import date

from recourse.workdays import Calendar
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("days", SINCE, BANK, ((), ())),
]

test_what_each_file_says = look_at("us/calendar", CASES)


def test_the_library_knows_the_federal_holidays() -> None:
    """Thanksgiving 2026, and Independence Day that falls on a Saturday and is observed on the Friday."""
    american = Calendar("us")
    assert [american.is_workday(date(2026, 11, day)) for day in (25, 26, 27)] == [True, False, True]
    assert not american.is_workday(date(2026, 7, 3))
    assert american.add(date(2026, 11, 23), 5) == date(2026, 12, 1)
