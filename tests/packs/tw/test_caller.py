"""The certificates that callers are asked for beside the bank's own."""

from __future__ import annotations

from datetime import date

import pytest

from recourse import events as ev
from recourse.callers.register import Entry, fold
from recourse.callers.standard import standings
from tests.core.any_facts import book

START = date(2026, 3, 1)
CASES = [
    # file, day, how it stands for one who started on 1 March and holds nothing (None: not asked for yet)
    ("association_course", date(2026, 5, 1), "due"),
    ("association_course", date(2026, 5, 2), "lacking"),
    ("no_violent_record", START, "lacking"),
    ("no_violent_record", date(2023, 8, 24), None),
    ("association_course", date(2023, 8, 24), None),
    ("no_violent_record", date(2023, 8, 25), "lacking"),
]


@pytest.mark.parametrize(("stem", "day", "state"), CASES)
def test_two_months_for_the_course_and_no_day_without_a_clean_record(stem: str, day: date, state: str | None) -> None:
    entry = fold(Entry(), ev.CollectorEnrolled("c", "agency-a", START, 1), START)
    found = {each.rule: each.state for each in standings(entry, day, book().at(day, "tw", ""))}
    assert found.get(f"caller.{stem}") == state
