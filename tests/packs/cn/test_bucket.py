"""The M stages: of a loan by days, of a card by billing cycles."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.buckets import scheme_of, stage_on
from tests.core.any_facts import book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("stages", SINCE, BANK, "M1:1 M2:31 M3:61 M4:91 M5:121 M6:151 M7+:181"),
    # a statement comes twenty days before its due date
    ("stages.card", SINCE, BANK, ("billing_cycle", 20, 7)),
]

test_what_each_file_says = look_at("cn/bucket", CASES)

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("stem", "product", "edges"),
    [
        ("stages", "mortgage", [(1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (180, 6), (181, 7)]),
        ("stages.card", "credit_card", [(10, 0), (11, 1), (31, 1), (32, 2), (59, 2), (60, 3)]),
    ],
)
def test_stages(stem: str, product: str, edges: list[tuple[int, int]]) -> None:
    scheme = scheme_of(book().at(DAY, "cn", product).numbers)
    due = date(2026, 1, 10)
    found = [(late, stage_on(scheme, due, (), date.fromordinal(due.toordinal() + late))) for late, _ in edges]
    assert found == edges, stem
