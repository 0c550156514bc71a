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
    ("no_violent_record", date(2026, 2, 28), "lacking"),
    ("no_violent_record", START, "held"),
    ("no_violent_record", date(2040, 3, 1), "held"),
]


@pytest.mark.parametrize(("stem", "day", "state"), CASES)
def test_from_its_day_on_for_good(stem: str, day: date, state: str) -> None:
    entry = fold(Entry(), ev.CollectorEnrolled("c", "own", START, 1), START)
    fold(entry, ev.CollectorCertified("c", stem, START, None, "HR"), START)
    found = {each.rule: each.state for each in standings(entry, day, book().at(day, "cn", ""))}
    assert found[f"caller.{stem}"] == state
