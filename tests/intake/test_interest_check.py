"""The core's penalty interest is held against ours at every delivery; a difference stops what claims an amount."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse import events as ev
from recourse.interest import Contract, Rate
from recourse.interest_watch import Booked, Told, Watch, begun, contract_of, too_far, watched
from recourse.ledger import store
from recourse.ledger.tables import interest_checks
from recourse.money import Amounts
from recourse.verify import verify
from tests.database import Databases

from .loading import BALANCE, PAYMENT, Bank, balance, swept_book

RATED = """account_id,product,branch,opened_on,original_amount,matures_on,annual_rate,penalty_uplift,day_count
A1,consumer_loan,0101,2024-06-06,12000.00,2026-01-06,0.12,0.5,360
A2,consumer_loan,0101,2024-06-06,12000.00,2026-01-06,,,
"""
ITEM = "interest_difference A1"


def told(day: str, penalty: str, principal: str = "11000", overdue: str = "1000") -> str:
    return BALANCE + balance("A1", day, principal, overdue, penalty=penalty)


@pytest.fixture
def rated(sqlite_databases: Databases, tmp_path: Path) -> Iterator[Bank]:
    with begun_book(sqlite_databases, tmp_path) as made:
        yield made


@contextmanager
def begun_book(databases: Databases, tmp_path: Path) -> Iterator[Bank]:
    """A1 bears 18 % when overdue: of 1,000.00 that are 0.50 a day. Its case is open, and its watch begun on the 11th."""
    made = Bank(databases.prepared(swept_book), tmp_path)
    made.deliver("2025-02-11", accounts=RATED, balances=told("2025-02-11", "2.50"))
    yield made
    with made.reading() as connection:
        assert verify(connection).faults == []
    made.engine.dispose()


def test_a_core_that_counts_as_we_do_is_left_alone(rated: Bank) -> None:
    for day in range(12, 28):
        sums = told(f"2025-02-{day}", f"{2.5 + 0.5 * (day - 11):.2f}")
        assert rated.deliver(f"2025-02-{day}", balances=sums).work_items == ()
    assert ITEM not in rated.items()


@pytest.mark.parametrize(("penalty", "opens"), [("7.50", False), ("7.51", True), ("5.50", False), ("5.49", True)])
def test_more_than_a_yuan_either_way_is_an_item_and_a_brake(rated: Bank, penalty: str, opens: bool) -> None:
    """Eight days at 0.50 on 2.50 are 6.50."""
    rated.deliver("2025-02-19", balances=told("2025-02-19", penalty))
    assert (ITEM in rated.items()) is opens
    assert ("interest_difference" in {hold.kind for hold in rated.case_file("A1").holds.values()}) is opens
    if opens:
        said = f"penalty and compound interest as of 2025-02-19: core {penalty} CNY, ours 6.50, since 2025-02-11"
        assert rated.items()[ITEM] == (said, None)


def test_it_ends_when_they_agree_again(databases: Databases, tmp_path: Path) -> None:
    with begun_book(databases, tmp_path) as bank:
        bank.deliver("2025-02-19", balances=told("2025-02-19", "9.00"))
        assert bank.case_file("A1").holds
        bank.deliver("2025-02-20", balances=told("2025-02-20", "7.00"))
        assert bank.items()[ITEM][1] == date(2025, 2, 20)
        assert not bank.case_file("A1").holds


def test_a_person_may_settle_it_and_the_cores_figures_count_from_then_on(rated: Bank) -> None:
    rated.deliver("2025-02-19", balances=told("2025-02-19", "9.00"))
    ((hold_id, hold),) = rated.case_file("A1").holds.items()
    with rated.writing() as connection:
        (dossier,) = store.load(connection, [rated.case("A1").case_id]).values()
        dossier.record(ev.BrakeReleased(hold_id, hold.kind, "the core counts a day more"), rated.pen("2025-02-19"))
        store.save(connection, [dossier])
    rated.deliver("2025-02-20", balances=told("2025-02-20", "9.50"))
    assert rated.items()[ITEM][1] == date(2025, 2, 20)
    rated.deliver("2025-02-21", balances=told("2025-02-21", "10.00"))
    assert not rated.case_file("A1").holds
    rated.deliver("2025-02-24", balances=told("2025-02-24", "13.00"))
    assert rated.items()[ITEM][1] is None, "from there on it is watched again"


def test_money_in_between_is_taken_as_the_core_booked_it(rated: Bank) -> None:
    """400.00 of principal on the 14th: three days at 0.50, then five at 0.30, on 2.50: 5.50."""
    paid = "payment_id,account_id,paid_on,amount,principal,booked_on\nT9,A1,2025-02-14,400.00,400.00,2025-02-14\n"
    rated.deliver("2025-02-19", payments=paid, balances=told("2025-02-19", "5.50", "10600", "600"))
    (row,) = _rows(rated)
    assert (Fraction(row.penalty), row.told) == (Fraction(550), 550)


def test_money_without_its_parts_cannot_be_followed_and_accuses_nobody(rated: Bank) -> None:
    paid = PAYMENT + "T9,A1,2025-02-14,400.00,,\n"
    rated.deliver("2025-02-19", payments=paid, balances=told("2025-02-19", "50.00", "10600", "600"))
    (row,) = _rows(rated)
    assert (row.from_on, row.told) == (date(2025, 2, 19), 5_000)
    assert ITEM not in rated.items()


def test_an_account_without_a_rate_is_not_watched(rated: Bank) -> None:
    rated.deliver("2025-02-12", balances=BALANCE + balance("A2", "2025-02-12", "12000", "2000", penalty="99"))
    rated.deliver("2025-02-13", balances=BALANCE + balance("A2", "2025-02-13", "12000", "2000", penalty="199"))
    assert [row.account_id for row in _rows(rated)] == ["A1"]


def _rows(bank: Bank) -> list[Any]:
    with bank.reading() as connection:
        return list(connection.execute(interest_checks.select()).all())


# --- the watch itself ---------------------------------------------------------------------------------------------------

D = date(2025, 2, 11)
DAY = timedelta(days=1)
TWELVE = Contract((Rate(date.min, 120_000),), 500_000)


def at(days: int, penalty: int = 0, due: int | None = 100_000, interest: int = 0, compound: int = 0) -> Told:
    return Told(D + days * DAY, Amounts(1_000_000, interest, penalty, compound), due)


def test_what_cannot_be_followed_carries_the_difference_on() -> None:
    """300 too much were found; then the core is silent for too long: 300 too much they stay."""
    off, followed = watched(begun(at(0), TWELVE), at(1, 350), (), (), TWELVE)
    assert (followed, off.difference) == (True, 300)
    for stretch in (at(40, 9_000), at(2, 9_000, None), at(3, 9_000, 70_000)):
        later, followed = watched(off, stretch, (), (), TWELVE)
        assert (followed, later.difference) == (False, 300)
    other = Contract((Rate(date.min, 90_000),), 500_000)
    assert watched(off, at(2, 400), (), (), other)[1] is False
    backdated = Booked(D + 2 * DAY, D, Amounts(1))
    assert watched(off, at(2, 400), (backdated,), (), TWELVE)[1] is False
    assert watched(off, at(2, 400, 90_000), (), (D + DAY,), TWELVE)[1] is False, "less is due, and no money explains it"


def test_money_told_late_was_in_the_balance_before_and_explains_it() -> None:
    short, _ = watched(begun(at(0, 500), TWELVE), at(1, 50), (), (), TWELVE)
    assert short.difference == -500
    late = Booked(D + DAY, D + DAY, Amounts(0, 0, 500))
    assert watched(short, at(2, 100), (late,), (), TWELVE)[0].difference == 0


def test_what_was_called_on_the_day_of_the_last_balance_bears_from_the_next_day() -> None:
    """The whole 10,000.00 are due, by a plan that is told a day later: 5.00 for that day, not 0.50."""
    before = begun(at(0), TWELVE)
    assert watched(before, at(1, 500, 1_000_000), (), (D,), TWELVE)[0].difference == 0
    assert watched(before, at(1, 50, 1_000_000), (), (D + DAY,), TWELVE)[0].difference == 0
    assert watched(before, at(1, 500, 1_000_000), (), (D, D + DAY), TWELVE)[1] is False


def test_one_due_date_in_a_long_stretch_explains_what_is_more() -> None:
    """Ten days on 1,000.00, six of them on 500.00 more, due on the fourth: 5.00 + 1.50, and 20.00 of interest with it."""
    before = begun(at(0), TWELVE)
    told_ = Told(D + 10 * DAY, Amounts(1_000_000, 2_000, 650, 6), 150_000)
    watch, followed = watched(before, told_, (), (D + 4 * DAY,), TWELVE)
    assert (followed, watch.difference) == (True, 0)
    assert watched(before, told_, (), (D + 4 * DAY, D + 6 * DAY), TWELVE)[1] is False


def test_the_tolerance_is_the_larger_of_two() -> None:
    def off(ours: int, theirs: int) -> Watch:
        return Watch(D, D, 0, 0, Fraction(ours), Fraction(0), theirs, "")

    assert [too_far(off(1_000, 1_000 + by), 100, 5_000) for by in (100, 101, -100, -101)] == [False, True, False, True]
    assert [too_far(off(100_000, 100_000 + by), 100, 5_000) for by in (500, 501)] == [False, True]


def test_rate_and_uplift_must_both_be_known() -> None:
    assert contract_of(None, 500_000, 360, on_penalty=False) is None
    assert contract_of(120_000, None, 360, on_penalty=False) is None
    assert contract_of(120_000, 500_000, 360, on_penalty=False) == TWELVE


@given(st.integers(1, 400_000), st.lists(st.tuples(st.integers(1, 9), st.integers(0, 50_000)), max_size=8))
def test_a_core_that_posts_whole_fen_a_day_is_never_too_far(rate: int, course: list[tuple[int, int]]) -> None:
    """It posts each day what is whole by then and carries the rest; what is paid is told with its parts."""
    contract = Contract((Rate(date.min, rate),), 500_000)
    due, exact, on = 500_000, Fraction(0), 0
    watch = begun(at(0, 0, due), contract)
    for days, paid in course:
        exact += Fraction(due * rate * 3, 2 * 10**6 * 360) * days
        on += days
        paid = min(paid, due)
        due -= paid
        money = [Booked(D + on * DAY, D + on * DAY, Amounts(paid))] if paid else []
        watch, followed = watched(watch, at(on, int(exact), due), money, (), contract)
        assert followed
        assert not too_far(watch, 0, 0)
