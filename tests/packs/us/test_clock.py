"""Limitation in the United States, from memory and on the safe side: three years, which no letter moves."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("limitation_years", SINCE, BANK, 3),
    ("demand_interrupts", SINCE, BANK, 0),
]

test_what_each_file_says = look_at("us/clock", CASES)
