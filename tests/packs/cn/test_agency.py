"""Agencies on the mainland: yearly reviews (GB/T 45251-2025) and inspections (association, 2026)."""

from __future__ import annotations

from tests.packs.rules import BANK, ON, SINCE, Row, look_at

CASES: list[Row] = [
    ("inspection_days", SINCE, BANK, 365),
    ("inspection_days", "2026-01-30", ON, 365),
    ("review_days", SINCE, BANK, 365),
    ("review_days.online", SINCE, BANK, 365),
    ("review_days.online", "2025-02-28", ON, 365),
]

test_what_each_file_says = look_at("cn/agency", CASES)
