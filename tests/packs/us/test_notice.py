"""United States: longer than the time in which the debt may be disputed."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("days_to_pay", SINCE, BANK, 45),
]

test_what_each_file_says = look_at("us/notice", CASES)


def test_the_debtor_is_not_asked_for_money_before_the_time_to_dispute_is_over() -> None:
    """Thirty days after a receipt five business days after sending, a week and a holiday: 38 at most (38(b))."""
    ((_, _, _, days),) = CASES
    assert isinstance(days, int)
    assert days > 30 + 7 + 1
