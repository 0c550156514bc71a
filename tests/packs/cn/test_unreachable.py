"""Three calls in a row in vain: a debtor counts as lost (association's guideline, 30 January 2026)."""

from __future__ import annotations

from tests.packs.rules import BANK, ON, SINCE, Row, look_at

CASES: list[Row] = [
    ("after_unanswered", SINCE, BANK, 3),
    ("after_unanswered", "2026-01-30", ON, 3),
]

test_what_each_file_says = look_at("cn/unreachable", CASES)
