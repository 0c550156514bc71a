"""Regulation F 38: a disputed debt is not collected until it is verified."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("dispute", SINCE, BANK, "contact adverse"),
    ("dispute", "2021-11-30", BANK, "contact adverse"),
]

test_what_each_file_says = look_at("us/brake", CASES)
