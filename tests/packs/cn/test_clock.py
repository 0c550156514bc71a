"""How long the clocks of the mainland run, and since when: codes, procedure, interpretations, write-off rules."""

from __future__ import annotations

from tests.packs.rules import BANK, OFF, ON, Row, look_at

CASES: list[Row] = [
    # 民法典 188, 192-195, 692, 694
    ("limitation_years", "2021-01-01", ON, 3),
    ("limitation_longest_years", "2021-01-01", ON, 20),
    ("limitation_after_obstacle_months", "2021-01-01", ON, 6),
    ("demand_interrupts", "2021-01-01", ON, 1),
    ("guarantee_default_months", "2021-01-01", ON, 6),
    ("guarantee_limitation_years", "2021-01-01", ON, 3),
    # 民事诉讼法 2023: 95, 104, 171, 205, 227, 250
    ("public_notice_service_days", "2024-01-01", ON, 30),
    ("pre_suit_preservation_days", "2024-01-01", ON, 30),
    ("appeal_days", "2024-01-01", ON, 15),
    ("mediation_confirmation_days", "2024-01-01", ON, 30),
    ("payment_order_objection_days", "2024-01-01", ON, 15),
    ("enforcement_application_years", "2024-01-01", ON, 2),
    # 民诉解释 366, 439, 485
    ("realisation_objection_days", "2022-04-10", ON, 5),
    ("payment_order_conversion_days", "2022-04-10", ON, 7),
    ("freeze_deposit_years", "2022-04-10", ON, 1),
    ("freeze_movable_years", "2022-04-10", ON, 2),
    ("freeze_realty_years", "2022-04-10", ON, 3),
    # auctions and valuations
    ("auction_second_days", "2017-01-01", ON, 30),
    ("valuation_years", "2018-09-01", ON, 1),
    # 商业银行法 42
    ("foreclosed_asset_years", "2015-10-01", ON, 2),
    # complaints: fifteen days, thirty where it is complex; credit records: twenty
    ("complaint_days", "2020-03-01", ON, 15),
    ("complaint_complex_days", "2020-03-01", ON, 30),
    # thirty more with approval; verified by the higher level in thirty, sixty at the most (both from memory: the longer one is off)
    ("complaint_extension_days", "2020-03-01", ON, 30),
    ("complaint_verification_days", "2020-03-01", BANK, 30),
    ("complaint_verification_longest_days", "2020-03-01", OFF, 60),
    ("credit_objection_days", "2013-03-15", ON, 20),
    # classification of 2023: observed for a year, cured in six months (which of two is longer is from memory)
    ("restructure_observation_years", "2023-07-01", ON, 1),
    ("upgrade_cure_months", "2023-07-01", BANK, 6),
    # 财金〔2017〕90号 19, 20
    ("write_off_accountability_years", "2017-10-01", ON, 2),
    ("write_off_audit_months", "2017-10-01", ON, 5),
    ("write_off_report_months", "2017-10-01", ON, 6),
    # 个人信息保护法 56
    ("impact_assessment_years", "2021-11-01", ON, 3),
]

test_what_each_file_says = look_at("cn/clock", CASES)
