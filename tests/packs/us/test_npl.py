"""Regulation F 30(b): what is paid or discharged is never sold."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("eligible", SINCE, BANK, {"owed>=1", "bankrupt=no"}),
    ("eligible", "2021-11-30", BANK, {"owed>=1", "bankrupt=no"}),
]

test_what_each_file_says = look_at("us/npl", CASES)
