"""How the town answers: each kind of debtor, the staff at the gates, the courts, the post; over a long run."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import cast

import msgspec
import polars as pl
import pytest

from recourse.errors import UserError
from recourse.simulate.approvals import LEFT_OPEN_WORKDAYS, Approvals
from recourse.simulate.book import compose
from recourse.simulate.core import Core
from recourse.simulate.courts import NEXT
from recourse.simulate.debtors import Debtors
from recourse.simulate.draws import Draws
from recourse.simulate.office import CallItem, Delivery, Office, OpenGate, Sent
from recourse.simulate.outside import Post
from recourse.simulate.personas import Persona
from recourse.simulate.staff import CALLERS, STAFF, roles_of
from recourse.simulate.wallets import Planned, Wallets
from recourse.workdays import Calendar
from tests.simulate.clerk import CHOICES, SEATS
from tests.simulate.conftest import START, Played


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """340 accounts over 420 business days."""
    return Played(12, 340, 420, tmp_path_factory.mktemp("long"))


def test_the_whole_ladder_is_climbed(long_run: Played) -> None:
    counts = long_run.clerk.counts
    nodes = (
        *("reminder", "call", "formal_notice", "acceleration", "agency_referral", "guarantor_demand", "agreed_sale"),
        *("security_realisation", "litigation_route", "litigation", "enforcement", "withdrawal", "write_off"),
    )
    assert [node for node in nodes if not counts[node]] == []
    before = ("filed", "docketed", "heard", "judged", "effective", "withdrawn")
    stages = (*before, "enforcing", "ended_for_now", "concluded")
    assert [stage for stage in stages if not counts[f"stage {stage}"]] == []
    assert 5 < len(long_run.town.core.written_off) < 40
    assert counts["cured"] > 150
    assert counts["settled"] > 10


def test_debtors_differ(long_run: Played) -> None:
    counts = long_run.clerk.counts
    happened = (
        *("promise", "refused", "no_answer", "invalid_number", "will_pay_now", "third_party_answered"),
        *("hardship_claimed", "complaint_made", "dispute_raised", "deceased", "opinions"),
        *("arrange", "performed", "broken", "sold", "agency returned", "struck", "verdict reject", "verdict return"),
    )
    assert [each for each in happened if not counts[each]] == []
    assert 0.05 < counts["returned"] / (counts["returned"] + counts["delivered"]) < 0.3


def test_what_is_promised_is_kept_by_some_and_broken_by_others(long_run: Played) -> None:
    """A kept promise is a payment of at least the promised sum by the promised day."""
    promises = [
        (date.fromisoformat(line[:10]), outcome)
        for line in long_run.clerk.log
        if line[11:].startswith("record_calls")
        for outcome in json.loads(line[len("2024-11-04 record_calls ") :])
        if outcome["promise_on"]
    ]
    assert len(promises) > 100
    for day, outcome in promises:
        assert day < date.fromisoformat(outcome["promise_on"]) <= day + timedelta(days=14)
        assert outcome["promise_amount"] > 0


class Parlour:
    """A book, its core and its debtors, without a town around them."""

    def __init__(self, accounts: int = 500) -> None:
        self.draws = Draws(5)
        self.book = compose(self.draws, accounts, START)
        self.core = Core(self.book)
        self.wallets = Wallets(self.draws, self.book, self.core)
        self.debtors = Debtors(self.draws, self.book, self.core, self.wallets)
        self.play_to(START)

    def play_to(self, day: date) -> None:
        for on in range(self.core.today + 1, day.toordinal() + 1):
            self.wallets.play(on)

    def late(self, persona: Persona) -> list[str]:
        """Accounts of that kind which are late on the first day."""
        return [
            key for key in self.book.accounts if self.debtors.persona_of(key) is persona and self.core.days_late(key)
        ]

    def paid(self, account_id: str) -> list[int]:
        """Amounts paid after the first day."""
        first = START.toordinal()
        return [e.split.total for e in self.core.entries if e.account_id == account_id and e.booked_on > first]


def test_an_evader_pays_one_yuan_when_the_whole_debt_is_called() -> None:
    parlour = Parlour()
    moved = [key for key in parlour.late(Persona.EVADER) if parlour.debtors.moved_by("acceleration", key, START)]
    assert moved
    parlour.play_to(START + timedelta(days=20))
    assert [parlour.paid(key) for key in moved] == [[100]] * len(moved)


def test_the_forgetful_pay_what_is_overdue_after_a_reminder_and_then_go_on_paying() -> None:
    parlour = Parlour()
    late = parlour.late(Persona.FORGETFUL)
    moved = [key for key in late if parlour.debtors.moved_by("reminder", key, START)]
    assert 0.25 < len(moved) / len(late) < 0.75
    parlour.play_to(START + timedelta(days=6))
    assert all(parlour.paid(key) and not parlour.wallets.standings[key].lapsed for key in moved)
    assert not any(parlour.core.days_late(key) for key in moved if not parlour.core.debts[key].accelerated)
    assert not any(parlour.paid(key) for key in late if key not in moved)


def test_an_arrangement_is_performed_in_shares_or_broken() -> None:
    parlour = Parlour()
    performed, broken = parlour.late(Persona.ILL)[:2]
    days = [START.toordinal() + 30 * n for n in range(1, 7)]
    parlour.wallets.arrange(performed, days[:3], None)
    parlour.wallets.arrange(broken, days, 2)
    arrears = parlour.core.overdue(performed)
    parlour.play_to(START + timedelta(days=95))
    assert sorted(parlour.wallets.deals_ended) == sorted([(performed, "performed"), (broken, "broken")])
    assert parlour.paid(performed).count(-(-arrears // 3)) == 2
    assert parlour.core.days_late(performed) == 0
    assert parlour.core.days_late(broken) > 0


def test_the_stopped_pay_nothing_but_others_may_pay_for_them() -> None:
    parlour = Parlour()
    account_id = parlour.late(Persona.FORGETFUL)[0]
    parlour.wallets.stop(account_id)
    assert not parlour.wallets.plan(START.toordinal() + 2, Planned(account_id, "arrears"))
    assert parlour.wallets.plan(START.toordinal() + 2, Planned(account_id, "payoff", "third_party"))
    parlour.play_to(START + timedelta(days=3))
    assert parlour.core.status(account_id) == "settled"


def test_letters_take_two_to_six_days() -> None:
    parlour = Parlour()
    post = Post(parlour.draws, parlour.core, parlour.debtors)
    late = [key for persona in Persona for key in parlour.late(persona)]
    post.take([Sent(key, "", "formal_notice", "post") for key in late], START)
    post.take([Sent(key, "", "reminder", "sms") for key in late], START)
    proofs = _Proofs()
    arrived = {}
    for days in range(8):
        parlour.play_to(START + timedelta(days=days))
        post.deliver(START + timedelta(days=days), cast(Office, proofs))
        arrived[days] = len(proofs.taken)
    assert (arrived[1], arrived[6]) == (0, len(late))
    assert {each.node for each in proofs.taken} == {"formal_notice"}
    assert len({each.proof for each in proofs.taken}) == len(late)
    back = sum(each.status == "returned" for each in proofs.taken)
    assert 0.03 < back / len(late) < 0.2


class _Proofs:
    def __init__(self) -> None:
        self.taken: list[Delivery] = []

    def prove_delivery(self, deliveries: Sequence[Delivery]) -> None:
        self.taken += deliveries


def test_the_dead_pay_nothing_and_their_death_is_learned_in_time(long_run: Played) -> None:
    town = long_run.town
    learned = {
        args[0]: (date.fromisoformat(line[:10]), date.fromisoformat(args[2]))
        for line in long_run.clerk.log
        if line[11:].startswith("learn ")
        for args in [json.loads(line[17:])]
    }
    dying = {key: debtor.dies_on for key, debtor in town.book.debtors.items() if debtor.dies_on}
    assert learned.keys() == dying.keys()
    assert dying
    for person_id, (known_on, died_on) in learned.items():
        assert died_on == dying[person_id]
        assert timedelta(0) < known_on - died_on < timedelta(days=45)


def test_nobody_talks_to_the_dead() -> None:
    parlour = Parlour()
    person_id, dies_on = next((key, each.dies_on) for key, each in parlour.book.debtors.items() if each.dies_on)
    account_id = next(key for key, account in parlour.book.accounts.items() if account.person_id == person_id)
    said = {parlour.debtors.answers(CallItem(f"call {n}", account_id, person_id, ""), dies_on).code for n in range(60)}
    assert said == {"switched_off", "deceased_reported", "third_party_answered"}


def test_brakes_are_lifted_when_the_trouble_is_over(long_run: Played) -> None:
    """Complaints within 15 days and a weekend, disputes within 30 and a long holiday."""
    placed: dict[tuple[str, str], date] = {}
    waits: defaultdict[str, list[int]] = defaultdict(list)
    for line in long_run.clerk.log:
        day, (what, _, rest) = date.fromisoformat(line[:10]), line[11:].partition(" ")
        if what == "place_brake":
            account_id, kind, *_ = json.loads(rest)
            placed[account_id, kind] = day
        elif what == "release_brake":
            account_id, kind, reason = json.loads(rest)
            assert reason
            if (account_id, kind) in placed:
                waits[kind].append((day - placed.pop((account_id, kind))).days)
    assert waits["complaint"]
    assert max(waits["complaint"]) <= 25
    assert max(waits["dispute"], default=0) <= 40


def test_courts_take_their_time_and_no_stage_is_skipped(long_run: Played) -> None:
    reached: defaultdict[str, list[tuple[str, date]]] = defaultdict(list)
    for line in long_run.clerk.log:
        if line[11:].startswith("reach_stages"):
            for stage in json.loads(line[len("2024-11-04 reach_stages ") :]):
                assert date.fromisoformat(stage["on"]) <= date.fromisoformat(line[:10])
                reached[stage["account_id"]].append((stage["stage"], date.fromisoformat(stage["on"])))
    assert len(reached) > 10
    following = {(stage, step[0]) for steps in NEXT.values() for stage, step in steps.items()}
    for stages in reached.values():
        for (one, one_on), (other, other_on) in pairwise(stages):
            assert (one, other) in following | {("effective", "ended_for_now"), ("effective", "concluded")}
            assert other_on > one_on


def test_seats_are_answered_within_four_working_days_by_those_who_hold_them(long_run: Played) -> None:
    clerk, calendar, roles = long_run.clerk, Calendar("cn"), roles_of()
    answered: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for line in clerk.log:
        if line[11:].startswith("answer "):
            gate_id, actor, *_ = json.loads(line[18:])
            answered[gate_id].append((date.fromisoformat(line[:10]), actor))
    last = calendar.add(long_run.days[-1], -LEFT_OPEN_WORKDAYS)
    for gate_id, gate in clerk.gates.items():
        if gate.shown.opened_on > last:
            continue
        assert gate.status != "open", gate
        for seat, actor in gate.votes.items():
            assert seat.removeprefix("then:").split("#")[0] in roles[actor]
        assert len(set(gate.votes.values())) == len(gate.votes)
        assert max(day for day, _ in answered[gate_id]) <= calendar.add(gate.shown.opened_on, 9)


class _Gates:
    """An office that has gates and nothing else."""

    def __init__(self, gates: list[OpenGate]) -> None:
        self.gates = gates
        self.answers: list[tuple[str, str]] = []
        self.filled: set[tuple[str, str]] = set()

    def open_gates(self) -> list[OpenGate]:
        return [
            msgspec.structs.replace(gate, seats=tuple(s for s in gate.seats if (gate.gate_id, s) not in self.filled))
            for gate in self.gates
        ]

    def answer(self, gate_id: str, actor: str, verdict: str, reason: str, **_: object) -> str:
        gate = next(each for each in self.open_gates() if each.gate_id == gate_id)
        if actor == gate.maker or (gate_id, actor) in self.answers:
            raise UserError("the maker never votes, nobody votes twice")
        seat = next((seat for seat in gate.seats if seat.split("#")[0] in roles_of()[actor]), None)
        if seat is None:
            raise UserError("no seat")
        self.filled.add((gate_id, seat))
        self.answers.append((gate_id, actor))
        return "open"


def _gate(n: int, node: str, on: date) -> OpenGate:
    return OpenGate(
        f"gate {n}",
        "visit",
        node,
        node,
        SEATS[node],
        "bap-01",
        on,
        on + timedelta(days=1),
        CHOICES.get(node, ()),
        ("A",),
    )


def test_every_minimum_payment_of_a_card_has_a_number_of_its_own(long_run: Played) -> None:
    files = [place / "instalments.csv" for place in long_run.folders if (place / "instalments.csv").exists()]
    rows = pl.concat([pl.read_csv(file, infer_schema=False).select("account_id", "number") for file in files])
    cards = rows.filter(pl.col("account_id").str.starts_with("K"))
    assert cards.height > 500
    assert cards.is_unique().all()


def test_some_gates_are_left_open_at_the_end() -> None:
    day = date(2025, 6, 30)
    answered = []
    for ends_on in (None, day):
        office = _Gates([_gate(n, "acceleration", day) for n in range(60)])
        Approvals(Draws(1), Calendar("cn"), ends_on).answer(day, cast(Office, office))
        answered.append(len(office.answers))
    assert 0 < answered[1] < answered[0] / 2


def test_a_committee_has_room_for_head_office_legal() -> None:
    day = date(2025, 3, 3)
    office = _Gates([_gate(1, "litigation_route", day)])
    approvals = Approvals(Draws(2), Calendar("cn"), None)
    for n in range(8):
        approvals.answer(day + timedelta(days=n), cast(Office, office))
    actors = [actor for _, actor in office.answers]
    assert len(set(actors)) == len(actors) == 5
    assert any("HLG" in roles_of()[actor] for actor in actors)


def test_the_maker_does_not_answer() -> None:
    day = date(2025, 3, 3)
    office = _Gates([_gate(n, "acceleration", day) for n in range(30)])
    approvals = Approvals(Draws(2), Calendar("cn"), None)
    for n in range(8):
        approvals.answer(day + timedelta(days=n), cast(Office, office))
    assert len(office.answers) == 60
    assert "bap-01" not in {actor for _, actor in office.answers}


def test_the_staff_is_large_enough() -> None:
    roles = {role for seats in SEATS.values() for seat in seats for role in [seat.removeprefix("then:").split("#")[0]]}
    assert roles <= STAFF.keys()
    assert min(len(actors) for actors in STAFF.values()) >= 2
    assert len(STAFF["DRC"]) >= 5
    assert any("HLG" in roles_of()[actor] for actor in STAFF["DRC"])
    assert set(CALLERS) <= roles_of().keys()
