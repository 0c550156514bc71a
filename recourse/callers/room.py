"""How much room each caller has left in a day, and who is next for a set of skills. Pure."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from recourse.policy.calling_values import CallQueue

NO_COLLECTOR, NO_SKILL, NO_CAPACITY = "no_collector", "no_skill", "no_capacity"
"""Why nobody can take a call: no caller works, none has the skills, none has room."""
NEW, LEFT, SKILL, CAPACITY = "new", "left", "skill", "capacity"
"""Why a call has another caller than before: it is new, or the one before left, lacks the skill, or has no room."""


class Waiting(msgspec.Struct, frozen=True):
    """An open call. `lost_on`: the day on which a right on the debt is lost; `stake`: what is at stake, in minor units;
    `needs`: skills beside those of the queue; `holder`: whose call it is now."""

    call_id: str
    person_id: str
    queue: CallQueue
    queued_on: date
    lost_on: date | None = None
    stake: int = 0
    grade: str = ""
    needs: tuple[str, ...] = ()
    holder: str = ""


class Caller(msgspec.Struct, frozen=True):
    """A caller who may dial on the day. `capacity`: calls in a day; one with none takes none."""

    name: str
    capacity: int
    skills: frozenset[str] = frozenset()


Place = tuple[int, float, str]
"""Skills beyond those that are needed, load in parts of a day, name: who comes first."""
Shape = tuple[frozenset[str], tuple[tuple[str, int], ...]]
"""What a debtor asks for: the skills, and how many calls of each queue."""


class Room:
    """The callers of a day. What is reserved for the calls that a caller had yesterday is given to nobody else while
    another caller has room."""

    def __init__(self, callers: Iterable[Caller]) -> None:
        self._callers: Mapping[str, Caller] = {each.name: each for each in callers if each.capacity > 0}
        self._load: Counter[str] = Counter()
        self._reserved: Counter[str] = Counter()
        self._queues: Counter[tuple[str, str]] = Counter()
        self._reserved_queues: Counter[tuple[str, str]] = Counter()
        self._spare = sum(each.capacity for each in self._callers.values())
        self._places: dict[frozenset[str], list[Place]] = {}
        self._full: set[Shape] = set()

    def reserve(self, name: str, calls: Sequence[Waiting]) -> None:
        """Keep room for calls that a caller had; more may be kept than the caller has."""
        self._count(self._reserved, self._reserved_queues, name, calls, 1)

    def release(self, name: str, calls: Sequence[Waiting]) -> None:
        """Give up what was kept."""
        self._count(self._reserved, self._reserved_queues, name, calls, -1)

    def fill(self, name: str, calls: Sequence[Waiting]) -> None:
        """The calls are this caller's."""
        self._count(self._load, self._queues, name, calls, 1)

    def fits(self, name: str, calls: Sequence[Waiting]) -> bool:
        """Whether a caller has the skills and the room."""
        caller = self._callers.get(name)
        return caller is not None and needs_of(calls) <= caller.skills and self._holds(caller, calls, reserved=False)

    def choose(self, calls: Sequence[Waiting]) -> tuple[str, str]:
        """The caller for a debtor whom nobody keeps, or why there is none: the fewest other skills first, then the
        least load; room that is reserved only when there is no other."""
        needs = needs_of(calls)
        if not any(needs <= caller.skills for caller in self._callers.values()):
            return "", NO_SKILL if self._callers else NO_COLLECTOR
        shape = needs, tuple(sorted(Counter(call.queue.queue for call in calls).items()))
        if shape in self._full:
            return "", NO_CAPACITY
        free = self._pick(needs, calls, reserved=True) if self._spare >= len(calls) else ""
        chosen = free or self._pick(needs, calls, reserved=False)
        if not chosen:
            self._full.add(shape)  # a load only grows
        return chosen, "" if chosen else NO_CAPACITY

    def why_moved(self, before: str, calls: Sequence[Waiting]) -> str:
        """Why a debtor left the caller of yesterday."""
        if not before:
            return NEW
        if before not in self._callers:
            return LEFT
        return CAPACITY if needs_of(calls) <= self._callers[before].skills else SKILL

    def _pick(self, needs: frozenset[str], calls: Sequence[Waiting], *, reserved: bool) -> str:
        """The first caller in order of place who holds the calls. One who is full leaves the order for good."""
        places, passed, chosen = self._order(needs), list[Place](), ""
        while places and not chosen:
            spare, share, name = heapq.heappop(places)
            caller = self._callers[name]
            if self._load[name] >= caller.capacity:
                continue
            if share != self._share(caller):
                heapq.heappush(places, (spare, self._share(caller), name))
                continue
            passed.append((spare, share, name))
            chosen = name if self._holds(caller, calls, reserved=reserved) else ""
        for place in passed:
            heapq.heappush(places, place)
        return chosen

    def _order(self, needs: frozenset[str]) -> list[Place]:
        if needs not in self._places:
            able = [each for each in self._callers.values() if needs <= each.skills]
            self._places[needs] = [(len(each.skills - needs), self._share(each), each.name) for each in able]
            heapq.heapify(self._places[needs])
        return self._places[needs]

    def _holds(self, caller: Caller, calls: Sequence[Waiting], *, reserved: bool) -> bool:
        """Whether the calls fit into the caller's day and into each queue's part of it; `reserved` room counts as taken."""
        kept = self._reserved[caller.name] if reserved else 0
        if self._load[caller.name] + kept + len(calls) > caller.capacity:
            return False
        for queue, number in Counter(call.queue for call in calls).items():
            key = caller.name, queue.queue
            held = self._queues[key] + (self._reserved_queues[key] if reserved else 0)
            if queue.daily_capacity is not None and held + number > queue.daily_capacity:
                return False
        return True

    def _share(self, caller: Caller) -> float:
        return (self._load[caller.name] + self._reserved[caller.name]) / caller.capacity

    def _count(
        self, calls_of: Counter[str], queues_of: Counter[tuple[str, str]], name: str, calls: Sequence[Waiting], by: int
    ) -> None:
        if name in self._callers:
            self._spare -= self._spare_of(name)
            calls_of[name] += by * len(calls)
            self._spare += self._spare_of(name)
            for call in calls:
                queues_of[name, call.queue.queue] += by

    def _spare_of(self, name: str) -> int:
        return max(0, self._callers[name].capacity - self._load[name] - self._reserved[name])


def needs_of(calls: Sequence[Waiting]) -> frozenset[str]:
    """The skills that a debtor's calls need together."""
    return frozenset(skill for call in calls for skill in (*call.queue.needs, *call.needs))
