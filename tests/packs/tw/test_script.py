"""The phrases of Taiwan: what is presumed to deceive, what to harass, and that collectors take no money."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.speech.lexicon import check, check_third_party
from tests.core.any_facts import book

FORBIDDEN = [
    ("deception", date(2026, 11, 27), "不還錢會被拘提", "本行得依法提起訴訟"),
    ("deception", date(2004, 1, 1), "馬上查封", "法院得依法查封拍賣"),
    ("harassment", date(2026, 11, 27), "要通知你公司", "請您本人與本行聯絡"),
    ("money", date(2026, 11, 27), "請匯到我的帳戶", "請勿匯到我的帳戶"),
]
OVERRIDDEN = [
    # in front of 查封 stands the court, and the law
    ("allowed", date(2026, 11, 27), "法院得依法查封拍賣", "馬上查封"),
]
THIRD_PARTY = [
    ("third_party", date(2026, 11, 27), "他有欠款", "煩請轉告其回電"),
    ("third_party", date(2026, 11, 27), "他有3000元", "煩請轉告其回電"),
]
CASES = [*FORBIDDEN, *OVERRIDDEN, *THIRD_PARTY]


@pytest.mark.parametrize(("stem", "day", "wrong", "right"), FORBIDDEN)
def test_what_may_not_be_said_and_what_may(stem: str, day: date, wrong: str, right: str) -> None:
    policy = book().at(day, "tw", "credit_card")
    assert {hit.rule for hit in check(wrong, policy)} == {f"script.{stem}"}
    assert check(right, policy) == ()


@pytest.mark.parametrize(("stem", "day", "right", "wrong"), OVERRIDDEN)
def test_a_true_statement_may_be_said(stem: str, day: date, right: str, wrong: str) -> None:
    policy = book().at(day, "tw", "credit_card")
    assert f"script.{stem}" in policy.citations
    assert check(wrong, policy)
    assert check(right, policy) == ()
    assert check("得依法聲請強制執行", policy) == ()


@pytest.mark.parametrize(("stem", "day", "wrong", "right"), THIRD_PARTY)
def test_what_a_third_party_is_not_told(stem: str, day: date, wrong: str, right: str) -> None:
    policy = book().at(day, "tw", "credit_card")
    assert f"script.{stem}" in {hit.rule for hit in check_third_party(wrong, policy)}
    assert check_third_party(right, policy) == ()
