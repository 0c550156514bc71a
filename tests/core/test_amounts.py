"""What is owed, beside the caps: shown to people, claimed in a suit."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from recourse.amounts import above_caps, caps, in_suit, preview, view
from recourse.casefile import CaseFile
from recourse.evidence import evidence
from recourse.facts import Facts, Security, Terms
from recourse.matters import opening
from recourse.money import Amounts
from tests.core.any_facts import book

ON = date(2026, 3, 2)
DUE = date(2025, 12, 19)
"""73 days before: a fifth of a year."""
POLICY = book().at(ON, "cn", "online_consumer_loan")


def facts(amounts: Amounts | None, rate: int | None = 120_000, **terms: Any) -> Facts:
    known = Terms(date(2027, 1, 1), date(2027, 1, 1), annual_rate=rate, penalty_uplift=500_000, **terms)
    return Facts("c", "a", "p", "cn", "online_consumer_loan", "CNY", "e", "b", DUE, (), 130_000, amounts, ON, 0, known,
                 Security(), CaseFile(accelerated_on=DUE))  # fmt: skip


WITHIN = facts(Amounts(1_000_000, 20_000, 40_000, 4_000, 24_000, 500))
"""See tests/core/test_interest.py: 880.00 of charges are what 24 % allow."""
ABOVE = facts(Amounts(1_000_000, 20_000, 40_000, 4_000, 30_000, 500))


def test_the_caps_of_the_product_are_tested_on_what_is_owed() -> None:
    assert {(cap.rule, cap.charged, cap.allowed, cap.excess) for cap in caps(ABOVE, POLICY)} == {
        ("interest.court_cap", 94_000, 88_000, 6_000),
        ("interest.all_in_cap", 94_000, 88_000, 6_000),
    }
    assert [cap.excess for cap in caps(WITHIN, POLICY)] == [0, 0]
    assert len(caps(ABOVE, book().at(ON, "cn", "mortgage"))) == 1
    assert caps(facts(None), POLICY) == ()


def test_only_what_is_due_has_days_overdue_and_none_counts_twice() -> None:
    """100,000.00 at 12 %, 360 days behind, 35 % charged: 24,000.00 are allowed before acceleration, whatever is due of it;
    after it 24 % more for the days since: 60 of them are 3,945.20."""
    owed = Amounts(10_000_000, 1_200_000, 2_300_000)
    due = date(2025, 3, 7)
    late = msgspec.structs.replace(facts(owed), oldest_unpaid_due_on=due, overdue=4_000_000, file=CaseFile())
    for overdue in (3_500_000, 4_000_000, None):
        calm = msgspec.structs.replace(late, overdue=overdue)
        assert {(cap.allowed, cap.excess) for cap in caps(calm, POLICY)} == {(2_400_000, 1_100_000)}
        assert in_suit(calm, POLICY) == Amounts(10_000_000, 1_200_000, 1_200_000)
    called = msgspec.structs.replace(late, file=CaseFile(accelerated_on=date(2026, 1, 1)))
    assert {cap.allowed for cap in caps(called, POLICY)} == {2_400_000 + 394_520}
    matured = msgspec.structs.replace(late, terms=msgspec.structs.replace(late.terms, matures_on=due))
    assert {cap.allowed for cap in caps(matured, POLICY)} == {2_400_000 + 2_367_123}


def test_without_the_contract_rate_nothing_is_tested_and_nothing_trimmed() -> None:
    unknown = facts(ABOVE.amounts, None)
    assert {(cap.allowed, cap.excess) for cap in caps(unknown, POLICY)} == {(None, None)}
    assert in_suit(unknown, POLICY) == ABOVE.amounts
    assert view(unknown, POLICY, ON).excess is None


def test_a_suit_claims_no_more_than_the_cap_and_the_seat_sees_the_excess() -> None:
    """60.00 above: the 40.00 of compound interest, and 20.00 of the penalty."""
    assert in_suit(ABOVE, POLICY) == Amounts(1_000_000, 20_000, 38_000, 0, 30_000, 500)
    assert in_suit(WITHIN, POLICY) == WITHIN.amounts
    assert ("interest.court_cap above", 6_000) in above_caps(ABOVE, POLICY)
    shown = evidence(ABOVE, POLICY, "sue", ON)
    assert ("interest.court_cap above", 6_000) in shown.parts["cap"]
    assert "cap" not in evidence(WITHIN, POLICY, "sue", ON).parts
    assert opening(ABOVE, "suit", ON, claimed=in_suit(ABOVE, POLICY)).claimed == in_suit(ABOVE, POLICY)


def test_a_bank_that_does_not_trim_claims_all_of_it() -> None:
    kept = tuple((kind, s) for kind, s in POLICY.sourced if s.rule != "interest.trim_to_cap")
    assert in_suit(ABOVE, msgspec.structs.replace(POLICY, sourced=kept)) == ABOVE.amounts


def test_where_a_payment_would_go() -> None:
    """250.00: 5.00 of costs, 200.00 of interest, 40.00 of compound interest, 5.00 of penalty."""
    found = preview(WITHIN, POLICY, ON, 25_000)
    assert found is not None
    assert found.paid == Amounts(0, 20_000, 500, 4_000, 0, 500)
    assert found.owed_after.total + 25_000 == WITHIN.owed
    assert found.rule == "allocation.order"
    assert preview(facts(None), POLICY, ON, 1) is None


def test_before_the_whole_is_due_what_is_due_comes_first() -> None:
    """Due are 1,300.00 in all, of them 415.00 of principal; 2,000.00 pay those and 700.00 of the principal ahead."""
    calm = msgspec.structs.replace(WITHIN, file=CaseFile())
    found = preview(calm, POLICY, ON, 200_000)
    assert found is not None
    assert found.paid == Amounts(111_500, 20_000, 40_000, 4_000, 24_000, 500)
    everything = preview(calm, POLICY, ON, 2_000_000)
    assert everything is not None
    assert (everything.paid, everything.left) == (calm.amounts, 2_000_000 - 1_088_500)


def test_the_view_says_how_interest_is_counted() -> None:
    """12 % and half of it are 18 %: on 10,200.00 of 360 days 5.10 a day."""
    found = view(WITHIN, POLICY, ON, 100)
    assert (found.annual_rate, found.penalty_rate, found.day_count, found.per_day) == (120_000, 180_000, 360, 510)
    assert (found.days_past_due, found.excess, found.uplift_above) == (73, 0, 0)
    assert found.preview is not None
    assert view(facts(WITHIN.amounts, 120_000, day_count=365), POLICY, ON).day_count == 365
    steep = msgspec.structs.replace(WITHIN, terms=msgspec.structs.replace(WITHIN.terms, penalty_uplift=600_000))
    assert view(steep, POLICY, ON).uplift_above == 100_000
