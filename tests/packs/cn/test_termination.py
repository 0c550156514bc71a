"""Grounds on which a claim ends for good: 财金〔2017〕90号 16; more than two years where it says so."""

from __future__ import annotations

from tests.packs.rules import ON, Row, look_at

CASES: list[Row] = [
    ("bankruptcy_closed", "2017-10-01", ON, {"written_off=yes", "bankruptcy in closed", "days_since_bankruptcy>=731"}),
    ("court_terminated", "2017-10-01", ON, {"written_off=yes", "stage in enforcement_terminated"}),
    ("dismissed", "2017-10-01", ON, {"written_off=yes", "days_since_stage>=731"}),
    ("time_barred", "2017-10-01", ON, {"written_off=yes", "days_since_limitation_lost>=731"}),
]

test_what_each_file_says = look_at("cn/termination", CASES)
