"""When each node is entered in Taiwan: the bank's own strategy; no clock, for no period is confirmed."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("reminder", SINCE, BANK, {"dpd>=1", "dpd<=30"}),
    ("call", SINCE, BANK, {"dpd>=10/7/5/4", "stage in -"}),
    ("formal_notice", SINCE, BANK, {"dpd>=31", "unanswered>=3", "dpd>=15"}),
    (
        "acceleration",
        SINCE,
        BANK,
        {"acceleration_clause=yes", "outcome[formal_notice] in delivered", "dpd>=60", "hardship=no"},
    ),
    # in writing before outsourcing (辦法 16-6); from 2,000 dollars on, under 50,000 or when nobody sues
    (
        "outsourcing_notice",
        SINCE,
        BANK,
        {"dpd>=91", "owed<=4999999", "owed>=200000", "secured=no", "hardship=no", "disputed=no"},
    ),
    (
        "agency_referral",
        SINCE,
        BANK,
        {"days_since_left[outsourcing_notice]>=7", "placed=no", "hardship=no", "disputed=no"},
    ),
    ("litigation_route", SINCE, BANK, {"dpd>=91", "owed>=5000000", "days_since_due_as_a_whole>=10"}),
    ("litigation", SINCE, BANK, {"outcome[litigation_route] in sue"}),
    ("enforcement", SINCE, BANK, {"stage in effective"}),
    # proposed by a person with reason and evidence, at one contact point, or because six calls in a row failed
    ("hold_release", SINCE, BANK, {"release_proposed=yes"}),
    ("locate", SINCE, BANK, {"locate_proposed=yes"}),
    ("visit", SINCE, BANK, {"days_since_visit_proposed<=30", "unanswered>=6", "dpd>=60", "stage in -", "placed=no"}),
    ("withdrawal", SINCE, BANK, {"owed<=0", "stage in filed,docketed,heard,judged"}),
]

test_what_each_file_says = look_at("tw/entry", CASES)
