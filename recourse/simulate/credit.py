"""The town in the credit registry: what is reported month by month, who was told before, and who objects."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from recourse.simulate.core import Core
from recourse.simulate.draws import Draws
from recourse.simulate.office import Office

TOLD_FROM_DAYS, REPORTED_FROM_DAYS = 15, 31
NOT_TOLD_PERCENT = 3
OBJECTS_PERCENT = 2
UPHELD_PERCENT = 40
MONDAY = 0
GROUNDS = ("not_late", "amount", "paid")

Row = dict[str, str | date]


class Credit:
    """Which debts stand in the registry as overdue, and what was objected to."""

    def __init__(self, draws: Draws, core: Core) -> None:
        self._draws, self._core = draws, core
        self._told: set[str] = set()
        self._reported: dict[str, str] = {}
        self._agenda: defaultdict[int, list[str]] = defaultdict(list)

    def reports(self, day: date, month_end: date) -> list[Row]:
        """The rows of a month: of every debt that is late for longer than a month, and of those that are so no more."""
        rows: list[Row] = []
        for key in self._core.debts:
            days = self._core.days_late(key)
            if days < REPORTED_FROM_DAYS and key not in self._reported:
                continue
            status = f"overdue_{min(days // 30, 7)}" if days >= REPORTED_FROM_DAYS else "normal"
            rows.append({"account_id": key, "month": f"{month_end:%Y-%m}", "status": status, "reported_on": day})
            if status == "normal":
                del self._reported[key]
                self._told.discard(key)
            else:
                self._reported[key] = f"{month_end:%Y-%m}"
        return rows

    def work(self, day: date, office: Office) -> None:
        """Once a week debtors are told before they are reported; some object to what was, and are answered in time."""
        for on in sorted(each for each in self._agenda if each <= day.toordinal()):
            for key in sorted(self._agenda.pop(on)):
                upheld = self._draws.chance(UPHELD_PERCENT, key, on, "objection upheld")
                office.answer_objections(key, "upheld" if upheld else "rejected")
        if day.weekday() != MONDAY:
            return
        for key in self._core.debts:
            if key not in self._told and self._core.days_late(key) >= TOLD_FROM_DAYS:
                self._told.add(key)
                if not self._draws.chance(NOT_TOLD_PERCENT, key, day, "not told"):
                    office.tell_of_report(key, day)
        for key, month in sorted(self._reported.items()):
            if self._draws.chance(OBJECTS_PERCENT, key, month, day.isocalendar().week % 4, "objects"):
                self._object(key, month, day, office)

    def _object(self, key: str, month: str, day: date, office: Office) -> None:
        office.object_to_record(key, [month], self._draws.pick(GROUNDS, key, month, "ground"))
        self._agenda[day.toordinal() + self._draws.between(5, 12, key, month, "objection")].append(key)
