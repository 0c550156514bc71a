"""When contact counts as lost where a jurisdiction does not say: the mainland's measure."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("number_invalid", SINCE, BANK, ("number_invalid", 1, 0)),
    # the third party is asked on the next day at the earliest
    ("failed_calls", SINCE, BANK, ("failed_calls", 3, 1)),
    ("failed_days", SINCE, BANK, ("failed_days", 3, 0)),
]

test_what_each_file_says = look_at("bank_default/unreachable", CASES)
