"""Working days, by jurisdiction: which days count, and counting in them.

For deadlines that a rule states in working days, and for knowing when a desk is open. Not for quiet hours (they go by
instant, in a permit) and not for days past due, which are calendar days.

The days come from kept libraries; the bank's pack adds or takes away single days. Pure once a calendar is built: the
first calendar for `tw` or `us` in a process imports its library, nothing after that reads or writes anything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache

import msgspec

from recourse.errors import UserError


class _Table(msgspec.Struct, frozen=True):
    """What a library knows: single days off, weekend days worked (调休), and the years for which that is settled."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    settled_from: int = 1
    settled_to: int = 0


@lru_cache(maxsize=1)
def _cn_table() -> _Table:
    """Mainland China: the State Council's yearly notices, days off and make-up working weekends alike."""
    from chinese_calendar import holidays, workdays

    years = [day.year for day in holidays]
    return _Table(frozenset(holidays), frozenset(workdays), min(years), max(years))


# The executive publishes each year's office calendar in the year before; the library was last checked against 2026's.
# Later years follow the statute's rule and are provisional. Saturdays were alternate working days up to 2000.
_TW_SETTLED = (2001, 2026)
_US_SETTLED = (1971, 2100)
_RULED_TO = 2100


@lru_cache(maxsize=1)
def _tw_table() -> _Table:
    """Taiwan: public holidays with their observed days, and the make-up Saturdays that were in use up to 2025."""
    from holidays import country_holidays

    ruled = country_holidays("TW", years=range(_TW_SETTLED[0], _RULED_TO + 1))
    return _Table(frozenset(ruled), frozenset(ruled.weekend_workdays), *_TW_SETTLED)


@lru_cache(maxsize=1)
def _us_table() -> _Table:
    """United States: federal legal public holidays (5 U.S.C. 6103) with their observed days; no state's own."""
    from holidays import country_holidays

    ruled = country_holidays("US", years=range(_US_SETTLED[0], _RULED_TO + 1))
    return _Table(frozenset(ruled), settled_from=_US_SETTLED[0], settled_to=_US_SETTLED[1])


_TABLES = {"cn": _cn_table, "tw": _tw_table, "us": _us_table}


class Calendar:
    """The working days of one jurisdiction (`cn`, `tw`, `us`; any other has weekends only, and is provisional).

    `extra_holidays` and `extra_workdays` win over the library; one day in both is a UserError. `settled_years` are
    those that the pack vouches for in full, such as a year whose notice is out before the library carries it.
    """

    __slots__ = ("_off", "_on", "_settled", "_settled_years", "_years", "jurisdiction")

    def __init__(
        self,
        jurisdiction: str,
        extra_holidays: frozenset[date] = frozenset(),
        extra_workdays: frozenset[date] = frozenset(),
        settled_years: frozenset[int] = frozenset(),
    ) -> None:
        if both := extra_holidays & extra_workdays:
            raise UserError(
                f"{min(both)} is both an extra holiday and an extra working day",
                where=f"calendar {jurisdiction}",
                mend="keep it in one of the two lists",
            )
        table = _TABLES[jurisdiction]() if jurisdiction in _TABLES else _Table()
        self.jurisdiction = jurisdiction
        self._off = (table.off | extra_holidays) - extra_workdays
        self._on = (table.worked | extra_workdays) - extra_holidays
        self._settled = range(table.settled_from, table.settled_to + 1)
        self._settled_years = settled_years
        self._years: dict[int, tuple[frozenset[date], tuple[date, ...]]] = {}

    def is_provisional(self, year: int) -> bool:
        """Whether the days of `year` may still change: no library or pack vouches for them.

        Such a year is weekends only, plus what the pack adds (`tw` after 2026: the statute's rule as well).
        """
        return year not in self._settled and year not in self._settled_years

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked. Takes a date; a datetime, which would never compare equal, is a TypeError."""
        if day.__class__ is not date:
            raise TypeError(f"a date is needed, not a {day.__class__.__name__}")
        return day in self._year(day.year)[0]

    def this_or_next(self, day: date) -> date:
        """`day` if it is worked, else the first working day after it (民法典 art. 203: a last day off moves on)."""
        return day if self.is_workday(day) else self.add(day, 1)

    def next_workday(self, day: date) -> date:
        """The first working day strictly after `day`."""
        return self.add(day, 1)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it, if n < 0); `day` itself is not counted, and n = 0 is `day`.

        Not counting the first day is 民法典 art. 201. Past year 1 or 9999: UserError.
        """
        if n == 0:
            return day
        year, days = day.year, self._year(day.year)[1]
        at = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
        while not 0 <= at < len(days):
            if at < 0:
                year -= 1
                at += len(days := self._near(year, day, n))
            else:
                at -= len(days)
                days = self._near(year := year + 1, day, n)
        return days[at]

    def between(self, from_on: date, to_on: date) -> Iterator[date]:
        """The working days from `from_on` to `to_on`, both included, in order; none if `to_on` is earlier."""
        for year in range(from_on.year, to_on.year + 1):
            days = self._year(year)[1]
            yield from days[bisect_left(days, from_on) : bisect_right(days, to_on)]

    def _near(self, year: int, day: date, n: int) -> tuple[date, ...]:
        if MINYEAR <= year <= MAXYEAR:
            return self._year(year)[1]
        raise UserError(f"{n:+d} working days from {day} is not a date", mend="stay between the years 1 and 9999")

    def _year(self, year: int) -> tuple[frozenset[date], tuple[date, ...]]:
        known = self._years.get(year)
        if known is None:
            days = tuple(self._worked_days(year))
            known = self._years[year] = (frozenset(days), days)
        return known

    def _worked_days(self, year: int) -> Iterator[date]:
        first = date(year, 1, 1).toordinal()
        for ordinal in range(first, date(year, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            if day in self._on or (ordinal % 7 not in (0, 6) and day not in self._off):
                yield day
