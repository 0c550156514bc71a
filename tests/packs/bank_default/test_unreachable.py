"""Three calls in vain: the debtor counts as lost."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("after_unanswered", SINCE, BANK, 3),
]

test_what_each_file_says = look_at("bank_default/unreachable", CASES)
