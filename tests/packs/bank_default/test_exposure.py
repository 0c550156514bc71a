"""What was agreed to within a year counts towards the tier."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("rolling_days", SINCE, BANK, 365),
]

test_what_each_file_says = look_at("bank_default/exposure", CASES)
