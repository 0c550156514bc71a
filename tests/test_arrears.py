"""Delinquency arithmetic: cases worked out by hand, and properties against a count made day by day and coin by coin."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.arrears import (
    Chargeback,
    Instalment,
    Pause,
    PauseRequest,
    Range,
    Receipt,
    allocate,
    amounts_by_range,
    arrears,
    dpd,
    dpd_reaches,
    next_payment_due,
    oldest_unpaid,
    pause_periods,
    paused_days,
    range_of,
    validate_pause,
    validate_ranges,
)

JAN, FEB, MAR = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)
PLAN = (Instalment(JAN, 1000), Instalment(FEB, 1000), Instalment(MAR, 1000))
STAGES = (Range("M1", 1, 30), Range("M2", 31, 60), Range("M3", 61, 90), Range("M4+", 91))


# --- by hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "days"),
    [(date(2024, 1, 30), 0), (JAN, 0), (date(2024, 2, 1), 1), (FEB, 29), (date(2024, 3, 1), 30), (MAR, 60)],
)
def test_zero_on_the_due_date_and_one_the_day_after(on: date, days: int) -> None:
    assert dpd(JAN, (), on) == days
    assert arrears(PLAN, as_of=on).dpd == days


def test_nothing_unpaid_is_never_late() -> None:
    assert dpd(None, (), date(2030, 1, 1)) == 0
    assert arrears((), as_of=JAN).oldest_unpaid_due_on is None


def test_a_part_payment_leaves_the_clock_of_the_oldest() -> None:
    now = arrears(PLAN, [Receipt(date(2024, 3, 4), 1999)], as_of=date(2024, 3, 10))
    assert (now.dpd, now.overdue, now.oldest_unpaid_due_on, now.next_due_on) == (10, 1, FEB, MAR)
    assert [due.unpaid for due in now.dues] == [0, 1, 1000]


def test_money_that_comes_later_does_not_count_yet() -> None:
    paid = [Receipt(date(2024, 3, 5), 2000)]
    assert arrears(PLAN, paid, as_of=date(2024, 3, 4)).dpd == 33
    assert arrears(PLAN, paid, as_of=date(2024, 3, 5)).dpd == 0


def test_grace_puts_off_delinquency_and_nothing_else() -> None:
    at_end = arrears(PLAN, as_of=date(2024, 2, 5), grace_days=5)
    after = arrears(PLAN, as_of=date(2024, 2, 6), grace_days=5)
    assert (at_end.dpd, at_end.delinquent_days, at_end.delinquent_on) == (5, 0, date(2024, 2, 5))
    assert (after.dpd, after.delinquent_days, after.overdue) == (6, 1, 1000)
    assert arrears(PLAN, as_of=JAN, grace_days=5).delinquent_on is None
    assert arrears(PLAN, as_of=date(2024, 2, 2), grace_days=5).delinquent_days == 0


def test_a_pause_holds_the_count_of_its_first_day() -> None:
    pause = (Pause(date(2024, 2, 5), date(2024, 2, 20)),)
    counts = [dpd(JAN, pause, date(2024, 2, day)) for day in (4, 5, 6, 19, 20, 21)]
    assert counts == [4, 5, 5, 5, 5, 6]
    assert arrears(PLAN, pauses=pause, as_of=date(2024, 2, 21)).past_due_days == 21


def test_pause_days_before_the_due_date_take_nothing_off() -> None:
    pause = (Pause(date(2024, 1, 11), date(2024, 2, 3)),)
    assert dpd(JAN, pause, date(2024, 2, 10)) == 7
    assert dpd(FEB, pause, date(2024, 3, 10)) == 10


def test_a_resume_ends_the_pause_early() -> None:
    pause = (Pause(date(2024, 2, 5), date(2024, 6, 30), date(2024, 2, 8)),)
    assert [dpd(JAN, pause, date(2024, 2, day)) for day in (5, 8, 9, 29)] == [5, 5, 6, 26]


def test_pauses_that_overlap_are_counted_once() -> None:
    pauses = (Pause(date(2024, 2, 10), date(2024, 2, 20)), Pause(date(2024, 2, 5), date(2024, 2, 15)))
    assert paused_days(pauses, JAN, MAR) == 15
    assert dpd(JAN, pauses, MAR) == 45


def test_a_chargeback_reopens_from_its_own_day() -> None:
    paid = [Receipt(JAN, 1000), Receipt(FEB, 1000)]
    back = [Chargeback(date(2024, 3, 10), 1000)]
    assert arrears(PLAN, paid, back, as_of=date(2024, 3, 9)).oldest_unpaid_due_on == MAR
    now = arrears(PLAN, paid, back, as_of=date(2024, 3, 15), grace_days=2)
    assert (now.dpd, now.delinquent_days, now.delinquent_on, now.overdue) == (5, 3, date(2024, 3, 12), 1000)
    again = arrears(PLAN, [*paid, Receipt(date(2024, 3, 14), 1000)], back, as_of=date(2024, 3, 15))
    assert (again.dpd, again.overdue, again.next_due_on) == (0, 0, MAR)


def test_a_booking_struck_out_never_came() -> None:
    paid = [Receipt(JAN, 1000), Receipt(date(2024, 2, 10), -1000)]
    assert arrears(PLAN, paid, as_of=date(2024, 2, 9)).dpd == 0
    assert arrears(PLAN, paid, as_of=date(2024, 2, 10)).dpd == 10


def test_more_struck_out_than_came_adds_no_debt() -> None:
    now = arrears(PLAN, [Receipt(JAN, -5000)], as_of=MAR)
    assert [due.unpaid for due in now.dues] == [1000, 1000, 1000]


def test_next_payment_due_is_after_today_and_unpaid() -> None:
    dues = allocate(PLAN, [Receipt(JAN, 2000)], (), JAN)
    assert next_payment_due(dues, JAN) == MAR
    assert next_payment_due(dues, MAR) is None


def test_pause_periods_are_in_order_with_their_real_end() -> None:
    pauses = (Pause(date(2024, 5, 1), date(2024, 5, 9)), Pause(date(2024, 4, 1), date(2024, 4, 20), date(2024, 4, 3)))
    shown = [(each.from_on.day, each.to_on.day, each.active) for each in pause_periods(pauses, date(2024, 5, 9))]
    assert shown == [(1, 3, False), (1, 9, True)]


TODAY = date(2024, 5, 10)
RUNNING = (Pause(date(2024, 5, 5), date(2024, 5, 20)),)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (PauseRequest("pause", date(2024, 5, 20), date(2024, 5, 25)), None),
        (PauseRequest("pause", date(2024, 5, 1), date(2024, 5, 5)), None),
        (PauseRequest("pause", date(2024, 5, 19), date(2024, 5, 25)), "overlapping"),
        (PauseRequest("pause", date(2024, 5, 1), date(2024, 5, 6)), "overlapping"),
        (PauseRequest("pause", date(2024, 5, 1), date(2024, 5, 31)), "overlapping"),
        (PauseRequest("pause", date(2024, 5, 6), date(2024, 5, 7)), "overlapping"),
        (PauseRequest("pause", None, date(2024, 5, 7)), "start-missing"),
        (PauseRequest("pause", date(2024, 5, 7)), "end-missing"),
        (PauseRequest("pause", date(2024, 6, 2), date(2024, 6, 1)), "end-before-start"),
        (PauseRequest("pause", date(2024, 6, 2), date(2024, 6, 2)), "too-short"),
        (PauseRequest("pause", date(2024, 3, 31), date(2024, 4, 9)), "before-disbursement"),
        (PauseRequest("pause", date(2024, 4, 1), date(2024, 4, 9)), None),
        (PauseRequest("resume", TODAY), None),
        (PauseRequest("resume", None), "start-missing"),
        (PauseRequest("resume", date(2024, 5, 9)), "not-business-date"),
        (PauseRequest("resume", TODAY, date(2024, 5, 12)), "resume-with-end"),
    ],
)
def test_what_may_be_paused_and_resumed(new: PauseRequest, code: str | None) -> None:
    verdict = validate_pause(RUNNING, new, loan_active=True, disbursed_on=date(2024, 4, 1), business_date=TODAY)
    assert (verdict and verdict.code) == code
    closed = validate_pause(RUNNING, new, loan_active=False, disbursed_on=date(2024, 4, 1), business_date=TODAY)
    assert closed is not None
    assert closed.code == "loan-not-active"


def test_a_resume_needs_a_pause_that_runs_and_was_not_resumed() -> None:
    resume = PauseRequest("resume", TODAY)
    over = (Pause(date(2024, 5, 1), date(2024, 5, 9)),)
    done = (Pause(date(2024, 5, 1), date(2024, 5, 20), TODAY),)
    verdicts = [
        validate_pause(before, resume, loan_active=True, disbursed_on=None, business_date=TODAY)
        for before in ((), over, done)
    ]
    assert [verdict and verdict.code for verdict in verdicts] == [
        "no-active-pause",
        "no-active-pause",
        "already-resumed",
    ]


def test_days_freed_by_a_resume_can_be_paused_again() -> None:
    before = (Pause(date(2024, 5, 1), date(2024, 5, 20), TODAY),)
    new = PauseRequest("pause", date(2024, 5, 11), date(2024, 5, 20))
    assert validate_pause(before, new, loan_active=True, disbursed_on=None, business_date=TODAY) is None


def test_a_pause_resumed_on_its_first_day_blocks_no_other() -> None:
    before = (Pause(TODAY, date(2024, 5, 20), TODAY),)
    new = PauseRequest("pause", date(2024, 5, 1), date(2024, 5, 31))
    assert validate_pause(before, new, loan_active=True, disbursed_on=None, business_date=TODAY) is None


def test_a_pause_that_begins_on_the_day_comes_too_late_to_hold_it() -> None:
    day = date(2024, 2, 10)
    assert dpd_reaches(JAN, (Pause(day, MAR),), JAN, 10) == day
    assert dpd_reaches(JAN, (Pause(date(2024, 2, 9), MAR),), JAN, 10) == date(2024, 4, 1)


@pytest.mark.parametrize(("days", "stage"), [(0, None), (1, "M1"), (30, "M1"), (31, "M2"), (90, "M3"), (4000, "M4+")])
def test_stage_of_a_day_count(days: int, stage: str | None) -> None:
    found = range_of(STAGES, days)
    assert (found and found.name) == stage


def test_each_instalment_has_its_own_stage() -> None:
    now = arrears(PLAN, [Receipt(JAN, 400)], as_of=date(2024, 3, 5))
    assert amounts_by_range(now.dues, STAGES) == {"M2": 600, "M1": 1000}
    assert amounts_by_range(now.dues, STAGES, grace_days=5) == {"M1": 600}


@pytest.mark.parametrize(
    ("ranges", "code"),
    [
        (STAGES, None),
        (STAGES[::-1], None),
        (STAGES[:2], None),
        ((), "empty"),
        ((Range("a", 1, 3), Range("b", 3, 30)), "overlap"),
        ((Range("a", 1), Range("b", 3, 30)), "overlap"),
        ((Range("a", 1, 3), Range("b", 5, 30)), "gap"),
        ((Range("a", 5, 3),), "backwards"),
        ((Range("a", 0, 3),), "below-one"),
        ((Range("a", 1, 3), Range("a", 4, 30)), "duplicate"),
    ],
)
def test_stages_must_hold_each_day_once(ranges: tuple[Range, ...], code: str | None) -> None:
    verdict = validate_ranges(ranges)
    assert (verdict and verdict.code) == code


def test_the_end_of_the_calendar_is_never_reached() -> None:
    assert dpd_reaches(date(9999, 12, 30), (), date(9999, 12, 30), 1) == date(9999, 12, 31)
    assert dpd_reaches(date(9999, 12, 30), (), date(9999, 12, 30), 2) is None
    assert dpd_reaches(None, (), TODAY, 1) is None
    assert dpd_reaches(None, (), TODAY, 0) == TODAY


# --- properties -------------------------------------------------------------------------------------------------------

START = date(2024, 1, 1)
days = st.integers(0, 60).map(lambda n: START + timedelta(days=n))
coins = st.integers(1, 6)
plans = st.lists(st.builds(Instalment, days, coins), min_size=1, max_size=5)
receipts = st.lists(st.builds(Receipt, days, coins), max_size=6)
chargebacks = st.lists(st.builds(Chargeback, days, coins), max_size=2)


@st.composite
def some_pause(draw: st.DrawFn) -> Pause:
    start = draw(days)
    end = start + timedelta(days=draw(st.integers(0, 25)))
    resumed = draw(st.none() | st.integers(0, 25).map(lambda n: start + timedelta(days=n)))
    return Pause(start, end, resumed)


pauses = st.lists(some_pause(), max_size=3).map(tuple)


def counted_day_by_day(due_on: date, stops: tuple[Pause, ...], today: date) -> int:
    """A day counts when it is after the due date and no pause has held it since the day before."""
    count, day = 0, due_on
    while day < today:
        day += timedelta(days=1)
        count += not any(stop.from_on < day <= stop.to_on and day <= (stop.resumed_on or day) for stop in stops)
    return count


def coins_left(plan: list[Instalment], paid: list[Receipt], back: list[Chargeback], today: date) -> list[date]:
    """The due date of every single coin still owed: coins are laid out by date and paid from the front."""
    laid = [(each.due_on, 0) for each in plan for _ in range(each.amount)]
    laid += [(each.charged_back_on, 1) for each in back if each.charged_back_on <= today for _ in range(each.amount)]
    return [due for due, _ in sorted(laid)][sum(each.amount for each in paid if each.paid_on <= today) :]


@given(plans, receipts, chargebacks, pauses, days)
def test_closed_form_equals_the_count_day_by_day(
    plan: list[Instalment], paid: list[Receipt], back: list[Chargeback], stops: tuple[Pause, ...], today: date
) -> None:
    left = coins_left(plan, paid, back, today)
    late = [due for due in left if due < today]
    now = arrears(plan, paid, back, stops, as_of=today)
    assert now.oldest_unpaid_due_on == (left[0] if left else None)
    assert now.overdue == len(late)
    assert now.dpd == (counted_day_by_day(late[0], stops, today) if late else 0)
    assert now.past_due_days == ((today - late[0]).days if late else 0)
    assert sum(due.unpaid for due in now.dues) == len(left)
    assert now.next_due_on == min((due for due in left if due > today), default=None)


@given(plans, receipts, chargebacks, days)
def test_the_one_fact_kept_by_intake_agrees_with_the_whole(
    plan: list[Instalment], paid: list[Receipt], back: list[Chargeback], today: date
) -> None:
    assert oldest_unpaid(plan, paid, back, as_of=today) == arrears(plan, paid, back, as_of=today).oldest_unpaid_due_on


@given(days, pauses, days, st.integers(0, 90))
def test_reaches_names_the_first_day(due_on: date, stops: tuple[Pause, ...], today: date, n: int) -> None:
    named = dpd_reaches(due_on, stops, today, n)
    day = today
    while counted_day_by_day(due_on, stops, day) < n:
        day += timedelta(days=1)
    assert named == day


@given(days, pauses, days)
def test_count_never_falls_and_never_jumps(due_on: date, stops: tuple[Pause, ...], today: date) -> None:
    tomorrow = today + timedelta(days=1)
    assert 0 <= dpd(due_on, stops, tomorrow) - dpd(due_on, stops, today) <= 1


@given(days, days)
def test_without_pauses_each_day_after_the_due_date_counts(due_on: date, today: date) -> None:
    step = dpd(due_on, (), today + timedelta(days=1)) - dpd(due_on, (), today)
    assert step == (1 if today >= due_on else 0)


@given(days, pauses, some_pause(), days)
def test_a_pause_never_makes_anyone_later(due_on: date, stops: tuple[Pause, ...], more: Pause, today: date) -> None:
    assert dpd(due_on, (*stops, more), today) <= dpd(due_on, stops, today) <= dpd(due_on, (), today)


@given(plans, receipts, chargebacks, pauses, days)
def test_paying_all_that_is_overdue_ends_it_the_same_day(
    plan: list[Instalment], paid: list[Receipt], back: list[Chargeback], stops: tuple[Pause, ...], today: date
) -> None:
    before = arrears(plan, paid, back, stops, as_of=today)
    after = arrears(plan, [*paid, Receipt(today, before.overdue)], back, stops, as_of=today)
    assert (after.dpd, after.overdue, after.delinquent_on) == (0, 0, None)
    if before.overdue:
        short = arrears(plan, [*paid, Receipt(today, before.overdue - 1)], back, stops, as_of=today)
        assert short.overdue == 1


@given(plans, receipts, chargebacks, pauses, st.builds(Receipt, days, coins), days)
def test_more_money_never_makes_anyone_later(
    plan: list[Instalment],
    paid: list[Receipt],
    back: list[Chargeback],
    stops: tuple[Pause, ...],
    more: Receipt,
    today: date,
) -> None:
    less, now = arrears(plan, paid, back, stops, as_of=today), arrears(plan, [*paid, more], back, stops, as_of=today)
    assert now.dpd <= less.dpd
    assert now.overdue <= less.overdue


@given(plans, receipts, chargebacks, days)
def test_the_order_of_the_rows_does_not_matter(
    plan: list[Instalment], paid: list[Receipt], back: list[Chargeback], today: date
) -> None:
    assert arrears(plan[::-1], paid[::-1], back[::-1], as_of=today) == arrears(plan, paid, back, as_of=today)


@given(st.lists(st.tuples(days, days), max_size=5), days)
def test_pauses_that_were_accepted_share_no_day(wanted: list[tuple[date, date]], today: date) -> None:
    kept: list[Pause] = []
    for start, end in wanted:
        new = PauseRequest("pause", start, end)
        if validate_pause(kept, new, loan_active=True, disbursed_on=None, business_date=today) is None:
            kept.append(Pause(start, end))
    assert paused_days(kept, date.min, date.max) == sum((each.to_on - each.from_on).days for each in kept)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.none() | st.integers(0, 12)), min_size=1, max_size=4),
)
def test_stages_are_accepted_exactly_when_each_day_has_one(spans: list[tuple[int, int | None]]) -> None:
    ranges = [Range(str(place), *span) for place, span in enumerate(spans)]
    first, last = min(span[0] for span in spans), max(20 if span[1] is None else span[1] for span in spans)
    held = [sum(start <= day <= (20 if end is None else end) for start, end in spans) for day in range(first, last + 1)]
    sound = first >= 1 and all(end is None or start <= end for start, end in spans) and set(held) == {1}
    assert (validate_ranges(ranges) is None) == sound
