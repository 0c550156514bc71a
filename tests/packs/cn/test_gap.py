"""Days between two steps: from 2026 on fewer for a higher grade, one while evasion is found."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.policy.debtor_values import Grades
from tests.core.any_facts import TODAY, book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("contact", SINCE, BANK, 3),
    ("contact", "2026-01-01", BANK, {"R1": 4, "R2": 3, "R3": 2, "R4": 2}),
    ("legal", SINCE, BANK, 1),
    ("legal", "2026-01-01", BANK, {"R1": 5, "R2": 3, "R3": 1, "R4": 1}),
]

test_what_each_file_says = look_at("cn/gap", CASES)
BEFORE, FROM = date(2025, 12, 31), date(2026, 1, 1)


@pytest.mark.parametrize(("stem", "before", "by_grade"), [("contact", 3, [4, 3, 2, 2]), ("legal", 1, [5, 3, 1, 1])])
def test_gap(stem: str, before: int, by_grade: list[int]) -> None:
    old, new = (book().at(TODAY, "cn", "mortgage", day).gaps[stem] for day in (BEFORE, FROM))
    assert {old.of(grade, False) for grade in Grades} == {before}
    assert [new.of(grade, False) for grade in Grades] == by_grade
    assert {new.of(grade, True) for grade in Grades} == {1}
