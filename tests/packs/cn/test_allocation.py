"""The packs of topic allocation: which order is in force on which day."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.allocation import criteria_of, order_of
from recourse.errors import UserError
from tests.core.any_facts import book

INTEREST_FIRST = ("costs", "interest", "compound", "penalty", "fees", "principal")
PRINCIPAL_FIRST = ("costs", "principal", "interest", "compound", "penalty", "fees")
RANKED = ("due", "least_secured", "heavier", "earlier")
CODE = date(2021, 1, 1)
CASES = (
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


@pytest.mark.parametrize(("file", "product", "stage", "on", "dpd", "order"), CASES)
def test_the_order_in_force(file: str, product: str, stage: str, on: date, dpd: int, order: tuple[str, ...]) -> None:
    assert order_of(book().at(on, "cn", product), dpd, stage) == order


def test_before_the_interpretation_nothing_is_known_of_judgments() -> None:
    with pytest.raises(UserError, match="no order of payment for judgment debts"):
        order_of(book().at(date(2014, 7, 31), "cn", "mortgage"), 0, "judgment")


SEVERAL = (("several_debts", date(2020, 12, 31), "bank_default"), ("several_debts", CODE, "enforced"))


@pytest.mark.parametrize(("file", "on", "state"), SEVERAL)
def test_several_debts_are_ranked(file: str, on: date, state: str) -> None:
    policy = book().at(on, "cn", "consumer_loan")
    assert criteria_of(policy) == RANKED
    assert {source.rule: source.state for _, source in policy.sourced}[f"allocation.{file}"] == state
