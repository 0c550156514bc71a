"""The channel of demo and tests, told to go wrong."""

from __future__ import annotations

import pytest

from recourse.channels.channel import SendStatus
from recourse.channels.memory import MemoryChannel
from tests.channels.ways_out import message


@pytest.mark.parametrize("status", ["refused", "failed", "unknown"])
def test_it_goes_wrong_for_one_key_until_told_otherwise(status: SendStatus) -> None:
    channel = MemoryChannel()
    channel.tell(message(1).key, status, "line down")
    results = channel.send([message(1), message(2)])
    assert [each.status for each in results] == [status, "sent"]
    assert results[0].detail == "line down"
    assert channel.lookup(message(1).key) is None
    channel.tell(message(1).key, "sent")
    assert channel.send([message(1)])[0].status == "sent"
    assert channel.arrived == [message(2), message(1)]


def test_unknown_can_have_arrived_and_lookup_says_so() -> None:
    channel = MemoryChannel()
    channel.tell(message(1).key, "unknown", arrives=True)
    assert channel.send([message(1)])[0].status == "unknown"
    found = channel.lookup(message(1).key)
    assert found is not None
    assert found.status == "sent"
    channel.tell(message(1).key, "sent")
    assert channel.send([message(1)]) == [found]
    assert channel.arrived == [message(1)]


def test_at_most_once_shows_a_second_sending_for_what_it_is() -> None:
    channel = MemoryChannel("sms-gateway", "sms", "at-most-once")
    assert channel.send([message(1)])[0].status == "sent"
    channel.send([message(1)])
    assert channel.arrived == [message(1)] * 2
    assert channel.lookup(message(1).key) is None
