"""A placement: half a year, recalled within three working days, certified within ten days."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("term_days", SINCE, BANK, 180),
    ("recall_days", SINCE, BANK, 3),
    ("certificate_days", SINCE, BANK, 10),
]

test_what_each_file_says = look_at("bank_default/placement", CASES)
