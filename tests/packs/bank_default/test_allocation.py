"""The bank's own order of payments: it holds where a jurisdiction has none of its own."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.allocation import criteria_of, order_of
from tests.core.any_facts import book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("order", SINCE, BANK, {0: "costs interest compound penalty fees principal"}),
    ("several_debts", SINCE, BANK, "due earlier"),
]

test_what_each_file_says = look_at("bank_default/allocation", CASES)


@pytest.mark.parametrize("on", [date(2004, 1, 1), date(2026, 11, 27)])
@pytest.mark.parametrize("dpd", [0, 90, 91])
def test_they_hold_where_there_is_no_law_in_a_pack(on: date, dpd: int) -> None:
    elsewhere = book().at(on, "tw", "credit_card")
    assert order_of(elsewhere, dpd) == ("costs", "interest", "compound", "penalty", "fees", "principal")
    assert criteria_of(elsewhere) == ("due", "earlier")
    assert criteria_of(book().at(on, "cn", "credit_card"))[1] == "least_secured"
