"""Amounts of the tiers, in whole units: 50 thousand to 5 million yuan, and their like."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("cny", SINCE, BANK, ("CNY", 50_000, 300_000, 1_000_000, 5_000_000)),
    ("twd", SINCE, BANK, ("TWD", 200_000, 1_200_000, 4_000_000, 20_000_000)),
    ("usd", SINCE, BANK, ("USD", 7_000, 42_000, 140_000, 700_000)),
]

test_what_each_file_says = look_at("bank_default/tiers", CASES)
