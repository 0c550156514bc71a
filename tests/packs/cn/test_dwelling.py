"""A home that is sold by a court: five to eight years' rent (异议复议规定 20), six months' grace (copy of 2005, not checked)."""

from __future__ import annotations

from tests.packs.rules import BANK, ON, Row, look_at

CASES: list[Row] = [
    ("rent_years_least", "2021-01-01", ON, 5),
    ("rent_years_most", "2021-01-01", ON, 8),
    ("grace_months", "2005-12-21", BANK, 6),
]

test_what_each_file_says = look_at("cn/dwelling", CASES)
