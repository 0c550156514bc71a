"""Court fees: 国务院令第481号 from 1 April 2007."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.legal.fees import fee
from recourse.money import to_minor
from tests.core.any_facts import book
from tests.packs.rules import BANK, ON, SINCE, Row, look_at

CASES: list[Row] = [
    ("case_acceptance", "2007-04-01", ON, "case_acceptance"),
    ("enforcement", "2007-04-01", ON, "enforcement"),
    ("preservation", "2007-04-01", ON, "preservation"),
    ("payment_order", "2007-04-01", ON, "payment_order"),
    ("security_realisation", SINCE, BANK, "security_realisation"),
]

test_what_each_file_says = look_at("cn/fee", CASES)

# 法院诉讼费用交纳办法 13, 14, with the vectors that were worked out by hand: yuan of the claim, yuan of the fee
VECTORS: dict[str, dict[int, str]] = {
    "case_acceptance": {
        10_000: "50",
        50_000: "1050",
        100_000: "2300",
        200_000: "4300",
        500_000: "8800",
        1_000_000: "13800",
        5_000_000: "46800",
        20_000_000: "141800",
    },
    "enforcement": {
        10_000: "50",
        50_000: "650",
        100_000: "1400",
        200_000: "2900",
        500_000: "7400",
        1_000_000: "12400",
        5_000_000: "52400",
        20_000_000: "87400",
    },
    "preservation": {
        1_000: "30",
        10_000: "120",
        50_000: "520",
        100_000: "1020",
        200_000: "1520",
        500_000: "3020",
        895_999: "5000",
        896_000: "5000",
        896_001: "5000",
    },
    "payment_order": {
        10_000: "16.67",
        50_000: "350",
        100_000: "766.67",
        200_000: "1433.33",
        500_000: "2933.33",
        1_000_000: "4600",
        5_000_000: "15600",
        20_000_000: "47266.67",
    },
    "security_realisation": {10_000: "50", 100_000: "2300", 1_000_000: "13800"},
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_scale_gives_the_fee_to_the_fen(name: str) -> None:
    policy = book().at(date(2026, 11, 27), "cn", "consumer_loan")
    found = {claim: fee(policy, name, claim * 100) for claim in VECTORS[name]}
    assert found == {claim: to_minor(text, "CNY") for claim, text in VECTORS[name].items()}


def test_no_scale_is_known_before_its_day() -> None:
    """The scales are of 1 April 2007; what realising a security costs is the bank's estimate by another scale."""
    eve = book().at(date(2007, 3, 31), "cn", "consumer_loan")
    assert [fee(eve, name, 100_000_00) for name in VECTORS] == [None] * len(VECTORS)
