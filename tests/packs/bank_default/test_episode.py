"""A debt that falls back within a year goes on where it was."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("relapse_days", SINCE, BANK, 365),
]

test_what_each_file_says = look_at("bank_default/episode", CASES)
