"""Days by which a shadow's step may differ and still match."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("match_days", SINCE, BANK, 5),
]

test_what_each_file_says = look_at("bank_default/shadow", CASES)
