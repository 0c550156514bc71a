"""Taiwan: agencies take no money (辦法 14-I-6) and delegate to nobody (15)."""

from __future__ import annotations

from tests.packs.rules import ON, Row, look_at

CASES: list[Row] = [
    ("take_cash", "2023-08-25", ON, "take_cash"),
    ("sub_contracting", "2023-08-25", ON, "sub_contracting"),
]

test_what_each_file_says = look_at("tw/agency_term", CASES)
