"""Who may do what takes no gate: those who handle complaints, hardship, disputes, credit records and brakes."""

from __future__ import annotations

import pytest

from tests.core.any_facts import TODAY, book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("arrangement_ending", SINCE, BANK, "SUP BAP HAP"),
    ("complaint_entry", SINCE, BANK, "SUP CMP CPL OSM BLG BAP"),
    ("complaint_handling", SINCE, BANK, "CPL CMP"),
    # more time is given one level above who handles it
    ("complaint_extension", SINCE, BANK, "BVP HVP"),
    ("contact_terms", SINCE, BANK, "SUP CMP CPL"),
    ("credit_reporting", SINCE, BANK, "CRO"),
    ("dispute_entry", SINCE, BANK, "SUP CPL BAP BLG"),
    ("dispute_handling", SINCE, BANK, "SUP RSK BAP"),
    ("hardship_entry", SINCE, BANK, "SUP CPL BAP"),
    ("hardship_decision", SINCE, BANK, "SUP BAP RSK"),
    ("hold_placing", SINCE, BANK, "SUP CMP CPL OSM BLG HLG BAP HAP RSK"),
    ("hold_proposing", SINCE, BANK, "SUP CMP CPL BLG HLG BAP HAP RSK"),
    ("hold_lifting", SINCE, BANK, "SUP CMP BLG HLG BAP HAP"),
]

test_what_each_file_says = look_at("bank_default/duty", CASES)


@pytest.mark.parametrize("jurisdiction", ["cn", "tw", "us"])
def test_who_handles_a_complaint_does_not_give_it_more_time(jurisdiction: str) -> None:
    duties = {name: set(duty.roles) for name, (_, duty) in book().at(TODAY, jurisdiction, "").duties.items()}
    assert not duties["complaint_handling"] & duties["complaint_extension"]
    assert duties["hold_proposing"] <= duties["hold_placing"]
