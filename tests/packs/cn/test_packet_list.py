"""What each kind of packet is made of. In the expected value * marks what nobody may waive, + what the packet makes itself,
and the words after a colon say what calls for the item."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from recourse.policy.packet_values import PacketItem, PacketList
from tests.packs.rules import BANK, ON, SINCE, files

CASES = [
    ("write_off", "2017-10-01", ON, {"application*+", "legal_opinion*:legal_opinion", "review*+", "loss*+", "after*+"}),
    ("litigation", SINCE, BANK, {"complaint*+", "contract*", "disbursement*:loan", "amount_table*+", "notices",
                                 "guarantee*:guarantee", "mortgage*:mortgage", "power_of_attorney"}),
    ("placement", SINCE, BANK, {"debt*+", "notice*", "notice_proof", "exclusions*+", "contract*", "data_annex*+"}),
]  # fmt: skip


def _said(item: PacketItem) -> str:
    marks = ("*" if item.core else "") + ("+" if item.own else "")
    return item.item + marks + (f":{' '.join(item.wanted)}" if item.wanted else "")


@pytest.mark.parametrize(("stem", "since", "state", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_each_packet_calls_for(stem: str, since: str, state: str, expected: set[str]) -> None:
    held = files()[f"cn/packet_list/{stem}"]
    assert [str(each.from_) for each in held.rule.values] == [since]
    assert held.rule.values[0].state.value == state
    value = held.values[0]
    assert isinstance(value, PacketList)
    assert value.packet == stem
    assert expected <= {_said(item) for item in value.items}
    assert held.rule.on(date.fromisoformat(since) - timedelta(days=1)) is None
