"""Each file of cn/classification and of cn/bucket: what it says on both sides of each of its edges."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.buckets import scheme_of, stage_on
from recourse.classification import TECHNICAL_DAYS, step_of
from recourse.policy.debtor_values import Classification, Contagion
from recourse.policy.schema import State
from tests.core.any_facts import book

DAY = date(2026, 3, 2)

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


@pytest.mark.parametrize(
    ("stem", "product", "says"),
    [("contagion", "credit_card", ("none", 0)), ("contagion.business", "business_loan", ("share", 10))],
)
def test_contagion(stem: str, product: str, says: tuple[str, int]) -> None:
    ((_, rule),) = book().at(DAY, "cn", product).of("contagion", Contagion)
    assert (rule.contagion, rule.above_percent) == says, stem


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


@pytest.mark.parametrize(
    ("stem", "product", "edges"),
    [
        ("stages", "mortgage", [(1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (180, 6), (181, 7)]),
        ("stages.card", "credit_card", [(10, 0), (11, 1), (31, 1), (32, 2), (59, 2), (60, 3)]),
    ],
)
def test_stages(stem: str, product: str, edges: list[tuple[int, int]]) -> None:
    scheme = scheme_of(book().at(DAY, "cn", product).numbers)
    due = date(2026, 1, 10)
    found = [(late, stage_on(scheme, due, (), date.fromordinal(due.toordinal() + late))) for late, _ in edges]
    assert found == edges, stem
