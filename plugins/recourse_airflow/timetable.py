"""When a day's work is due: on the bank's working days, by the calendar of the policy packs. Registered by the plugin."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pendulum
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

if TYPE_CHECKING:
    from recourse.workdays import Calendar

LOOK_AHEAD_DAYS = 40


@lru_cache(maxsize=4)
def _calendar(jurisdiction: str, day: date) -> Calendar:
    """The bank's calendar as its packs tell it on a day; read once a day and process."""
    from desk.engines import unchecked_desk

    return unchecked_desk().strategy(day).calendar_of(jurisdiction)


class WorkdayTimetable(Timetable):
    """Every working day at a time of day in the bank's zone, or only the last working day of each month."""

    def __init__(
        self, at: str, jurisdiction: str = "cn", zone: str = "Asia/Shanghai", *, month_end: bool = False
    ) -> None:
        self.at, self.jurisdiction, self.zone, self.month_end = at, jurisdiction, zone, month_end
        which = "last working day of the month" if month_end else "working days"
        self.description = f"{which} ({jurisdiction}) at {at} {zone}"

    @property
    def summary(self) -> str:
        return f"{'月末工作日' if self.month_end else '工作日'} {self.at}"

    def serialize(self) -> dict[str, Any]:
        return {"at": self.at, "jurisdiction": self.jurisdiction, "zone": self.zone, "month_end": self.month_end}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> WorkdayTimetable:
        return cls(data["at"], data["jurisdiction"], data["zone"], month_end=data["month_end"])

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        return DataInterval.exact(run_after)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The next working day's instant. Days that were missed are not caught up: the ledger's days go forward and one
        run works all that is due, so that no step is taken twice for a missed night."""
        after = pendulum.now("UTC").subtract(seconds=1)
        if last_automated_data_interval is not None:
            after = max(after, last_automated_data_interval.end)
        if restriction.earliest is not None:
            after = max(after, restriction.earliest.subtract(microseconds=1))
        at = self._first_after(after)
        if restriction.latest is not None and at > restriction.latest:
            return None
        return DagRunInfo.exact(at)

    def _first_after(self, after: pendulum.DateTime) -> pendulum.DateTime:
        zone = ZoneInfo(self.zone)
        today = after.astimezone(zone).date()
        calendar = _calendar(self.jurisdiction, date.today())  # noqa: DTZ011  # which packs are read, not which day it is
        for day in calendar.between(today, today + timedelta(days=LOOK_AHEAD_DAYS)):
            at = pendulum.instance(_instant(day, self.at, zone)).in_timezone("UTC")
            if at > after and (not self.month_end or calendar.next_workday(day).month != day.month):
                return at
        raise ValueError(f"no working day within {LOOK_AHEAD_DAYS} days of {today}: mend the calendar pack")


def _instant(day: date, at: str, zone: ZoneInfo) -> pendulum.DateTime:
    clock = time.fromisoformat(at)
    return pendulum.datetime(day.year, day.month, day.day, clock.hour, clock.minute, tz=zone.key)
