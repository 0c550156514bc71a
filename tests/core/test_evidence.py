"""What an approval is bound to: the material facts of the action, and nothing that moves by itself from day to day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.casefile import CaseFile, Hold
from recourse.evidence import differences, evidence
from recourse.facts import CollateralFact, Facts, GuaranteeFact, GuaranteeKind, PartyFact, Security
from recourse.money import Amounts
from tests.core.any_facts import TODAY, facts, odd_facts, policy_of
from tests.core.test_decide import YUAN, loan

ACTIONS = ("sue", "acceleration", "formal_notice", "agency_placement", "write_off", "guarantor_demand")


def hash_of(of: Facts, action: str = "sue", day: date = TODAY) -> str:
    return evidence(of, policy_of(of, TODAY), action, day).hash


def with_(**change: Any) -> Facts:
    return loan(90, **change)


PARTY = Security(parties=(PartyFact("p", "borrower"), PartyFact("q", "co_borrower")))
CHANGES: dict[str, Facts] = {
    "a party": with_(security=PARTY),
    "a brake": with_(file={"holds": {"h": Hold("dispute", TODAY)}}),
    "security": with_(security=Security(collateral=(CollateralFact("k", "car"),))),
    "a guarantee": with_(security=Security(guarantees=(GuaranteeFact("g", "q", GuaranteeKind.JOINT),))),
    "a higher tier": with_(exposure=2_000_000 * YUAN),
    "payment in full": with_(amounts=Amounts()),
    "acceleration": with_(file={"accelerated_on": TODAY}),
    "a court file": with_(file={"stage": "filed"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_material_fact_changes_what_a_suit_was_agreed_on(name: str) -> None:
    assert hash_of(CHANGES[name]) != hash_of(with_())


@pytest.mark.parametrize("name", ["a brake", "payment in full", "a party"])
@pytest.mark.parametrize("action", ACTIONS)
def test_some_facts_are_material_to_everything(name: str, action: str) -> None:
    assert hash_of(CHANGES[name], action) != hash_of(with_(), action)


def test_a_small_receipt_an_attempt_and_a_newer_balance_are_shown_and_bind_nothing() -> None:
    after = with_(amounts=Amounts(principal=49_999 * YUAN), file={"paid": YUAN, "attempts": 4}, balance_as_of=TODAY)
    assert hash_of(after) == hash_of(with_())
    policy = policy_of(after, TODAY)
    before, now = evidence(with_(), policy, "sue", TODAY), evidence(after, policy, "sue", TODAY)
    named = {change.split(":")[0] for change in differences(msgspec.json.decode(before.text), now.parts)}
    assert named == {"amounts", "as_of", "attempts", "paid"}


def test_what_is_material_is_the_action_s_own_affair() -> None:
    secured = CHANGES["security"]
    assert hash_of(secured, "formal_notice") == hash_of(with_(), "formal_notice")
    assert hash_of(secured, "agency_placement") != hash_of(with_(), "agency_placement")


def test_the_order_in_which_facts_came_does_not_matter() -> None:
    holds = {"h1": Hold("dispute", TODAY), "h2": Hold("hardship", TODAY)}
    one, other = with_(file={"holds": holds}), with_(file={"holds": dict(reversed(holds.items()))})
    assert hash_of(one) == hash_of(other)


@settings(max_examples=80)
@given(facts(), st.integers(1, 25))
def test_nothing_but_a_brake_that_runs_out_changes_an_approval_by_the_mere_passing_of_days(
    of: Facts, days: int
) -> None:
    file = msgspec.structs.replace(of.file, holds={})
    of = msgspec.structs.replace(of, file=file)
    for action in ACTIONS:
        assert hash_of(of, action, TODAY + timedelta(days=days)) == hash_of(of, action)


@settings(max_examples=80)
@given(odd_facts(), st.sampled_from(ACTIONS))
def test_any_facts_have_an_evidence_that_can_be_kept_and_compared(of: Facts, action: str) -> None:
    found = evidence(of, policy_of(of, TODAY), action, TODAY)
    assert differences(msgspec.json.decode(found.text), found.parts) == ()


def test_every_difference_names_the_part_with_before_and_after() -> None:
    policy = policy_of(with_(), TODAY)
    before = msgspec.json.decode(evidence(with_(), policy, "sue", TODAY).text)
    changes = differences(before, evidence(CHANGES["a court file"], policy, "sue", TODAY).parts)
    assert changes == ('stage: "" → "filed"',)


def test_an_empty_file_is_evidence_too() -> None:
    assert evidence(with_(file={}), policy_of(with_(), TODAY), "sue", TODAY).parts["holds"] == []
    assert CaseFile().holds == {}
