"""From M4 on a debt that is taken over needs a history."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("history_from_dpd", SINCE, BANK, 91),
]

test_what_each_file_says = look_at("bank_default/takeover", CASES)
