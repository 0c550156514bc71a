"""Days beside the library: none."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("days", SINCE, BANK, ((), ())),
]

test_what_each_file_says = look_at("cn/calendar", CASES)
