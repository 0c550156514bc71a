"""The bank's own rules on evasion: two signs, each with its paper; a finding that ends by itself."""

from __future__ import annotations

import pytest

from recourse.policy.debtor_values import EvasionSigns
from tests.core.any_facts import TODAY, book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    (
        "signs",
        SINCE,
        BANK,
        (
            2,
            "assets_moved assets_given_away able_and_refusing false_papers vanished money_misused dodging_service"
            " sham_insolvency",
        ),
    ),
    ("review_days", SINCE, BANK, 180),
]

test_what_each_file_says = look_at("bank_default/evasion", CASES)

POLICY = book().at(TODAY, "cn", "consumer_loan")


def test_being_late_or_silent_is_no_sign() -> None:
    ((_, rule),) = POLICY.of("evasion_signs", EvasionSigns)
    assert not {"overdue", "no_answer"} & set(rule.signs)


@pytest.mark.parametrize("tier", ["T0", "T1", "T2", "T3", "T4"])
def test_a_finding_takes_compliance_and_two_seats_at_every_tier(tier: str) -> None:
    seats = POLICY.authority["evasion_finding"][1].tiers[tier]
    assert "CMP" in seats.seats
    assert len(seats.seats) == 2
    assert seats.then
