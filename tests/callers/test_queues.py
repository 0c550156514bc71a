"""Whose call is whose, over many books of calls and many call rooms: nothing is lost, nobody has too much."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from recourse.callers.queues import Assigned, assign, queue_of, rank
from recourse.callers.room import Caller, Waiting
from recourse.policy.calling_values import CallQueue
from tests.core.any_facts import book

DAY = date(2026, 3, 2)
GENERAL, SENIOR = CallQueue("general", 10), CallQueue("senior", 30, needs=("senior",), daily_capacity=3)
POLICY = book().at(DAY, "cn", "consumer_loan")


@st.composite
def call_rooms(draw: st.DrawFn) -> tuple[list[Waiting], list[Caller]]:
    names = [f"k{n}" for n in range(draw(st.integers(0, 5)))]
    callers = [
        Caller(name, draw(st.integers(0, 6)), frozenset(draw(st.sets(st.sampled_from(["senior", "yue"])))))
        for name in names
    ]
    waiting = [
        Waiting(
            f"c{n}", f"p{draw(st.integers(0, 7))}", draw(st.sampled_from([GENERAL, SENIOR])),
            DAY - timedelta(draw(st.integers(0, 9))), draw(st.none() | st.just(DAY)), draw(st.integers(0, 3)),
            draw(st.sampled_from(["", "R1", "R4"])), draw(st.sampled_from([(), ("yue",)])),
            draw(st.sampled_from(["", "gone", *names])),
        )
        for n in range(draw(st.integers(0, 14)))
    ]  # fmt: skip
    return waiting, callers


def by_call(given: list[Assigned]) -> dict[str, Assigned]:
    return {each.call_id: each for each in given}


@given(call_rooms())
def test_what_always_holds(room: tuple[list[Waiting], list[Caller]]) -> None:
    waiting, callers = room
    given = by_call(assign(waiting, callers))
    assert given.keys() == {call.call_id for call in waiting}
    of, load, senior = {each.name: each for each in callers}, Counter[str](), Counter[str]()
    whose: defaultdict[str, set[str]] = defaultdict(set)
    for call in waiting:
        name, cause = given[call.call_id].collector, given[call.call_id].cause
        whose[call.person_id].add(name)
        if name:
            load[name] += 1
            senior[name] += call.queue is SENIOR
            assert {*call.queue.needs, *call.needs} <= of[name].skills
        else:
            assert cause in ("no_collector", "no_skill", "no_capacity")
    assert all(number <= of[name].capacity for name, number in load.items())
    assert all(number <= 3 for number in senior.values())
    assert all(len(names) == 1 for names in whose.values())


@given(call_rooms(), st.randoms())
def test_the_order_in_which_calls_and_callers_come_says_nothing(
    room: tuple[list[Waiting], list[Caller]], shuffler: random.Random
) -> None:
    waiting, callers = room
    before = assign(waiting, callers)
    shuffler.shuffle(waiting)
    shuffler.shuffle(callers)
    assert assign(waiting, callers) == before


@given(call_rooms())
def test_the_next_day_nothing_moves(room: tuple[list[Waiting], list[Caller]]) -> None:
    waiting, callers = room
    first = by_call(assign(waiting, callers))
    again = [msgspec.structs.replace(call, holder=first[call.call_id].collector) for call in waiting]
    assert all(each.collector == first[each.call_id].collector for each in assign(again, callers))


@given(call_rooms())
def test_a_new_debtor_moves_nobody_while_there_is_room(room: tuple[list[Waiting], list[Caller]]) -> None:
    waiting, callers = room
    callers = [Caller("spare", 50, frozenset({"senior", "yue"})), *callers]
    waiting = [msgspec.structs.replace(call, queue=GENERAL) for call in waiting]
    first = by_call(assign(waiting, callers))
    again = [msgspec.structs.replace(call, holder=first[call.call_id].collector) for call in waiting]
    fresh = Waiting("new", "somebody new", GENERAL, DAY, DAY, 10**9, "R4")
    now = by_call(assign([*again, fresh], callers))
    assert now.pop("new").collector
    assert {call: each.collector for call, each in now.items()} == {c: each.collector for c, each in first.items()}


@given(call_rooms())
def test_nobody_is_left_out_while_somebody_has_room(room: tuple[list[Waiting], list[Caller]]) -> None:
    waiting, callers = room
    given = by_call(assign(waiting, callers))
    load = Counter(each.collector for each in given.values() if each.collector)
    left = {c.person_id for c in waiting if given[c.call_id].cause == "no_capacity"}
    for person in left:
        calls = [call for call in waiting if call.person_id == person]
        needs = {skill for call in calls for skill in (*call.queue.needs, *call.needs)}
        if any(call.queue is SENIOR for call in calls):
            continue
        assert all(load[caller.name] + len(calls) > caller.capacity for caller in callers if needs <= caller.skills)


def test_a_right_that_is_lost_soon_takes_the_place_of_one_who_can_wait() -> None:
    slow = Waiting("slow", "p1", GENERAL, DAY, None, 100, holder="k")
    urgent = Waiting("urgent", "p2", GENERAL, DAY, DAY + timedelta(days=3))
    given = by_call(assign([slow, urgent], [Caller("k", 1)]))
    assert given["urgent"].collector == "k"
    assert given["slow"] == Assigned("slow", "", "no_capacity")


def test_why_a_call_moved() -> None:
    calls = [
        Waiting("left", "p1", GENERAL, DAY, holder="gone"),
        Waiting("skill", "p2", SENIOR, DAY, holder="young"),
        Waiting("kept", "p3", GENERAL, DAY, holder="young"),
        Waiting("new", "p4", GENERAL, DAY),
    ]
    given = by_call(assign(calls, [Caller("young", 9), Caller("old", 9, frozenset({"senior"}))]))
    assert {call: (each.collector, each.cause) for call, each in given.items()} == {
        "left": ("young", "left"),
        "skill": ("old", "skill"),
        "kept": ("young", ""),
        "new": ("young", "new"),
    }


def test_all_calls_of_a_debtor_go_to_one_who_has_every_skill() -> None:
    calls = [Waiting("a", "p", GENERAL, DAY), Waiting("b", "p", SENIOR, DAY)]
    given = assign(calls, [Caller("young", 9), Caller("old", 9, frozenset({"senior"}))])
    assert [each.collector for each in given] == ["old", "old"]
    assert [each.cause for each in assign(calls, [Caller("young", 9)])] == ["no_skill", "no_skill"]
    assert [each.cause for each in assign(calls, [])] == ["no_collector", "no_collector"]


def test_the_order_of_calling() -> None:
    def call(name: str, **known: object) -> Waiting:
        return msgspec.structs.replace(Waiting(name, name, GENERAL, DAY), **known)

    in_order = [
        call("a", lost_on=DAY),
        call("b", lost_on=DAY + timedelta(days=1)),
        call("c", queue=SENIOR),
        call("d", stake=500, grade="R1"),
        call("e", stake=400, grade="R4"),
        call("f", stake=400, grade="R1"),
        call("g", queued_on=DAY - timedelta(days=5)),
        call("h"),
    ]
    given = in_order[::-1]
    assert sorted(given, key=rank) == in_order


def test_a_full_call_room_is_assigned_within_a_second() -> None:
    """Ten thousand calls, two hundred callers, less room than calls: 0.1 to 0.2 s on one core."""
    draw = random.Random(1)
    senior = msgspec.structs.replace(SENIOR, daily_capacity=60)
    calls = [
        Waiting(
            f"c{n}",
            f"p{draw.randrange(8_500)}",
            draw.choice([GENERAL, GENERAL, GENERAL, senior]),
            DAY,
            stake=draw.randrange(10**6),
        )
        for n in range(10_000)
    ]
    callers = [Caller(f"k{n}", 40, frozenset({"senior"} if n % 4 == 0 else ())) for n in range(200)]
    began = time.process_time()
    given = assign(calls, callers)
    assert time.process_time() - began < 2.0
    assert Counter(bool(each.collector) for each in given)[True] > 5_000


def test_the_queue_of_a_call_is_the_packs() -> None:
    assert queue_of(POLICY, 90, "R1", "consumer_loan").queue == "general"
    assert queue_of(POLICY, 91, "R1", "consumer_loan").queue == "senior"
    assert queue_of(POLICY, 90, "R4", "consumer_loan").queue == "high_risk"
    assert queue_of(POLICY, 91, "R4", "consumer_loan").queue == "senior"
    assert queue_of(POLICY, None, "", "consumer_loan").queue == "general"
