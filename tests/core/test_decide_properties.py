"""What holds of every decision, whatever the facts: total, deterministic, sound, never past the ladder's own rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.casefile import Hold, Visit
from recourse.climb.sweep import told
from recourse.clocks import Timer
from recourse.conditions import Moment
from recourse.debtor_measures import evading
from recourse.decide import Decision, decide, judge
from recourse.events import DecisionMade, VisitLeft
from recourse.facts import Facts
from recourse.fold import fold
from recourse.ladder import ActClass, EdgeKind
from recourse.money import Amounts
from tasks.ladder import LADDER
from tests.core.any_facts import (
    ALWAYS_FRESH,
    BRAKES,
    OUTCOMES,
    STATES,
    TODAY,
    facts,
    money,
    odd_facts,
    past,
    policy_of,
)

DAY = timedelta(days=1)
HORIZON_DAYS = 400


def decided(of: Facts, on: date = TODAY) -> Decision:
    return decide(of, LADDER, policy_of(of, TODAY), on)


def said_of(decision: Decision) -> tuple[object, ...]:
    """What soundness speaks of; reasons may be worded anew from day to day."""
    alarms = {(alarm.clock.key, alarm.within_days) for alarm in decision.alarms}
    return decision.steps, decision.expired, decision.recalls, decision.end, decision.grade, alarms


@settings(max_examples=200)
@given(odd_facts(), st.sampled_from([TODAY, date(2004, 1, 1), date(1, 1, 1), date(9999, 12, 30)]))
def test_any_facts_give_a_decision(of: Facts, on: date) -> None:
    assert isinstance(decide(of, LADDER, policy_of(of, TODAY), on), Decision)


@settings(max_examples=40)
@given(odd_facts())
def test_the_same_facts_give_the_same_decision_and_are_left_as_they_were(of: Facts) -> None:
    before = msgspec.json.encode(of)
    assert decided(of) == decided(msgspec.json.decode(before, type=Facts))
    assert msgspec.json.encode(of) == before


def carried_out(of: Facts, decision: Decision, on: date, states: Iterator[tuple[str, str]]) -> None:
    """The case file after a decision was journaled, and what was entered has come as far as `states` says."""
    for node, cause in decision.recalls:
        fold(of.file, VisitLeft(node, "recalled", cause), on, on)
    for alarm in decision.alarms:
        fold(of.file, told(alarm), on, on)
    fold(of.file, DecisionMade("", "", decision.steps, decision.expired, grade=decision.grade), on, on)
    for step in decision.steps:
        state, outcome = next(states)
        visit = of.file.visits[step.node]
        visit.state, visit.outcome = state, outcome if state == "left" else ""
        visit.left_on = on if state == "left" else None


@settings(max_examples=150)
@given(facts(), st.lists(st.tuples(st.sampled_from(STATES), st.sampled_from(OUTCOMES)), min_size=4, max_size=4))
def test_until_it_is_to_be_asked_again_a_decision_stays_the_same(of: Facts, came_to: list[tuple[str, str]]) -> None:
    states, day = cycle(came_to), TODAY
    of = msgspec.json.decode(msgspec.json.encode(of), type=Facts)
    while not (first := decided(of, day)).idle and not first.end and day < TODAY + timedelta(days=10):
        carried_out(of, first, day, states)
        day += DAY
    last = day + timedelta(days=HORIZON_DAYS)
    ends_on = last if first.wake_on is None else min(first.wake_on, last)
    assert ends_on > day, "never to be asked again on the same day"
    day += DAY
    while day < ends_on:
        assert said_of(decided(of, day)) == said_of(first), f"another decision on {day}, not asked for before {ends_on}"
        day += DAY


@settings(max_examples=200)
@given(facts())
def test_no_step_breaks_a_rule_of_the_ladder_or_of_the_pack(of: Facts) -> None:
    steps = decided(of).steps
    tracks = [LADDER.by_name[step.node].track for step in steps]
    assert len(set(tracks)) == len(tracks), "two steps of a track on one day"
    for step, track in zip(steps, tracks, strict=True):
        assert _requirements_met(of, step.node), f"{step.node} before what it requires"
        assert _gap_kept(of, track), f"{step.node} too soon after another step of its track"
        before = of.file.visits.get(step.node)
        assert before is None or before.state == "left", f"{step.node} is entered already"
        assert step.n == (1 if before is None else before.n + 1)
        assert step.n <= policy_of(of, TODAY).entries[step.node][1].at_most_visits


def _requirements_met(of: Facts, node: str) -> bool:
    visits = of.file.visits
    due_as_a_whole = [day for day in (of.terms.matures_on, of.file.accelerated_on) if day is not None]
    matured = bool(due_as_a_whole) and min(due_as_a_whole) <= TODAY
    groups: dict[str, bool] = {}
    for n, edge in enumerate(LADDER.into(node, EdgeKind.REQUIRES)):
        visit = visits.get(edge.source)
        done = visit is not None and visit.state == "left" and (not edge.outcomes or visit.outcome in edge.outcomes)
        key = edge.group or str(n)
        groups[key] = groups.get(key, False) or done or (edge.unless_matured and matured)
    return all(groups.values())


def _gap_kept(of: Facts, track: str) -> bool:
    rule = policy_of(of, TODAY).gaps.get(track)
    gap = timedelta(days=rule.of(decided(of).grade, evading(of, TODAY)) if rule else 1)
    entered = [visit.entered_on for node, visit in of.file.visits.items() if LADDER.by_name[node].track == track]
    return all(day + gap <= TODAY for day in entered)


@settings(max_examples=300)
@given(facts(amounts=money(10**7).map(lambda sum_: Amounts(principal=sum_ + 1))))
def test_a_protective_act_is_never_silently_braked(of: Facts) -> None:
    """Where its clock is in the red lane, a brake meets a gate that shows both rules, or a true stay that is named."""
    policy = policy_of(of, TODAY)
    made = decided(of)
    braked = {reason.seen: reason.code for reason in made.reasons if reason.code.startswith("brake:")}
    for name, rung in judge(LADDER, policy).rung_of.items():
        if name not in braked or rung.node.act_class is not ActClass.PROTECTIVE:
            continue
        moment = Moment(of, TODAY, made.grade, policy.numbers)
        red = rung.clock is not None and rung.clock(of, TODAY, moment).holds
        kind = braked[name].removeprefix("brake:")
        stay = kind in policy.brakes and policy.brakes[kind][1].legal_stay
        assert not red or stay or kind == "paid", f"{name} lost to {kind}"


@settings(max_examples=150)
@given(facts(balance_as_of=past(60)))
def test_nothing_is_done_on_a_balance_that_is_too_old(of: Facts) -> None:
    """But for a right that is about to be lost: there a gate is asked, and shows the rule on the age of the balance."""
    policy = policy_of(of, TODAY)
    for step in decided(of).steps:
        fresh = policy.freshness[LADDER.by_name[step.node].act_class.value][1]
        assert of.balance_as_of is not None
        known = (TODAY - of.balance_as_of).days <= fresh.at_most_days or step.node in fresh.needs_none
        assert known or "freshness" in step.urgent, step.node


@settings(max_examples=30)
@given(facts())
def test_a_closed_case_stays_as_it_is(of: Facts) -> None:
    file = msgspec.structs.replace(of.file, end="settled")
    assert decided(msgspec.structs.replace(of, file=file)).idle


@settings(max_examples=200)
@given(facts(), st.booleans())
def test_an_agency_and_an_adverse_act_never_hold_one_debt(of: Facts, called_back: bool) -> None:
    """Whatever the facts: while a debt is placed, or its recall is not confirmed, no adverse act is entered."""
    file = msgspec.structs.replace(of.file, placement="x", placement_until_on=TODAY + DAY, recall_pending=called_back)
    steps = decided(msgspec.structs.replace(of, file=file)).steps
    classes = {LADDER.by_name[step.node].act_class for step in steps}
    assert ActClass.ADVERSE not in classes
    assert called_back or ActClass.CONTACT not in classes


@settings(max_examples=200)
@given(facts())
def test_a_placement_stops_nothing_that_keeps_a_right(of: Facts) -> None:
    """Every protective act that is entered without a placement is entered under one too."""

    def protective(placement: str) -> set[str]:
        file = msgspec.structs.replace(
            of.file, placement=placement, placement_until_on=TODAY + DAY, recall_pending=False
        )
        steps = decided(msgspec.structs.replace(of, file=file)).steps
        return {step.node for step in steps if LADDER.by_name[step.node].act_class is ActClass.PROTECTIVE}

    assert protective("") <= protective("x")


@given(facts(), st.integers(0, 9), st.sampled_from(BRAKES), st.booleans())
def test_a_right_that_is_about_to_be_lost_is_never_braked_in_silence(
    of: Facts, days: int, brake: str, also_ends: bool
) -> None:
    """A freeze ends within the red lane: its renewal is entered, through a gate that names the brake if there is one. Only a true
    legal stay binds, or that nothing is owed any more."""
    of = msgspec.structs.replace(of, balance_as_of=ALWAYS_FRESH)
    file = of.file
    file.visits = {"litigation": Visit(1, TODAY - 40 * DAY, "left", TODAY - 40 * DAY, "filed")}
    file.timers = {"freeze_deposit:m": Timer("freeze_deposit", TODAY - 300 * DAY, TODAY + days * DAY)}
    file.holds["braked"] = Hold(brake, TODAY - DAY, TODAY + DAY if also_ends else None)
    file.stage, file.matter, file.end = "docketed", "m", ""
    made, policy = decided(of), policy_of(of, TODAY)
    entered = [step for step in made.steps if step.node == "freeze_renewal"]
    if entered:
        assert [step.how for step in entered] == ["gate"]
        return
    held_by = [reason.code for reason in made.reasons if reason.seen == "freeze_renewal"]
    stays = {f"brake:{kind}" for kind, (_, value) in policy.brakes.items() if value.legal_stay}
    assert made.end or set(held_by) & {*stays, "brake:paid"}, held_by
