"""Stops on the mainland: a card agreement being performed (card rules 70), and insolvency, from memory."""

from __future__ import annotations

from tests.packs.rules import BANK, ON, SINCE, Row, look_at

CASES: list[Row] = [
    ("arrangement.card", SINCE, BANK, "contact adverse"),
    ("arrangement.card", "2011-01-13", ON, "contact adverse"),
    (
        "bankruptcy_stay",
        SINCE,
        BANK,
        "contact adverse protective stay but bankruptcy_claim but guarantor_demand but insurer_claim",
    ),
    (
        "bankruptcy_stay",
        "2021-03-01",
        BANK,
        "contact adverse protective stay but bankruptcy_claim but guarantor_demand but insurer_claim",
    ),
]

test_what_each_file_says = look_at("cn/brake", CASES)
