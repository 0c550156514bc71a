"""Days between two steps of a track."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("contact", SINCE, BANK, 3),
    ("agency", SINCE, BANK, 3),
    ("disposal", SINCE, BANK, 3),
    ("security", SINCE, BANK, 5),
    ("turn", SINCE, BANK, 1),
    ("legal", SINCE, BANK, 1),
    ("guarantor", SINCE, BANK, 1),
    ("limitation", SINCE, BANK, 1),
    ("preservation", SINCE, BANK, 1),
    ("accounts", SINCE, BANK, 1),
    ("arrangement", SINCE, BANK, 1),
    ("bankruptcy", SINCE, BANK, 1),
    ("criminal", SINCE, BANK, 1),
    ("evasion", SINCE, BANK, 1),
    ("holds", SINCE, BANK, 1),
    ("locate", SINCE, BANK, 1),
    ("visit", SINCE, BANK, 1),
    ("estate", SINCE, BANK, 1),
    ("insurance", SINCE, BANK, 1),
    ("set_off", SINCE, BANK, 1),
]

test_what_each_file_says = look_at("bank_default/gap", CASES)
