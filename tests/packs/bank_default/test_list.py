"""Of a list, five in a hundred are looked at one by one."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("sample_percent", SINCE, BANK, 5),
]

test_what_each_file_says = look_at("bank_default/list", CASES)
