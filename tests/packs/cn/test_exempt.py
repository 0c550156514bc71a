"""What is never set off: wages and the like; a household keeps 1,500 yuan for a month. The bank's own stop."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("living_floor_monthly_minor", SINCE, BANK, 150_000),
    ("living_floor_months", SINCE, BANK, 1),
    (
        "protected_funds",
        SINCE,
        BANK,
        {"wages", "minimum_living_allowance", "survivor_benefit", "social_insurance", "housing_fund", "maintenance"},
    ),
]

test_what_each_file_says = look_at("cn/exempt", CASES)
