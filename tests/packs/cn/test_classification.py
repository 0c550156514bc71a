"""The least class by days, impairment, restructuring and evasion: what each file says on both sides of its edges."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.classification import TECHNICAL_DAYS, step_of
from recourse.policy.debtor_values import Classification, Contagion
from recourse.policy.schema import State
from tests.core.any_facts import book
from tests.packs.rules import BANK, OFF, ON, Row, look_at

DAY = date(2026, 3, 2)
CASES: list[Row] = [
    # the order of 2023: days past due, from a secondary source
    ("overdue", "2023-07-01", ON, "special_mention>0 substandard>90 doubtful>270 loss>360"),
    # card rules of 2011, 92
    ("card", "2011-01-13", ON, "special_mention>0 substandard>90 doubtful>120 loss>180"),
    # more than half of the book value in the parallel rule; nine tenths from memory
    ("impairment", "2023-07-01", BANK, "substandard>0 doubtful>5000"),
    ("impairment_loss", "2023-07-01", BANK, "loss>9000"),
    # 7, 8: a tenth spoils the rest of a business; that nothing does the rest of a person is from memory, and off
    ("contagion", "2023-07-01", OFF, ("none", 0)),
    ("contagion.business", "2023-07-01", ON, ("share", 10)),
    # 20-22: two periods in a row; the floors of 21 and 22 were read in a draft, or are from memory
    ("observation_periods", "2023-07-01", ON, 2),
    ("restructured", "2023-07-01", BANK, "special_mention>0"),
    ("restructured_again", "2023-07-01", BANK, "substandard>1"),
    ("upgrade_periods", "2023-07-01", BANK, 2),
    ("evasion", "2023-07-01", BANK, "special_mention>0 substandard>1"),
    # a permission from memory is off
    ("technical_days", "2023-07-01", OFF, 7),
]

test_what_each_file_says = look_at("cn/classification", CASES)

STEPS: list[tuple[str, str, list[tuple[int, str, str]]]] = [
    ("overdue", "consumer_loan", [(0, "pass", "special_mention"), (90, "special_mention", "substandard"),
                                  (270, "substandard", "doubtful"), (360, "doubtful", "loss")]),
    ("card", "credit_card", [(0, "pass", "special_mention"), (90, "special_mention", "substandard"),
                             (120, "substandard", "doubtful"), (180, "doubtful", "loss")]),
    ("impairment", "consumer_loan", [(0, "pass", "substandard"), (5_000, "substandard", "doubtful")]),
    ("impairment_loss", "consumer_loan", [(9_000, "pass", "loss")]),
    ("restructured", "consumer_loan", [(0, "pass", "special_mention")]),
    ("restructured_again", "consumer_loan", [(1, "pass", "substandard")]),
    ("evasion", "consumer_loan", [(0, "pass", "special_mention"), (1, "special_mention", "substandard")]),
]  # fmt: skip


@pytest.mark.parametrize(("stem", "product", "edges"), STEPS)
def test_steps(stem: str, product: str, edges: list[tuple[int, str, str]]) -> None:
    rules = {source.rule: rule for source, rule in book().at(DAY, "cn", product).of("classification", Classification)}
    rule = rules[f"classification.{stem}"]
    assert [(above, step_of(rule, above), step_of(rule, above + 1)) for above, _, _ in edges] == edges


def test_the_card_table_is_for_cards() -> None:
    rules = [source.rule for source, _ in book().at(DAY, "cn", "mortgage").of("classification", Classification)]
    assert "classification.card" not in rules


def test_contagion() -> None:
    ((_, rule),) = book().at(DAY, "cn", "business_loan").of("contagion", Contagion)
    assert (rule.contagion, rule.above_percent) == ("share", 10)
    assert not list(book().at(DAY, "cn", "credit_card").of("contagion", Contagion))


@pytest.mark.parametrize(("stem", "number"), [("observation_periods", 2), ("upgrade_periods", 2)])
def test_periods(stem: str, number: int) -> None:
    assert book().at(DAY, "cn", "mortgage").number(f"classification.{stem}") == number


def test_technical_days_are_off_until_somebody_has_read_the_text() -> None:
    policy = book().at(DAY, "cn", "mortgage")
    sources = {source.rule: source for _, source in policy.sourced}
    assert sources["classification.technical_days"].state is State.DISABLED
    assert TECHNICAL_DAYS not in policy.numbers


def test_nothing_of_2023_holds_before_its_day() -> None:
    rules = [
        [source.rule for source, _ in book().at(day, "cn", "credit_card").of("classification", Classification)]
        for day in (date(2023, 6, 30), date(2023, 7, 1))
    ]
    assert rules[0] == ["classification.card"]
    assert "classification.overdue" in rules[1]
