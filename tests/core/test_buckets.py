"""M stages: the edges by days and by billing cycles, and the day on which the next one begins."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.arrears import Pause, dpd
from recourse.buckets import Scheme, first_days, name, reaches, scheme_of, stage_on
from recourse.policy.debtor_values import Buckets
from tests.core.any_facts import book

DUE = date(2026, 1, 31)
DAYS = Scheme()
CYCLES = Scheme((), 20, 7)


@pytest.mark.parametrize(
    ("late", "stage"),
    [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (120, 4), (121, 5), (150, 5), (151, 6), (180, 6),
     (181, 7), (2_000, 7)],
)  # fmt: skip
def test_stages_by_days(late: int, stage: int) -> None:
    assert stage_on(DAYS, DUE, (), DUE + timedelta(days=late)) == stage


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2026, 1, 31), 0),
        (date(2026, 2, 7), 0),  # the second statement comes on 8 February, twenty days before it is due on the 28th
        (date(2026, 2, 8), 1),
        (date(2026, 2, 28), 1),
        (date(2026, 3, 1), 2),
        (date(2026, 3, 31), 2),
        (date(2026, 4, 1), 3),
        (date(2026, 4, 30), 3),
        (date(2026, 5, 1), 4),
        (date(2026, 7, 31), 6),
        (date(2026, 8, 1), 7),
        (date(2028, 1, 1), 7),
    ],
)
def test_stages_by_billing_cycles(today: date, stage: int) -> None:
    """Due on the last of a month: the due date of a shorter month is its last day."""
    assert stage_on(CYCLES, DUE, (), today) == stage


def test_names() -> None:
    assert [name(DAYS, n) for n in (0, 1, 6, 7)] == ["M0", "M1", "M6", "M7+"]


def test_a_card_of_the_shipped_pack_goes_by_cycles_and_a_loan_by_days() -> None:
    by_product = {p: scheme_of(book().at(date(2026, 3, 1), "cn", p).numbers) for p in ("credit_card", "mortgage")}
    assert by_product["credit_card"] == CYCLES
    assert by_product["mortgage"] == DAYS


def test_where_no_rule_says_how_stages_are_by_thirty_days() -> None:
    assert scheme_of({}) == DAYS


SPELLS = st.lists(st.tuples(st.integers(-20, 200), st.integers(1, 60)), max_size=2).map(
    lambda found: tuple(
        Pause(DUE + timedelta(days=start), DUE + timedelta(days=start + length)) for start, length in found
    )
)


@given(st.sampled_from([DAYS, CYCLES]), st.dates(date(2024, 1, 1), date(2027, 1, 1)), SPELLS, st.integers(0, 300),
       st.integers(1, 7))  # fmt: skip
def test_a_stage_is_reached_on_the_day_said_and_on_none_before(
    scheme: Scheme, due_on: date, pauses: tuple[Pause, ...], after: int, wanted: int
) -> None:
    today = due_on + timedelta(days=after)
    on = reaches(scheme, due_on, pauses, today, wanted)
    assert on is not None
    assert on >= today
    assert stage_on(scheme, due_on, pauses, on) >= wanted
    if on > today:
        assert stage_on(scheme, due_on, pauses, on - timedelta(days=1)) < wanted


@given(st.sampled_from([DAYS, CYCLES]), st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_stages_never_go_back_as_days_go_by(scheme: Scheme, due_on: date) -> None:
    seen = [stage_on(scheme, due_on, (), due_on + timedelta(days=n)) for n in range(260)]
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert set(first_days(scheme, due_on)) <= set(range(1, 260))
    assert dpd(due_on, (), due_on) == 0


@pytest.mark.parametrize(
    "value",
    [
        {"bucket_scheme": "days"},
        {"bucket_scheme": "weeks", "ranges": [{"name": "M1", "from_days": 1}]},
        {"bucket_scheme": "days", "ranges": [{"name": "M1", "from_days": 2}]},
        {"bucket_scheme": "days", "ranges": [{"name": "M1", "from_days": 1, "to_days": 30}]},
        {
            "bucket_scheme": "days",
            "ranges": [{"name": "M1", "from_days": 1, "to_days": 30}, {"name": "M2", "from_days": 32}],
        },
        {
            "bucket_scheme": "days",
            "ranges": [{"name": "M1", "from_days": 1, "to_days": 30}, {"name": "M3", "from_days": 31}],
        },
        {"bucket_scheme": "billing_cycle", "statement_days_before_due": 29},
        {"bucket_scheme": "billing_cycle"},
    ],
)
def test_stages_with_a_gap_or_without_an_end_are_refused(value: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(value, Buckets)
