"""The business day as a row: written while it is open, closed once, and never under the hands of those who write or act."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from recourse import events as ev
from recourse.errors import UserError
from recourse.ledger import bulk, days, store
from recourse.ledger.database import reading, writing
from recourse.ledger.seal import seal
from recourse.ledger.tables import business_days, events
from tests.climb.fake_acts import Crash, Sender
from tests.core.ledgers import MONDAY, Ledger, pen_of

TUESDAY = MONDAY + timedelta(days=1)
SECONDS = 10
"""After which a test that waits has failed."""
_WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())")  # fmt: skip


def turned(ledger: Ledger, day: date, *, closed: bool) -> None:
    """The day is opened, or opened and closed."""
    with writing(ledger.engine) as connection:
        days.lock_to_turn(connection)
        connection.execute(business_days.delete().where(business_days.c.day == day))
        bulk.insert(connection, business_days, ("day", "policy", "policy_as_of", "closed"), [(day, "p", None, closed)])


def journal(ledger: Ledger, day: date) -> None:
    """Something is written on a day."""
    with days.writing_on(ledger.engine, day) as connection:
        store.append(connection, "portfolio:test", [(ev.DayClosed(), None)], pen_of(day))


def journaled(ledger: Ledger) -> list[date]:
    return [row.known_on for row in ledger.rows(events, events.c.stream == "portfolio:test")]


def last(ledger: Ledger) -> tuple[date, bool] | None:
    with reading(ledger.engine) as connection:
        return days.last(connection)


def test_the_last_day_is_the_latest_whatever_the_order_of_writing(ledger: Ledger) -> None:
    assert last(ledger) is None
    turned(ledger, TUESDAY, closed=False)
    turned(ledger, MONDAY, closed=True)
    assert last(ledger) == (TUESDAY, False)
    turned(ledger, TUESDAY, closed=True)
    assert last(ledger) == (TUESDAY, True)


def test_a_closed_day_is_not_written_on(ledger: Ledger) -> None:
    journal(ledger, MONDAY)
    turned(ledger, MONDAY, closed=False)
    journal(ledger, MONDAY)
    turned(ledger, MONDAY, closed=True)
    with pytest.raises(UserError, match=f"business day {MONDAY} is closed.*next day"):
        journal(ledger, MONDAY)
    journal(ledger, TUESDAY)
    assert journaled(ledger) == [MONDAY, MONDAY, TUESDAY]


def test_what_failed_half_way_left_nothing_and_holds_no_day(ledger: Ledger) -> None:
    turned(ledger, MONDAY, closed=False)
    with pytest.raises(Crash), days.writing_on(ledger.engine, MONDAY) as connection:
        store.append(connection, "portfolio:test", [(ev.DayClosed(), None)], pen_of(MONDAY))
        raise Crash
    assert journaled(ledger) == []
    turned(ledger, MONDAY, closed=True)
    assert last(ledger) == (MONDAY, True)


# --- at the same time ---------------------------------------------------------------------------------------------


def until_somebody_waits(ledger: Ledger) -> None:
    """Until another connection of this database stands before a lock."""
    ends = time.monotonic() + SECONDS
    with reading(ledger.engine) as connection:
        while not connection.execute(_WAITING).scalar():
            assert time.monotonic() < ends, "nobody waits for the day"
            time.sleep(0.01)


def test_who_closes_a_day_waits_for_who_writes_on_it(postgres_ledger: Ledger) -> None:
    ledger = postgres_ledger
    turned(ledger, MONDAY, closed=False)
    with ThreadPoolExecutor(1) as beside:
        with days.writing_on(ledger.engine, MONDAY) as connection:
            closing = beside.submit(turned, ledger, MONDAY, closed=True)
            until_somebody_waits(ledger)
            assert not closing.done()
            store.append(connection, "portfolio:test", [(ev.DayClosed(), None)], pen_of(MONDAY))
        closing.result(SECONDS)
    assert last(ledger) == (MONDAY, True)
    assert journaled(ledger) == [MONDAY], "what was begun on the open day is kept"


def test_who_comes_while_a_day_is_being_closed_waits_and_is_refused(postgres_ledger: Ledger) -> None:
    ledger = postgres_ledger
    turned(ledger, MONDAY, closed=False)
    with ThreadPoolExecutor(1) as beside:
        with writing(ledger.engine) as connection:
            days.lock_to_turn(connection)
            late = beside.submit(journal, ledger, MONDAY)
            until_somebody_waits(ledger)
            connection.execute(business_days.update().values(closed=True))
        with pytest.raises(UserError, match=f"business day {MONDAY} is closed"):
            late.result(SECONDS)
    assert journaled(ledger) == []


def test_those_who_write_on_a_day_do_not_wait_for_one_another(postgres_ledger: Ledger) -> None:
    ledger = postgres_ledger
    turned(ledger, MONDAY, closed=False)
    with ThreadPoolExecutor(1) as beside, days.writing_on(ledger.engine, MONDAY):
        beside.submit(journal, ledger, MONDAY).result(SECONDS)


# --- between claim and receipt ------------------------------------------------------------------------------------


def close(ledger: Ledger, day: date) -> None:
    """Close a day as the desk does."""
    with writing(ledger.engine) as connection:
        days.lock_to_turn(connection)
        days.refuse_while_acting(connection, ledger.engine, day)
        connection.execute(business_days.update().where(business_days.c.day == day).values(closed=True))
        seal(connection, day, pen_of(day).at)


def reminder(ledger: Ledger) -> Sender:
    """A loan whose reminder is queued on an open Monday, and who sends it."""
    ledger.person("p")
    ledger.loan("a", "p")
    ledger.sweep()
    turned(ledger, MONDAY, closed=False)
    return Sender("reminder", permit=("sms",), delivery="at-most-once")


def test_a_day_is_not_closed_while_an_act_is_under_way(ledger: Ledger) -> None:
    act = reminder(ledger)

    def try_to_close() -> None:
        with pytest.raises(UserError) as refused:
            close(ledger, MONDAY)
        assert str(refused.value) == f"acts are under way (run) ({MONDAY}): close it when they end"

    act.before = try_to_close
    assert ledger.dispatch({"reminder": act}).done == 1
    assert len(act.seen) == 1
    close(ledger, MONDAY)
    assert last(ledger) == (MONDAY, True)
    assert ledger.verified().faults == []


def test_what_a_dead_run_left_behind_keeps_no_day_open(ledger: Ledger) -> None:
    act = reminder(ledger)

    def die() -> None:
        raise Crash

    act.before = die
    with pytest.raises(Crash):
        ledger.dispatch({"reminder": act})
    assert ledger.intent("a", "reminder").state == "released"
    close(ledger, MONDAY)
    act.before = lambda: None
    with pytest.raises(UserError, match=f"business day {MONDAY} is closed"):
        ledger.dispatch({"reminder": act}, owner="comes late")
    assert ledger.intent("a", "reminder").state == "released"
    assert ledger.dispatch({"reminder": act}, TUESDAY, owner="takes up").unknown == 1
    assert ledger.verified().faults == []
