"""Facts that arrive while cases climb: from people, courts, agencies, the post. Each is journaled and wakes its case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select

from recourse import events as ev
from recourse.climb import calling
from recourse.climb.contact import numbers_of, recorded
from recourse.climb.strategy import Strategy
from recourse.contact_law import Permit, Refusal, Request
from recourse.decide import braked_by
from recourse.errors import UserError
from recourse.ledger import bulk, sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.store import brake_id as brake_id
from recourse.ledger.tables import calls, parties, permits
from recourse.permits import Callers, issue, of_nobody
from recourse.policy.book import Policy

_OPEN = (
    select(calls)
    .where(sets.one_of(calls.c.call_id, "calls"), calls.c.state == "open")
    .order_by(calls.c.call_id)
    .with_for_update(skip_locked=True)
)
_DIALLED = (
    select(calls)
    .join(permits, permits.c.permit_id == calls.c.permit_id)
    .where(sets.one_of(calls.c.call_id, "calls"), permits.c.used == "")
    .order_by(calls.c.call_id)
    .with_for_update(of=calls)
)


class Arrival(msgspec.Struct, frozen=True):
    """An event for a case; `effective_on` None means the business day."""

    case_id: str
    event: ev.Event
    effective_on: date | None = None


def arrive(engine: Engine, pen: Pen, arrivals: Sequence[Arrival]) -> int:
    """Record facts on their cases and wake them today; returns the number of cases touched."""
    if not arrivals:
        return 0
    with writing_on(engine, pen.day) as connection:
        return record(connection, pen, arrivals)


def record(connection: Connection, pen: Pen, arrivals: Sequence[Arrival]) -> int:
    """As :func:`arrive`, inside the caller's transaction."""
    dossiers = store.load(connection, [arrival.case_id for arrival in arrivals])
    for arrival in arrivals:
        dossier = dossiers.get(arrival.case_id)
        if dossier is None:
            raise UserError(f"no case {arrival.case_id!r}", mend="see `recourse explain ACCOUNT`")
        if arrival.effective_on is not None and arrival.effective_on > pen.day:
            raise UserError(
                f"{arrival.effective_on} lies after the business day {pen.day}", mend="give the day it happened"
            )
        dossier.record(arrival.event, pen, arrival.effective_on)
        if not dossier.file.end:
            dossier.wake(pen.day)
    store.save(connection, list(dossiers.values()))
    return len(dossiers)


PERSONAL = ("deceased", "incapable", "bankruptcy_stay", "do_not_contact", "missing")
"""Brakes that are about a person and not about one debt: they reach every case, those to come as well. The earlier in
this order is kept on the person when two are known."""


def learn_status(engine: Engine, pen: Pen, person_id: str, status: str, on: date, proof: str) -> int:
    """A person died, lost capacity, went bankrupt …: kept on the person, and a brake on each of its open cases."""
    with writing_on(engine, pen.day) as connection:
        return learn(connection, pen, person_id, status, on, proof)


def learn(connection: Connection, pen: Pen, person_id: str, status: str, on: date, proof: str) -> int:
    """As :func:`learn_status`, inside the caller's transaction."""
    brakes = [
        Arrival(case_id, ev.BrakePlaced(brake_id(case_id, status, on), status, None, proof), on)
        for case_id in store.person_case_ids(connection, person_id)
    ]
    # Cases before the person, as a dispatch locks them: two who wait for each other wait for ever.
    _status_of(connection, person_id)
    braked = record(connection, pen, brakes) if brakes else 0
    keep_status(connection, pen, person_id, status, proof, on)
    return braked


def keep_status(
    connection: Connection, pen: Pen, person_id: str, status: str, proof: str, on: date | None = None
) -> None:
    """Keep what became known of a person on the person; the graver of two stays."""
    kept = _status_of(connection, person_id)
    if not kept or _rank(status) < _rank(kept):
        connection.execute(parties.update().where(parties.c.party_id == person_id).values(status=status))
    store.append(connection, f"party:{person_id}", [(ev.PartyStatusLearned(status, proof), on)], pen)


def lift_status(engine: Engine, pen: Pen, person_id: str, status: str, reason: str) -> int:
    """It was not so, or is over: off the person, and the brake off each of its open cases."""
    with writing_on(engine, pen.day) as connection:
        return lift(connection, pen, person_id, status, reason)


def lift(connection: Connection, pen: Pen, person_id: str, status: str, reason: str) -> int:
    """As :func:`lift_status`, inside the caller's transaction."""
    dossiers = store.load(connection, store.person_case_ids(connection, person_id))
    lifted = [
        Arrival(case_id, ev.BrakeReleased(hold_id, status, reason))
        for case_id, dossier in dossiers.items()
        for hold_id, hold in dossier.file.holds.items()
        if hold.kind == status
    ]
    if _status_of(connection, person_id) == status:
        left = {hold.kind for dossier in dossiers.values() for hold in dossier.file.holds.values()} - {status}
        other = next((kind for kind in PERSONAL if kind in left), "")
        connection.execute(parties.update().where(parties.c.party_id == person_id).values(status=other))
        store.append(connection, f"party:{person_id}", [(ev.PartyStatusLearned(other, reason), None)], pen)
    return record(connection, pen, lifted) if lifted else 0


def _status_of(connection: Connection, person_id: str) -> str:
    query = select(parties.c.status).where(parties.c.party_id == person_id)
    status: str | None = connection.execute(query).scalar()
    if status is None:
        raise UserError(f"no person {person_id!r}", mend="see the bank's own customer number")
    return status


def _rank(status: str) -> int:
    return PERSONAL.index(status) if status in PERSONAL else len(PERSONAL)


class Dialled(msgspec.Struct, frozen=True):
    """An answer to a caller who wants to dial: the permit, or the rule that refuses."""

    call_id: str
    permit_id: str = ""
    rule: str = ""


def dial(
    engine: Engine, strategy: Strategy, pen: Pen, call_ids: Sequence[str], callers: Callers = of_nobody
) -> list[Dialled]:
    """Take items from the call queue: one permit for one dial each, or a refusal that names its rule.

    What fell on the case since the item was queued (a brake, the money) refuses too, and so do a certificate that the
    caller lacks and a debtor who is another caller's. An item that somebody else is taking, or that is not open, is
    not answered.
    """
    with writing_on(engine, pen.day) as connection:
        rows = connection.execute(_OPEN, {"calls": list(call_ids)}).all()
        dossiers = store.load(connection, [row.case_id for row in rows])
        numbers = numbers_of(connection, [row.person_id for row in rows], ("call",))
        barred = calling.barred(connection, strategy, pen, rows, dossiers)
        answers: dict[str, Permit | Refusal] = {}
        asked: list[tuple[str, Request, Policy]] = []
        for row in rows:
            facts = dossiers[row.case_id].facts
            number = numbers.get(row.person_id, ("", ""))[1]
            request = Request(row.person_id, row.case_id, "call", "call", number, facts.account_id, caller=pen.actor)
            policy = strategy.policy_of(facts)
            cause = facts.file.end or braked_by(strategy.judge_of(facts), facts, row.node, pen.day)
            if cause:
                answers[row.call_id] = Refusal(request, _rule_of(policy, cause))
            elif row.call_id in barred:
                answers[row.call_id] = Refusal(request, barred[row.call_id])
            else:
                asked.append((row.call_id, request, policy))
        issued = issue(connection, [(request, policy) for _, request, policy in asked], pen.at, callers=callers)
        answers |= {call_id: answer for (call_id, _, _), answer in zip(asked, issued, strict=True)}
        dialled = [_dialled(row, dossiers[row.case_id], answers[row.call_id], pen) for row in rows]
        taken = [
            (row.call_id, "taken", one.permit_id, pen.actor, row.dials + 1)
            for row, one in zip(rows, dialled, strict=True)
            if one.permit_id
        ]
        bulk.update(connection, calls, ("call_id",), ("state", "permit_id", "taken_by", "dials"), taken)
        store.save(connection, list(dossiers.values()))
        return dialled


def _rule_of(policy: Policy, cause: str) -> str:
    known = policy.brakes.get(cause)
    return cause if known is None else known[0].rule


def _dialled(row: Any, dossier: Dossier, answer: Permit | Refusal, pen: Pen) -> Dialled:
    dossier.record(recorded(answer), pen)
    if isinstance(answer, Refusal):
        return Dialled(row.call_id, rule=answer.rule)
    if row.assigned_to != pen.actor:
        dossier.record(ev.CallAssigned(row.call_id, pen.actor, calling.TAKEN), pen)
    dossier.record(ev.CallTaken(row.call_id, answer.permit_id), pen)
    return Dialled(row.call_id, permit_id=answer.permit_id)


class Spoken(msgspec.Struct, frozen=True):
    """What came of a dial. `follows` are events that the outcome brings about (a brake, the visit left …)."""

    call_id: str
    code: str
    promise_on: date | None = None
    promise_amount: int | None = None
    follows: tuple[ev.Event, ...] = ()
    again: bool = False
    """Nobody was reached: the item stays in the queue, to be dialled again under a new permit."""


def record_calls(engine: Engine, pen: Pen, spoken: Sequence[Spoken]) -> int:
    """Record the outcomes of dials. Each permit is used once; a call that was not taken cannot have an outcome.

    A dial whose item has left the queue meanwhile was made all the same, and is kept.
    """
    if not spoken:
        return 0
    with writing_on(engine, pen.day) as connection:
        rows = _dials(connection, [each.call_id for each in spoken])
        dossiers = store.load(connection, [row.case_id for row in rows.values()])
        used, states = [], []
        for each in spoken:
            row = rows.pop(each.call_id, None)
            if row is None:
                raise UserError(f"call {each.call_id!r} was not taken", mend="take it first; one permit, one dial")
            if each.promise_on is not None and each.promise_on < pen.day:
                raise UserError(
                    f"a promise for {each.promise_on} is in the past", where=each.call_id, mend="give a day to come"
                )
            dossier = dossiers[row.case_id]
            dossier.record(
                ev.ContactRecorded(row.permit_id, "call", each.code, each.promise_on, each.promise_amount), pen
            )
            for event in each.follows:
                dossier.record(event, pen)
            if row.state == "taken":
                states.append((each.call_id, "open" if each.again else "closed"))
                if not each.again:
                    dossier.record(ev.CallClosed(each.call_id, each.code), pen)
            if not dossier.file.end:
                dossier.wake(pen.day + timedelta(days=1))
            used.append((row.permit_id, each.code))
        bulk.update(connection, permits, ("permit_id",), ("used",), used)
        store.save(connection, list(dossiers.values()))
        bulk.update(connection, calls, ("call_id",), ("state",), states)
        return len(spoken)


def _dials(connection: Connection, call_ids: Sequence[str]) -> dict[str, Any]:
    """The items whose latest permit is still to be used, locked."""
    return {row.call_id: row for row in connection.execute(_DIALLED, {"calls": list(call_ids)})}
