"""Who a debtor is, from the command line: grade, findings, evasion, plans, classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.conftest import Ran, Recourse

AS = ("--as", "blg-01")


def said(ran: Ran) -> str:
    assert ran.code == 0, ran
    return ran.out


def open_account(recourse: Recourse) -> str:
    """The first account of the played bank with an open case."""
    return str(recourse("plan", "list", "--json").json[0]["account"])


def test_a_debtor_is_found_out(played: Path, recourse: Recourse) -> None:
    """Causes and judgements with their history; the plan follows the cause; what has no evidence is not recorded."""
    account = open_account(recourse)
    assert "unknown" in said(recourse("cause", "show", account))
    said(recourse("cause", "set", account, "job_loss", "--evidence", "失业登记", *AS))
    said(recourse("assess", account, "ability", "strained", "--evidence", "收入流水", *AS))
    found = recourse("cause", "show", account, "--json").json
    assert [(each["what"], each["by"]) for each in found] == [
        ("ability strained", "blg-01"),
        ("cause job_loss", "blg-01"),
    ]
    shown = recourse("plan", "show", account, "--json").json
    assert (shown["plan"]["rule"], shown["floor"]["percent"]) == ("plan.hardship", 60)
    assert shown["repeated_after_days"]["call"] == 10, "of the plan for a job that was lost, and not the entry rule's"
    assert "call 10" in said(recourse("plan", "show", account))
    assert "cause job_loss" in said(recourse("plan", "show", account))
    assert "job_loss" in said(recourse("explain", account))
    graded = recourse("grade", account, "--json").json
    assert graded["history"][-1]["grade"] == graded["grade"]
    assert graded["stage"] in said(recourse("grade", account))
    assert recourse("verify").code == 0


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("cause", "set", "{}", "lazy", "--evidence", "x", *AS), "unknown cause 'lazy'"),
        (("cause", "set", "{}", "family", "--evidence", " ", *AS), "needs its evidence"),
        (("cause", "set", "NOBODY", "family", "--evidence", "x", *AS), "no account 'NOBODY'"),
        (("assess", "{}", "honesty", "none", "--evidence", "x", *AS), "unknown honesty"),
        (("evasion", "propose", "{}", "--evidence", "assets_moved=x", *AS), "2 different signs"),
        (("evasion", "propose", "{}", "--evidence", "late=x", "--evidence", "vanished=y", *AS), "is no sign of evasion"),
        (("evasion", "propose", "{}", "--evidence", "vanished=x", "--evidence", "vanished=y", *AS), "given twice"),
        (("evasion", "end", "{}", "--reason", "x", *AS), "no evasion was found"),
        (("plan", "propose", "{}", "--channels", "fax", "--every", "5", "--floor", "100", "--months", "1", "--reason", "x",
          *AS), "unknown channel 'fax'"),
        (("plan", "propose", "{}", "--channels", "sms", "--every", "5", "--floor", "1", "--months", "1", "--reason", "x",
          *AS), "below the floor"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_changes_nothing(
    played: Path, recourse: Recourse, typed: tuple[str, ...], says: str
) -> None:
    account = open_account(recourse)
    ran = recourse(*(word.format(account) for word in typed))
    assert (ran.code, says in ran.err, ran.err.count("\n")) == (2, True, 1)
    assert recourse("cause", "show", account, "--json").json == []


def test_evasion_goes_to_a_gate_and_a_plan_within_the_floor_stands(played: Path, recourse: Recourse) -> None:
    account = open_account(recourse)
    assert "assets_moved" in said(recourse("evasion", "signs"))
    papers = ("--evidence", "assets_moved=登记查询", "--evidence", "vanished=回执")
    assert "gate" in said(recourse("evasion", "propose", account, *papers, *AS))
    assert recourse("evasion", "propose", account, *papers, *AS).code == 2
    said(recourse("evasion", "end", account, "--reason", "查明不实", *AS))
    floor = recourse("plan", "show", account, "--json").json["floor"]
    offer = ("--floor", str(floor["percent"]), "--months", str(floor["longest_months"]))
    said(recourse("plan", "propose", account, "--channels", "call, sms", "--every", "5", *offer, "--reason", "x", *AS))
    (row,) = (row for row in recourse("plan", "list", "--json").json if row["account"] == account)
    assert (row["plan"], row["every"]) == ("own", 5)
    assert recourse("report", "classes", "--json").json == []
