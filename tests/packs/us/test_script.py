"""The phrases of the United States, by the sections of Regulation F."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.speech.lexicon import check, check_third_party
from tests.core.any_facts import book

FORBIDDEN = [
    ("harassment", date(2026, 11, 27), "You deadbeat", "You do not agree"),
    ("harassment", date(2026, 11, 27), "We will tell your boss", "We will not tell your boss"),
    ("false_authority", date(2026, 11, 27), "This is the police", "This is the bank"),
    ("false_threat", date(2026, 11, 27), "You will go to jail", "The bank may take legal action that the law allows"),
    ("unfair", date(2021, 11, 30), "Send me a postdated check", "Send a cheque of today"),
    ("time_barred", date(2026, 11, 27), "We will sue you", "The bank may take legal action that the law allows"),
]
OVERRIDDEN = [("allowed", date(2026, 11, 27), "You cannot go to jail for a debt", "go to jail for a debt")]
THIRD_PARTY = [
    ("third_party", date(2026, 11, 27), "He has a loan", "Please ask him to call back"),
    ("third_party", date(2026, 11, 27), "He pays $50", "Please ask him to call back"),
]
CASES = [*FORBIDDEN, *OVERRIDDEN, *THIRD_PARTY]


@pytest.mark.parametrize(("stem", "day", "wrong", "right"), FORBIDDEN)
def test_what_may_not_be_said_and_what_may(stem: str, day: date, wrong: str, right: str) -> None:
    policy = book().at(day, "us", "credit_card")
    assert {hit.rule for hit in check(wrong, policy)} == {f"script.{stem}"}
    assert check(right, policy) == ()


@pytest.mark.parametrize(("stem", "day", "right", "wrong"), OVERRIDDEN)
def test_a_true_statement_covers_a_phrase(stem: str, day: date, right: str, wrong: str) -> None:
    policy = book().at(day, "us", "credit_card")
    assert f"script.{stem}" in policy.citations
    assert check(wrong, policy)
    assert check(right, policy) == ()


@pytest.mark.parametrize(("stem", "day", "wrong", "right"), THIRD_PARTY)
def test_what_a_third_party_is_not_told(stem: str, day: date, wrong: str, right: str) -> None:
    policy = book().at(day, "us", "credit_card")
    assert f"script.{stem}" in {hit.rule for hit in check_third_party(wrong, policy)}
    assert check_third_party(right, policy) == ()
