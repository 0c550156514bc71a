"""A promise: thirty days ahead at most, three days late at most."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("longest_days", SINCE, BANK, 30),
    ("tolerance_days", SINCE, BANK, 3),
]

test_what_each_file_says = look_at("bank_default/promise", CASES)
