"""The pilot of selling personal loans: from 30 December 2022 to the last day of 2026, never secured ones, never crime."""

from __future__ import annotations

from tests.packs.rules import NONE, ON, Row, look_at

CASES: list[Row] = [
    (
        "eligible",
        "2022-12-30",
        ON,
        {"five_tier in substandard,doubtful,loss", "secured=no", "transfer_bar in none", "owed>=1"},
    ),
    ("eligible", "2027-01-01", NONE, None),
]

test_what_each_file_says = look_at("cn/npl", CASES)
