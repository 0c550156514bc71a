"""Taiwan: limitation of fifteen and five years, from memory and therefore switched off (民法 125, 126)."""

from __future__ import annotations

from tests.packs.rules import OFF, SINCE, Row, look_at

CASES: list[Row] = [
    ("limitation_years", SINCE, OFF, 15),
    ("interest_limitation_years", SINCE, OFF, 5),
]

test_what_each_file_says = look_at("tw/clock", CASES)
