"""By when an agency confirms a recall: the next working day where people could be hurt."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("complaint", SINCE, BANK, 1),
    # a dispute, and the interest that the core and we count differently
    ("dispute", SINCE, BANK, 1),
    ("hardship", SINCE, BANK, 1),
    ("deceased", SINCE, BANK, 1),
    ("bankruptcy", SINCE, BANK, 1),
    ("criminal", SINCE, BANK, 1),
    ("asked", SINCE, BANK, 1),
    ("paid", SINCE, BANK, 1),
    ("arrangement", SINCE, BANK, 1),
    ("sold", SINCE, BANK, 1),
    ("litigation", SINCE, BANK, 2),
    ("agency_struck", SINCE, BANK, 2),
    ("term", SINCE, BANK, 5),
]

test_what_each_file_says = look_at("bank_default/recall", CASES)
