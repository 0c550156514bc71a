"""What bars each way to a title, by law or by the bank's own caution, since the procedure of 2024."""

from __future__ import annotations

from tests.packs.rules import ON, Row, look_at

CASES: list[Row] = [
    ("ordinary", "2024-01-01", ON, {"nothing_owed:law", "arbitration_clause:law"}),
    ("simplified", "2024-01-01", ON, {"debtor_missing:law", "service_needs_notice:law", "arbitration_clause:law"}),
    # 166: missing, foreign, appraisal, counterclaim; 165: the province's table
    (
        "small_claims",
        "2024-01-01",
        ON,
        {
            "debtor_missing:law",
            "foreign_related:law",
            "needs_appraisal:law",
            "counterclaim:law",
            "small_claims_table_missing:law",
            "above_small_claims:law",
        },
    ),
    # 225; 民诉解释 427
    (
        "payment_order",
        "2024-01-01",
        ON,
        {
            "mutual_debts:law",
            "not_reachable:law",
            "not_due:law",
            "preservation_obtained:law",
            "debtor_missing:law",
            "disputes_debt:bank",
        },
    ),
    ("mediation_with_confirmation", "2024-01-01", ON, {"debtor_will_not_agree:law", "debtor_missing:law"}),
    ("notarised_enforcement", "2024-01-01", ON, {"not_notarised:law", "not_due:law"}),
    ("arbitration", "2024-01-01", ON, {"no_arbitration_clause:law"}),
    # 民诉解释 365, 370; 民法典 392
    (
        "security_realisation",
        "2024-01-01",
        ON,
        {"no_collateral:law", "security_disputed:law", "against_agreed_order:law", "unregistered_collateral:bank"},
    ),
]

test_what_each_file_says = look_at("cn/route", CASES)
