"""Ways to write a debt off: 财金〔2017〕90号 9, 10 and annex 1. What is not confirmed is off."""

from __future__ import annotations

from tests.packs.rules import OFF, ON, Row, look_at

CASES: list[Row] = [
    (
        "enforcement_terminated",
        "2017-10-01",
        ON,
        {"dpd>=180", "stage in ended_for_now,enforcement_suspended,enforcement_terminated"},
    ),
    (
        "death_estate_exhausted",
        "2017-10-01",
        ON,
        {"deceased=yes", "estate in exhausted,renounced,no_estate", "opinion=yes"},
    ),
    ("bankruptcy_closed", "2017-10-01", ON, {"bankruptcy in closed"}),
    # unfinished for more than 180 days after the declaration
    ("bankruptcy_unfinished", "2017-10-01", ON, {"days_since_declared>=181"}),
    # missing for more than three years; small tickets: amounts, days and times of 2017 are not confirmed
    ("missing_three_years", "2017-10-01", OFF, {"dpd>=1096", "opinion=yes"}),
    ("small_ticket", "2017-10-01", OFF, {"dpd>=360", "owed<=2000000", "attempts>=6"}),
]

test_what_each_file_says = look_at("cn/criterion", CASES)
