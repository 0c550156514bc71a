"""Who may sit in a gate."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    (
        "seats",
        SINCE,
        BANK,
        {"SUP", "OSM", "CMP", "BLG", "HLG", "BAP", "HAP", "FIN", "RSK", "ICT", "BVP", "HVP", "DRC", "BRD"},
    ),
]

test_what_each_file_says = look_at("bank_default/roles", CASES)
