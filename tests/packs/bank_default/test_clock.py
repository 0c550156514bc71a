"""Alarms ninety, thirty and seven days before a right is lost; the red lane ten; answers where no law names a time."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("first_alarm_days", SINCE, BANK, 90),
    ("second_alarm_days", SINCE, BANK, 30),
    ("last_alarm_days", SINCE, BANK, 7),
    ("red_lane_days", SINCE, BANK, 10),
    # the bank's own: a referral is answered like a simple complaint, and so is a dispute
    ("complaint_referral_days", SINCE, BANK, 15),
    ("dispute_days", SINCE, BANK, 15),
]

test_what_each_file_says = look_at("bank_default/clock", CASES)
