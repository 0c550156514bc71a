"""Taiwan: recordings are kept for six months at least (辦法 13)."""

from __future__ import annotations

from tests.packs.rules import ON, Row, look_at

CASES: list[Row] = [
    ("retention_months", "2023-08-25", ON, 6),
]

test_what_each_file_says = look_at("tw/recording", CASES)
