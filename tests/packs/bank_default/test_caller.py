"""The certificates that the bank itself asks for, in every jurisdiction: a year, to the day."""

from __future__ import annotations

from datetime import date

import pytest

from recourse import events as ev
from recourse.callers.register import Entry, fold
from recourse.callers.standard import standings
from tests.core.any_facts import book

ISSUED = date(2026, 3, 1)
CASES = [
    ("pre_job_training", date(2027, 2, 28), "held"),
    ("pre_job_training", date(2027, 3, 1), "lacking"),
    ("exam", date(2027, 2, 28), "held"),
    ("exam", date(2027, 3, 1), "lacking"),
]


@pytest.mark.parametrize("jurisdiction", ["cn", "tw", "us"])
@pytest.mark.parametrize(("stem", "day", "state"), CASES)
def test_a_year_to_the_day(stem: str, day: date, state: str, jurisdiction: str) -> None:
    entry = fold(Entry(), ev.CollectorEnrolled("c", "own", ISSUED, 1), ISSUED)
    fold(entry, ev.CollectorCertified("c", stem, ISSUED, None, "HR"), ISSUED)
    found = {each.rule: each.state for each in standings(entry, day, book().at(day, jurisdiction, ""))}
    assert found[f"caller.{stem}"] == state
