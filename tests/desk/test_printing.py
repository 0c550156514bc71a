"""What the command line prints: JSON for machines from every command that shows data, and the same in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.conftest import Recourse
from tests.desk.test_bad_input import one_line

SHOWS = [
    ("explain", "A1"), ("explain", "A3", "--on", "2025-09-12"), ("gates", "list"), ("calls", "list"), ("kpi",),
    ("gates", "list", "--status", "approved"), ("gates", "show", "GATE"), ("verify",), ("verify", "--shard", "0/2"),
    ("kpi", "--from", "2025-09-01", "--to", "2025-09-30"), ("policy", "check"), ("policy", "show", "entry.call"),
    ("policy", "show", "entry.call", "--on", "2025-09-01"), ("token", "list"), ("agency", "list"), ("work", "list"),
    ("packet", "verify", "a1.pdf"), ("writeoff", "list"), ("writeoff", "list", "--month", "2025-09"),
    ("writeoff", "follow"), ("transfer", "list"), ("cost", "report"), ("cost", "report", "--by", "node"),
]  # fmt: skip
DOES = [
    ("run", "--from", "2025-09-28", "--to", "2025-09-30"), ("sweep", "--on", "2025-10-09"),
    ("dispatch", "--on", "2025-10-09"), ("intake", "deliveries/LAST"),
]  # fmt: skip


@pytest.fixture
def named(played: Path, recourse: Recourse) -> dict[str, str]:
    assert recourse("packet", "build", "A1", "-o", "a1.pdf").code == 0
    last = sorted(each.name for each in (played / "deliveries").iterdir())[-1]
    return {
        "GATE": recourse("gates", "list", "--json").json[0]["gate_id"][:12],
        "deliveries/LAST": f"deliveries/{last}",
    }


def test_every_command_that_shows_data_speaks_json(recourse: Recourse, named: dict[str, str]) -> None:
    for typed in SHOWS + DOES:
        ran = recourse(*(named.get(word, word) for word in typed), "--json")
        assert ran.code == 0, ran
        assert ran.err == ""
        assert isinstance(ran.json, (dict, list)), typed


def test_the_same_in_words(recourse: Recourse, named: dict[str, str]) -> None:
    for typed in SHOWS + DOES:
        ran = recourse(*(named.get(word, word) for word in typed))
        assert (ran.code, ran.err) == (0, ""), typed
        assert ran.out.strip(), typed


def test_explain_tells_where_and_why(played: Path, recourse: Recourse) -> None:
    told = recourse("explain", "A1", "--json").json
    outcomes = {each["node"]: each["outcome"] for each in told["where"]}
    assert outcomes["litigation_route"] == "sue"
    assert outcomes["write_off"] == "written_off"
    assert (told["end"], told["days_past_due"] > 180) == ("", True)
    words = recourse("explain", "A1").out
    assert "呆账核销" in words
    assert "36,000.00 CNY" in words


def test_explain_on_an_earlier_day_and_by_earlier_knowledge(played: Path, recourse: Recourse) -> None:
    """A5 was behind from 8 September and paid on the 15th: on the 12th it stood at the reminder, whoever asks when."""
    then = recourse("explain", "A5", "--on", "2025-09-12", "--known-on", "2025-09-12", "--json").json
    assert (then["end"], then["days_past_due"]) == ("", 4)
    assert [each["node"] for each in then["where"]] == ["reminder"]
    now = recourse("explain", "A5", "--json").json
    assert (now["end"], now["days_past_due"]) == ("cured", 0)
    assert then["known_on"] == "2025-09-12"


def test_a_person_agrees_and_the_letter_goes_out(played: Path, recourse: Recourse, named: dict[str, str]) -> None:
    """The list of formal notices is agreed to. On the 28th no file of the core comes, and the letter waits; with the
    file of the 29th it goes into the outbox."""
    said = recourse("gates", "approve", named["GATE"], "--reason", "材料齐备", "--as", "sup-02")
    assert said.out == "approve: the gate is approved; 1 may go ahead\n"
    recourse("run", "--from", "2025-09-28", "--to", "2025-09-28", "--json")
    assert letters(played) == 0
    files = played / "files" / "2025-09-29"
    files.mkdir(parents=True)
    (files / "manifest.json").write_text('{"as_of": "2025-09-29", "currency": "CNY"}', "utf-8")
    (files / "balances.csv").write_text(
        "account_id,as_of,principal,interest,penalty,compound,fees,costs,overdue_total\n"
        "A3,2025-09-29,36000.00,0,0,0,0,0,6000.00\n",
        "utf-8",
    )
    ran = recourse("run", "--from", "2025-09-28", "--to", "2025-09-29", "--deliveries", played / "files", "--json")
    assert [each["day"] for each in ran.json["days"]] == ["2025-09-29"]
    assert letters(played) == 1
    told = recourse("explain", "A3", "--json").json
    assert {each["node"]: each["state"] for each in told["where"]}["formal_notice"] == "open"
    proof = ("proof", "A3", "formal_notice", "delivered", "--proof", "EMS 1", "--as", "sup-01")
    one_line(recourse(*proof, "--on", "2031-01-01"), "lies after the business day")
    assert recourse(*proof, "--on", "2025-09-30").out == "formal_notice: delivered\n"


def letters(folder: Path) -> int:
    return len(list((folder / "outbox").rglob("*.pdf"))) if (folder / "outbox").exists() else 0


def test_brakes_are_placed_and_lifted(played: Path, recourse: Recourse) -> None:
    assert recourse("hold", "A3", "hardship", "--reason", "来信", "--as", "sup-01").code == 0
    assert recourse("explain", "A3", "--json").json["brakes"] == ["hardship 2025-09-28–"]
    release = ("release", "A3", "hardship", "--reason", "已答复", "--as", "sup-01")
    one_line(recourse(*release), "needs its evidence")
    proposed = "proposed to lift 1 hardship brake(s): the gate hold_release decides\n"
    assert recourse(*release, "--evidence", "核查报告").out == proposed
    assert recourse("release", "A3", "dispute", *release[3:]).out == "no dispute brake is in force\n"
    (line,) = recourse("holds", "list", "A3", "--json").json
    assert (line["kind"], line["from_on"]) == ("hardship", "2025-09-28")


def test_a_call_from_the_queue(played: Path, recourse: Recourse) -> None:
    (waiting,) = recourse("calls", "list", "--json").json
    assert recourse("calls", "dial", waiting["call"], "--as", "caller-01").out.startswith("dial; permit ")
    recorded = recourse("calls", "record", waiting["call"], "promise", "--promise", "2025-10-09", "--as", "caller-01")
    assert recorded.out == "recorded: promise\n"
    assert recourse("calls", "list", "--json").json == []
    ran = recourse("calls", "dial", waiting["call"], "--as", "caller-01")
    assert (ran.code, ran.out) == (1, "this call is not open\n")


def test_a_template_is_previewed_without_a_ledger(nowhere: Path, recourse: Recourse) -> None:
    ran = recourse("documents", "preview", "formal_notice", "--on", "2025-09-01", "-o", "notice.pdf")
    assert ran.code == 0
    assert (nowhere / "notice.pdf").read_bytes().startswith(b"%PDF-")
