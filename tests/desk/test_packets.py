"""Packets from the command line: build, verify, batch."""

from __future__ import annotations

import csv
import hashlib
import json
from io import StringIO
from pathlib import Path

from tests.desk.conftest import Recourse


def test_a_packet_that_is_built_is_kept_and_intact(played: Path, recourse: Recourse) -> None:
    assert recourse("packet", "build", "A1", "-o", "out/a1.pdf").code == 0
    ran = recourse("packet", "verify", "out/a1.pdf")
    assert (ran.code, ran.out.splitlines()[3:-1]) == (0, [])
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


def test_the_batch_of_a_day(played: Path, recourse: Recourse) -> None:
    """On the open day: nothing waits, so the list is an empty one. Progress is shown before a screen only."""
    assert recourse("sweep", "--on", "2025-09-28").code == 0
    ran = recourse("packet", "batch", "--on", "2025-09-28", "-o", "out", "--json")
    assert (ran.code, ran.json["bound"], ran.json["members"], ran.json["not_ready"]) == (0, 0, 0, [])
    assert ran.err == ""
    kept = json.loads((played / "out" / "batch.json").read_text(encoding="utf-8"))
    assert (kept["day"], kept["lists"]) == ("2025-09-28", [])
    for name, sha256 in kept["files"].items():
        assert hashlib.sha256((played / "out" / name).read_bytes()).hexdigest() == sha256
    assert {each.name for each in (played / "out").iterdir()} == {*kept["files"], "batch.json"}
    again = recourse("packet", "batch", "--on", "2025-09-28", "-o", "out", "--quiet")
    assert again.out == "0 packets bound, 0 lists opened; 0 accounts on 0 lists → out\n"
    assert again.err == ""


def test_the_batch_refuses_a_day_that_is_over(played: Path, recourse: Recourse) -> None:
    for day, says in (("2025-09-08", "is not the open business day"), ("today", "not a day")):
        ran = recourse("packet", "batch", "--on", day, "-o", "out", "--quiet")
        assert (ran.code, len(ran.err.splitlines())) == (2, 1)
        assert says in ran.err
    assert not (played / "out").exists()


def test_the_table_of_what_was_written_off(played: Path, recourse: Recourse) -> None:
    """The same table as the batch's, of what the general ledger booked."""
    assert recourse("writeoff", "east", "-o", "east.csv").code == 0
    (row,) = csv.DictReader(StringIO((played / "east.csv").read_text(encoding="utf-8-sig")))
    assert (row["借据号"], row["核销状态"], row["收回标志"]) == ("A1", "账销案存", "否")
    assert row["核销日期"]
    assert row["客户名称"].endswith("*")
