"""What the system's own work costs: nothing is booked until the bank says how much."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("call_minutes", SINCE, BANK, 0),
    ("gate_minutes", SINCE, BANK, 0),
    ("staff_minor_per_hour", SINCE, BANK, 0),
]

test_what_each_file_says = look_at("bank_default/cost", CASES)
