"""The callers' queue on both databases: given out once, by whoever comes first, and rebuilt from the journal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from recourse import events as ev
from recourse.climb.calling import AssignedToday, assign_calls
from recourse.ledger.database import writing
from recourse.ledger.tables import calls, collectors, script_violations
from tests.climb.test_arrivals import calling, dial
from tests.core.certified import at_work
from tests.core.ledgers import MONDAY, Ledger, open_ledger, pen_of


def assigned(ledger: Ledger) -> AssignedToday:
    return assign_calls(ledger.engine, ledger.strategy(MONDAY), pen_of(MONDAY))


def holders(ledger: Ledger) -> dict[str, str]:
    return {row.call_id: row.assigned_to for row in ledger.rows(calls)}


def test_a_day_s_assignment_is_kept_and_can_be_rebuilt(ledger: Ledger) -> None:
    with writing(ledger.engine) as connection:
        at_work(connection, pen_of(MONDAY - timedelta(days=20)), "caller-2")
    items = [*calling(ledger, "a", "b", person="p"), *calling(ledger, "c", person="q")]
    done = assigned(ledger)
    assert (done.calls, done.assigned, done.moved, done.unassigned) == (3, 3, {"new": 3}, {})
    whose = holders(ledger)
    assert whose[items[0]] == whose[items[1]] != whose[items[2]]
    assert assigned(ledger).moved == {}
    assert len(ledger.events("a", ev.CallAssigned)) == 1
    assert ledger.verified().faults == []


def test_a_call_that_is_nobodys_is_whose_who_dials_it(ledger: Ledger) -> None:
    (item,) = calling(ledger, "a")
    assert holders(ledger) == {item: ""}
    assert dial(ledger, item)[0].permit_id
    assert holders(ledger) == {item: "caller-1"}
    assert [each.cause for each in ledger.events("a", ev.CallAssigned)] == ["taken"]
    assert assigned(ledger).moved == {}
    assert ledger.verified().faults == []


def test_a_debtor_comes_back_to_the_same_caller(ledger: Ledger) -> None:
    """The call of last week is over; the new one goes to the desk that knows the debtor, though another has less to do."""
    (first,) = calling(ledger, "a")
    assert assigned(ledger).moved == {"new": 1}
    ledger.arrive("a", ev.CallClosed(first, "unreached"))
    with writing(ledger.engine) as connection:
        at_work(connection, pen_of(MONDAY), "another", skills=())
    ledger.arrive("a", ev.CallQueued("call-again", "call", 2, "call_follow_up"))
    assert assigned(ledger).moved == {"kept": 1}
    assert holders(ledger)["call-again"] == "caller-1"


def test_two_runs_at_once_give_each_call_once(postgres_ledger: Ledger) -> None:
    with writing(postgres_ledger.engine) as connection:
        at_work(connection, pen_of(MONDAY - timedelta(days=20)), "caller-2", "caller-3")
    for n in range(10):
        calling(postgres_ledger, f"a{n}", person=f"p{n}")
    side_by_side(postgres_ledger, assigned, times=3)
    for n in range(10):
        assert len(postgres_ledger.events(f"a{n}", ev.CallAssigned)) == 1
    assert postgres_ledger.verified().faults == []


def test_dialling_and_assigning_side_by_side(postgres_ledger: Ledger) -> None:
    """Nobody waits for ever, nothing is given twice, and what was dialled stays with who dialled."""
    items = [item for n in range(10) for item in calling(postgres_ledger, f"a{n}", person=f"p{n}")]

    def either(ledger: Ledger) -> None:
        for item in items:
            dial(ledger, item)
            assigned(ledger)

    side_by_side(postgres_ledger, either, times=2)
    assert set(holders(postgres_ledger).values()) == {"caller-1"}
    assert postgres_ledger.verified().faults == []


def side_by_side(ledger: Ledger, work: Callable[[Ledger], object], times: int) -> None:
    failures, started = list[BaseException](), threading.Barrier(times)

    def run() -> None:
        try:
            with open_ledger(ledger.url) as mine:
                started.wait(10)
                work(mine)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE calls SET assigned_to = 'x'", "calls call-a: the journal gives another row"),
        ("UPDATE calls SET assigned_on = NULL", "calls call-a: the journal gives another row"),
        ("UPDATE collectors SET ended_on = '2026-01-01'", "collectors caller-1: the journal gives another row"),
        ("UPDATE collectors SET entry = '{}'", "collectors caller-1: the journal gives another row"),
        ("DELETE FROM collectors", "collectors caller-1: its row is gone"),
        (
            "INSERT INTO collectors VALUES ('x', 'own', NULL, NULL, '{}')",
            "collectors x: the journal knows nothing of it",
        ),
        ("UPDATE script_violations SET phrase = 'x'", "script_violations v: the journal gives another row"),
        ("UPDATE script_violations SET closed_on = NULL", "script_violations v: the journal gives another row"),
        ("DELETE FROM script_violations", "script_violations v: its row is gone"),
    ],
)
def test_what_the_journal_does_not_say_is_found(sqlite_ledger: Ledger, statement: str, fault: str) -> None:
    calling(sqlite_ledger, "a")
    assigned(sqlite_ledger)
    sqlite_ledger.arrive(
        "a",
        ev.ScriptViolationFound("v", "script.intimidation", "坐牢", "call_note", "caller-1", "call-a"),
        ev.ScriptViolationClosed("v", "upheld", "停岗"),
    )
    assert sqlite_ledger.verified().faults == []
    assert sqlite_ledger.rows(collectors)
    assert sqlite_ledger.rows(script_violations)[0].result == "upheld"
    with sqlite_ledger.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert fault in sqlite_ledger.verified().faults
