"""What the bank expects of each route: percent of the claim, and of the security. Placeholders."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    # nothing known, clues, guarantor; security, an only home
    ("ordinary", SINCE, BANK, (20, 40, 40, 70, 50)),
    ("simplified", SINCE, BANK, (20, 40, 40, 70, 50)),
    ("small_claims", SINCE, BANK, (20, 40, 40, 70, 50)),
    ("arbitration", SINCE, BANK, (20, 40, 40, 70, 50)),
    ("notarised_enforcement", SINCE, BANK, (20, 40, 40, 70, 50)),
    # a payment order binds no guarantor (民诉解释 434) and reaches no security
    ("payment_order", SINCE, BANK, (20, 40, 20, 0, 0)),
    ("mediation_with_confirmation", SINCE, BANK, (30, 45, 50, 0, 0)),
    ("security_realisation", SINCE, BANK, (0, 0, 0, 70, 50)),
]

test_what_each_file_says = look_at("cn/recovery", CASES)
