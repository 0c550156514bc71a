"""Agencies: two calls a day of the person's budget, a review and an inspection a year, one more in the last ninety days."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("calls_per_day", SINCE, BANK, 2),
    ("review_days", SINCE, BANK, 365),
    ("inspection_days", SINCE, BANK, 365),
    ("final_review_days", SINCE, BANK, 90),
]

test_what_each_file_says = look_at("bank_default/agency", CASES)
