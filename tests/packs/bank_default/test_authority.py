"""The matrix, tier by tier, as the bank wrote it: the more it can hurt, the more sign. `committee`: two thirds of five."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("formal_notice", SINCE, BANK, ("SUP", "SUP", "SUP", "SUP+BLG", "BAP+BLG")),
    ("visit", SINCE, BANK, ("SUP", "SUP", "SUP", "SUP", "SUP")),
    ("third_party_contact", SINCE, BANK, ("SUP", "SUP", "SUP", "SUP+CMP", "SUP+CMP")),
    ("hold_release", SINCE, BANK, ("SUP+CMP", "SUP+CMP", "SUP+CMP", "SUP+CMP", "SUP+CMP")),
    ("arrangement", SINCE, BANK, ("SUP", "BAP", "BAP+RSK", "BVP+RSK", "HVP+RSK")),
    ("acceleration", SINCE, BANK, ("BAP", "BAP", "BAP+BLG", "BVP+BLG", "HAP+HLG")),
    ("guarantor_demand", SINCE, BANK, ("BLG", "BLG", "BAP+BLG", "BAP+BLG", "HAP+HLG")),
    ("set_off", SINCE, BANK, ("BAP+BLG", "BAP+BLG", "BAP+BLG", "HAP+HLG", "HAP+HLG")),
    ("preservation", SINCE, BANK, ("BLG+BAP", "BLG+BAP", "BLG+BVP", "HLG+HAP", "HLG+HVP")),
    ("enforce", SINCE, BANK, ("BLG", "BLG", "BLG+BAP", "HLG+HAP", "HLG+HAP")),
    ("sue", SINCE, BANK, ("BLG+BAP", "BLG+BAP", "BVP+BLG", "HAP+HLG", "committee")),
    ("settle", SINCE, BANK, ("BLG+BAP", "BLG+BAP", "BVP+BLG", "HAP+HLG", "committee")),
    ("security_disposal", SINCE, BANK, ("BAP+BLG", "BAP+BLG", "BVP+BLG+FIN", "HAP+HLG+FIN", "committee")),
    ("readiness_gap", SINCE, BANK, ("BLG", "BLG", "HLG", "HLG", "committee")),
    # compliance sits in every placement
    ("agency_placement", SINCE, BANK, ("OSM+CMP>BAP", "OSM+CMP>BAP", "OSM+CMP>HAP", "HAP+CMP+HLG", "committee")),
    # losses: interest by tier; principal at head office only; the five departments decide together (财金〔2017〕90号 12)
    ("waiver_interest", SINCE, BANK, ("BAP+FIN", "BVP+FIN+BLG", "HAP+FIN+HLG", "HVP+FIN+HLG", "committee")),
    (
        "waiver_principal",
        SINCE,
        BANK,
        ("HAP+FIN+HLG>HVP", "HAP+FIN+HLG>HVP", "committee>HVP", "committee>HVP", "committee>BRD"),
    ),
    (
        "write_off",
        SINCE,
        BANK,
        (
            "RSK+FIN+CMP+ICT+HAP>HVP",
            "RSK+FIN+CMP+ICT+HAP>HVP",
            "RSK+FIN+CMP+ICT+HAP>HVP",
            "RSK+FIN+CMP+ICT+HAP+HLG+committee>BRD",
            "RSK+FIN+CMP+ICT+HAP+HLG+committee>BRD",
        ),
    ),
    # head office alone sells, reports a crime, and puts a pack into use
    (
        "npl_transfer",
        SINCE,
        BANK,
        (
            "HAP+HLG+CMP+FIN+panel",
            "HAP+HLG+CMP+FIN+panel",
            "HAP+HLG+CMP+FIN+panel",
            "HAP+HLG+CMP+FIN+panel",
            "HAP+HLG+CMP+FIN+panel>BRD",
        ),
    ),
    # compliance sits in every finding of evasion, one level up the higher the tier
    (
        "evasion_finding",
        SINCE,
        BANK,
        ("OSM+CMP>BAP", "BLG+CMP>BAP", "BLG+CMP>BAP", "BLG+CMP>BVP", "HLG+CMP>HVP"),
    ),
    ("criminal_referral", SINCE, BANK, ("HLG+CMP>HVP", "HLG+CMP>HVP", "HLG+CMP>HVP", "HLG+CMP>HVP", "HLG+CMP>HVP")),
    ("pack_activation", SINCE, BANK, ("CMP+HLG>HVP", "CMP+HLG>HVP", "CMP+HLG>HVP", "CMP+HLG>HVP", "CMP+HLG>HVP")),
]

test_what_each_file_says = look_at("bank_default/authority", CASES)
