"""Zhejiang from 11 January 2022: 54,323 yuan mandatory, up to 217,290 by agreement (民事诉讼法 165)."""

from __future__ import annotations

from tests.packs.rules import ON, Row, look_at

CASES: list[Row] = [
    ("zhejiang", "2022-01-11", ON, ("33", 54_323, 217_290)),
]

test_what_each_file_says = look_at("cn/small_claims", CASES)
