"""Regulation F 100: three years after the last collection activity."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("retention_years", SINCE, BANK, 3),
    ("retention_years", "2021-11-30", BANK, 3),
]

test_what_each_file_says = look_at("us/recording", CASES)
