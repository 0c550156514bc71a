"""The runner of peers' cases: all cases of the kinds that are ours, and how it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.adapters import ADAPTERS
from tests.oracle.not_ours import NOT_OURS
from tests.oracle.run import judge, load

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "oracle" / "peer_cases.json"
OWED = {"dpd", "dpd_pause", "dpd_series", "pause_periods", "pause_validation", "next_due", "chargeback"}


def shared_cases() -> list[Any]:
    """The shared cases that are ours as parameters, or one skipped parameter when the file is not there."""
    if not SHARED.exists():
        return [pytest.param(0, {}, marks=pytest.mark.skip(reason="no shared file of peers' cases"))]
    found = [(index, case) for index, case in enumerate(load(SHARED)) if case["kind"] in ADAPTERS]
    return [pytest.param(index, case, id=f"{index}-{case['kind']}") for index, case in found]


@pytest.mark.parametrize(("index", "case"), shared_cases())
def test_peer_case(index: int, case: dict[str, Any]) -> None:
    outcome = judge(index, case)
    assert outcome.verdict == "passed", f"expected {case['expected']}, got {outcome.got}; {case['note']}"
    assert not outcome.reason_unread


def test_kinds_owed_are_connected_and_no_kind_stands_in_both_tables() -> None:
    assert set(ADAPTERS) >= OWED
    assert not set(ADAPTERS) & set(NOT_OURS)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    # from another folder: the runner must find the product by itself
    return subprocess.run(
        [sys.executable, str(ROOT / "tests" / "oracle" / "run.py"), *arguments],
        capture_output=True,
        text=True,
        cwd="/",
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        timeout=60,
    )


RIGHT = {
    "kind": "dpd",
    "input": {"installments": [["2024-01-31", 100.5]], "payments": [["2024-02-01", 0.5]], "as_of": "2024-02-10"},
    "expected": {"past_due_days": 10, "overdue_amount": 100, "range": "RANGE_3"},
}
WRONG = {**RIGHT, "expected": {"past_due_days": 11}, "source_repo": "made/here", "note": "one too many"}
OTHER = {"kind": "letter_amount", "input": {}, "expected": {}}
NEW = {"kind": "never_seen", "input": {}, "expected": {}}
UNKNOWN_FIELD = {**RIGHT, "expected": {"moon_phase": None}}
BROKEN = {**RIGHT, "input": {"installments": [["2024-13-31", 1]], "as_of": "2024-02-10"}}


def test_run_counts_by_kind_and_gives_reasons(tmp_path: Path) -> None:
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps([RIGHT, OTHER, NEW]))
    done = run(str(cases))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert next(line.split() for line in lines if line.startswith("dpd ")) == ["dpd", "1"]
    assert next(line.split() for line in lines if line.startswith("all ")) == ["all", "1", "0", "2"]
    assert f"  letter_amount: {NOT_OURS['letter_amount']}" in lines
    assert any(line.startswith("  never_seen: ") for line in lines)


@pytest.mark.parametrize("bad", [WRONG, UNKNOWN_FIELD, BROKEN])
def test_run_lists_each_failure_and_exits_1(tmp_path: Path, bad: dict[str, Any]) -> None:
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps([RIGHT, bad]))
    done = run(str(cases))
    assert done.returncode == 1
    assert "FAILED case 1, dpd" in done.stdout
    assert "FAILED case 0" not in done.stdout


def test_failure_shows_source_expected_and_got(tmp_path: Path) -> None:
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps([WRONG]))
    shown = run(str(cases)).stdout
    for part in ("made/here", 'expected {"past_due_days": 11}', 'got      {"past_due_days": 10}', "one too many"):
        assert part in shown


@pytest.mark.parametrize("text", ["", "{", "{}", '"x"', "[1]", '[{"kind": "dpd"}]', '[{"kind": 1, "input": {}}]'])
def test_bad_file_is_one_line_and_exit_2(tmp_path: Path, text: str) -> None:
    cases = tmp_path / "cases.json"
    cases.write_text(text)
    done = run(str(cases))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert str(cases) in done.stderr


@pytest.mark.parametrize("arguments", [(), ("/nowhere/cases.json",), ("/",), ("a", "b")])
def test_missing_file_or_wrong_usage_is_one_line_and_exit_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_refusal_with_the_wrong_reason_fails() -> None:
    given = {
        "business_date": "2024-05-02",
        "existing": [["2024-05-01", "2024-05-09", None]],
        "new": {"action": "PAUSE", "start": "2024-05-08", "end": "2024-05-20"},
    }
    case = {"kind": "pause_validation", "input": given}
    assert judge(0, {**case, "expected": {"accepted": False, "error": "overlapping"}}).verdict == "passed"
    assert judge(0, {**case, "expected": {"accepted": False, "error": "loan not active"}}).verdict == "failed"
    assert judge(0, {**case, "expected": {"accepted": True}}).verdict == "failed"
    odd = judge(0, {**case, "expected": {"accepted": False, "error": "stars unfavourable"}})
    assert (odd.verdict, odd.reason_unread) == ("passed", True)
    assert judge(0, {**case, "expected": {"accepted": True, "error": "stars unfavourable"}}).verdict == "failed"


def test_due_date_as_day_one_is_converted_only_when_the_case_says_so() -> None:
    given = {"installments": [["2024-03-05", 10]], "payments": [["2024-03-08", 10]]}
    days = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-08"]
    ahead = {"dpd": [[day, count] for day, count in zip(days, [0, 1, 2, 0], strict=True)]}
    ours = {"dpd": [[day, count] for day, count in zip(days, [0, 0, 1, 0], strict=True)]}
    case = {"kind": "dpd_series", "input": {**given, "convention": "due date counts as day 1"}, "expected": ahead}
    assert judge(0, case).verdict == "passed"
    assert judge(0, {**case, "expected": ours}).verdict == "failed"
    assert judge(0, {**case, "input": given, "expected": ours}).verdict == "passed"


# One account, monthly dues of 100 from 31 January, a pause from 10 March that runs: worked out by hand.
HELD = {
    "installments": [["2024-01-31", 100], ["2024-02-29", 100], ["2024-03-31", 100]],
    "payments": [["2024-02-20", 100]],
    "pauses": [["2024-03-10", "2024-05-01", None]],
    "grace_days": 0,
    "ranges": [["A", 1, 9], ["B", 10, None]],
    "as_of": "2024-04-05",
}
REVERSED = {
    "ladder_days_since_oldest_unpaid": [["S1", 10], ["S2", 20]],
    "invoices": [["x", "2024-03-01", 5.5], ["y", "2024-03-20", 7]],
    "payments": [["2024-03-02", "x", 5.5], ["2024-03-22", "x", -5.5]],
}


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("dpd_pause", HELD, {"past_due_days": 36, "delinquent_days": 10, "range": "B", "overdue_amount": 200}),
        ("dpd_pause", HELD, {"installment_ranges": {"B": 100}, "delinquent_date": "2024-02-29"}),
        ("dpd_pause", {**HELD, "range_frozen_while_paused": True}, {"range": "A", "delinquent_days": 10}),
        (
            "dpd_pause",
            {**HELD, "range_frozen_while_paused": True, "payments": [["2024-04-01", 300]]},
            {"range": "NO_DELINQUENCY", "installment_ranges": {}},
        ),
        ("next_due", {**HELD, "mode": "earliest-unpaid-date"}, {"next_payment_due": "2024-02-29"}),
        (
            "next_due",
            {**HELD, "mode": "next-unpaid-due-date", "as_of": ["2024-02-28", "2024-02-29", "2024-04-05"]},
            {"next_payment_due": ["2024-02-29", "2024-03-31", "2024-03-31"]},
        ),
        ("ladder_age", {**REVERSED, "as_of": "2024-03-21"}, {"state": "CLEAR"}),
        ("ladder_age", {**REVERSED, "as_of": "2024-03-22"}, {"state": "S2"}),
        (
            "cutoff_dates",
            {"today": "2024-03-01", "steps_days": [1, 30]},
            {"bill_date_on_or_before": ["2024-02-29", "2024-01-31"]},
        ),
    ],
)
def test_conversions_by_hand(kind: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    outcome = judge(0, {"kind": kind, "input": given, "expected": expected})
    assert outcome.verdict == "passed", outcome.got
