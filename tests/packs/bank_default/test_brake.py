"""What each hold stops: people are left alone, and what keeps a right goes on, unless the debt may not be theirs."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    # as long as the question is open
    ("complaint", SINCE, BANK, "contact adverse"),
    ("dispute", SINCE, BANK, "contact adverse"),
    ("identity_dispute", SINCE, BANK, "contact adverse protective"),
    ("criminal_suspect", SINCE, BANK, "contact adverse but criminal_referral"),
    ("legal", SINCE, BANK, "contact adverse"),
    # the bank bears the proof of authorised use (银行卡规定 4-7): until it is there nobody presses, nor secures
    ("fraud", SINCE, BANK, "contact adverse protective"),
    # nothing goes out that claims an amount; what names the core's own overdue does
    ("interest_difference", SINCE, BANK, "contact adverse but reminder but call but outsourcing_notice"),
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
