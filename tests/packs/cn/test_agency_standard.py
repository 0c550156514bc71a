"""What an agency must meet: 个人信息保护法 21, GB/T 45251-2025, the association's white list."""

from __future__ import annotations

from tests.packs.rules import BANK, ON, SINCE, Row, look_at

CASES: list[Row] = [
    ("data_protection", SINCE, BANK, "entry"),
    ("data_protection", "2021-11-01", ON, "entry"),
    ("full_recording", SINCE, BANK, "entry"),
    ("full_recording", "2025-02-28", ON, "entry"),
    ("published", SINCE, BANK, "placement"),
    ("published", "2026-01-30", ON, "placement"),
]

test_what_each_file_says = look_at("cn/agency_standard", CASES)
