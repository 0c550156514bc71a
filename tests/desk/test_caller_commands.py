"""What is typed of callers, of their queue and of what may be said."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.desk.conftest import Recourse, events
from tests.desk.test_bad_input import one_line

pytestmark = pytest.mark.usefixtures("played")
SUP = ("--as", "sup-01")
CMP = ("--as", "cmp-01")
OLD, NEW = ("--as", "caller-01"), ("--as", "caller-02")
DAY = "2025-09-22"
PROOF = ("--proof", "HR 2025/9")


def enrols(recourse: Recourse, name: str, *, certified: bool = True) -> None:
    assert recourse("collector", "enrol", name, "--started", DAY, "--capacity", "50", *SUP).code == 0
    for certificate in ("pre_job_training", "exam", "no_violent_record") if certified else ():
        assert recourse("collector", "certify", name, certificate, "--issued", DAY, *PROOF, *SUP).code == 0


def test_the_life_of_a_caller(recourse: Recourse) -> None:
    enrols(recourse, "caller-02", certified=False)
    (mine,) = [c for c in recourse("collector", "list", "--json").json if c["collector"] == "caller-02"]
    assert (mine["employer"], mine["capacity"], mine["refused_by"]) == ("own", 50, "caller.exam")
    enrols(recourse, "caller-02")
    assert recourse("collector", "skill", "caller-02", "language:yue", "--until", "2026-01-31", *SUP).code == 0
    assert recourse("collector", "skill", "caller-02", "senior", *SUP).code == 0
    assert recourse("collector", "skill", "caller-02", "senior", "--drop", "--reason", "考核", *SUP).code == 0
    shown = recourse("collector", "show", "caller-02", "--json").json
    assert shown["refused_by"] == ""
    assert {each["certificate"]: (each["state"], each["until_on"]) for each in shown["certificates"]} == {
        "exam": ("held", "2026-09-21"),
        "pre_job_training": ("held", "2026-09-21"),
        "no_violent_record": ("held", None),
    }
    assert shown["entry"]["skills"] == {"language:yue": "2026-01-31"}
    assert "May dial today" in recourse("collector", "show", "caller-02").out
    assert recourse("collector", "end", "caller-02", "--on", DAY, "--reason", "离职", *SUP).code == 0
    assert "caller.not_employed" in recourse("collector", "show", "caller-02").out
    assert recourse("verify").code == 0


def test_who_only_dials_holds_no_role(recourse: Recourse) -> None:
    one_line(recourse("token", "enrol", "caller-07", "--as", "adm-01"), "which role has caller-07?")
    one_line(recourse("token", "enrol", "caller-07", "--caller", *SUP), "sup-01 may not enrol others")


def test_the_queue_of_a_caller(played: Path, recourse: Recourse) -> None:
    """The only open call is caller-01's, who leaves it to caller-02 through a supervisor."""
    (call,) = recourse("calls", "list", "--json").json
    assert (call["account"], call["collector"], call["queue"]) == ("A4", "caller-01", "general")
    assert recourse("calls", "list", "--mine", "--json", *NEW).json == []
    assert recourse("calls", "next", *NEW).out == "nothing left to dial today\n"
    assert "3 dials left today" in recourse("calls", "next", *OLD).out
    refused = recourse("calls", "dial", call["call"], *NEW)
    assert (refused.code, refused.out.split(" (")[0]) == (1, "no: caller.not_enrolled")
    assert "recourse collector show" in refused.out
    enrols(recourse, "caller-02")
    assert recourse("calls", "dial", call["call"], *NEW).out.startswith("no: queue.not_yours (")
    moved = recourse("calls", "assign", call["call"], "caller-02", "--reason", "客户要求", *SUP)
    assert (moved.code, moved.out) == (0, "1 calls of the debtor are caller-02's\n")
    assert [each["call"] for each in recourse("calls", "list", "--mine", "--json", *NEW).json] == [call["call"]]
    assert recourse("calls", "list", "--collector", "caller-01", "--json").json == []
    assert recourse("calls", "list", "--unassigned", "--json").json == []
    assert recourse("calls", "assign", *SUP).out == "1 of 1 calls are assigned\n"
    assert recourse("calls", "assign", "--json", *SUP).json["moved"] == {}
    assert recourse("calls", "dial", call["call"], *NEW).code == 0
    note = ("--note", "告知不还会坐牢")
    assert recourse("calls", "record", call["call"], "refused", *note, *NEW).code == 0
    (found,) = recourse("report", "scripts", "--from", "2025-09-01", "--open", "--json").json
    assert (found["account"], found["phrase"], found["by"], found["place"]) == ("A4", "坐牢", "caller-02", "call_note")
    assert "坐牢" in recourse("report", "scripts").out
    closed = recourse("script", "close", found["violation"], "--result", "upheld", "--reason", "停岗", *CMP)
    assert closed.out == "closed; written by caller-02\n"
    assert recourse("report", "scripts", "--open", "--json").json == []
    figures = {each["collector"]: each for each in recourse("report", "collectors", "--json").json}
    assert (figures["caller-02"]["right_party"], figures["caller-02"]["script_violations"]) == (1, 1)
    assert "promises_kept" in recourse("report", "collectors").out
    assert recourse("verify").code == 0


def test_a_text_is_checked(played: Path, recourse: Recourse, monkeypatch: pytest.MonkeyPatch) -> None:
    script = played / "script.txt"
    script.write_text("您好，本行可能依法起诉。", encoding="utf-8")
    assert recourse("script", "check", str(script)).code == 0
    assert recourse("script", "check", str(script), "--third-party").code == 1
    script.write_text("再不还就坐 牢", encoding="utf-8")
    ran = recourse("script", "check", str(script), "--json")
    assert ran.code == 1
    ((found,),) = (ran.json,)
    assert (found["hit"]["text"], found["hit"]["rule"]) == ("坐 牢", "script.intimidation")
    assert (found["hit"]["start"], found["hit"]["end"]) == (4, 7)
    words = recourse("script", "check", str(script))
    assert "script.intimidation" in words.out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"You will go to jail")))
    assert recourse("script", "check", "-", "--jurisdiction", "us").code == 1
    assert recourse("script", "check", "--templates").out == "nothing that may not be said\n"


def test_the_reason_of_a_hold_is_kept_and_found(recourse: Recourse) -> None:
    said = recourse("hold", "A4", "complaint", "--reason", "投诉：称要爆通讯录", *SUP)
    assert said.out.startswith("A4: complaint brake placed, ")
    (found,) = recourse("report", "scripts", "--json").json
    assert (found["place"], found["by"]) == ("hold_reason", "sup-01")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("collector", "enrol", "caller-09", "--capacity", "0", *SUP), "a capacity of 0"),
        (("collector", "enrol", "the caller", *SUP), "not a name: 'the caller'"),
        (("collector", "enrol", "caller-09", *OLD), "caller-01 is no supervisor"),
        (("collector", "enrol", "sup-01", *SUP), "sup-01 cannot vouch for sup-01"),
        (("collector", "certify", "nobody", "exam", "--issued", DAY, *PROOF, *SUP), "'nobody' is not enrolled as a caller"),
        (("collector", "certify", "caller-01", "diploma", "--issued", DAY, *PROOF, *SUP), "no rule asks for 'diploma'"),
        (("collector", "certify", "caller-01", "exam", "--issued", "2030-01-01", *PROOF, *SUP), "issued on 2030-01-01"),
        (("collector", "certify", "caller-01", "exam", "--issued", DAY, "--expires", "2020-01-01", *PROOF, *SUP),
         "expires before it is issued"),
        (("collector", "certify", "caller-01", "exam", "--issued", DAY, "--proof", " ", *SUP), "a certificate has a paper"),
        (("collector", "skill", "caller-01", "Speaks Well", *SUP), "not a code"),
        (("collector", "skill", "caller-01", "hardship", "--drop", *SUP), "does not have 'hardship'"),
        (("collector", "end", "caller-01", "--reason", "", *SUP), "something is left unsaid"),
        (("collector", "show", "nobody"), "is not enrolled as a caller"),
        (("calls", "list", "--mine", "--unassigned", *OLD), "say different things"),
        (("calls", "assign", "c1", *SUP), "a call and a caller go together"),
        (("calls", "assign", "c1", "caller-01", "--reason", "x", *SUP), "no open call 'c1'"),
        (("calls", "assign", "c1", "caller-01", *SUP), "something is left unsaid"),
        (("calls", "assign", *OLD), "caller-01 is no supervisor"),
        (("calls", "note", "c1", "很好", *OLD), "no call 'c1'"),
        (("script", "check"), "nothing to look at"),
        (("script", "check", "missing.txt"), "cannot be read"),
        (("script", "check", "missing.txt", "--jurisdiction", "xx"), "no pack for 'xx'"),
        (("script", "close", "v1", "--result", "upheld", "--reason", "x", *SUP), "no open violation 'v1'"),
        (("script", "close", "v1", "--result", "maybe", "--reason", "x", *SUP), "unknown result 'maybe'"),
        (("report", "collectors", "--from", "2025-09-02", "--to", "2025-09-01"), "2025-09-01 is before 2025-09-02"),
    ],
)  # fmt: skip
def test_what_is_typed_wrong(recourse: Recourse, played: Path, typed: tuple[str, ...], says: str) -> None:
    before = events(played)
    one_line(recourse(*typed), says)
    assert events(played) == before, "half-written"


def test_a_note_with_a_number_is_refused_before_the_outcome_is_kept(recourse: Recourse) -> None:
    (call,) = recourse("calls", "list", "--json").json
    assert recourse("calls", "dial", call["call"], *OLD).code == 0
    one_line(
        recourse("calls", "record", call["call"], "refused", "--note", "客户新号13800000001", *OLD), "phone or identity"
    )
    assert recourse("calls", "list", "--json").json[0]["state"] == "taken"
