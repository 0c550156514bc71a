"""What the bank says its own letters cost: twelve yuan."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("postage_minor", SINCE, BANK, 1_200),
]

test_what_each_file_says = look_at("cn/cost", CASES)
