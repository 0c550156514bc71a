"""Packets from the command line: build, verify, batch."""

from __future__ import annotations

from pathlib import Path

from tests.desk.conftest import Recourse


def test_a_packet_that_is_only_looked_at_is_intact_but_none_that_the_ledger_knows(
    played: Path, recourse: Recourse
) -> None:
    assert recourse("packet", "build", "A1", "-o", "out/a1.pdf").code == 0
    ran = recourse("packet", "verify", "out/a1.pdf")
    assert (ran.code, ran.out.splitlines()[3:-1]) == (1, ["FAULT the ledger knows no packet with this hash"])
    assert [each.name for each in (played / "out").iterdir()] == ["a1.pdf"]


def test_a_packet_that_was_touched_is_not_intact(played: Path, recourse: Recourse) -> None:
    recourse("packet", "build", "A1", "-o", "a1.pdf")
    data = bytearray((played / "a1.pdf").read_bytes())
    data[len(data) // 2] ^= 1
    (played / "a1.pdf").write_bytes(data)
    ran = recourse("packet", "verify", "a1.pdf", "--json")
    assert ran.code == 1
    assert ran.json["problems"]
    (played / "a1.pdf").write_bytes(b"%PDF-1.7 nothing of ours")
    assert recourse("packet", "verify", "a1.pdf").code == 1


def test_the_packets_of_a_day(played: Path, recourse: Recourse) -> None:
    """The general ledger was instructed to write off one account; its packet is the one that the committee's yes led
    to."""
    (line,) = recourse("writeoff", "list", "--month", "2025-09", "--json").json
    assert (line["account"], line["state"]) == ("A1", "booked")
    assert recourse("packet", "batch", "--on", line["instructed_on"], "-o", "out").out == "1 packets → out\n"
    assert recourse("packet", "verify", "out/A1.pdf").code == 0
    assert recourse("packet", "batch", "--on", "2025-09-25", "-o", "none").out == "0 packets → none\n"
