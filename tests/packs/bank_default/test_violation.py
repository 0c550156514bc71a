"""Breaches of an agency; three of them are not serious."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("after_recall", SINCE, BANK, True),
    ("certificate", SINCE, BANK, False),
    ("conduct", SINCE, BANK, True),
    ("data", SINCE, BANK, True),
    ("do_not_contact", SINCE, BANK, True),
    ("money_taken", SINCE, BANK, True),
    ("not_placed", SINCE, BANK, True),
    ("quiet_hours", SINCE, BANK, True),
    ("quota", SINCE, BANK, False),
    ("recording", SINCE, BANK, False),
    ("third_party", SINCE, BANK, True),
    ("visit", SINCE, BANK, True),
]

test_what_each_file_says = look_at("bank_default/violation", CASES)
