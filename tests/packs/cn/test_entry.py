"""When each node is entered on the mainland: the bank's own strategy, with the law's clocks in it.

From 2026 on by stage and grade, and sooner where evasion was found; older cases keep what they were opened under.
"""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("reminder", SINCE, BANK, {"dpd>=1", "dpd<=30", "visited[reminder]=no"}),
    ("reminder", "2026-01-01", BANK, {"dpd>=1", "bucket<=1", "visited[reminder]=no"}),
    ("call", SINCE, BANK, {"dpd>=10/7/5/4", "stage in -"}),
    ("call", "2026-01-01", BANK, {"dpd>=10/7/4/3", "stage in -"}),
    ("formal_notice", SINCE, BANK, {"dpd>=31", "unanswered>=3", "days_left[suit]<=60"}),
    (
        "formal_notice",
        "2026-01-01",
        BANK,
        {"bucket>=2", "dpd>=45/31/31/31", "unanswered>=3", "dpd>=20/15/10/10", "days_left[suit]<=60"},
    ),
    ("limitation_demand", SINCE, BANK, {"days_left[limitation]<=60", "deceased=no", "docketed=no"}),
    # never without the clause, the notice that arrived, and fifteen days after it
    (
        "acceleration",
        SINCE,
        BANK,
        {
            "acceleration_clause=yes",
            "outcome[formal_notice] in delivered",
            "days_since_left[formal_notice]>=15",
            "hardship=no",
            "dpd>=60",
        },
    ),
    (
        "acceleration",
        "2026-01-01",
        BANK,
        {
            "acceleration_clause=yes",
            "outcome[formal_notice] in delivered",
            "days_since_left[formal_notice]>=15",
            "hardship=no",
            "dpd>=90/75/60/60",
            "dpd>=45",
            "evasion=yes",
        },
    ),
    ("reinstatement", SINCE, BANK, {"accelerated=yes", "dpd<=0"}),
    # M4 on, from 500 to under 10,000 yuan; never in hardship or dispute, never a secured debt
    (
        "outsourcing_notice",
        SINCE,
        BANK,
        {"dpd>=91", "owed<=999999", "owed>=50000", "secured=no", "hardship=no", "disputed=no", "deceased=no"},
    ),
    (
        "outsourcing_notice",
        "2026-01-01",
        BANK,
        {
            "bucket>=4",
            "dpd>=120/105/98/91",
            "dpd>=180",
            "owed<=999999",
            "owed>=50000",
            "secured=no",
            "hardship=no",
            "disputed=no",
            "deceased=no",
        },
    ),
    (
        "agency_referral",
        SINCE,
        BANK,
        {"days_since_left[outsourcing_notice]>=7", "placed=no", "secured=no", "hardship=no", "disputed=no"},
    ),
    ("collateral_valuation", SINCE, BANK, {"secured=yes", "dpd>=61"}),
    ("agreed_sale", SINCE, BANK, {"valued=yes", "days_left[valuation]>=0", "dpd>=90"}),
    ("security_realisation", SINCE, BANK, {"valued=yes", "dpd>=120", "days_since_due_as_a_whole>=10"}),
    # a joint guarantor once the debt is due as a whole, or before the period ends (民法典 692, 693)
    (
        "guarantor_demand",
        SINCE,
        BANK,
        {"joint_guarantee=yes", "days_since_due_as_a_whole>=0", "days_left[joint_guarantee]<=60"},
    ),
    # from 10,000 yuan on; only a suit keeps a general guarantee
    (
        "litigation_route",
        SINCE,
        BANK,
        {
            "owed>=1000000",
            "dpd>=180",
            "days_since_due_as_a_whole>=10",
            "days_left[limitation]<=90",
            "days_left[general_guarantee]<=60",
        },
    ),
    (
        "litigation_route",
        "2026-01-01",
        BANK,
        {
            "owed>=1000000",
            "dpd>=120/105/98/91",
            "dpd>=180",
            "days_since_due_as_a_whole>=10",
            "days_left[limitation]<=90",
            "days_left[general_guarantee]<=60",
            "evasion=yes",
            "dpd>=61",
            "days_since_due_as_a_whole>=3",
        },
    ),
    ("mediation", SINCE, BANK, {"hardship=no"}),
    # not served, disputed or after a preservation: no payment order (民诉解释 427)
    ("payment_order", SINCE, BANK, {"missing=no", "disputed=no", "frozen=no"}),
    ("notarised_enforcement", SINCE, BANK, {"notarised=yes"}),
    ("arbitration", SINCE, BANK, {"arbitration_clause=yes"}),
    ("litigation", SINCE, BANK, {"outcome[litigation_route] in sue", "stage in no_agreement,objected"}),
    ("preservation", SINCE, BANK, {"days_since_clue<=30", "frozen=no", "owed>=5000000"}),
    (
        "preservation",
        "2026-01-01",
        BANK,
        {"days_since_clue<=30", "owed>=5000000", "frozen=no", "evasion=yes", "days_since_clue<=90", "owed>=1000000"},
    ),
    ("freeze_renewal", SINCE, BANK, {"frozen=yes", "days_left[freeze]<=60"}),
    # fifteen days from service (民事诉讼法 171)
    ("appeal", SINCE, BANK, {"stage in judged", "days_left[appeal]<=15"}),
    ("withdrawal", SINCE, BANK, {"owed<=0", "stage in filed,docketed,issued,heard,judged,appealed"}),
    ("enforcement", SINCE, BANK, {"stage in effective"}),
    ("asset_watch", SINCE, BANK, {"stage in ended_for_now"}),
    (
        "resume",
        SINCE,
        BANK,
        {
            "days_since_clue<=60",
            "stage in ended_for_now,enforcement_suspended",
            "stage in settlement_reached",
            "title=yes",
            "days_left[enforcement_application]<=720",
        },
    ),
    ("auction_first", SINCE, BANK, {"stage in enforcing", "valued=yes", "auction_round<=0"}),
    ("auction_second", SINCE, BANK, {"stage in enforcing", "auction_result in failed"}),
    ("sell_off", SINCE, BANK, {"stage in enforcing", "auction_result in failed"}),
    ("debt_for_asset", SINCE, BANK, {"auction_result in failed"}),
    (
        "set_off",
        SINCE,
        BANK,
        {"dpd>=31", "deposits_of[other]>=200000", "deposits_of[unknown]>=400000", "disputed=no", "hardship=no"},
    ),
    ("insurer_claim", SINCE, BANK, {"insured=yes", "dpd>=80", "days_left[insurer_claim]<=30"}),
    ("estate", SINCE, BANK, {"deceased=yes", "owed>=1"}),
    ("bankruptcy_claim", SINCE, BANK, {"bankruptcy in accepted", "bankrupt=yes", "days_left[bankruptcy_claim]<=30"}),
    ("criminal_referral", SINCE, BANK, {"crime_suspected=yes"}),
    ("npl_pool", SINCE, BANK, {"pooled=yes", "awarded=no", "secured=no"}),
    ("npl_transfer", SINCE, BANK, {"pooled=yes", "awarded=yes"}),
    ("npl_release", SINCE, BANK, {"pooled=yes", "awarded=no"}),
    # proposed by a person with reason and evidence, at one contact point, or because six calls in a row failed
    ("hold_release", SINCE, BANK, {"release_proposed=yes"}),
    ("locate", SINCE, BANK, {"locate_proposed=yes"}),
    ("visit", SINCE, BANK, {"days_since_visit_proposed<=30", "unanswered>=6", "dpd>=60", "stage in -", "placed=no"}),
    ("evasion_finding", SINCE, BANK, {"evasion_proposed=yes", "dpd>=1"}),
    ("termination", SINCE, BANK, {"end_proposed=yes", "written_off=yes"}),
    # since 财金〔2017〕90号: what a criterion in force asks for
    ("write_off", "2017-10-01", BANK, {"dpd>=180", "days_since_declared>=181", "opinion=yes", "written_off=no"}),
]

test_what_each_file_says = look_at("cn/entry", CASES)
