"""Online court auctions: 法释〔2016〕18号 10, 12, 17, 26 from 2017; reference prices 法释〔2018〕15号 27, 30."""

from __future__ import annotations

from tests.packs.rules import BANK, ON, Row, look_at

CASES: list[Row] = [
    ("first_reserve_percent", "2017-01-01", ON, 70),
    ("notice_movable_days", "2017-01-01", ON, 15),
    ("notice_realty_days", "2017-01-01", ON, 30),
    ("deposit_least_percent", "2017-01-01", ON, 5),
    ("deposit_most_percent", "2017-01-01", ON, 20),
    ("second_notice_movable_days", "2017-01-01", ON, 7),
    ("second_notice_realty_days", "2017-01-01", ON, 15),
    ("cut_percent", "2017-01-01", ON, 20),
    # from memory
    ("sell_off_days", "2017-01-01", BANK, 60),
    ("start_within_days", "2018-09-01", ON, 10),
    ("valuation_extra_months", "2018-09-01", ON, 6),
]

test_what_each_file_says = look_at("cn/auction", CASES)


def test_two_rounds_go_no_lower_than_56_percent() -> None:
    """70 % of the price, cut once by 20 % at most."""
    law = {stem: number for stem, _, _, number in CASES}
    assert law["first_reserve_percent"] * (100 - law["cut_percent"]) == 56_00  # type: ignore[operator]
