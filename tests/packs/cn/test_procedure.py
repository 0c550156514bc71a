"""How long courts take: 民事诉讼法 (2023) and its interpretation; the rest is the bank's estimate."""

from __future__ import annotations

from tests.packs.rules import BANK, ON, SINCE, Row, look_at

CASES: list[Row] = [
    ("docket_days", "2024-01-01", ON, 7),
    ("ordinary_trial_months", "2024-01-01", ON, 6),
    ("simplified_trial_months", "2024-01-01", ON, 3),
    ("small_claims_trial_months", "2024-01-01", ON, 2),
    ("special_trial_days", "2024-01-01", ON, 30),
    ("payment_order_accept_days", "2024-01-01", ON, 5),
    ("payment_order_issue_days", "2024-01-01", ON, 15),
    ("payment_order_service_days", "2022-04-10", ON, 30),
    ("security_serve_days", "2022-04-10", ON, 5),
    ("security_object_days", "2022-04-10", ON, 5),
    ("confirmation_apply_days", "2024-01-01", ON, 30),
    # the bank's estimates
    ("mediation_days", SINCE, BANK, 30),
    ("certificate_days", SINCE, BANK, 15),
    ("arbitration_months", SINCE, BANK, 4),
    ("enforcement_months", SINCE, BANK, 6),
    ("small_claims_table_days", SINCE, BANK, 550),
]

test_what_each_file_says = look_at("cn/procedure", CASES)
