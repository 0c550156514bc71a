"""United States: a day, so that the validation notice is in time."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("contact", SINCE, BANK, 1),
]

test_what_each_file_says = look_at("us/gap", CASES)
