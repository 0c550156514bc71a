"""Who calls whom: one debtor one caller, by skill and capacity, those first whose right is lost soonest. Pure.

`assign` looks at all open calls and all callers at once. It gives the same answer in whatever order they come, keeps a
debtor with the caller of yesterday while that caller works, has the skills and has room, and never gives anybody more
calls than a day of theirs holds. Who ranks first is served first: where all room is taken, a debtor whose right is lost
sooner takes the place of one who can wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

import msgspec

from recourse.callers.room import NEW, Caller, Room, Waiting
from recourse.policy.book import Policy
from recourse.policy.calling_values import CallQueue

NO_QUEUE = CallQueue("", 0)


class Assigned(msgspec.Struct, frozen=True):
    """One call and whose it is ("" = nobody's). `cause`: why it changed hands, or why nobody can take it; "" = kept."""

    call_id: str
    collector: str
    cause: str = ""


def queue_of(policy: Policy, dpd: int | None, grade: str, product: str) -> CallQueue:
    """The queue that takes a call: of those that fit, the one that ranks highest. Days past due that nobody knows are
    none."""
    for queue in _queues(policy):
        fits = (not queue.grades or grade in queue.grades) and (not queue.products or product in queue.products)
        if fits and (dpd or 0) >= queue.dpd_at_least:
            return queue
    return NO_QUEUE


@lru_cache(maxsize=256)
def _queues(policy: Policy) -> tuple[CallQueue, ...]:
    queues = [queue for _, queue in policy.of("call_queue", CallQueue)]
    return tuple(sorted(queues, key=lambda queue: (-queue.priority, queue.queue)))


def rank(call: Waiting) -> tuple[date, int, int, str, date, str]:
    """The order in which calls are given out and made: by the day a right is lost, the queue, what is at stake, the grade
    (R4 first), age."""
    worst_first = "".join(chr(0x10FF - ord(letter)) for letter in call.grade)
    return (call.lost_on or date.max, -call.queue.priority, -call.stake, worst_first, call.queued_on, call.call_id)


def assign(waiting: Iterable[Waiting], callers: Iterable[Caller]) -> list[Assigned]:
    """Whose each open call is today, by call id."""
    debtors: dict[str, list[Waiting]] = {}
    for call in sorted(waiting, key=rank):
        debtors.setdefault(call.person_id, []).append(call)
    room = Room(callers)
    for calls in debtors.values():
        room.reserve(_holder(calls), calls)
    found: list[Assigned] = []
    for calls in debtors.values():
        found += _give(calls, room)
    return sorted(found, key=lambda each: each.call_id)


def _give(calls: Sequence[Waiting], room: Room) -> list[Assigned]:
    """A debtor's calls to the caller of yesterday, or to another, or to nobody."""
    before = _holder(calls)
    room.release(before, calls)
    if room.fits(before, calls):
        now, why = before, ""
    else:
        now, lacking = room.choose(calls)
        why = room.why_moved(before, calls) if now else lacking
    if now:
        room.fill(now, calls)
    return [Assigned(c.call_id, now, "" if now and now == c.holder else why or NEW) for c in calls]


def _holder(calls: Sequence[Waiting]) -> str:
    """Who has a debtor: of several, the one of the call that ranks first."""
    return next((call.holder for call in calls if call.holder), "")
