"""What is there of a case settles conditions without asking them: it must say what asking would have said."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse import decide as decisions
from recourse import presence, rungs
from recourse.conditions import Moment, compile_test
from recourse.decide import Judge, judge
from recourse.facts import Facts
from recourse.policy.values import Condition
from tasks.ladder import LADDER
from tests.core.any_facts import TODAY, book, facts, odd_facts, policy_of

CONDITIONS = {
    condition
    for _, rule in book().rules("cn")
    if rule.kind == "entry"
    for value in rule.values
    for clause in value.value["any"]
    for condition in (msgspec.convert(each, Condition) for each in clause["all"])
    if not isinstance(condition.at_least, dict) and not isinstance(condition.at_most, dict)
}  # fmt: skip
LATER = (TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=200))


def test_the_packs_ask_most_of_what_is_settled_beforehand() -> None:
    asked = {condition.measure for condition in CONDITIONS}
    assert len(asked & set(presence.ABSENT)) > 15


@settings(max_examples=300)
@given(facts() | odd_facts(), st.sampled_from(sorted(CONDITIONS, key=repr)), st.sampled_from(LATER))
def test_what_is_settled_is_what_the_test_says(of: Facts, condition: Condition, on: date) -> None:
    says = presence.settled(condition, frozenset(of.file.visits), presence.present(of))
    if says is not None:
        view = compile_test(condition)(of, on, Moment(of, on, "R2", {}))
        assert view.holds is says
        assert not view.unknown
        assert view.on is None


def without_shortcuts(of: Facts, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """A judge that asks every test of every clause."""
    monkeypatch.setattr(rungs, "settled", lambda condition, visited, there: None)
    asks_all = Judge(LADDER, policy_of(of, TODAY))
    monkeypatch.setattr(decisions, "present", lambda _: 0)
    return asks_all


@settings(max_examples=150)
@given(facts() | odd_facts(), st.sampled_from(LATER))
def test_a_decision_is_the_one_that_asks_everything(of: Facts, on: date) -> None:
    quick = judge(LADDER, policy_of(of, TODAY)).decide(of, on)
    with pytest.MonkeyPatch.context() as patched:
        assert without_shortcuts(of, patched).decide(of, on) == quick
