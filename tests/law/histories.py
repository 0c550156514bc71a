"""A small bank to which anything may happen, in any order, at any hour: what the laws of this folder are tried on.

Nights, calls at odd hours, payments, brakes, deaths, gates, word that comes in without proof, and weeks in which nobody
plays. Six loans of four persons who live in zones that change their clocks on different days; two persons owe several.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from recourse import events as ev
from recourse.acts import Item
from recourse.climb import arrivals
from recourse.climb.arrivals import Spoken
from recourse.clocks import Running, running
from recourse.errors import UserError
from recourse.facts import GuaranteeFact, GuaranteeKind, Security, Terms
from recourse.ledger.tables import calls
from tests.climb.fake_acts import Sender, acts_of, whole_set
from tests.core.happenings import Happenings
from tests.core.ledgers import MONDAY, Ledger, pen_of

ZONES = {"p0": "Asia/Shanghai", "p1": "America/New_York", "p2": "Australia/Lord_Howe", "p3": "Europe/London"}
LOANS = (
    # account, person, days late, yuan, product
    ("a", "p0", 2, 300, "consumer_loan"),
    ("b", "p0", 45, 9_000, "online_consumer_loan"),
    ("c", "p1", 75, 60_000, "online_consumer_loan"),
    ("d", "p1", 9, 8_000_000, "online_consumer_loan"),
    ("e", "p2", 12, 9_000, "consumer_loan"),
    ("f", "p3", 95, 60_000, "consumer_loan"),
)
GUARANTEED = {"c": 21, "e": 35, "f": 14}
"""Days from the first until the period of a joint guarantee ends."""
MATURED = {"a": date(2025, 12, 1), "e": date(2024, 3, 1), "f": date(2023, 6, 1)}
"""Loans that are due as a whole, so that their limitation runs; the others mature later."""
HOURS = (
    # in UTC: 8:00 and 22:00 stand at these in Shanghai, London, New York and Lord Howe, before and after their changes
    *("00:00:00", "23:59:59", "13:59:59", "14:00:00", "07:59:59", "08:00:00", "21:59:59", "22:00:00"),
    *("12:00:00", "11:59:59", "12:59:59", "13:00:00", "02:00:00", "03:00:00", "20:59:59", "21:00:00", "21:30:00"),
    *("10:59:59", "11:00:00", "11:29:59", "11:30:00", "02:30:00", "06:59:59", "07:00:00"),
)
account = st.sampled_from([loan[0] for loan in LOANS])
hour = st.sampled_from(HOURS)
day_hour = st.sampled_from(["01:00:00", "09:30:00", "12:30:00", "13:00:00", "13:30:00", "22:30:00"]) | hour
"""An hour that is day somewhere more often than not."""
operation = st.one_of(
    st.tuples(st.just("night"), st.sampled_from([1, 1, 1, 2, 3, 6, 14]), hour),
    st.tuples(st.just("night"), st.sampled_from([1, 2]), day_hour, st.just("") | account | account),
    st.tuples(st.just("call"), day_hour, st.sampled_from(["no_answer", "promise", "refused"]), st.sampled_from([1, 4, 8])),
    st.tuples(st.just("call"), day_hour, st.just("no_answer"), st.sampled_from([2, 4, 8])),
    st.tuples(st.just("answer"), st.integers(0, 5), st.sampled_from(["approve"] * 6 + ["reject", "return"])),
    st.tuples(st.just("pays"), account, st.sampled_from([5_000, -5_000])),
    st.tuples(st.just("settles"), account),
    st.tuples(st.just("falls behind"), account, st.integers(1, 150)),
    st.tuples(st.just("brake"), account, st.sampled_from(["complaint", "hardship", "identity_dispute", "dispute"]), st.integers(0, 20)),
    st.tuples(st.just("release"), account),
    st.tuples(st.just("dies"), st.sampled_from(sorted(ZONES))),
    st.tuples(st.just("arranges"), account),
    st.tuples(st.just("word"), account, st.integers(0, 4)),
    st.tuples(st.just("word"), st.sampled_from(sorted(MATURED)), st.integers(0, 4)),
    st.tuples(st.just("proof"), account),
)  # fmt: skip

Clocks = dict[str, Running]


class Bank(Happenings):
    """The bank, and what an onlooker notes down beside it: who is dead or paid, what went out, what word did to clocks."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.acts = whole_set()
        self.acts["formal_notice"] = Sender("formal_notice", "", permit=("post",))
        self.dead: dict[str, date] = {}
        self.settled: set[str] = set()
        self.out: list[tuple[Item, date, bool]] = []
        """Items that went out: the day, and whether the account was known to be paid by then."""
        self.extended: list[tuple[str, Clocks, Clocks]] = []
        self.nights: list[date] = []
        for person, zone in ZONES.items():
            ledger.person(person, zone)
        for name, person, late, yuan, product in LOANS:
            ends = GUARANTEED.get(name)
            guarantee = GuaranteeFact(f"g{name}", "q", GuaranteeKind.JOINT, MONDAY + timedelta(days=ends or 0))
            matures_on = MATURED.get(name, date(2026, 8, 1))
            terms = Terms(matures_on, matures_on, acceleration_clause=True)
            ledger.loan(name, person, late, yuan=yuan, product=product, terms=terms,
                        security=Security(guarantees=(guarantee,) if ends else ()))  # fmt: skip

    def live(self, operations: Sequence[tuple[Any, ...]]) -> Bank:
        """Everything that happens, between a first night and a last one; on each account word comes in before the end."""
        last = [("word", name, (len(operations) + n) % 5) for n, (name, *_) in enumerate(LOANS)]
        for name, *given in (("night", 1, "02:00:00"), *operations, *last, ("night", 1, "02:00:00")):
            with suppress(UserError):
                getattr(self, name.replace(" ", "_"))(*given)
        return self

    # --- days ---------------------------------------------------------------------------------------------------------

    def night(self, days: int, at: str, settled: str = "") -> None:
        """A business day, after some on which nobody played. `settled`: an account that is paid between its two halves."""
        self.day += timedelta(days=days)
        self.nights.append(self.day)
        ledger = self.ledger
        ledger.delivery(self.day)
        ledger.escalate(self.day)
        ledger.sweep(self.day)
        ledger.open_lists(self.day)
        if settled:
            self.settles(settled)
        before = {name: len(act.seen) for name, act in self.acts.items()}
        ledger.dispatch(acts_of(self.acts), self.day, owner=f"run-{next(self.numbers)}", at=f"{at}+00:00")
        for name, act in self.acts.items():
            new = act.seen[before[name] :]
            self.out += [(item, self.day, item.facts.account_id in self.settled) for item in new]

    def call(self, at: str, code: str, times: int) -> None:
        """Every item of the queue is dialled so many times; nobody answers but the last."""
        for left in reversed(range(times)):
            self._dial(at, code if left == 0 else "no_answer")

    def _dial(self, at: str, code: str) -> None:
        ledger, pen = self.ledger, pen_of(self.day, "caller-1", f"{at}+00:00")
        waiting = [row.call_id for row in ledger.rows(calls, calls.c.state == "open")]
        answers = arrivals.dial(ledger.engine, ledger.strategy(self.day), pen, waiting)
        promise = self.day + timedelta(days=3) if code == "promise" else None
        follows = () if code == "no_answer" else (ev.VisitLeft("call", code),)
        spoken = [
            Spoken(each.call_id, code, promise, None, follows, code == "no_answer")
            for each in answers
            if each.permit_id
        ]
        arrivals.record_calls(ledger.engine, pen, spoken)

    # --- people -------------------------------------------------------------------------------------------------------

    def settles(self, name: str) -> None:
        super().settles(name)
        self.settled.add(name)

    def falls_behind(self, name: str, days: int) -> None:
        self.settled.discard(name)
        super().falls_behind(name, days)

    def dies(self, person: str) -> None:
        arrivals.learn_status(self.ledger.engine, pen_of(self.day), person, "deceased", self.day, "certificate")
        self.dead.setdefault(person, self.day)

    def arranges(self, name: str) -> None:
        until = self.day + timedelta(days=60)
        self.ledger.arrive(name, ev.ArrangementMade(f"r{next(self.numbers)}", "plan", until), day=self.day)

    def proof(self, name: str) -> None:
        self.ledger.arrive(name, ev.DeliveryProved("formal_notice", "delivered", "receipt", True), day=self.day)

    def word(self, name: str, which: int) -> None:
        """Something is said or sent of which there is no proof: it may do much, and moves no clock."""
        events = (
            ev.DeliveryProved("formal_notice", "returned", "envelope", True),
            ev.DeliveryProved("formal_notice", "delivered", "somebody saw it"),
            ev.PaymentReceived(f"w{next(self.numbers)}", 100),
            ev.LimitationInterrupted("demand", ""),
            ev.ContactRecorded("permit", "call", "spoke"),
        )
        before = self.clocks(name)
        self.ledger.arrive(name, events[which], day=self.day)
        self.extended.append((name, before, self.clocks(name)))

    def clocks(self, name: str) -> Clocks:
        """The clocks that run on an account, by kind and subject."""
        facts = self.ledger.case(name).facts
        numbers = self.ledger.strategy(self.day).policy_of(facts).numbers
        return {clock.key: clock for clock in running(facts, numbers)}

    # --- looking ------------------------------------------------------------------------------------------------------

    def cases(self) -> list[str]:
        """Accounts that have a case."""
        found = []
        for name, *_ in LOANS:
            with suppress(UserError, LookupError, TypeError):
                if self.ledger.case_id(name):
                    found.append(name)
        return found


def moment(at: str) -> datetime:
    """An instant of the ledger."""
    return datetime.fromisoformat(at)


def plain(value: object) -> str:
    return msgspec.json.encode(value).decode()
