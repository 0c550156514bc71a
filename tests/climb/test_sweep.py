"""The sweep: due cases in chunks, interrupted anywhere, beside others, and repeated without harm."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from recourse import events as ev
from recourse.canonical import encode
from recourse.facts import GuaranteeFact, GuaranteeKind, Security
from recourse.ledger import store
from recourse.ledger.database import writing
from recourse.ledger.dossier import Dossier
from recourse.ledger.tables import calls, cases, gates, intents, standing
from tests.climb.fake_acts import acts_of, whole_set
from tests.core.ledgers import MONDAY, Ledger, on_sqlite, open_ledger

TUESDAY = MONDAY + timedelta(days=1)


def book_of(ledger: Ledger, n: int, days_late: int = 1) -> None:
    for k in range(n):
        ledger.person(f"p{k:02}")
        ledger.loan(f"a{k:02}", f"p{k:02}", days_late)


def kinds(ledger: Ledger, account: str) -> list[str]:
    return [type(entry.event).__name__ for entry in ledger.journal(account)]


def test_a_case_is_opened_decided_and_queued_at_once(ledger: Ledger) -> None:
    book_of(ledger, 3)
    done = ledger.sweep(chunk=2)
    assert (done.opened, done.decided, done.entered, done.ended) == (3, 3, 3, 0)
    assert kinds(ledger, "a00") == ["EpisodeOpened", "PlanMade", "DecisionMade"]
    assert {row.state for row in ledger.rows(intents)} == {"queued"}
    assert ledger.verified().faults == []


def test_sweeping_again_changes_nothing(ledger: Ledger) -> None:
    book_of(ledger, 3)
    ledger.sweep()
    before = ledger.verified().events, ledger.rows(cases)
    assert ledger.sweep().decided == 0
    assert (ledger.verified().events, ledger.rows(cases)) == before


@pytest.mark.parametrize("chunk", [1, 2, 5, 100])
def test_every_due_case_is_looked_at_once_however_small_the_chunks(sqlite_ledger: Ledger, chunk: int) -> None:
    book_of(sqlite_ledger, 5)
    assert sqlite_ledger.sweep(chunk=chunk).decided == 5
    days = iter([MONDAY, TUESDAY, MONDAY, TUESDAY, MONDAY])
    for k, day in enumerate(days):
        sqlite_ledger.set_wake(f"a{k:02}", day)
    assert sqlite_ledger.sweep(TUESDAY, chunk=chunk).decided == 5


def test_cut_off_between_chunks_the_rest_is_still_due(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    book_of(ledger, 5)
    real, saved = store.save, list[int]()

    def fails_later(connection: Connection, dossiers: Sequence[Dossier]) -> None:
        if len(saved) == 2:
            raise KeyboardInterrupt
        saved.append(len(dossiers))
        real(connection, dossiers)

    monkeypatch.setattr(store, "save", fails_later)
    with pytest.raises(KeyboardInterrupt):
        ledger.sweep(chunk=2)
    monkeypatch.undo()
    assert len(ledger.rows(cases)) == len(ledger.rows(intents)) == 4, "two whole chunks, and nothing of the third"
    assert ledger.verified().faults == []
    assert ledger.sweep(chunk=2).opened == 1
    assert ledger.verified().cases == 5


def test_a_chunk_is_decided_again_when_a_case_moved_meanwhile(
    postgres_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_of(postgres_ledger, 2)
    postgres_ledger.sweep()
    for account in ("a00", "a01"):
        postgres_ledger.set_wake(account, MONDAY)
    real, reads = store.due, list[int]()

    def reads_then_something_happens(*given: object) -> list[Dossier]:
        found = real(*given)  # type: ignore[arg-type]
        reads.append(len(found))
        if len(reads) == 1:
            postgres_ledger.paid_in_full(MONDAY, "a01")
        return found

    monkeypatch.setattr(store, "due", reads_then_something_happens)
    done = postgres_ledger.sweep()
    assert reads == [2, 2]
    assert (done.decided, done.ended) == (2, 1), "what was rolled back is not counted"
    assert postgres_ledger.case("a01").file.end == "settled"
    assert postgres_ledger.verified().faults == []


def test_a_case_that_never_stands_still_is_given_up_on_and_said_so(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_of(sqlite_ledger, 1)

    def never(*_: object) -> None:
        raise store.Stale

    monkeypatch.setattr(store, "save", never)
    with pytest.raises(store.Stale):
        sqlite_ledger.sweep()
    monkeypatch.undo()
    assert sqlite_ledger.rows(cases) == []


def test_runs_side_by_side_on_one_shard_do_each_case_once(postgres_ledger: Ledger) -> None:
    book_of(postgres_ledger, 60)
    failures, started, totals = list[BaseException](), threading.Barrier(3), Counter[str]()

    def run() -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(10)
                done = mine.sweep(chunk=7)
                totals.update(opened=done.opened, entered=done.entered)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert totals == {"opened": 60, "entered": 60}
    assert len(postgres_ledger.rows(intents)) == 60
    assert postgres_ledger.verified().faults == []


def test_a_shard_sweeps_its_own_people_only(ledger: Ledger) -> None:
    book_of(ledger, 12)
    ledger.loan("b00", "p00")
    done = [ledger.sweep(shard=f"{k}/4").opened for k in range(4)]
    assert sum(done) == 13
    assert ledger.case("a00").shard == ledger.case("b00").shard
    assert max(done) < 13


@on_sqlite
def test_the_same_thing_is_not_said_every_day(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.loan("a", "p", 5)
    ledger.sweep()
    ledger.arrive("a", ev.BrakePlaced("h", "complaint"), ev.VisitLeft("reminder", "sent"))
    for n in range(1, 6):
        day = MONDAY + timedelta(days=n)
        ledger.delivery(day, "a")
        ledger.sweep(day)
    decisions = ledger.events("a", ev.DecisionMade)
    assert len(decisions) <= 3
    assert ledger.verified().faults == []


def test_what_ends_takes_everything_along_that_waits(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.loan("a", "p", 20)
    ledger.sweep()
    ledger.arrive("a", ev.DecisionMade("", "", (ev.Step("call", 1, "queued"),)), ev.CallQueued("k", "call", 1, "first"))
    ledger.paid_in_full(TUESDAY, "a")
    assert ledger.sweep(TUESDAY).ended == 1
    assert [row.state for row in ledger.rows(intents)] == ["withdrawn"]
    assert [row.state for row in ledger.rows(calls)] == ["closed"]
    assert ledger.case("a").file.open_visits() == []
    assert ledger.dispatch(acts_of(whole_set()), TUESDAY).released == 0
    assert ledger.verified().faults == []


@on_sqlite
def test_a_call_that_ran_out_leaves_the_queue(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.loan("a", "p", 20)
    ledger.sweep()
    ledger.arrive("a", ev.VisitLeft("reminder", "sent"), day=MONDAY - timedelta(days=9))
    for n in range(9):
        day = MONDAY + timedelta(days=n)
        ledger.delivery(day)
        ledger.set_wake("a", day)
        ledger.sweep(day)
        ledger.dispatch(acts_of(whole_set()), day)
        if ledger.case("a").file.visits.get("call") is not None:
            break
    assert [row.state for row in ledger.rows(calls)] == ["open"]
    later = day + timedelta(days=5)
    ledger.delivery(later)
    ledger.set_wake("a", later)
    ledger.sweep(later)
    assert [row.state for row in ledger.rows(calls)] == ["closed"]
    assert ledger.case("a").file.visits["call"].outcome == "expired"


def granted(ledger: Ledger, from_days: int = -1, until_days: int = 1) -> None:
    row = {"grant_id": "g", "node": "guarantor_demand", "granted_by": "hlg-1",
           "from_on": MONDAY + timedelta(days=from_days), "until_on": MONDAY + timedelta(days=until_days)}  # fmt: skip
    with writing(ledger.engine) as connection:
        connection.execute(standing.insert().values(row))


def guaranteed(ledger: Ledger, days_left: int = 9) -> None:
    guarantee = GuaranteeFact("g1", "q", GuaranteeKind.JOINT, MONDAY + timedelta(days=days_left))
    ledger.person("p")
    ledger.loan("a", "p", 30, security=Security(guarantees=(guarantee,)))


@on_sqlite
@pytest.mark.parametrize(
    ("from_days", "until_days", "replaced"), [(-1, 1, True), (0, 0, True), (1, 9, False), (-9, -1, False)]
)
def test_a_standing_authority_replaces_the_gate_in_the_red_lane_while_it_lasts(
    ledger: Ledger, from_days: int, until_days: int, replaced: bool
) -> None:
    granted(ledger, from_days, until_days)
    guaranteed(ledger)
    ledger.sweep()
    (step,) = [each for decision in ledger.events("a", ev.DecisionMade) for each in decision.steps
               if each.node == "guarantor_demand"]  # fmt: skip
    assert (step.standing, step.how) == (("g", "queued") if replaced else ("", "gate"))
    assert len(ledger.rows(gates)) == (0 if replaced else 1)
    demand = whole_set()["guarantor_demand"]
    ledger.dispatch({"guarantor_demand": demand})
    assert len(demand.keys()) == int(replaced)


@on_sqlite
def test_a_standing_authority_does_not_speak_where_a_brake_stands_against_the_act(ledger: Ledger) -> None:
    granted(ledger)
    ledger.person("p")
    ledger.loan("a", "p", 30)
    ledger.sweep()
    ledger.arrive("a", ev.BrakePlaced("h", "identity_dispute"))
    guarantee = GuaranteeFact("g1", "q", GuaranteeKind.JOINT, MONDAY + timedelta(days=9))
    ledger.delivery(MONDAY, "a", security=encode(Security(guarantees=(guarantee,))))
    ledger.sweep()
    gate = ledger.gate("a")
    assert "identity_dispute" in gate.urgent
    assert ledger.answer(gate.gate_id, "blg-1").status == "approved"
    demand = whole_set()["guarantor_demand"]
    assert ledger.dispatch({"guarantor_demand": demand}).done == 1, "a person has chosen"


@on_sqlite
def test_what_goes_out_under_a_standing_authority_is_put_to_people_when_a_brake_falls_on_it(ledger: Ledger) -> None:
    """The act was queued in the night. People weigh the brake against the clock, and it goes out on their yes."""
    granted(ledger)
    guaranteed(ledger)
    ledger.sweep()
    demand = {"guarantor_demand": whole_set()["guarantor_demand"]}
    ledger.arrive("a", ev.BrakePlaced("h", "fraud"))
    assert ledger.dispatch(demand).released == 0
    gate = ledger.gate("a")
    assert (gate.status, "brake.fraud" in gate.urgent) == ("open", True)
    assert ledger.case("a").file.visits["guarantor_demand"].state == "gate"
    assert ledger.dispatch(demand).released == 0, "asked once"
    assert ledger.answer(gate.gate_id, "blg-1").status == "approved"
    assert ledger.dispatch(demand).done == 1
    assert ledger.verified().faults == []
