"""A decision not to sue is looked at again after a year."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("no_suit_days", SINCE, BANK, 365),
]

test_what_each_file_says = look_at("bank_default/suit", CASES)
