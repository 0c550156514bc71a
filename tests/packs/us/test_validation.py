"""Regulation F 34: told within five days of the first word, thirty days to dispute from a receipt five business days after sending."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("send_within_days", SINCE, BANK, 5),
    ("send_within_days", "2021-11-30", BANK, 5),
    ("receipt_workdays", SINCE, BANK, 5),
    ("receipt_workdays", "2021-11-30", BANK, 5),
    ("period_days", SINCE, BANK, 30),
    ("period_days", "2021-11-30", BANK, 30),
]

test_what_each_file_says = look_at("us/validation", CASES)
