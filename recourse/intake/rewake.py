"""Open cases learn what a delivery brought: money, deaths, a past that has moved; and every case concerned is woken.

- Money on an account with an open case is journaled there, effective on its value date. Money that came in after the
  base day of a write-off, or that the core calls a recovery, is booked as recovered as well.
- A payment of which the bank learns only after decisions that came later than it moves the past. The case then
  records which of its visits would not have been: those entered on a day on which the account was past due by what was
  known, and was not with this money. A debt that was called as a whole is not behind by instalments, so visits after
  that are left out. What was done is not undone here.
- Every other case whose facts changed is bumped: its version goes up, so that a decision made meanwhile on the old
  facts is thrown away, and it is looked at on the business day at the latest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec
from sqlalchemy import case, func, or_, select

from recourse import events as ev
from recourse.climb.arrivals import brake_id
from recourse.intake.job import Job
from recourse.intake.people_load import DECEASED
from recourse.intake.plan_load import Money, Plan, Plans
from recourse.ledger import store
from recourse.ledger.dossier import Dossier
from recourse.ledger.sets import among
from recourse.ledger.tables import cases, events, visits


class Concerned(msgspec.Struct):
    """Open cases that have to be told or woken, locked: case id → account id; `told`: those that get events."""

    all: dict[str, str]
    told: dict[str, Dossier]


def lock(job: Job, accounts: Collection[str], with_events: Collection[str], dead: Sequence[str]) -> Concerned:
    """Lock the open cases of these accounts and of dead persons, in id order; load those that get events."""
    if not accounts and not dead:
        return Concerned({}, {})
    connection = job.connection
    theirs = [among(cases.c.account_id, accounts)]
    if dead:
        theirs.append(among(cases.c.person_id, dead))
    query = select(cases.c.case_id, cases.c.account_id, cases.c.person_id).where(
        cases.c.closed_on.is_(None), or_(*theirs)
    )
    query = query.order_by(cases.c.case_id)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update()
    rows = connection.execute(query).all()
    gone = set(dead)
    to_tell = [case_id for case_id, account, person in rows if account in with_events or person in gone]
    told = store.load(connection, to_tell) if to_tell else {}
    return Concerned({case_id: account for case_id, account, _ in rows}, told)


def tell(
    job: Job, concerned: Concerned, plans: Plans, due_before: Mapping[str, date | None], dead: Sequence[str]
) -> list[str]:
    """Record what was learned on the cases loaded; returns the accounts whose past has moved."""
    gone = set(dead)
    backdated = _backdated(job, concerned, plans)
    moved = []
    for dossier in concerned.told.values():
        account = dossier.facts.account_id
        for money in plans.new_money.get(account, ()):
            _receive(job, dossier, money)
        if dossier.case_id in backdated:
            after = _reanchored(
                job, dossier, plans.by_account[account], backdated[dossier.case_id], due_before[account]
            )
            if after:
                dossier.record(after, job.pen)
                moved.append(account)
        if dossier.facts.person_id in gone and not any(hold.kind == DECEASED for hold in dossier.file.holds.values()):
            hold = brake_id(dossier.case_id, DECEASED, job.pen.day)
            dossier.record(ev.BrakePlaced(hold, DECEASED, None, f"batch:{job.batch_id}"), job.pen)
        dossier.wake(job.pen.day)
    store.save(job.connection, list(concerned.told.values()))
    return moved


def _receive(job: Job, dossier: Dossier, money: Money) -> None:
    received = ev.PaymentReceived(money.payment_id, money.signed, money.kind, money.payer, money.refers_to)
    dossier.record(received, job.pen, money.paid_on)
    if money.kind == "recovery" or _after_write_off(dossier, money.paid_on):
        dossier.record(ev.RecoveryBooked(money.payment_id, money.signed, money.parts), job.pen, money.paid_on)


def _after_write_off(dossier: Dossier, paid_on: date) -> bool:
    """Whether money is not in what was written off: it came in after the base day 核销基准日 of the booked amounts."""
    file = dossier.file
    if file.written_off_on is None:
        return False
    return paid_on > file.base_on if file.base_on is not None else paid_on >= file.written_off_on


class _Backdated(msgspec.Struct):
    """Money that is older than decisions, and the visits (day, node, number) entered since."""

    money: list[Money]
    visits: list[tuple[date, str, int]]


def _backdated(job: Job, concerned: Concerned, plans: Plans) -> dict[str, _Backdated]:
    """Cases that were decided after the value date of money that is new."""
    paid = {
        dossier.case_id: money
        for dossier in concerned.told.values()
        if (money := [each for each in plans.new_money.get(dossier.facts.account_id, ()) if each.paid_on < job.pen.day])
    }
    if not paid:
        return {}
    connection = job.connection
    decided = (
        select(events.c.stream, func.max(events.c.known_on))
        .where(
            among(events.c.stream, [f"case:{case_id}" for case_id in paid]),
            events.c.type == ev.DecisionMade.TYPE,
        )
        .group_by(events.c.stream)
    )
    last = {stream.removeprefix("case:"): day for stream, day in connection.execute(decided)}
    found = {
        case_id: _Backdated(late, [])
        for case_id, money in paid.items()
        if case_id in last and (late := [each for each in money if each.paid_on < last[case_id]])
    }
    if found:
        entered = select(visits.c.case_id, visits.c.entered_on, visits.c.node, visits.c.n).where(
            among(visits.c.case_id, found)
        )
        for case_id, on, node, n in connection.execute(
            entered.order_by(visits.c.entered_on, visits.c.node, visits.c.n)
        ):
            found[case_id].visits.append((on, node, n))
    return found


def _reanchored(
    job: Job, dossier: Dossier, plan: Plan, late: _Backdated, due_before: date | None
) -> ev.FactsReanchored | None:
    """What the money that came to light changes in the past, if anything."""
    ids = [each.payment_id for each in late.money]
    known, since = plan.without(ids), late.money[0].paid_on
    called_on = dossier.file.accelerated_on
    days = {on for on, _, _ in late.visits if on > since and (called_on is None or on < called_on)}
    wrong = {on for on in days if known.past_due(on) and not plan.past_due(on)}
    not_warranted = tuple(f"{node} {n} on {on}" for on, node, n in late.visits if on in wrong)
    due_after = plan.oldest_unpaid(job.pen.day)
    if due_after == due_before and not not_warranted:
        return None
    return ev.FactsReanchored(", ".join(ids), due_before, due_after, not_warranted)


def bump(job: Job, concerned: Concerned) -> None:
    """Wake the cases that were not told anything. One statement."""
    rest = concerned.all.keys() - concerned.told.keys()
    if rest:
        sooner = case((cases.c.wake_on < job.pen.day, cases.c.wake_on), else_=job.pen.day)
        job.connection.execute(
            cases.update().where(among(cases.c.case_id, rest)).values(wake_on=sooner, version=cases.c.version + 1)
        )
