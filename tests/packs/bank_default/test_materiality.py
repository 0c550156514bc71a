"""Which facts void an approval, beside who owes, what is held and that it is paid, which always do."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("formal_notice", SINCE, BANK, {"accelerated"}),
    ("visit", SINCE, BANK, {"stage"}),
    ("third_party_contact", SINCE, BANK, set()),
    ("hold_release", SINCE, BANK, set()),
    ("pack_activation", SINCE, BANK, set()),
    ("arrangement", SINCE, BANK, {"guarantee", "tier", "accelerated", "stage", "maturity"}),
    ("acceleration", SINCE, BANK, {"tier", "accelerated", "maturity"}),
    ("agency_placement", SINCE, BANK, {"security", "tier", "stage"}),
    ("guarantor_demand", SINCE, BANK, {"guarantee", "consents", "tier", "accelerated", "maturity"}),
    ("preservation", SINCE, BANK, {"security", "tier", "stage"}),
    ("security_disposal", SINCE, BANK, {"security", "tier", "owed_band", "stage"}),
    ("set_off", SINCE, BANK, {"tier", "owed_band", "stage", "unknown_deposits"}),
    ("sue", SINCE, BANK, {"security", "guarantee", "tier", "owed_band", "accelerated", "stage", "maturity"}),
    ("settle", SINCE, BANK, {"security", "guarantee", "tier", "owed_band", "stage"}),
    ("enforce", SINCE, BANK, {"tier", "stage"}),
    ("readiness_gap", SINCE, BANK, {"security", "guarantee", "tier", "stage"}),
    ("evasion_finding", SINCE, BANK, {"evasion"}),
    ("criminal_referral", SINCE, BANK, {"tier", "stage"}),
    ("waiver_interest", SINCE, BANK, {"guarantee", "tier", "owed_band", "stage"}),
    ("waiver_principal", SINCE, BANK, {"security", "guarantee", "tier", "owed_band", "stage"}),
    ("write_off", SINCE, BANK, {"security", "guarantee", "tier", "owed_band", "stage", "opinion", "ending"}),
    ("npl_transfer", SINCE, BANK, {"security", "guarantee", "tier", "owed_band", "stage", "pool"}),
]

test_what_each_file_says = look_at("bank_default/materiality", CASES)
