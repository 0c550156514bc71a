"""Cases read and written as sets: one open case an account, no change lost, no case touched for nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from recourse import events as ev
from recourse.errors import UserError
from recourse.ledger import store
from recourse.ledger.database import reading, writing
from recourse.ledger.store import Slots
from recourse.ledger.tables import cases, events, matters, visits
from tests.core.ledgers import MONDAY, Ledger, on_sqlite, open_ledger, pen_of

TUESDAY = MONDAY + timedelta(days=1)


def opened(ledger: Ledger, *accounts: str) -> None:
    for account in accounts:
        ledger.person(f"p-{account}")
        ledger.loan(account, f"p-{account}")
    ledger.sweep()


# --- episodes -----------------------------------------------------------------------------------------------------


def test_an_account_has_one_open_case(ledger: Ledger) -> None:
    opened(ledger, "a")
    assert ledger.sweep().opened == 0
    (row,) = ledger.rows(cases)
    with pytest.raises(IntegrityError), writing(ledger.engine) as connection:
        connection.execute(cases.insert().values({**row._mapping, "case_id": "twin", "episode": 2}))


def test_a_relapse_is_a_new_case_that_knows_the_end_of_the_old(ledger: Ledger) -> None:
    opened(ledger, "a")
    ledger.delivery(TUESDAY, "a", oldest_unpaid_due_on=None, overdue=0)
    ledger.sweep(TUESDAY)
    assert ledger.case("a").file.end == "cured"
    later = MONDAY + timedelta(days=40)
    ledger.delivery(later, "a", oldest_unpaid_due_on=later - timedelta(days=2))
    assert ledger.sweep(later).opened == 1
    assert [(row.episode, row.closed_on) for row in sorted(ledger.rows(cases), key=lambda row: row.episode)] == [
        (1, TUESDAY), (2, None),
    ]  # fmt: skip
    (event,) = ledger.events("a", ev.EpisodeOpened)
    assert (event.episode, event.earlier_end) == (2, "cured")
    assert ledger.verified().faults == []


def test_ids_are_derived_and_so_the_same_everywhere(ledger: Ledger) -> None:
    opened(ledger, "a")
    assert ledger.case_id("a") == "2126d6d401305f389db925a7e5215d13"


@on_sqlite
@pytest.mark.parametrize(
    "columns", [{"book_status": "written_off"}, {"oldest_unpaid_due_on": MONDAY}, {"oldest_unpaid_due_on": None},
                {"principal": 0}, {"principal": -500}],
)  # fmt: skip
def test_no_case_is_opened_where_nothing_is_late_or_nothing_is_owed(ledger: Ledger, columns: dict[str, Any]) -> None:
    ledger.person("p")
    ledger.loan("a", "p", 5, **columns)
    for n in range(3):
        assert ledger.sweep(MONDAY + timedelta(days=n) if "oldest_unpaid_due_on" not in columns else MONDAY).opened == 0


@on_sqlite
def test_a_case_is_opened_where_the_balance_is_unknown(ledger: Ledger) -> None:
    ledger.person("p")
    unknown: dict[str, Any] = dict.fromkeys(
        ("principal", "interest", "penalty", "compound", "fees", "costs", "balance_as_of")
    )
    ledger.loan("a", "p", 5, **unknown)
    assert ledger.sweep().opened == 1
    assert ledger.case("a").facts.amounts is None


# --- two writers --------------------------------------------------------------------------------------------------


def test_who_decided_on_old_facts_has_to_decide_again(postgres_ledger: Ledger) -> None:
    """A fact is recorded between the reading of a case and the writing of its decision."""
    opened(postgres_ledger, "a")
    postgres_ledger.set_wake("a", MONDAY)
    with pytest.raises(store.Stale), writing(postgres_ledger.engine) as connection:
        (late,) = store.due(connection, MONDAY, Slots(), None, 10)
        postgres_ledger.arrive("a", ev.PaymentReceived("y", 100))
        late.record(ev.VisitLeft("reminder", "lost"), pen_of(MONDAY))
        store.save(connection, [late])
    assert ledger_events(postgres_ledger, "a")[-1] == "payment:account:received"
    assert postgres_ledger.verified().faults == []


def test_two_who_write_to_one_case_at_once_both_succeed_or_one_is_told(postgres_ledger: Ledger) -> None:
    opened(postgres_ledger, "a")
    failures, started = list[BaseException](), threading.Barrier(4)

    def writes(name: str) -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(10)
                for n in range(5):
                    mine.arrive("a", ev.PaymentReceived(f"{name}{n}", 1))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=writes, args=(f"t{n}-",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert postgres_ledger.case("a").file.paid == 20
    assert postgres_ledger.verified().faults == []


def test_streams_beside_the_cases_are_written_side_by_side(postgres_ledger: Ledger) -> None:
    failures, started = list[BaseException](), threading.Barrier(4)

    def writes(n: int) -> None:
        try:
            with open_ledger(postgres_ledger.url) as mine:
                started.wait(10)
                for m in range(6):
                    with writing(mine.engine) as connection:
                        learned = {f"party:{k}": [(ev.PartyStatusLearned(f"{n}-{m}"), None)] for k in range(3)}
                        store.append_all(connection, dict(sorted(learned.items(), reverse=bool(n % 2))), pen_of(MONDAY))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=writes, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(postgres_ledger.rows(events, events.c.stream.like("party:%"))) == 72
    assert postgres_ledger.verified().faults == []


def ledger_events(ledger: Ledger, account: str) -> list[str]:
    return [entry.envelope.type for entry in ledger.journal(account)]


# --- economy ------------------------------------------------------------------------------------------------------


def test_a_case_that_nothing_happened_to_is_not_written(ledger: Ledger) -> None:
    opened(ledger, "a")
    before = ledger.rows(cases)
    with writing(ledger.engine) as connection:
        store.save(connection, list(store.load(connection, [ledger.case_id("a")]).values()))
    assert ledger.rows(cases) == before


@on_sqlite
def test_a_case_that_only_a_fact_can_move_is_not_looked_at_every_day(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.loan("a", "p", 400, yuan=300)
    ledger.sweep()
    ledger.arrive("a", ev.BrakePlaced("h", "complaint"), ev.BrakePlaced("i", "hardship"))
    ledger.sweep()
    ledger.delivery(TUESDAY)
    ledger.sweep(TUESDAY)
    woken = ledger.rows(cases)[0].wake_on
    assert woken is None or woken > TUESDAY + timedelta(days=1)
    assert ledger.sweep(TUESDAY + timedelta(days=1)).decided == 0


def test_waking_is_one_statement_and_moves_the_version(ledger: Ledger) -> None:
    opened(ledger, "a", "b", "c")
    for account in ("a", "b"):
        ledger.set_wake(account, None)
    ledger.set_wake("c", MONDAY)
    versions = {row.account_id: row.version for row in ledger.rows(cases)}
    with writing(ledger.engine) as connection:
        assert store.wake(connection, TUESDAY, account_ids=["a"]) == 1
        assert store.wake(connection, TUESDAY) == 3
    assert {row.account_id: row.wake_on for row in ledger.rows(cases)} == {"a": TUESDAY, "b": TUESDAY, "c": MONDAY}
    moved = {row.account_id for row in ledger.rows(cases) if row.version > versions[row.account_id]}
    assert moved == {"a", "b", "c"}, "what is being decided on the old facts is decided again"


def test_as_many_cases_as_one_likes_are_loaded_and_woken_at_once(ledger: Ledger) -> None:
    opened(ledger, "a")
    many = [ledger.case_id("a"), *[f"no-case-{n}" for n in range(120_000)]]
    with writing(ledger.engine) as connection:
        assert list(store.load(connection, many)) == many[:1]
        assert store.wake(connection, MONDAY - timedelta(days=1), account_ids=["a", *many]) == 1
        assert list(store.open_case_ids(connection, ["a", *many])) == ["a"]


# --- looking up ---------------------------------------------------------------------------------------------------


@on_sqlite
def test_an_unknown_account_and_one_without_a_case_are_two_mistakes(ledger: Ledger) -> None:
    ledger.person("p")
    ledger.loan("fine", "p", 0)
    with reading(ledger.engine) as connection:
        with pytest.raises(UserError, match="no account 'nowhere'"):
            store.latest_case_id(connection, "nowhere")
        with pytest.raises(UserError, match="'fine' has no case"):
            store.latest_case_id(connection, "fine")


@on_sqlite
def test_the_visits_table_keeps_every_visit(ledger: Ledger) -> None:
    opened(ledger, "a")
    ledger.arrive("a", ev.VisitLeft("reminder", "sent"))
    ledger.arrive("a", ev.DecisionMade("", "", (ev.Step("reminder", 2, "queued"),)), day=TUESDAY)
    assert [(row.n, row.state, row.outcome) for row in ledger.rows(visits)] == [(1, "left", "sent"), (2, "queued", "")]


@pytest.mark.parametrize("wrong", ["", "1", "2/2", "-1/2", "0/0", "a/b", "0/1025", "1/2/3"])
def test_a_shard_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(UserError, match="not a shard"):
        Slots.of(wrong)


@pytest.mark.parametrize("n", [1, 3, 7, 8, 1024])
def test_shards_cover_every_slot_once(n: int) -> None:
    spans = [Slots.of(f"{k}/{n}") for k in range(n)]
    slots = [slot for span in spans for slot in range(span.first, span.last + 1)]
    assert slots == list(range(store.SHARDS))


def test_of_two_stages_in_one_breath_the_last_one_counts(ledger: Ledger) -> None:
    opened(ledger, "a")
    ledger.arrive("a", ev.MatterOpened("m", "suit"), ev.MatterStageReached("m", "docketed", "(2026) 7"),
                  ev.MatterStageReached("m", "heard"), ev.MatterStageReached("m", "judged"))  # fmt: skip
    (row,) = ledger.rows(matters)
    assert (row.stage, row.number) == ("judged", "(2026) 7")
