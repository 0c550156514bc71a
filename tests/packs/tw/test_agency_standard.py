"""Taiwan: who may collect for a bank (辦法 13, 15, 16), since the revision of 25 August 2023."""

from __future__ import annotations

from tests.packs.rules import ON, Row, look_at

CASES: list[Row] = [
    ("licensed", "2023-08-25", ON, "entry"),
    ("sound_capital", "2023-08-25", ON, "entry"),
    ("staff_screened", "2023-08-25", ON, "entry"),
    ("certified_collectors", "2023-08-25", ON, "entry"),
    ("full_recording", "2023-08-25", ON, "entry"),
    ("recordings_kept", "2023-08-25", ON, "entry"),
    ("jcic_registered", "2023-08-25", ON, "placement"),
    ("published", "2023-08-25", ON, "placement"),
    ("indicted", "2023-08-25", ON, "exit"),
]

test_what_each_file_says = look_at("tw/agency_standard", CASES)
