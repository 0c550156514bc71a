"""Whose call is whose: the day's assignment of the callers' queue, and what keeps somebody from a call.

What must be so is judged by `recourse.callers`; this reads the queue and the register and records what changes hands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, select

from recourse import events as ev
from recourse.arrears import dpd
from recourse.callers.queues import Assigned, assign, queue_of
from recourse.callers.register import Entry
from recourse.callers.room import Caller, Waiting
from recourse.callers.standard import refusal
from recourse.climb.strategy import Strategy
from recourse.contact_law import Against
from recourse.facts import Facts
from recourse.ledger import caller_rows, sets, store
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import calls
from recourse.permits import Asked, Callers
from recourse.policy.book import Policy

CHUNK = 1_000
NOT_YOURS = "queue.not_yours"
TAKEN, KEPT = "taken", "kept"
"""Why a call that was nobody's has a caller: that caller dialled it, or had the debtor before."""

_OPEN = select(
    calls.c.call_id, calls.c.case_id, calls.c.person_id, calls.c.queued_on, calls.c.assigned_to, calls.c.state
).where(calls.c.state != "closed")
_EVER_HELD = (
    select(calls.c.person_id, calls.c.assigned_to)
    .where(sets.one_of(calls.c.person_id, "persons"), calls.c.assigned_to != "")
    .order_by(calls.c.assigned_on, calls.c.call_id)
)
_HELD = _EVER_HELD.where(calls.c.state != "closed")
_LOCKED = _OPEN.where(sets.one_of(calls.c.call_id, "calls")).order_by(calls.c.call_id).with_for_update(skip_locked=True)


class AssignedToday(msgspec.Struct, frozen=True):
    """What a day's assignment came to. `moved`: calls that changed hands, by cause; `unassigned`: those that nobody can
    take, by cause."""

    calls: int
    assigned: int
    moved: Mapping[str, int]
    unassigned: Mapping[str, int]


def assign_calls(engine: Engine, strategy: Strategy, pen: Pen) -> AssignedToday:
    """Give every open call to a caller, or say why nobody can take it. Safe to repeat: what stays as it is writes
    nothing, and a call that somebody takes or moves meanwhile is left alone."""
    with reading(engine) as connection:
        waiting = waiting_calls(connection, strategy, pen.day)
        register = caller_rows.entries(connection)
    given = assign([call for call, _, _ in waiting], callers_of(strategy, pen.day, register, _jurisdictions(waiting)))
    before = {call.call_id: held for call, held, _ in waiting}
    changed = [each for each in given if each.collector != before[each.call_id]]
    for some in _chunks(changed):
        with writing_on(engine, pen.day) as connection:
            record_assigned(connection, some, before, pen)
    return AssignedToday(
        len(given), sum(1 for each in given if each.collector),
        Counter(each.cause or KEPT for each in changed if each.collector),
        Counter(each.cause for each in given if not each.collector),
    )  # fmt: skip


def _chunks(changed: Sequence[Assigned]) -> Iterator[Sequence[Assigned]]:
    for first in range(0, len(changed), CHUNK):
        yield changed[first : first + CHUNK]


Seen = tuple[Waiting, str, Facts]
"""An open call as the assignment sees it, whose it is now, and the facts of its case."""


def waiting_calls(
    connection: Connection, strategy: Strategy, day: date, only: Sequence[str] | None = None
) -> list[Seen]:
    """Every open call, or `only` some. One that is nobody's yet belongs with whoever called its debtor last."""
    found: list[Seen] = []
    query = _OPEN if only is None else _OPEN.where(sets.among(calls.c.call_id, only))
    rows = connection.execute(query.order_by(calls.c.call_id)).all()
    for first in range(0, len(rows), CHUNK):
        some = rows[first : first + CHUNK]
        dossiers = store.load(connection, [row.case_id for row in some], lock=False)
        last = _held(connection, _EVER_HELD, some)
        for row in some:
            dossier = dossiers[row.case_id]
            holder = row.assigned_to or last.get(row.person_id, "")
            found.append((_waiting(row, holder, dossier, strategy, day), row.assigned_to, dossier.facts))
    return found


def _held(connection: Connection, query: Select[Any], rows: Sequence[Any]) -> dict[str, str]:
    """Debtor → whose, the latest one counts."""
    persons = sorted({row.person_id for row in rows})
    return {row.person_id: row.assigned_to for row in connection.execute(query, {"persons": persons})}


def _waiting(row: Any, holder: str, dossier: Dossier, strategy: Strategy, day: date) -> Waiting:
    facts = dossier.facts
    late = dpd(facts.oldest_unpaid_due_on, facts.pauses, day)
    queue = queue_of(strategy.policy_of(facts), late, facts.file.grade, facts.product)
    return Waiting(
        row.call_id, row.person_id, queue, row.queued_on, dossier.lost_on, facts.owed or 0, facts.file.grade,
        (_may_call_in(facts.jurisdiction),), holder,
    )  # fmt: skip


def callers_of(
    strategy: Strategy, day: date, register: Mapping[str, Entry], jurisdictions: Sequence[str]
) -> list[Caller]:
    """Who may dial on a day in some of the jurisdictions; the certificates of each count as a skill."""
    found = []
    for name, entry in sorted(register.items()):
        may = {_may_call_in(each) for each in jurisdictions if not refusal(entry, day, _law(strategy, day, each))}
        if may:
            found.append(Caller(name, entry.capacity, entry.skills_on(day) | may))
    return found


def _jurisdictions(waiting: Sequence[Seen]) -> list[str]:
    return sorted({facts.jurisdiction for _, _, facts in waiting})


def _law(strategy: Strategy, day: date, jurisdiction: str) -> Policy:
    return strategy.book.at(strategy.policy_as_of or day, jurisdiction, "")


def _may_call_in(jurisdiction: str) -> str:
    return f"certified:{jurisdiction.lower()}"


def record_assigned(connection: Connection, given: Sequence[Assigned], before: Mapping[str, str], pen: Pen) -> int:
    """Record who has which call now; one that is not as it was `before`, or that somebody holds, is passed over."""
    rows = connection.execute(_LOCKED, {"calls": [each.call_id for each in given]}).all()
    unchanged = {row.call_id: row for row in rows if row.assigned_to == before[row.call_id]}
    dossiers = store.load(connection, [row.case_id for row in unchanged.values()])
    for each in given:
        if each.call_id in unchanged:
            moved = ev.CallAssigned(each.call_id, each.collector, each.cause or KEPT)
            dossiers[unchanged[each.call_id].case_id].record(moved, pen)
    store.save(connection, list(dossiers.values()))
    return len(unchanged)


def certified(day: date, together: Sequence[str] = ()) -> Callers:
    """What stands against whoever makes the contacts of a batch on a day: the certificates that are lacking, of the
    caller and of all who go `together` with the caller."""

    def standing(connection: Connection, asked: Asked, _: date) -> Mapping[str, tuple[Against, ...]]:
        entries = caller_rows.find(connection, sorted({request.caller for request, _ in asked} | set(together)))
        found = {}
        for request, policy in asked:
            rules = [refusal(entries.get(who), day, policy) for who in dict.fromkeys((request.caller, *together))]
            found[request.caller] = tuple(Against(rule, lasting=True) for rule in dict.fromkeys(rules) if rule)
        return found

    return standing


def barred(
    connection: Connection, strategy: Strategy, pen: Pen, rows: Sequence[Any], dossiers: Mapping[str, Dossier]
) -> dict[str, str]:
    """Call → the rule that keeps the writer from dialling it: no certificate, somebody else's debtor, a skill that is
    lacking. A call that is nobody's may be taken by whoever has its skills."""
    entry = caller_rows.find(connection, [pen.actor]).get(pen.actor)
    held = _held(connection, _HELD, rows)
    found = {}
    for row in rows:
        facts = dossiers[row.case_id].facts
        rule = refusal(entry, pen.day, strategy.policy_of(facts)) or _not_mine(
            entry or Entry(), row.assigned_to or held.get(row.person_id, ""), facts, strategy, pen
        )
        if rule:
            found[row.call_id] = rule
    return found


def anothers(connection: Connection, strategy: Strategy, pen: Pen, facts: Facts) -> str:
    """The rule that keeps the writer from ringing a debtor without a call of the queue, as :func:`barred` ("" = none); what
    certificates are lacking is for :func:`certified` to say."""
    entry = caller_rows.find(connection, [pen.actor]).get(pen.actor)
    if refusal(entry, pen.day, strategy.policy_of(facts)):
        return ""
    held = _held(connection, _HELD, [facts])
    return _not_mine(entry or Entry(), held.get(facts.person_id, ""), facts, strategy, pen)


def _not_mine(entry: Entry, holder: str, facts: Facts, strategy: Strategy, pen: Pen) -> str:
    if holder:
        return "" if holder == pen.actor else NOT_YOURS
    late = dpd(facts.oldest_unpaid_due_on, facts.pauses, pen.day)
    queue = queue_of(strategy.policy_of(facts), late, facts.file.grade, facts.product)
    return "" if entry.skills_on(pen.day).issuperset(queue.needs) else f"queue.{queue.queue}"
