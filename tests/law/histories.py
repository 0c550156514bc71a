"""A small bank to which anything may happen, in any order, at any hour: what the laws of this folder are tried on.

Nights, calls at odd hours, runs that die and are taken up, payments, brakes, deaths, gates, what debtors and third parties
say, visits, an agency's reports, word that comes in without proof, and weeks in which nobody plays. Seven loans of five
persons who live in zones that change their clocks on different days; two persons owe several, three loans are owed by two.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from recourse import events as ev
from recourse.acts import Act, Item
from recourse.climb import arrivals
from recourse.climb.arrivals import Spoken
from recourse.climb.brake_watch import watch
from recourse.clocks import Running, running
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger.tables import calls
from tasks.locate import Locate
from tasks.visit import Visit
from tests.climb.fake_acts import Crash, Sender, acts_of, whole_set
from tests.core.happenings import Happenings
from tests.core.ledgers import Ledger, pen_of
from tests.law.desk_verbs import DeskVerbs
from tests.law.onlooker import Onlooker
from tests.law.town import AUNT, COUSIN, LOANS, MATURED, POINTS, WORKS, ZONES, desk_of

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
wall = st.sampled_from(["07:59", "08:00", "10:30", "21:59", "22:00", "22:30"])
"""An hour on a debtor's own clock."""
number = st.sampled_from(sorted({each for _, channel, each, _, _ in POINTS if channel in ("phone", "post")}))
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
    st.tuples(st.just("dying run"), day_hour, st.sampled_from(["reminder", "formal_notice"]), st.booleans()),
    st.tuples(st.just("ends"), *[st.sampled_from(POINTS)]).map(lambda drawn: ("ends", *drawn[1][:3])),
    st.tuples(st.just("says"), account, st.sampled_from(["do_not_contact", "represented"])),
    st.tuples(st.just("says"), account, st.just("opt_out"), st.just(""), st.sampled_from(["sms", "call", "email", "post"])),
    st.tuples(st.just("says"), account, st.sampled_from(["refused", "consent"]), number),
    st.tuples(st.just("says"), account, st.just("agreed_time"), st.just(""), st.sampled_from(["", "visit", "call"]),
              st.sampled_from([("22:00", "23:00"), ("21:00", "02:00"), ("06:30", "08:00")]), st.sampled_from([0, 0, 3])),
    st.tuples(st.just("takes back"), account, st.sampled_from(["agreed_time", "consent", "refused", "do_not_contact", "opt_out"])),
    st.tuples(st.just("asks"), account, hour, st.sampled_from(["call", "sms", "email"]),
              st.sampled_from(["human", "robot", "notice"]), st.just("") | number, st.sampled_from(["", "no_answer", "promise"])),
    st.tuples(st.just("searches"), account, st.sampled_from([AUNT, COUSIN, WORKS]), hour,
              st.sampled_from(["refused", "told_contact", "no_answer"])),
    st.tuples(st.just("agrees"), st.sampled_from(["locate", "visit", "formal_notice"])),
    st.tuples(st.just("visits"), account, wall, st.integers(0, 3), st.sampled_from([0, 1, 2, 2, 3]),
              st.sampled_from(["home", "work"]), st.sampled_from(["met", "not_there"])),
    st.tuples(st.just("places"), account, st.sampled_from([3, 60])),
    st.tuples(st.just("recalls"), account),
    st.tuples(st.just("sets aside")),
    st.tuples(st.just("agency"), account, hour, st.sampled_from(["call", "call", "sms", "incoming"]),
              st.sampled_from(["no_answer", "refused"]), st.just("") | number, st.sampled_from([1, 2, 4])),
)  # fmt: skip

Clocks = dict[str, Running]


class EachDebtor(Sender):
    """An act that goes to everybody who owes."""

    def addressees(self, facts: Facts) -> Sequence[str]:
        return facts.debtors


class Bank(Happenings):
    """The bank, and what an onlooker notes down beside it: who is dead or paid, what went out, what word did to clocks."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.acts = whole_set()
        self.acts["reminder"] = EachDebtor("reminder", permit=("sms", "email"))
        self.acts["formal_notice"] = EachDebtor("formal_notice", "", permit=("post",))
        self.all_acts: dict[str, Act] = {**acts_of(self.acts), "locate": Locate(), "visit": Visit()}
        self.settled: set[str] = set()
        self.out: list[tuple[Item, date, bool]] = []
        """Items that went out: the day, and whether the account was known to be paid by then."""
        self.extended: list[tuple[str, Clocks, Clocks]] = []
        self.nights: list[date] = []
        self.desk = desk_of(ledger)
        self.onlooker = Onlooker(ledger)
        self.at_the_desk = DeskVerbs(self)

    def live(self, operations: Sequence[tuple[Any, ...]]) -> Bank:
        """Everything that happens, between a first morning and a last night; on each account word comes in before the end."""
        last = [("word", name, (len(operations) + n) % 5) for n, (name, *_) in enumerate(LOANS)]
        for name, *given in (("dawn", 1), *operations, *last, ("night", 1, "02:00:00")):
            self.do(name.replace(" ", "_"), *given)
        return self

    def do(self, name: str, *given: Any) -> None:
        """One thing happens, unless it is refused; the onlooker sees what it brought about."""
        with suppress(UserError):
            getattr(self.at_the_desk if hasattr(self.at_the_desk, name) else self, name)(*given)
        self.onlooker.look()

    # --- days ---------------------------------------------------------------------------------------------------------

    def night(self, days: int, at: str, settled: str = "") -> None:
        """A business day, after some on which nobody played. `settled`: an account that is paid between its two halves."""
        self.dawn(days)
        if settled:
            self.settles(settled)
        self._dispatch(at)

    def dawn(self, days: int) -> None:
        """The first half of a business day, in which nothing goes out."""
        self.day += timedelta(days=days)
        self.nights.append(self.day)
        self.onlooker.today = self.day
        ledger = self.ledger
        ledger.delivery(self.day)
        watch(ledger.engine, ledger.strategy(self.day), pen_of(self.day))
        ledger.escalate(self.day)
        ledger.sweep(self.day)
        ledger.open_lists(self.day)

    def dying_run(self, at: str, node: str, sent: bool) -> None:
        """A run dies in an act of this node, after it has gone out or before; whoever comes next takes it up."""
        act = self.acts[node]
        act.after, act.before = (_dies, act.before) if sent else (act.after, _dies)
        try:
            with suppress(Crash):
                self._dispatch(at)
        finally:
            act.before = act.after = lambda: None

    def _dispatch(self, at: str) -> None:
        before = {name: len(act.seen) for name, act in self.acts.items()}
        try:
            self.ledger.dispatch(self.all_acts, self.day, owner=f"run-{next(self.numbers)}", at=f"{at}+00:00")
        finally:
            self.onlooker.look()
            for name, act in self.acts.items():
                for item in act.seen[before[name] :]:
                    self.out.append((item, self.day, item.facts.account_id in self.settled))
                    self.onlooker.performed(
                        item, act.permit, moment(f"{self.day}T{at}+00:00"), isinstance(act, EachDebtor)
                    )

    def call(self, at: str, code: str, times: int) -> None:
        """Every item of the queue is dialled so many times; nobody answers but the last."""
        for left in reversed(range(times)):
            self._dial(at, code if left == 0 else "no_answer")

    def _dial(self, at: str, code: str) -> None:
        ledger, pen = self.ledger, pen_of(self.day, "caller-1", f"{at}+00:00")
        waiting = [row.call_id for row in ledger.rows(calls, calls.c.state == "open")]
        answers = arrivals.dial(ledger.engine, ledger.strategy(self.day), pen, waiting)
        self.onlooker.look()
        promise = self.day + timedelta(days=3) if code == "promise" else None
        follows = () if code == "no_answer" else (ev.VisitLeft("call", code),)
        spoken = [
            Spoken(each.call_id, code, promise, None, follows, code == "no_answer")
            for each in answers
            if each.permit_id
        ]
        arrivals.record_calls(ledger.engine, pen, spoken)

    def answers(self, gate: Any, who: str, verdict: str) -> None:
        """Somebody answers a gate, if he may."""
        with suppress(UserError):
            self.ledger.answer(gate.gate_id, who, verdict, "considered", day=self.day)

    # --- people -------------------------------------------------------------------------------------------------------

    def settles(self, name: str) -> None:
        super().settles(name)
        self.settled.add(name)

    def falls_behind(self, name: str, days: int) -> None:
        self.settled.discard(name)
        super().falls_behind(name, days)

    def release(self, name: str) -> None:
        """The oldest brake is lifted. Of a death: it was not so, which counts for the person, on every account."""
        (first, *_) = [*self.ledger.case(name).file.holds.values(), None]
        super().release(name)
        if first is not None and first.kind == "deceased":
            self.onlooker.dead.pop({account: person for account, person, *_ in LOANS}[name], None)

    def dies(self, person: str) -> None:
        arrivals.learn_status(self.ledger.engine, pen_of(self.day), person, "deceased", self.day, "certificate")
        self.onlooker.dead.setdefault(person, self.day)

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


def _dies() -> None:
    raise Crash


def moment(at: str) -> datetime:
    """An instant of the ledger."""
    return datetime.fromisoformat(at)


def plain(value: object) -> str:
    return msgspec.json.encode(value).decode()
