"""Days to pay that a guarantor gets."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("days_to_pay", SINCE, BANK, 10),
]

test_what_each_file_says = look_at("bank_default/guarantor", CASES)
