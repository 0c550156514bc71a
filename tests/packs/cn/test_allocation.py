"""The packs of topic allocation: which order is in force on which day."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.allocation import criteria_of, order_of
from recourse.errors import UserError
from tests.core.any_facts import book
from tests.packs.rules import BANK, ON, SINCE, Row, look_at

CASES: list[Row] = [
    # 民法典 560, 561; the same order was the bank's own before the code
    ("order", SINCE, BANK, {0: "costs interest compound penalty fees principal"}),
    ("order", "2021-01-01", ON, {0: "costs interest compound penalty fees principal"}),
    ("several_debts", SINCE, BANK, "due least_secured heavier earlier"),
    ("several_debts", "2021-01-01", ON, "due least_secured heavier earlier"),
    # card rules of 2011: principal first from the 91st day on
    ("order.card", SINCE, BANK, {0: "costs interest compound penalty fees principal"}),
    (
        "order.card",
        "2011-01-13",
        BANK,
        {
            0: "costs interest compound penalty fees principal",
            91: "costs principal interest compound penalty fees",
        },
    ),
    # 法释〔2014〕8号 4: the doubled part comes last
    ("after_judgment", "2014-08-01", ON, {0: "costs interest compound penalty fees principal doubled"}),
]

test_what_each_file_says = look_at("cn/allocation", CASES)

INTEREST_FIRST = ("costs", "interest", "compound", "penalty", "fees", "principal")
PRINCIPAL_FIRST = ("costs", "principal", "interest", "compound", "penalty", "fees")
RANKED = ("due", "least_secured", "heavier", "earlier")
CODE = date(2021, 1, 1)
ORDERS = (
    # file, product, stage, day, days past due, order
    ("order", "consumer_loan", "contract", CODE, 0, INTEREST_FIRST),
    ("order", "consumer_loan", "contract", CODE, 91, INTEREST_FIRST),
    ("order", "mortgage", "contract", date(2020, 12, 31), 91, INTEREST_FIRST),
    ("order.card", "credit_card", "contract", date(2026, 3, 2), 90, INTEREST_FIRST),
    ("order.card", "credit_card", "contract", date(2026, 3, 2), 91, PRINCIPAL_FIRST),
    ("order.card", "credit_card", "contract", date(2011, 1, 12), 91, INTEREST_FIRST),
    ("order.card", "credit_card", "contract", date(2011, 1, 13), 91, PRINCIPAL_FIRST),
    ("after_judgment", "consumer_loan", "judgment", date(2014, 8, 1), 0, (*INTEREST_FIRST, "doubled")),
)


@pytest.mark.parametrize(("file", "product", "stage", "on", "dpd", "order"), ORDERS)
def test_the_order_in_force(file: str, product: str, stage: str, on: date, dpd: int, order: tuple[str, ...]) -> None:
    assert order_of(book().at(on, "cn", product), dpd, stage) == order


def test_before_the_interpretation_nothing_is_known_of_judgments() -> None:
    with pytest.raises(UserError, match="no order of payment for judgment debts"):
        order_of(book().at(date(2014, 7, 31), "cn", "mortgage"), 0, "judgment")


@pytest.mark.parametrize("on", [date(2020, 12, 31), CODE])
def test_several_debts_are_ranked(on: date) -> None:
    assert criteria_of(book().at(on, "cn", "consumer_loan")) == RANKED
