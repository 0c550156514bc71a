"""Taking up another run's work: what went out before under a key stands, whatever today's words for it would be."""

from __future__ import annotations

from pathlib import Path

from recourse.channels.channel import SendResult, hand_over
from recourse.channels.memory import MemoryChannel
from recourse.channels.spool import SpoolChannel
from tests.channels.ways_out import message


def test_what_was_never_sent_goes_out(tmp_path: Path) -> None:
    for channel in (MemoryChannel(), SpoolChannel(tmp_path, "sms")):
        assert [result.status for result in hand_over(channel, [message(1), message(2)])] == ["sent", "sent"]


def test_a_letter_printed_anew_a_day_later_does_not_go_out_again(tmp_path: Path) -> None:
    for channel in (MemoryChannel(), SpoolChannel(tmp_path, "sms")):
        (first,) = hand_over(channel, [message(1)])
        again, fresh = hand_over(channel, [message(1, text="您的贷款已逾期 2 天。"), message(2)])
        assert again == first
        assert fresh.status == "sent"
        assert channel.lookup(message(2).key) == fresh


def test_what_was_begun_and_cannot_be_found_is_unknown(tmp_path: Path) -> None:
    """The register says that it will be published, and the file still lies where nobody collects."""
    channel = SpoolChannel(tmp_path, "sms")
    channel.send([message(1)])
    (published,) = [file for file in (tmp_path / "sms").rglob("*.json") if ".staging" not in file.parts]
    published.rename(tmp_path / "sms" / ".staging" / published.name)
    (found,) = hand_over(channel, [message(1, text="other words")])
    assert found == SendResult("unknown", "", "begun before with another content, and not to be found")
