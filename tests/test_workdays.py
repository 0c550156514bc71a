"""Working days: the days everybody remembers, and the laws that counting obeys on any calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.errors import UserError
from recourse.workdays import Calendar

CN, TW, US = Calendar("cn"), Calendar("tw"), Calendar("us")
DAYS = st.dates(date(2003, 1, 1), date(2030, 12, 31))
NEAR = st.dates(date(2024, 12, 1), date(2026, 2, 1))
CALENDARS = st.one_of(
    st.sampled_from([CN, TW, US, Calendar("elsewhere")]),
    st.builds(
        lambda off, on: Calendar("cn", off - on, on - off),
        st.frozensets(NEAR, max_size=30),
        st.frozensets(NEAR, max_size=30),
    ),
)


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 1, 28), date(2025, 2, 4)),  # Spring Festival
        (date(2025, 10, 1), date(2025, 10, 8)),  # National Day with Mid-Autumn
        (date(2026, 2, 15), date(2026, 2, 23)),
        (date(2020, 1, 31), date(2020, 2, 2)),  # lengthened by notice in the epidemic
    ],
)
def test_chinese_holidays_are_off_from_end_to_end(first: date, last: date) -> None:
    assert list(CN.between(first, last)) == []
    assert CN.is_workday(last + timedelta(days=1))


@pytest.mark.parametrize(
    "day", [date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11)]
)
def test_make_up_weekend_days_are_worked_in_china(day: date) -> None:
    assert day.weekday() >= 5
    assert CN.is_workday(day)
    assert not US.is_workday(day)


def test_the_chinese_working_year() -> None:
    assert len(list(CN.between(date(2025, 1, 1), date(2025, 12, 31)))) == 248  # 365 - 104 weekend days - 13 holidays


def test_counting_over_spring_festival() -> None:
    assert CN.next_workday(date(2025, 1, 27)) == date(2025, 2, 5)
    assert CN.add(date(2025, 1, 27), 4) == date(2025, 2, 8)  # the fourth is the make-up Saturday
    assert CN.add(date(2025, 2, 5), -2) == date(2025, 1, 26)  # and backwards, the make-up Sunday
    assert CN.this_or_next(date(2025, 1, 28)) == date(2025, 2, 5)
    assert CN.this_or_next(date(2025, 1, 26)) == date(2025, 1, 26)


@pytest.mark.parametrize(
    ("calendar", "day", "worked"),
    [
        (TW, date(2005, 2, 5), True),  # Saturday worked for Monday the 7th
        (TW, date(2005, 2, 7), False),
        (TW, date(2025, 2, 8), True),
        (TW, date(2025, 1, 27), False),
        (TW, date(2005, 9, 28), True),  # not a public holiday until 2025
        (TW, date(2025, 9, 29), False),
        (US, date(2025, 7, 4), False),
        (US, date(2021, 12, 31), False),  # 2022-01-01 is a Saturday, observed in the year before
        (US, date(2026, 7, 3), False),
        (US, date(2025, 10, 1), True),
    ],
)
def test_known_days_elsewhere(calendar: Calendar, day: date, worked: bool) -> None:
    assert calendar.is_workday(day) is worked


def test_a_year_nobody_vouches_for_is_weekends_only_and_says_so() -> None:
    assert [CN.is_provisional(year) for year in (2003, 2004, 2026, 2027)] == [True, False, False, True]
    assert CN.is_workday(date(2027, 10, 1))
    assert Calendar("elsewhere").is_provisional(2025)
    assert [TW.is_provisional(year) for year in (2000, 2005, 2026, 2027)] == [True, False, False, True]
    assert not US.is_provisional(2030)


def test_a_pack_can_settle_a_year_before_the_library_does() -> None:
    pack = Calendar("cn", frozenset({date(2027, 10, 1)}), frozenset({date(2027, 10, 9)}), frozenset({2027}))
    assert not pack.is_provisional(2027)
    assert pack.is_provisional(2028)
    assert not pack.is_workday(date(2027, 10, 1))
    assert pack.is_workday(date(2027, 10, 9))


def test_the_pack_wins_over_the_library() -> None:
    pack = Calendar("cn", frozenset({date(2025, 2, 8)}), frozenset({date(2025, 2, 4)}))
    assert not pack.is_workday(date(2025, 2, 8))
    assert pack.is_workday(date(2025, 2, 4))


def test_bad_input_is_one_line() -> None:
    day = frozenset({date(2025, 5, 6)})
    with pytest.raises(UserError, match="2025-05-06 is both"):
        Calendar("cn", day, day)
    with pytest.raises(UserError, match="not a date"):
        CN.add(date(9999, 12, 1), 200)
    with pytest.raises(UserError, match="not a date"):
        CN.add(date(1, 1, 9), -200)


def test_a_datetime_is_refused_rather_than_never_worked() -> None:
    with pytest.raises(TypeError):
        CN.is_workday(datetime(2025, 3, 3, 9, 0, tzinfo=UTC))


@given(CALENDARS, DAYS)
def test_next_is_the_nearest_later_working_day(calendar: Calendar, day: date) -> None:
    later = calendar.next_workday(day)
    assert later > day
    assert calendar.is_workday(later)
    assert not any(map(calendar.is_workday, span(day + timedelta(days=1), later - timedelta(days=1))))


@given(CALENDARS, DAYS, st.integers(1, 600))
def test_add_lands_on_the_nth_working_day_and_back(calendar: Calendar, day: date, n: int) -> None:
    reached = calendar.add(day, n)
    assert sum(map(calendar.is_workday, span(day + timedelta(days=1), reached))) == n
    assert calendar.is_workday(reached)
    start = calendar.this_or_next(day)
    assert calendar.add(calendar.add(start, n), -n) == start
    assert calendar.add(day, -n) < day


@given(CALENDARS, DAYS, st.integers(-600, 600), st.integers(-600, 600))
def test_adding_composes_and_never_turns_back(calendar: Calendar, day: date, m: int, n: int) -> None:
    start = calendar.this_or_next(day)
    assert calendar.add(calendar.add(start, m), n) == calendar.add(start, m + n)
    assert (calendar.add(day, m) <= calendar.add(day, n)) or m > n


@given(CALENDARS, DAYS, st.integers(-5, 800))
def test_between_lists_exactly_the_worked_days(calendar: Calendar, day: date, length: int) -> None:
    last = day + timedelta(days=length)
    assert list(calendar.between(day, last)) == [each for each in span(day, last) if calendar.is_workday(each)]
