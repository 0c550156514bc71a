"""The phrases of the mainland: each class forbids its own, at the same place a true statement may be said."""

from __future__ import annotations

from datetime import date

import pytest

from recourse.speech.lexicon import check, check_third_party
from tests.core.any_facts import book

FORBIDDEN = [
    # file, day, what may not be said, what may
    ("impersonation", date(2026, 11, 27), "我是公安局的", "我不是公安局的"),
    ("intimidation", date(2026, 11, 27), "不还就让你坐牢", "不还本行可能依法起诉"),
    ("intimidation", date(2004, 1, 1), "我们会通知你单位", "请您本人与本行联系"),
    ("misleading", date(2026, 11, 27), "会把你列入黑名单", "本行可能依法报送征信"),
    ("misleading", date(2026, 1, 29), "会影响一辈子", "本行可能依法报送征信"),
    ("false_promises", date(2026, 11, 27), "还清就征信修复", "不会征信修复"),
    ("extra_fees", date(2026, 11, 27), "请先支付催收费", "本行不收取催收费"),
    ("public_posting", date(2026, 11, 27), "会网上曝光你", "不会网上曝光"),
    ("private_channels", date(2026, 11, 27), "请转到我账户", "请勿转到我账户"),
    ("premises", date(2026, 11, 27), "我们会蹲守", "如需面谈，将事先征得您同意"),
]
OVERRIDDEN = [
    # file, day, a statement that is allowed although it holds the phrase that stands beside it
    ("allowed", date(2026, 11, 27), "谨防冒充公安机关", "冒充公安机关"),
]
THIRD_PARTY = [
    ("third_party", date(2026, 11, 27), "他逾期了", "请转告其回电"),
    ("third_party", date(2026, 1, 29), "他有3000元", "请转告其回电"),
    ("third_party", date(2026, 11, 27), "请在3月5日前", "请转告其回电"),
]
CASES = [*FORBIDDEN, *OVERRIDDEN, *THIRD_PARTY]


@pytest.mark.parametrize(("stem", "day", "wrong", "right"), FORBIDDEN)
def test_what_may_not_be_said_and_what_may(stem: str, day: date, wrong: str, right: str) -> None:
    policy = book().at(day, "cn", "consumer_loan")
    assert {hit.rule for hit in check(wrong, policy)} == {f"script.{stem}"}
    assert check(right, policy) == ()


@pytest.mark.parametrize(("stem", "day", "right", "wrong"), OVERRIDDEN)
def test_a_true_statement_covers_a_phrase(stem: str, day: date, right: str, wrong: str) -> None:
    policy = book().at(day, "cn", "consumer_loan")
    assert f"script.{stem}" in policy.citations
    assert check(wrong, policy)
    assert check(right, policy) == ()


@pytest.mark.parametrize(("stem", "day", "wrong", "right"), THIRD_PARTY)
def test_what_a_third_party_is_not_told(stem: str, day: date, wrong: str, right: str) -> None:
    policy = book().at(day, "cn", "consumer_loan")
    assert f"script.{stem}" in {hit.rule for hit in check_third_party(wrong, policy)}
    assert check_third_party(right, policy) == ()
