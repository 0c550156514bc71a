"""Where a gate goes that nobody answers: up to the board."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    (
        "escalation",
        SINCE,
        BANK,
        "BAP>HAP BLG>HLG BVP>HVP CMP>HVP FIN>HVP HAP>HVP HLG>HVP HVP>BRD ICT>HVP OSM>BAP RSK>HVP SUP>BAP",
    ),
]

test_what_each_file_says = look_at("bank_default/levels", CASES)
