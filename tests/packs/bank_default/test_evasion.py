"""The bank's own rules on evasion: signs, review, who agrees, what voids it, the gap of its track."""

from __future__ import annotations

import pytest

from recourse.policy.debtor_values import EvasionSigns
from tests.core.any_facts import TODAY, book

POLICY = book().at(TODAY, "cn", "consumer_loan")


def test_signs() -> None:
    ((_, rule),) = POLICY.of("evasion_signs", EvasionSigns)
    assert rule.at_least == 2
    assert {"assets_moved", "able_and_refusing", "vanished"} <= set(rule.signs)
    assert not {"overdue", "no_answer"} & set(rule.signs), "being late is no sign"


def test_review_days() -> None:
    assert POLICY.number("evasion.review_days") == 180


@pytest.mark.parametrize("tier", ["T0", "T1", "T2", "T3", "T4"])
def test_evasion_finding_takes_compliance_and_two_seats_at_every_tier(tier: str) -> None:
    seats = POLICY.authority["evasion_finding"][1].tiers[tier]
    assert "CMP" in seats.seats
    assert len(seats.seats) == 2
    assert seats.then


def test_evasion_finding_is_void_when_what_it_rests_on_changes() -> None:
    assert {"evasion", "holds", "paid_in_full", "parties"} <= set(POLICY.materiality["evasion_finding"])


def test_gap_evasion() -> None:
    assert POLICY.gaps["evasion"].of("R1", False) == 1
