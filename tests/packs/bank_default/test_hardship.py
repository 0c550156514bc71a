"""Days of hardship: to bring papers, to be reminded of them, until what was accepted is reviewed."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from recourse.errors import UserError
from tasks.hardship import decided
from tests.core.any_facts import TODAY, book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("evidence_days", SINCE, BANK, 20),
    ("remind_days", SINCE, BANK, 7),
    ("longest_review_days", SINCE, BANK, 180),
]

test_what_each_file_says = look_at("bank_default/hardship", CASES)

POLICY = book().at(TODAY, "cn", "consumer_loan")
ROW = SimpleNamespace(application_id="a", state="applied", lacking="[]")


def test_a_review_in_a_hundred_and_eighty_days_and_not_a_day_later() -> None:
    last = TODAY + timedelta(days=180)
    assert decided(ROW, "accepted", "seen", last, POLICY, TODAY).review_on == last
    for day in (last + timedelta(days=1), TODAY):
        with pytest.raises(UserError, match="reviewed"):
            decided(ROW, "accepted", "seen", day, POLICY, TODAY)


def test_the_reminder_comes_before_the_papers_are_due() -> None:
    assert POLICY.number("hardship.remind_days") < POLICY.number("hardship.evidence_days")
