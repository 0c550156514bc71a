"""Negative information: told before it is reported, kept five years from its end (征信业管理条例 15, 16)."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from recourse.credit_months import record
from tests.core.any_facts import TODAY, book
from tests.packs.rules import ON, Row, look_at

CASES: list[Row] = [
    ("notice_lead_days", "2013-03-15", ON, 0),
    ("keep_years", "2013-03-15", ON, 5),
]

test_what_each_file_says = look_at("cn/credit", CASES)

NUMBERS = book().at(TODAY, "cn", "consumer_loan").numbers
REPORTED, ENDED = date(2026, 2, 10), date(2026, 3, 10)
ROWS = [SimpleNamespace(month="2026-01", status="overdue_1", reported_on=REPORTED),
        SimpleNamespace(month="2026-02", status="normal", reported_on=ENDED)]  # fmt: skip


@pytest.mark.parametrize(("after", "told"), [(-1, True), (0, True), (1, False)])
def test_a_notice_on_the_day_of_the_report_is_in_time_and_a_day_later_not(after: int, told: bool) -> None:
    (bad, _) = record(ROWS, [REPORTED + timedelta(days=after)], NUMBERS)
    assert (bad.told_on is not None) is told


def test_it_is_kept_for_five_years_from_the_end_and_while_it_goes_on_nobody_counts() -> None:
    """From the end of the last bad month, whenever a good one is reported."""
    assert next(record(ROWS, [], NUMBERS)).keep_until_on == date(2031, 1, 31)
    bad = [SimpleNamespace(month="2026-01", status="overdue_1", reported_on=REPORTED),
           SimpleNamespace(month="2026-02", status="overdue_2", reported_on=ENDED)]  # fmt: skip
    good = SimpleNamespace(month="2026-06", status="normal", reported_on=date(2026, 7, 9))
    assert [each.keep_until_on for each in record([*bad, good], [], NUMBERS)] == [date(2031, 2, 28)] * 2 + [None]
    assert next(record(ROWS[:1], [], NUMBERS)).keep_until_on is None
