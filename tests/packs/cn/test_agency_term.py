"""What no contract with an agency holds: no keeping and no passing on of data (个人信息保护法 21), no pay by recovery alone."""

from __future__ import annotations

from tests.packs.rules import BANK, ON, SINCE, Row, look_at

CASES: list[Row] = [
    ("keep_data", SINCE, BANK, "keep_data"),
    ("keep_data", "2021-11-01", ON, "keep_data"),
    ("sub_contracting", SINCE, BANK, "sub_contracting"),
    ("sub_contracting", "2021-11-01", ON, "sub_contracting"),
    ("pure_contingency", SINCE, BANK, "pure_contingency"),
    ("pure_contingency", "2026-01-30", ON, "pure_contingency"),
]

test_what_each_file_says = look_at("cn/agency_term", CASES)
