"""What the plugin decides by itself, without a running Airflow: when days are due, what an option means, which runs are
over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("airflow", reason="the engines' packages are not installed")

import pendulum
from airflow.timetables.base import DataInterval, TimeRestriction

from desk.steps import Standing
from recourse.workdays import Calendar
from recourse_airflow import reconciling, timetable
from recourse_airflow.api import Run
from recourse_airflow.reconciling import REFUSED
from recourse_airflow.seat import options_of, verdict_of
from recourse_airflow.timetable import WorkdayTimetable

pytestmark = pytest.mark.airflow
SHANGHAI = ZoneInfo("Asia/Shanghai")


# --- when --------------------------------------------------------------------------------------------------------


def instants(table: WorkdayTimetable, after: str, number: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The next instants in Shanghai, as ``2026-10-08 07:00``."""
    now = pendulum.instance(datetime.fromisoformat(after).replace(tzinfo=SHANGHAI))
    monkeypatch.setattr(pendulum, "now", lambda zone: now.in_timezone(zone))
    monkeypatch.setattr(timetable, "_calendar", lambda jurisdiction, day: Calendar(jurisdiction))
    found: list[str] = []
    last: DataInterval | None = None
    for _ in range(number):
        info = table.next_dagrun_info(
            last_automated_data_interval=last, restriction=TimeRestriction(None, None, catchup=False)
        )
        assert info is not None
        last = DataInterval.exact(info.run_after)
        found.append(info.run_after.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))
    return found


def test_a_day_is_due_on_working_days_and_on_weekends_that_are_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    """National Day 2025: off from 1 to 8 October; Sunday 28 September and Saturday 11 October are worked."""
    found = instants(WorkdayTimetable("07:00"), "2025-09-27 12:00", 6, monkeypatch)
    assert found == ["2025-09-28 07:00", "2025-09-29 07:00", "2025-09-30 07:00",
                     "2025-10-09 07:00", "2025-10-10 07:00", "2025-10-11 07:00"]  # fmt: skip


def test_a_time_that_has_passed_today_is_due_on_the_next_working_day(monkeypatch: pytest.MonkeyPatch) -> None:
    assert instants(WorkdayTimetable("07:00"), "2025-11-24 06:59", 1, monkeypatch) == ["2025-11-24 07:00"]
    assert instants(WorkdayTimetable("07:00"), "2025-11-24 07:01", 1, monkeypatch) == ["2025-11-25 07:00"]


def test_the_month_ends_on_its_last_working_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """31 January 2026 and 28 February 2026 are Saturdays; 28 February is worked in place of a day of the festival."""
    found = instants(WorkdayTimetable("09:30", month_end=True), "2026-01-05 00:00", 3, monkeypatch)
    assert found == ["2026-01-30 09:30", "2026-02-28 09:30", "2026-03-31 09:30"]


def test_days_that_were_missed_are_not_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = pendulum.instance(datetime.fromisoformat("2025-11-24 12:00").replace(tzinfo=SHANGHAI))
    monkeypatch.setattr(pendulum, "now", lambda zone: now.in_timezone(zone))
    monkeypatch.setattr(timetable, "_calendar", lambda jurisdiction, day: Calendar(jurisdiction))
    long_ago = DataInterval.exact(now.subtract(days=40).in_timezone("UTC"))
    info = WorkdayTimetable("07:00").next_dagrun_info(
        last_automated_data_interval=long_ago, restriction=TimeRestriction(None, None, catchup=True)
    )
    assert info is not None
    assert info.run_after.astimezone(SHANGHAI).date() == date(2025, 11, 25)


def test_a_timetable_is_the_same_after_it_was_stored() -> None:
    table = WorkdayTimetable("09:30", "tw", "Asia/Taipei", month_end=True)
    assert WorkdayTimetable.deserialize(table.serialize()).serialize() == table.serialize()
    assert table.infer_manual_data_interval(run_after=pendulum.datetime(2026, 1, 1)).start == pendulum.datetime(
        2026, 1, 1
    )


# --- what is answered ---------------------------------------------------------------------------------------------


def test_an_option_is_a_verdict_and_a_yes_chooses_when_it_has_to() -> None:
    assert [verdict_of(option) for option in options_of(())] == [("approve", ""), ("reject", ""), ("return", "")]
    assert options_of(("sue", "no_suit"))[:2] == ["Approve: sue", "Approve: no_suit"]
    assert verdict_of("Approve: no_suit") == ("approve", "no_suit")


# --- which runs are over ------------------------------------------------------------------------------------------


def run(stem: str, **given: Any) -> Run:
    return Run("account_step", f"{stem}--1", "running", {"gate": "g", "level": 0, **given})


@pytest.mark.parametrize(
    ("stand", "asked", "level", "why"),
    [
        (Standing("open", 0, ("BLG", "BAP")), 2, 0, ""),
        (Standing("open", 0, ("BLG", "BAP")), 1, 0, REFUSED),
        (Standing("open", 0, ("BLG", "BAP", "then:HVP")), 2, 0, ""),
        (Standing("open", 0, ("then:HVP",)), 1, 0, ""),
        (Standing("open", 0, ("BLG",)), 0, 0, ""),
        (Standing("open", 1, ("BAP#BLG",)), 1, 0, "superseded: the gate was lifted to level 1"),
        (Standing("rejected", 0, ("BLG",)), 1, 0, "answered: the gate is rejected"),
        (Standing("approved", 0, ()), 0, 0, ""),
        (Standing("void", 0, ("BLG",)), 1, 0, "answered: the gate is void"),
        (None, 1, 0, "the ledger has no such gate"),
    ],
)
def test_a_run_is_over_when_nobody_is_left_to_ask_as_it_asks(
    stand: Standing | None, asked: int, level: int, why: str
) -> None:
    assert reconciling._why_over(run("A--litigation", level=level), stand, asked) == why


def test_a_seat_is_asked_until_the_end_of_its_last_day() -> None:
    from recourse_airflow.seat import SHORTEST_WAIT, left_until_end_of

    now = datetime(2026, 1, 12, 9, tzinfo=SHANGHAI)
    assert left_until_end_of(date(2026, 1, 12), now) > timedelta(hours=14)
    assert left_until_end_of(date(2026, 1, 9), now) == SHORTEST_WAIT
