"""When each node is entered in the United States: told first, never sued for when it may be time-barred."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("reminder", SINCE, BANK, {"dpd>=1", "dpd<=30"}),
    ("call", SINCE, BANK, {"dpd>=10/7/5/4", "stage in -"}),
    # the validation notice follows the first word (34(a)(1))
    ("formal_notice", SINCE, BANK, {"dpd>=1", "days_since_entered[reminder]>=0", "days_since_entered[call]>=0"}),
    # thirty days to dispute, and a week for the mail
    (
        "acceleration",
        SINCE,
        BANK,
        {
            "acceleration_clause=yes",
            "outcome[formal_notice] in delivered",
            "days_since_left[formal_notice]>=37",
            "disputed=no",
            "hardship=no",
        },
    ),
    (
        "outsourcing_notice",
        SINCE,
        BANK,
        {"dpd>=91", "owed<=499999", "owed>=10000", "secured=no", "disputed=no", "hardship=no"},
    ),
    ("agency_referral", SINCE, BANK, {"days_since_left[outsourcing_notice]>=7", "placed=no", "disputed=no"}),
    # 26(b): no suit on what is time-barred
    ("litigation_route", SINCE, BANK, {"dpd>=91", "owed>=500000", "days_left[limitation]>=1", "disputed=no"}),
    ("litigation", SINCE, BANK, {"outcome[litigation_route] in sue", "days_left[limitation]>=1", "disputed=no"}),
    ("enforcement", SINCE, BANK, {"stage in effective"}),
    # without it no stop of the bank's own would ever be lifted
    ("hold_release", SINCE, BANK, {"release_proposed=yes"}),
    ("withdrawal", SINCE, BANK, {"owed<=0", "stage in filed,docketed,heard,judged"}),
]

test_what_each_file_says = look_at("us/entry", CASES)
