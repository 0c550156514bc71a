"""Records are kept for five years, which covers the two of cards (68), the standard's two and the three of 个人信息保护法."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("retention_years", SINCE, BANK, 5),
    ("retention_years.card", SINCE, BANK, 5),
    ("retention_years.card", "2011-01-13", BANK, 5),
]

test_what_each_file_says = look_at("cn/recording", CASES)
