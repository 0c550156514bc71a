"""Taiwan: a collector is certified within two months of being hired (辦法 13)."""

from __future__ import annotations

from tests.packs.rules import ON, Row, look_at

CASES: list[Row] = [
    ("certificate_months", "2023-08-25", ON, 2),
]

test_what_each_file_says = look_at("tw/agency", CASES)
