"""Whatever the order in which brakes are placed, back-dated and lifted: on a day on which one is in force, as far as the bank
knows, no contact and no adverse act begins that it stops.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse import events as ev
from recourse.acts import Entry
from recourse.casefile import CaseFile
from recourse.decide import braked_by, decide, judge
from recourse.events import Envelope
from recourse.facts import Facts, Security, Terms
from recourse.fold import fold
from recourse.ladder import ActClass
from recourse.money import Amounts
from recourse.under_hold import wrong_steps
from tasks.ladder import LADDER
from tests.core.any_facts import book

MONDAY = date(2026, 3, 2)
DAYS = 40
POLICY = book().at(MONDAY, "cn", "consumer_loan")
HURTING = {ActClass.CONTACT, ActClass.ADVERSE}
KINDS = (
    "complaint",
    "dispute",
    "identity_dispute",
    "fraud",
    "legal",
    "hardship",
    "deceased",
    "do_not_contact",
    "of_no_pack",
)
OWN = {
    "complaint": "complaint",
    "hardship": "hardship",
    "dispute": "dispute",
    "fraud": "dispute",
    "identity_dispute": "dispute",
}

Act = tuple[str, str, int, int, int]
"""(what, kind, on which day, how many days before it took effect, how long it lasts or -1)"""

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["place", "bring", "lift", "lift_one"]), st.sampled_from(KINDS), st.integers(0, DAYS - 1),
        st.integers(0, 30), st.integers(-1, 12),
    ),
    max_size=14,
)  # fmt: skip


def facts(file: CaseFile) -> Facts:
    return Facts(
        case_id="c", account_id="A1", person_id="D1", jurisdiction="cn", product="consumer_loan", currency="CNY",
        entity="9001", branch="0101", oldest_unpaid_due_on=MONDAY - timedelta(days=75), pauses=(), overdue=900_000,
        amounts=Amounts(principal=36_000_00), balance_as_of=None, exposure=36_000_00,
        terms=Terms(acceleration_clause=True), security=Security(), file=file,
    )  # fmt: skip


def brought(kind: str, hold_id: str) -> ev.Event:
    """The same brake as a debtor brings it."""
    match OWN.get(kind):
        case "complaint":
            return ev.ComplaintReceived(hold_id, "letter", "service", "a" * 64)
        case "hardship":
            return ev.HardshipApplied(hold_id, "illness", ("medical_record",))
        case "dispute":
            return ev.DisputeRaised(hold_id, "amount", kind)
    return ev.BrakePlaced(hold_id, kind)


class Model:
    """What a clerk with a sheet of paper would say is in force."""

    def __init__(self) -> None:
        self.lines: dict[str, tuple[str, date, date | None, bool]] = {}

    def in_force(self, on: date) -> set[str]:
        return {kind for kind, since, until, _ in self.lines.values() if since <= on and (until is None or on <= until)}


def play(acts: list[Act], file: CaseFile, model: Model, n: int, today: date) -> None:
    for place, (what, kind, on, back, lasts) in enumerate(acts):
        if on != n:
            continue
        since, hold_id = today - timedelta(days=back), f"h{place}"
        until = today + timedelta(days=lasts) if lasts >= 0 and what == "place" else None
        if what in ("place", "bring"):
            event = ev.BrakePlaced(hold_id, kind, until) if what == "place" else brought(kind, hold_id)
            fold(file, event, since, today)
            model.lines[hold_id] = (kind, since, until, what == "bring" and kind in OWN)
            continue
        theirs = [name for name, line in model.lines.items() if line[0] == kind]
        for name in theirs[:1] if what == "lift_one" else theirs:
            fold(file, lifted(model.lines[name], name, what), today, today)
            del model.lines[name]


def lifted(line: tuple[str, date, date | None, bool], hold_id: str, what: str) -> ev.Event:
    kind, _, _, own = line
    if own and kind == "complaint":
        return ev.ComplaintAnswered(hold_id, "rejected", "b" * 64, "cpl-01")
    if own and kind == "hardship" and what == "lift":
        return ev.HardshipDecided(hold_id, "lapsed", "not brought")
    return ev.BrakeReleased(hold_id, kind, "settled")


@settings(deadline=None)
@given(acts=ACTS)
def test_nothing_hurts_under_a_brake_that_is_known(acts: list[Act]) -> None:
    file, model, judged = CaseFile(opened_on=MONDAY, strategy_on=MONDAY), Model(), judge(LADDER, POLICY)
    for n in range(DAYS):
        today = MONDAY + timedelta(days=n)
        play(acts, file, model, n, today)
        it = msgspec.structs.replace(facts(file), balance_as_of=today)
        stopped = {
            node.name
            for node in LADDER.nodes
            if node.act_class in HURTING
            for kind in model.in_force(today)
            if stops(kind, node.name, node.act_class.value)
        }
        decision = decide(it, LADDER, POLICY, today)
        assert not stopped & {step.node for step in decision.steps}
        assert {node for node in stopped if not braked_by(judged, it, node, today)} == set()
        for step in decision.steps:
            fold(file, ev.DecisionMade("", "", (step,), (), (), decision.grade, None), today, today)
            fold(file, ev.VisitLeft(step.node, "sent"), today, today)


def test_without_a_brake_something_hurts() -> None:
    """Or the property above would prove nothing."""
    it = msgspec.structs.replace(facts(CaseFile(opened_on=MONDAY, strategy_on=MONDAY)), balance_as_of=MONDAY)
    steps = {step.node for step in decide(it, LADDER, POLICY, MONDAY).steps}
    assert {name for name in steps if LADDER.by_name[name].act_class in HURTING}


def stops(kind: str, node: str, act_class: str) -> bool:
    known = POLICY.brakes.get(kind)
    if known is None:
        return act_class in ("contact", "adverse")
    return act_class in known[1].stops and node not in known[1].lets_through


def test_every_hurting_node_stops_for_hardship() -> None:
    """The hardship path comes before each escalation: no adverse node of the ladder goes on under it, but for what another rule
    lets through."""
    file = CaseFile(opened_on=MONDAY)
    fold(file, ev.HardshipApplied("h", "illness", ("medical_record",)), MONDAY, MONDAY)
    it = msgspec.structs.replace(facts(file), balance_as_of=MONDAY)
    adverse = [node.name for node in LADDER.nodes if node.act_class is ActClass.ADVERSE]
    assert {name for name in adverse if braked_by(judge(LADDER, POLICY), it, name, MONDAY) != "hardship"} == set()


# --- steps under a brake that was not known --------------------------------------------------------------------------


def journal(*told: tuple[int, int, ev.Event]) -> list[Entry]:
    """(effective, known, event), days counted from Monday."""
    return [
        Entry(
            Envelope(event.TYPE, 1, MONDAY + timedelta(days=on), MONDAY + timedelta(days=known), "", "a", msgspec.Raw()),
            event, n,
        )
        for n, (on, known, event) in enumerate(told, start=1)
    ]  # fmt: skip


def released(node: str) -> ev.ActReleased:
    return ev.ActReleased(f"c/{node}/1/act", node, 1)


@pytest.mark.parametrize(
    ("since", "until", "wrong"),
    [(5, None, True), (6, None, False), (3, 4, False), (3, 5, True)],
)
def test_a_step_is_wrong_from_the_first_day_to_the_last(since: int, until: int | None, wrong: bool) -> None:
    last = MONDAY + timedelta(days=until) if until is not None else None
    told = journal((5, 5, released("reminder")), (since, 9, ev.BrakePlaced("h", "legal", last)))
    found = wrong_steps(told, LADDER, POLICY)
    assert [(step.what, step.rule) for step in found] == ([("reminder", "brake.legal")] if wrong else [])


def test_what_a_brake_lets_through_or_does_not_stop_is_no_mistake() -> None:
    told = journal(
        (5, 5, released("acceleration")), (5, 5, released("criminal_referral")), (5, 5, released("litigation_route")),
        (5, 5, ev.ContactRecorded("p", "call", "promise")), (2, 9, ev.BrakePlaced("h", "criminal_suspect")),
        (2, 9, ev.BrakePlaced("i", "hardship")),
    )  # fmt: skip
    found = wrong_steps(told, LADDER, POLICY)
    assert [(step.what, step.kind) for step in found] == [
        ("acceleration", "criminal_suspect"), ("acceleration", "hardship"), ("call", "criminal_suspect"),
        ("criminal_referral", "hardship"),
    ]  # fmt: skip


def test_the_contact_in_which_it_was_told_is_no_mistake() -> None:
    """An agency rang yesterday, and the debtor complained in that call; a call on the day after was one too many."""
    rang = ev.AgencyContacted("k", "p", "a", "2026-03-07T10:00:00+08:00", "call", "complaint_made")
    again = ev.AgencyContacted("m", "p", "a", "2026-03-08T10:00:00+08:00", "call", "no_answer")
    told = journal((5, 6, rang), (6, 7, again), (5, 7, ev.ComplaintReceived("h", "phone", "service", "")))
    assert [step.on for step in wrong_steps(told, LADDER, POLICY)] == [MONDAY + timedelta(days=6)]
