"""Sureties in small cases, each with its days: who is still held, until when, and what a changed contract does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.legal.guarantee import (
    Acts,
    ConsentEffect,
    Guarantee,
    Kind,
    MainTerms,
    Refusal,
    consent_effect,
    liability_kept,
    may_refuse,
    period,
)
from recourse.policy.book import Policy

DUE = date(2025, 3, 31)
ENDS = date(2025, 9, 30)
"""Six months from maturity, none agreed."""
JOINT = Guarantee("joint", Kind.JOINT, DUE)
GENERAL = Guarantee("general", Kind.GENERAL, DUE)

PERIODS = [
    (JOINT, ENDS, "not_agreed"),
    (Guarantee("g", None, date(2025, 8, 31)), date(2026, 2, 28), "not_agreed"),
    (Guarantee("g", Kind.JOINT, DUE, date(2027, 3, 31)), date(2027, 3, 31), "agreed"),
    (Guarantee("g", Kind.JOINT, DUE, DUE), ENDS, "too_early"),
    (Guarantee("g", Kind.JOINT, DUE, date(2025, 1, 1)), ENDS, "too_early"),
    (Guarantee("g", Kind.JOINT, DUE, until_repaid=True), ENDS, "until_repaid"),
    (Guarantee("g", Kind.JOINT), None, "not_agreed"),
    (Guarantee("g", Kind.JOINT, None, date(2027, 3, 31)), None, "due_unknown"),
]


@pytest.mark.parametrize(("guarantee", "ends_on", "code"), PERIODS)
def test_the_period(guarantee: Guarantee, ends_on: date | None, code: str, policy: Policy) -> None:
    found = period(guarantee, policy)
    assert (found.ends_on, found.because.code) == (ends_on, code)


def test_without_the_rule_the_period_is_not_known(without: Callable[..., Policy]) -> None:
    bare = without("clock.guarantee_default_months")
    assert period(JOINT, bare).ends_on is None
    assert liability_kept(JOINT, Acts(claimed_on=ENDS), bare, date(2030, 1, 1)).kept is None


LATER = date(2026, 6, 1)
CASES: list[tuple[str, Guarantee, dict[str, Any], bool, str]] = [
    ("the letter reached the joint surety on the last day", JOINT, {"claimed_on": ENDS}, True, "claimed"),
    ("it reached him a day late", JOINT, {"claimed_on": ENDS + timedelta(1)}, False, "lost"),
    ("it reached him before the debt was due", JOINT, {"claimed_on": DUE - timedelta(1)}, False, "lost"),
    ("only the debtor was sued", JOINT, {"sued_debtor_on": DUE}, False, "lost"),
    ("the joint surety was sued", JOINT, {"sued_surety_on": ENDS}, True, "sued_surety"),
    ("sued, served, withdrawn", JOINT,
     {"sued_surety_on": DUE, "copy_served_on": ENDS, "surety_suit_withdrawn": True}, True, "sued_surety"),
    ("sued and withdrawn before service", JOINT, {"sued_surety_on": DUE, "surety_suit_withdrawn": True}, False, "lost"),
    ("a letter to the general surety", GENERAL, {"claimed_on": DUE}, False, "lost"),
    ("the general surety alone was sued", GENERAL, {"sued_surety_on": DUE}, False, "lost"),
    ("the debtor was sued in time", GENERAL, {"sued_debtor_on": ENDS}, True, "sued_debtor"),
    ("the debtor was sued a day late", GENERAL, {"sued_debtor_on": ENDS + timedelta(1)}, False, "lost"),
    ("sued, withdrawn, not again", GENERAL, {"sued_debtor_on": DUE, "debtor_suit_withdrawn": True}, False, "lost"),
    ("sued, withdrawn, again in time", GENERAL,
     {"sued_debtor_on": DUE, "debtor_suit_withdrawn": True, "sued_debtor_again_on": ENDS}, True, "sued_debtor"),
    ("sued, withdrawn, again too late", GENERAL,
     {"sued_debtor_on": DUE, "debtor_suit_withdrawn": True, "sued_debtor_again_on": LATER}, False, "lost"),
    ("the notarised claim went to enforcement", GENERAL, {"notarised_enforcement_on": ENDS}, True, "notarised"),
    ("mode not agreed: a letter keeps nothing", Guarantee("g", None, DUE), {"claimed_on": DUE}, False, "lost"),
    ("he signed a demand after the period", JOINT, {"signed_after_on": LATER}, False, "not_revived"),
]  # fmt: skip


@pytest.mark.parametrize(("guarantee", "acts", "kept", "code"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_who_is_still_held(guarantee: Guarantee, acts: dict[str, Any], kept: bool, code: str, policy: Policy) -> None:
    found = liability_kept(guarantee, Acts(**acts), policy, LATER)
    assert found.kept is kept
    assert found.because[-1].code == code
    assert found.by_on == ENDS


def test_while_the_period_runs_it_is_open_and_the_act_is_named(policy: Policy) -> None:
    for guarantee, code in ((JOINT, "call_on_surety"), (GENERAL, "sue_debtor")):
        found = liability_kept(guarantee, Acts(), policy, ENDS)
        assert (found.kept, found.by_on, found.because[-1].code) == (None, ENDS, code)


def test_an_act_of_a_later_day_does_not_count_yet(policy: Policy) -> None:
    assert liability_kept(JOINT, Acts(claimed_on=ENDS), policy, ENDS - timedelta(1)).kept is None
    assert liability_kept(JOINT, Acts(claimed_on=ENDS), policy, ENDS).kept is True


def limitation(guarantee: Guarantee, policy: Policy, on: date = LATER, **acts: Any) -> tuple[date | None, date | None]:
    found = liability_kept(guarantee, Acts(**acts), policy, on)
    return found.limitation_from_on, found.limitation_to_on


def test_three_years_from_the_demand_on_a_joint_surety(policy: Policy) -> None:
    assert limitation(JOINT, policy, claimed_on=date(2025, 5, 8)) == (date(2025, 5, 8), date(2028, 5, 8))


SUED = {"sued_debtor_on": date(2025, 5, 8)}
FROM = [
    ({}, None),
    ({"enforcement_applied_on": date(2025, 12, 1)}, None),
    ({"enforcement_applied_on": date(2025, 5, 31)}, date(2026, 5, 31)),
    ({"enforcement_applied_on": date(2025, 6, 1), "enforcement_failed_on": date(2026, 2, 3)}, date(2026, 2, 3)),
    ({"enforcement_applied_on": date(2024, 12, 1), "enforcement_failed_on": date(2026, 2, 3)}, date(2025, 12, 1)),
    ({"refusal_lost_on": date(2025, 9, 9)}, date(2025, 9, 9)),
]


@pytest.mark.parametrize(("acts", "starts"), FROM)
def test_the_limitation_of_a_general_surety_waits_for_the_end_of_his_refusal(
    acts: dict[str, Any], starts: date | None, policy: Policy
) -> None:
    """解释 28: from the ruling that ended enforcement, or a year after the application; or from what ends the refusal."""
    assert limitation(GENERAL, policy, **SUED, **acts)[0] == starts


@given(st.sampled_from([JOINT, GENERAL]), st.dates(DUE, date(2027, 1, 1)), st.dates(DUE, date(2027, 1, 1)))
def test_no_act_after_the_period_ever_keeps_a_surety(policy: Policy, g: Guarantee, done: date, on: date) -> None:
    acts = Acts(claimed_on=done, sued_surety_on=done, sued_debtor_on=done, notarised_enforcement_on=done)
    found = liability_kept(g, acts, policy, on)
    assert (found.kept is True) == (done <= ENDS and done <= on)
    assert (found.kept is False) == (on > ENDS and done > ENDS)


REFUSALS = [
    (Kind.JOINT, Refusal(), False),
    (Kind.GENERAL, Refusal(), None),
    (Kind.GENERAL, Refusal(False, False, False, False, False), True),
    (Kind.GENERAL, Refusal(enforced_in_vain=True), False),
    (Kind.GENERAL, Refusal(bankruptcy_accepted=True), False),
    (Kind.GENERAL, Refusal(False, False, False, None, False), None),
]


@pytest.mark.parametrize(("kind", "facts", "refuses"), REFUSALS)
def test_the_right_to_refuse(kind: Kind, facts: Refusal, refuses: bool | None) -> None:
    assert may_refuse(kind, facts) is refuses


BEFORE = MainTerms(10_000_000, DUE)
CHANGES = [
    # after, consent, liable for, not for, maturity of the period, reasons
    (MainTerms(8_000_000, DUE), False, 8_000_000, 0, DUE, {"no_consent", "lighter"}),
    (MainTerms(12_000_000, DUE), False, 10_000_000, 2_000_000, DUE, {"no_consent", "heavier"}),
    (MainTerms(12_000_000, DUE), None, 10_000_000, 2_000_000, DUE, {"no_consent", "heavier"}),
    (MainTerms(12_000_000, DUE), True, 12_000_000, 0, DUE, {"consented"}),
    (MainTerms(10_000_000, date(2026, 3, 31)), False, 10_000_000, 0, DUE, {"no_consent", "period_stays"}),
    (MainTerms(10_000_000, date(2026, 3, 31)), True, 10_000_000, 0, date(2026, 3, 31), {"consented"}),
]


@pytest.mark.parametrize(("after", "consent", "liable", "lost", "from_on", "codes"), CHANGES)
def test_a_changed_contract_without_the_suretys_written_consent(
    after: MainTerms, consent: bool | None, liable: int, lost: int, from_on: date, codes: set[str]
) -> None:
    found: ConsentEffect = consent_effect(BEFORE, after, consent)
    assert (found.liable_up_to, found.lost, found.period_from_on) == (liable, lost, from_on)
    assert {ground.code for ground in found.because} == codes


def test_a_debt_below_zero_is_refused() -> None:
    with pytest.raises(UserError, match="below zero"):
        consent_effect(BEFORE, MainTerms(-1, DUE), True)
