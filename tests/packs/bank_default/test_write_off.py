"""A write-off takes six attempts at least."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("minimum_attempts", SINCE, BANK, 6),
]

test_what_each_file_says = look_at("bank_default/write_off", CASES)
