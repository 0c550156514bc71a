"""The bank's own queues: from the 91st day the senior pool, grade R4 before everybody else's calls."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.callers.queues import queue_of
from tests.core.any_facts import book

DAY = date(2026, 11, 27)
CASES = [
    ("general", DAY, 90, "R3"),
    ("senior", DAY, 91, "R3"),
    ("general", DAY, 0, ""),
    ("high_risk", DAY, 90, "R4"),
    ("senior", DAY, 91, "R4"),
]


@pytest.mark.parametrize("jurisdiction", ["cn", "tw"])
@pytest.mark.parametrize(("stem", "day", "dpd", "grade"), CASES)
def test_the_queue_of_a_call(stem: str, day: date, dpd: int, grade: str, jurisdiction: str) -> None:
    queue = queue_of(book().at(day, jurisdiction, "credit_card"), dpd, grade, "credit_card")
    assert queue.queue == stem
    assert queue.needs == (("senior",) if stem == "senior" else ())
