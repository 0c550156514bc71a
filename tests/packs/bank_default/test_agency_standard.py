"""What an agency meets to get in (entry) and to get debts (placement), and what strikes it off (exit)."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("business_licence", SINCE, BANK, "entry"),
    ("complaint_channel", SINCE, BANK, "entry"),
    ("data_protection", SINCE, BANK, "entry"),
    ("full_recording", SINCE, BANK, "entry"),
    ("no_sub_contracting", SINCE, BANK, "entry"),
    ("staff_screened", SINCE, BANK, "entry"),
    ("staff_trained", SINCE, BANK, "entry"),
    ("published", SINCE, BANK, "placement"),
    ("capacity", SINCE, BANK, "placement"),
    ("data_breach", SINCE, BANK, "exit"),
    ("failed_inspection", SINCE, BANK, "exit"),
    ("failed_review", SINCE, BANK, "exit"),
    ("false_statements", SINCE, BANK, "exit"),
    ("licence_lost", SINCE, BANK, "exit"),
    ("own_wish", SINCE, BANK, "exit"),
    ("serious_violation", SINCE, BANK, "exit"),
]

test_what_each_file_says = look_at("bank_default/agency_standard", CASES)
