"""Watching what was agreed: whether promises and the instalments of an arrangement are kept. Pure.

For: what a day says of them, as events that the sweep records before it decides. Money counts by its value date, so a
payment that is booked late mends what was judged, and one that is taken back counts back. Each payment is held against
the oldest day first. The core stays the truth of money: where it says otherwise, people look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate

from recourse import events as ev
from recourse.casefile import CaseFile, Entry, Plan, Promise
from recourse.clocks import Numbers
from recourse.days import later, sooner
from recourse.facts import Facts

PROMISE_TOLERANCE, KEPT_PERCENT, PART_PERCENT, BROKEN_AT_MOST = (
    *("promise.tolerance_days", "promise.kept_percent", "promise.part_percent", "promise.broken_at_most"),
)
TOLERANCE, MISSED_DAYS = "arrangement.tolerance_days", "arrangement.missed_days"
MISSED, MISSED_WITH_WAIVER = "arrangement.missed_instalments", "arrangement.missed_instalments_waiver"
STATES: Mapping[str, type[ev.PromiseKept | ev.PromisePartKept | ev.PromiseBroken]] = {
    "kept": ev.PromiseKept, "part_kept": ev.PromisePartKept, "broken": ev.PromiseBroken,
}  # fmt: skip
NO_LIMIT = 1_000_000


def results(facts: Facts, numbers: Numbers, today: date) -> tuple[ev.Event, ...]:
    """What today says of promises and of the plan, that was not told yet; nothing twice."""
    file = facts.file
    found: list[ev.Event] = []
    if file.promises:
        found += _promises(file, numbers, today)
    if file.plan is not None and file.plan.performed:
        if _received(file.plan.received, today) < _whole(file.plan) and not _settled(facts):
            found.append(ev.ArrangementEnded(file.plan.arrangement_id, "broken", file.plan.kind))
    elif file.plan is not None:
        found += _plan(facts, file.plan, numbers, today)
    return tuple(found)


def look_again_on(file: CaseFile, numbers: Numbers, today: date) -> date | None:
    """The first day after today on which :func:`results` can say something new if no fact changes."""
    ahead: date | None = None
    if file.promises:
        tolerance = numbers.get(PROMISE_TOLERANCE, 0)
        for promise in file.promises.values():
            if not promise.state:
                ahead = sooner(ahead, max(later(promise.due_on, tolerance + 1), later(today, 1)))
    if file.plan is not None and not file.plan.performed:
        ahead = sooner(ahead, _plan_again_on(file.plan, numbers, today))
    return ahead


def pauses_until(file: CaseFile, numbers: Numbers) -> date | None:
    """The last day on which a promise that runs stops contact; None while none does, or too many were broken."""
    if file.broken_promises >= numbers.get(BROKEN_AT_MOST, NO_LIMIT):
        return None
    running = [promise.due_on for promise in file.promises.values() if not promise.state]
    return later(max(running), numbers.get(PROMISE_TOLERANCE, 0)) if running else None


# --- promises ---------------------------------------------------------------------------------------------------------


def _promises(file: CaseFile, numbers: Numbers, today: date) -> Iterator[ev.Event]:
    if file.arrangement:
        for name, promise in file.promises.items():
            if not promise.state:
                yield ev.PromiseReleased(name, "arrangement")
        return
    for name, paid in paid_by_promise(file.promises, file.promised_money, numbers.get(PROMISE_TOLERANCE, 0)).items():
        promise = file.promises[name]
        state = state_of(promise, paid, numbers, today)
        if state and state != promise.state:
            yield STATES[state](name, promise.due_on, paid, promise.amount)


def state_of(promise: Promise, paid: int, numbers: Numbers, today: date) -> str:
    """kept, part_kept or broken; "" while it runs. A promise of no amount is kept by any money."""
    amount = promise.amount or 1
    if promise.amount is None and paid > 0:
        return "kept"
    if paid * 100 >= amount * numbers.get(KEPT_PERCENT, 100):
        return "kept"
    if today <= later(promise.due_on, numbers.get(PROMISE_TOLERANCE, 0)):
        return ""
    return "part_kept" if paid > 0 and paid * 100 >= amount * numbers.get(PART_PERCENT, 100) else "broken"


def paid_by_promise(promises: Mapping[str, Promise], money: Sequence[Entry], tolerance: int) -> dict[str, int]:
    """Promise → what came in for it between the day it was made and its day with the tolerance; the earliest due first.

    Money that is taken back is taken first off what was nobody's, then off the promise that falls due last.
    """
    ordered = sorted(
        (name for name, each in promises.items() if each.state != "released"),
        key=lambda name: (promises[name].due_on, promises[name].made_on, name),
    )
    paid, free = dict.fromkeys(ordered, 0), 0
    for on, amount in sorted(money, key=lambda entry: (entry[0], -entry[1])):
        left = amount
        if left > 0:
            for name in ordered:
                promise = promises[name]
                if promise.made_on <= on <= later(promise.due_on, tolerance):
                    part = left if promise.amount is None else min(left, promise.amount - paid[name])
                    paid[name], left = paid[name] + part, left - part
            free += left
            continue
        taken = min(free, -left)
        free, left = free - taken, left + taken
        for name in reversed(ordered):
            part = min(paid[name], -left)
            paid[name], left = paid[name] - part, left + part
    return paid


# --- the plan of an arrangement ---------------------------------------------------------------------------------------


def _received(money: Sequence[Entry], by: date) -> int:
    return max(sum(amount for on, amount in money if on <= by), 0)


def _whole(plan: Plan) -> int:
    return sum(amount for _, amount in plan.rows)


def _settled(facts: Facts) -> bool:
    return facts.owed is not None and facts.owed <= 0


def rows_of(plan: Plan, tolerance: int, today: date) -> list[str]:
    """The state of each row today: kept by its day, late but paid, missed past the tolerance, "" while it runs."""
    sums = list(accumulate(amount for _, amount in plan.rows))
    now = _received(plan.received, today)
    found = []
    for (due_on, _), due in zip(plan.rows, sums, strict=True):
        if now >= due:
            found.append("kept" if _received(plan.received, min(due_on, today)) >= due else "late")
        else:
            found.append("missed" if today > later(due_on, tolerance) else "")
    return found


def _plan(facts: Facts, plan: Plan, numbers: Numbers, today: date) -> Iterator[ev.Event]:
    states = rows_of(plan, numbers.get(TOLERANCE, 0), today)
    paid = _received(plan.received, today)
    for number, ((due_on, amount), state, told) in enumerate(zip(plan.rows, states, plan.states, strict=True), start=1):
        if state and state != told:
            yield ev.InstalmentJudged(plan.arrangement_id, number, state, due_on, amount, paid)
    if paid >= _whole(plan) or _settled(facts) or (not plan.whole and _current(facts, plan, today)):
        yield from _performed(facts, plan, today)
    elif _broken(plan, states, numbers, today):
        yield ev.ArrangementEnded(plan.arrangement_id, "broken", plan.kind)


def _current(facts: Facts, plan: Plan, today: date) -> bool:
    """A plan over the arrears has done its work once nothing is overdue, and money came in for it."""
    due = facts.oldest_unpaid_due_on
    return (due is None or due >= today) and _received(plan.received, today) > 0


def _broken(plan: Plan, states: Sequence[str], numbers: Numbers, today: date) -> bool:
    """So many instalments are missed at once, or the oldest of them for so long."""
    missed = [due_on for (due_on, _), state in zip(plan.rows, states, strict=True) if state == "missed"]
    most = numbers.get(MISSED_WITH_WAIVER if plan.waived.total else MISSED, NO_LIMIT)
    too_long = bool(missed) and today > later(missed[0], numbers.get(MISSED_DAYS, NO_LIMIT))
    return len(missed) >= most or too_long


def _performed(facts: Facts, plan: Plan, today: date) -> Iterator[ev.Event]:
    yield ev.ArrangementEnded(plan.arrangement_id, "performed", plan.kind)
    if plan.waived.total and not _settled(facts):
        yield ev.WaiverEarned(facts.account_id, plan.arrangement_id, plan.waived)
    last = max((on for on, _ in plan.received), default=None)
    due = facts.owed if plan.whole else facts.overdue
    if due is None or facts.balance_as_of is None or (last is not None and facts.balance_as_of < last):
        return
    rest = due - (plan.waived.total if plan.whole else 0)
    if rest > 0:
        yield ev.PlanDiffered(facts.account_id, plan.arrangement_id, rest, facts.balance_as_of)


def _plan_again_on(plan: Plan, numbers: Numbers, today: date) -> date | None:
    """When the next row is missed, or the oldest one for too long; tomorrow at the earliest."""
    tolerance = numbers.get(TOLERANCE, 0)
    ahead: date | None = None
    for (due_on, _), state in zip(plan.rows, rows_of(plan, tolerance, today), strict=True):
        if not state:
            ahead = sooner(ahead, later(due_on, tolerance + 1))
        elif state == "missed":
            ahead = sooner(ahead, later(due_on, numbers.get(MISSED_DAYS, NO_LIMIT) + 1))
    for on, _ in plan.received:
        if on > today:
            ahead = sooner(ahead, on)
    return None if ahead is None else max(ahead, later(today, 1))
