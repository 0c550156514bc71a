"""United States: grades by days past due, raised from ten thousand dollars on."""

from __future__ import annotations

from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("internal", SINCE, BANK, "R1:0 R2:0@10000 R2:31 R3:61 R4:91"),
]

test_what_each_file_says = look_at("us/grading", CASES)
