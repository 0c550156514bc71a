"""The bank's own numbers of interest: how days are counted, how far the core may lie off, what a suit leaves out."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from recourse.interest_watch import Watch, too_far
from tests.core.any_facts import book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("day_count", SINCE, BANK, 360),
    ("tolerance_minor", SINCE, BANK, 100),
    ("tolerance_per_million", SINCE, BANK, 5000),
    ("trim_to_cap", SINCE, BANK, 1),
]

test_what_each_file_says = look_at("bank_default/interest", CASES)

POLICY = book().at(date(2026, 11, 27), "cn", "consumer_loan")


@pytest.mark.parametrize("jurisdiction", ["cn", "tw", "us"])
@pytest.mark.parametrize("on", [date(2004, 1, 1), date(2026, 11, 27)])
def test_they_hold_everywhere(on: date, jurisdiction: str) -> None:
    numbers = book().at(on, jurisdiction, "consumer_loan").numbers
    assert [numbers[f"interest.{stem}"] for stem, *_ in CASES] == [number for *_, number in CASES]


@pytest.mark.parametrize(("ours", "off", "far"), [(20_000, 100, False), (20_000, 101, True),
                                                  (1_000_000, 5_000, False), (1_000_000, 5_001, True)])  # fmt: skip
def test_the_larger_tolerance_counts(ours: int, off: int, far: bool) -> None:
    """One yuan, or half a percent where that is more; too much and too little alike."""
    tolerances = (POLICY.number("interest.tolerance_minor"), POLICY.number("interest.tolerance_per_million"))
    for told in (ours - off, ours + off):
        watch = Watch(date(2026, 1, 1), date(2026, 2, 1), None, 0, Fraction(ours), Fraction(0), told, "t")
        assert too_far(watch, *tolerances) is far
