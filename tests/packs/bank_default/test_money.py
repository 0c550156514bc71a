"""The bank's own packs of the topics allocation and interest: they hold where a jurisdiction has none of its own."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.allocation import criteria_of, order_of
from tests.core.any_facts import book

DAYS = (date(2004, 1, 1), date(2026, 11, 27))
NUMBERS = (("day_count", 360), ("tolerance_minor", 100), ("tolerance_per_million", 5000), ("trim_to_cap", 1))


@pytest.mark.parametrize("on", DAYS)
@pytest.mark.parametrize(("file", "number"), NUMBERS)
def test_the_numbers(file: str, number: int, on: date) -> None:
    for jurisdiction in ("cn", "tw"):
        assert book().at(on, jurisdiction, "consumer_loan").number(f"interest.{file}") == number


@pytest.mark.parametrize("on", DAYS)
def test_order_and_several_debts_hold_where_there_is_no_law_in_a_pack(on: date) -> None:
    elsewhere = book().at(on, "tw", "credit_card")
    assert order_of(elsewhere, 91)[0] == "costs"
    assert order_of(elsewhere, 91)[-1] == "principal"
    assert criteria_of(elsewhere) == ("due", "earlier")
    assert criteria_of(book().at(on, "cn", "credit_card"))[1] == "least_secured"
