"""Causes of hardship: the papers that each asks for, and what may be thought of."""

from __future__ import annotations

from tests.core.any_facts import TODAY, book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("accident", SINCE, BANK, ("accident_report",)),
    ("disaster", SINCE, BANK, ("disaster_proof",)),
    ("family", SINCE, BANK, ("family_proof",)),
    ("illness", SINCE, BANK, ("medical_record",)),
    ("income_loss", SINCE, BANK, ("income_record", "bank_statement")),
    ("unemployment", SINCE, BANK, ("unemployment_proof", "social_insurance_record")),
]

test_what_each_file_says = look_at("bank_default/hardship_cause", CASES)


def test_whatever_the_cause_the_same_may_be_offered() -> None:
    offers = {cause: rule.offers for cause, (_, rule) in book().at(TODAY, "cn", "consumer_loan").hardships.items()}
    assert offers.keys() == {stem for stem, *_ in CASES}
    assert set(offers.values()) == {
        ("extension", "reschedule", "personal_instalments", "settlement_with_waiver", "court_mediation")
    }
