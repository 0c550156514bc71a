"""What the ledger counts of each caller, side by side.

A caller is never judged by what was recovered alone (商业银行信用卡业务监督管理办法 66), so no amount stands here at all:
contacts, conversations with the debtor, promises kept, complaints and phrases that may not be said belong together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select

from desk.agency_figures import SOMEBODY_ELSE
from desk.callers import CallerDesk
from recourse import events as ev
from recourse.errors import UserError
from recourse.events import open_envelope
from recourse.fold_imported import UNANSWERED
from recourse.ledger import caller_rows, sets
from recourse.ledger.database import reading
from recourse.ledger.tables import cases, events, payments, script_violations

COMPLAINT = "complaint_made"
UPHELD_OR_OPEN = ("", "upheld")


class Figures(msgspec.Struct, frozen=True):
    """One caller over a span of days. `contacts`: somebody answered; `right_party`: the debtor did; `promises_due`:
    promises whose day, with the tolerance of the pack, lies in the span; `script_violations`: upheld, or still open."""

    collector: str
    dials: int
    contacts: int
    right_party: int
    promises: int
    promises_due: int
    promises_kept: int
    complaints: int
    script_violations: int


class _Promise(msgspec.Struct, frozen=True):
    collector: str
    case_id: str
    made_on: date
    due_on: date
    amount: int | None


def collector_figures(work: CallerDesk, from_on: date, to_on: date) -> list[Figures]:
    """Every caller of the register or of the span's dials, by name."""
    if to_on < from_on:
        raise UserError(f"{to_on} is before {from_on}", where="--to", mend="give a day on or after --from")
    tolerance = work.policy.number("promise.tolerance_days")
    with reading(work.desk.engine) as connection:
        names = set(caller_rows.entries(connection))
        counted, promises = _contacts(connection, from_on, to_on)
        due = [p for p in promises if from_on <= p.due_on + timedelta(days=tolerance) <= to_on]
        kept = Counter(p.collector for p in _kept(connection, due, tolerance))
        broken = _violations(connection, from_on, to_on)
    owed = Counter(promise.collector for promise in due)
    names |= {name for name, _ in counted} | set(broken)
    return [
        Figures(
            name, counted[name, "dials"], counted[name, "contacts"], counted[name, "right_party"],
            counted[name, "promises"], owed[name], kept[name], counted[name, "complaints"], broken.get(name, 0),
        )
        for name in sorted(names)
    ]  # fmt: skip


def _contacts(connection: Connection, from_on: date, to_on: date) -> tuple[Counter[tuple[str, str]], list[_Promise]]:
    """Counts by caller and kind within the span, and every promise made until its end. A promise may have been made
    long before it is due."""
    recorded = _events(connection, ev.ContactRecorded.TYPE, to_on)
    callers = {event.permit_id: (who, on) for who, on, _, event in _events(connection, ev.CallTaken.TYPE, to_on)}
    counted: Counter[tuple[str, str]] = Counter()
    promises = []
    for who, on in callers.values():
        counted[who, "dials"] += from_on <= on <= to_on
    for _, on, case_id, event in recorded:
        if event.channel != "call" or event.permit_id not in callers:
            continue
        who = callers[event.permit_id][0]
        if event.promise_on is not None:
            promises.append(_Promise(who, case_id, on, event.promise_on, event.promise_amount))
        if from_on <= on <= to_on:
            counted.update((who, kind) for kind in _kinds(event))
    return counted, promises


def _kinds(event: ev.ContactRecorded) -> Iterable[str]:
    if event.code not in UNANSWERED:
        yield "contacts"
        if event.code not in SOMEBODY_ELSE:
            yield "right_party"
    if event.promise_on is not None:
        yield "promises"
    if event.code == COMPLAINT:
        yield "complaints"


def _events(connection: Connection, kind: str, to_on: date) -> list[tuple[str, date, str, Any]]:
    """(actor, effective day, case, event) of one kind, until a day."""
    query = select(events.c.stream, events.c.text).where(events.c.type == kind, events.c.effective_on <= to_on)
    found = []
    for stream, text in connection.execute(query):
        envelope, event = open_envelope(text)
        found.append((envelope.actor, envelope.effective_on, stream.removeprefix("case:"), event))
    return found


def _kept(connection: Connection, due: list[_Promise], tolerance: int) -> list[_Promise]:
    """Promises for which the account received what was promised, or anything where no amount was, in time."""
    paid: dict[str, list[tuple[date, int]]] = {}
    for case_id, on, amount in connection.execute(_paid(sorted({promise.case_id for promise in due}))):
        paid.setdefault(case_id, []).append((on, amount))
    return [promise for promise in due if _received(promise, paid, tolerance) >= (promise.amount or 1)]


def _received(promise: _Promise, paid: Mapping[str, list[tuple[date, int]]], tolerance: int) -> int:
    last = promise.due_on + timedelta(days=tolerance)
    return sum(amount for on, amount in paid.get(promise.case_id, ()) if promise.made_on <= on <= last)


def _paid(case_ids: list[str]) -> Select[Any]:
    return (
        select(cases.c.case_id, payments.c.paid_on, payments.c.amount)
        .join(cases, cases.c.account_id == payments.c.account_id)
        .where(sets.among(cases.c.case_id, case_ids))
    )


def _violations(connection: Connection, from_on: date, to_on: date) -> Counter[str]:
    c = script_violations.c
    query = select(c.written_by).where(c.found_on.between(from_on, to_on), c.result.in_(UPHELD_OR_OPEN))
    return Counter(connection.execute(query).scalars())
