"""A balance is of today for whatever presses, of thirty days at most for what only keeps a right; lifting a brake needs none."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("contact", SINCE, BANK, "0"),
    ("adverse", SINCE, BANK, "0"),
    ("internal", SINCE, BANK, "0 but hold_release"),
    ("protective", SINCE, BANK, "30"),
]

test_what_each_file_says = look_at("bank_default/freshness", CASES)
