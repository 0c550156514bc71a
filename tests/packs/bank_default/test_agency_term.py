"""The six terms that no contract holds."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("minimum_contacts", SINCE, BANK, "minimum_contacts"),
    ("pure_contingency", SINCE, BANK, "pure_contingency"),
    ("negotiate_reductions", SINCE, BANK, "negotiate_reductions"),
    ("take_cash", SINCE, BANK, "take_cash"),
    ("sub_contracting", SINCE, BANK, "sub_contracting"),
    ("keep_data", SINCE, BANK, "keep_data"),
]

test_what_each_file_says = look_at("bank_default/agency_term", CASES)
