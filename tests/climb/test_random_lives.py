"""Whatever is done to a ledger, in whatever order: the journal gives back every row, and no rule of the house is broken."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recourse import events as ev
from recourse.climb import arrivals
from recourse.climb.arrivals import Spoken
from recourse.errors import UserError
from recourse.facts import CollateralFact, GuaranteeFact, GuaranteeKind, Security, Terms
from recourse.ledger.tables import calls, cases, intents
from recourse.money import Amounts
from recourse.schedules import Row
from tasks.ladder import LADDER
from tests.climb.fake_acts import Crash, Sender, acts_of, whole_set
from tests.core.happenings import Happenings
from tests.core.ledgers import MONDAY, Ledger, migrated, open_ledger, pen_of
from tests.database import Databases, SqliteFiles

ACCOUNTS = ("a", "b", "c", "d")
_run = count()

account = st.sampled_from(ACCOUNTS)
operation = st.one_of(
    st.tuples(st.just("night"), st.integers(1, 12)),
    st.tuples(st.just("night"), st.integers(1, 3)),
    st.tuples(st.just("answer"), st.integers(0, 5), st.sampled_from(["approve"] * 6 + ["reject", "return"])),
    st.tuples(st.just("pays"), account, st.sampled_from([1, 5_000, -5_000])),
    st.tuples(st.just("settles"), account),
    st.tuples(st.just("falls behind"), account, st.integers(1, 150)),
    st.tuples(st.just("brake"), account, st.sampled_from(["complaint", "hardship", "identity_dispute", "new"]), st.integers(0, 20)),
    st.tuples(st.just("release"), account),
    st.tuples(st.just("dies"), account),
    st.tuples(st.just("call"), st.sampled_from(["no_answer", "promise", "refused"])),
    st.tuples(st.just("crash"), st.sampled_from(sorted(whole_set())), st.sampled_from(["before", "after"])),
    st.tuples(st.just("arranges"), account),
    st.tuples(st.just("proof"), account, st.sampled_from(["delivered", "returned"])),
)  # fmt: skip


class Life(Happenings):
    """A ledger with four loans, and what may happen to them."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.acts = whole_set()
        self.acts["formal_notice"] = Sender("formal_notice", "", permit=("post",))
        for n, name in enumerate(ACCOUNTS):
            person = f"p{n // 2}"
            if n % 2 == 0:
                ledger.person(person)
            guarantee = GuaranteeFact(f"g{n}", "q", GuaranteeKind.JOINT, MONDAY + timedelta(days=30))
            security = Security(
                guarantees=(guarantee,) if n == 1 else (), collateral=(CollateralFact("k", "car"),) if n == 2 else ()
            )
            ledger.loan(name, person, (2, 40, 70, 100)[n], yuan=(300, 9_000, 60_000, 8_000_000)[n], security=security,
                        terms=Terms(date(2029, 1, 1), date(2029, 1, 1), acceleration_clause=True))  # fmt: skip

    def do(self, name: str, *given: Any) -> None:
        with suppress(UserError):
            getattr(self, name.replace(" ", "_"))(*given)

    def night(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.ledger.delivery(self.day)
        self.ledger.escalate(self.day)
        self.ledger.sweep(self.day)
        self.ledger.open_lists(self.day)
        self.ledger.dispatch(acts_of(self.acts), self.day, owner=f"run-{next(_run)}")

    def crash(self, node: str, when: str) -> None:
        def fail() -> None:
            raise Crash

        setattr(self.acts[node], when, fail)
        with suppress(Crash):
            self.night(1)
        setattr(self.acts[node], when, lambda: None)

    def dies(self, name: str) -> None:
        person = self.ledger.case(name).facts.person_id
        arrivals.learn_status(self.ledger.engine, pen_of(self.day), person, "deceased", self.day, "certificate")

    def arranges(self, name: str) -> None:
        n = next(self.numbers)
        rows = tuple(Row(self.day + timedelta(days=days), 5_000) for days in (10, 40)) if n % 3 else ()
        until, waived = self.day + timedelta(days=60), Amounts(penalty=n % 2)
        made = ev.ArrangementMade(f"r{n}", "plan", until, "paper", rows, n % 2 == 0, waived, restructured=True)
        self.ledger.arrive(name, made, day=self.day)

    def proof(self, name: str, status: str) -> None:
        if self.ledger.case(name).file.visits[
            "formal_notice" if "formal_notice" in self.ledger.case(name).file.visits else "reminder"
        ]:
            self.ledger.arrive(
                name, ev.DeliveryProved("formal_notice", status, "receipt", status == "delivered"), day=self.day
            )

    def call(self, code: str) -> None:
        pen = pen_of(self.day, "caller-1")
        waiting = [row.call_id for row in self.ledger.rows(calls, calls.c.state == "open")]
        taken = [answer.call_id for answer in arrivals.dial(self.ledger.engine, self.ledger.strategy(self.day), pen, waiting)
                 if answer.permit_id]  # fmt: skip
        promise = self.day + timedelta(days=3) if code == "promise" else None
        follows = () if code == "no_answer" else (ev.VisitLeft("call", code),)
        arrivals.record_calls(self.ledger.engine, pen, [Spoken(each, code, promise, None, follows, code == "no_answer")
                                                        for each in taken])  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(operations=st.lists(operation, min_size=4, max_size=40))
def test_the_journal_gives_back_the_ledger_and_no_rule_is_broken(
    sqlite_databases: Databases, operations: list[tuple[Any, ...]]
) -> None:
    assert isinstance(sqlite_databases, SqliteFiles)
    with open_ledger(sqlite_databases.prepared(migrated)) as ledger:
        life = Life(ledger)
        life.do("night", 1)
        for name, *given in operations:
            life.do(name, *given)
        life.do("night", 1)
        assert ledger.verified().faults == []
        _no_key_twice(life)
        _nothing_on_what_is_paid(life)
        _one_step_a_track_a_day(ledger)
        _one_open_case(ledger)


def _no_key_twice(life: Life) -> None:
    arrived = Counter(key for act in life.acts.values() for key in act.keys())
    assert set(arrived.values()) <= {1}
    assert set(arrived) <= {row.key for row in life.ledger.rows(intents)}


def _nothing_on_what_is_paid(life: Life) -> None:
    for act in life.acts.values():
        for item in act.seen:
            assert item.effect == "recall" or item.facts.owed != 0, f"{item.node} on a debt that is paid"
            assert item.effect == "recall" or item.facts.file.end == ""


def _one_step_a_track_a_day(ledger: Ledger) -> None:
    for name in ACCOUNTS:
        if ledger.rows(cases, cases.c.account_id == name):
            taken = Counter(
                (entry.envelope.known_on, LADDER.by_name[step.node].track)
                for entry in ledger.journal(name)
                if isinstance(entry.event, ev.DecisionMade)
                for step in entry.event.steps
            )
            assert set(taken.values()) <= {1}


def _one_open_case(ledger: Ledger) -> None:
    still_open = Counter(row.account_id for row in ledger.rows(cases, cases.c.closed_on.is_(None)))
    assert set(still_open.values()) <= {1}
