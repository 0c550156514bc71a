"""What each hold stops: people are left alone, and what keeps a right goes on, unless the debt may not be theirs."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    # as long as the question is open
    ("complaint", SINCE, BANK, "contact adverse"),
    ("dispute", SINCE, BANK, "contact adverse"),
    ("identity_dispute", SINCE, BANK, "contact adverse protective"),
    ("criminal_suspect", SINCE, BANK, "contact adverse but criminal_referral"),
    ("parked", SINCE, BANK, "contact adverse"),
    # hardship comes before escalation, and help is talked about
    ("hardship", SINCE, BANK, "adverse"),
    # nobody calls the dead, who lacks capacity, or who asked for it; the legal work goes on
    ("deceased", SINCE, BANK, "contact"),
    ("incapable", SINCE, BANK, "contact"),
    ("do_not_contact", SINCE, BANK, "contact"),
    (
        "bankruptcy_stay",
        SINCE,
        BANK,
        "contact adverse protective stay but bankruptcy_claim but guarantor_demand but insurer_claim",
    ),
    # what the case itself brings about
    ("promise", SINCE, BANK, "contact"),
    ("arrangement", SINCE, BANK, "contact adverse"),
    ("arrears_cleared", SINCE, BANK, "contact adverse"),
    ("placed", SINCE, BANK, "contact adverse"),
    ("recall_pending", SINCE, BANK, "adverse"),
    ("pooled", SINCE, BANK, "contact adverse but npl_transfer"),
    ("subrogated", SINCE, BANK, "contact adverse"),
]

test_what_each_file_says = look_at("bank_default/brake", CASES)
