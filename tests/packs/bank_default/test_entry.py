"""Nodes that a person's proposal enters, by what is conceded: of the bank, in every jurisdiction."""

from __future__ import annotations

import pytest

from tests.core.any_facts import TODAY, book
from tests.packs.rules import BANK, SINCE, Row, look_at

CASES: list[Row] = [
    ("arrangement", SINCE, BANK, {"proposal in plan"}),
    ("interest_waiver", SINCE, BANK, {"proposal in interest"}),
    ("principal_waiver", SINCE, BANK, {"proposal in principal"}),
]

test_what_each_file_says = look_at("bank_default/entry", CASES)


@pytest.mark.parametrize("jurisdiction", ["cn", "tw", "us"])
@pytest.mark.parametrize("node", [stem for stem, *_ in CASES])
def test_nothing_else_enters_them_and_what_nobody_signs_lapses_after_thirty_days(node: str, jurisdiction: str) -> None:
    entry = book().at(TODAY, jurisdiction, "consumer_loan").entries[node][1]
    assert [len(clause.all) for clause in entry.any] == [1]
    assert entry.stay_at_most_days == 30
