"""Regulation F 30(a): fourteen days before a debt is reported to a bureau."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("wait_days", SINCE, BANK, 14),
    ("wait_days", "2021-11-30", BANK, 14),
]

test_what_each_file_says = look_at("us/furnishing", CASES)
