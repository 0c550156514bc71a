"""Going to see a debtor: propose, plan under a permit, report on the form, or drop the plan and give the permit back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from desk.operations import Operations
from desk.overtaking import overtake
from recourse import events as ev
from recourse.canonical import derived_id
from recourse.climb.arrivals import Arrival
from recourse.climb.calling import certified
from recourse.climb.contact import recorded
from recourse.climb.strategy import Strategy
from recourse.climb.visit_watch import stopped
from recourse.contact_law import Refusal, Request
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.fold_contact import NOT_THERE
from recourse.ledger import bulk, store
from recourse.ledger.contact_term_rows import terms_for
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier
from recourse.ledger.tables import actors, cases, field_visits, parties, permits
from recourse.permits import give_back, issue, quiet_rule
from recourse.policy.check import refuse_unentered
from tasks import visit


class Trip(msgspec.Struct, frozen=True):
    """A visit that is planned or was made."""

    plan_id: str
    account: str
    planned_on: date
    time: str
    place: str
    collectors: tuple[str, ...]
    state: str
    outcome: str
    violations: tuple[str, ...]


class FieldVisits:
    """Visits of one business day, in one actor's name."""

    def __init__(self, work: Operations) -> None:
        self._work, self._pen, self._engine = work, work.pen, work.desk.engine

    def propose(self, account_id: str, reason: str) -> None:
        """Propose to go; a gate agrees to it."""
        facts = self._work.one(account_id)
        policy = self._work.strategy.policy_of(facts)
        refuse_unentered(policy, visit.NODE, facts.jurisdiction, f"account {account_id}")
        self._work.record([Arrival(facts.case_id, visit.proposed(facts, reason))])

    def plan(self, account_id: str, on: date, at: str, collectors: Sequence[str], place: str) -> str:
        """Plan an agreed visit for an hour on the debtor's own clock: the permit's id, or the rule that refuses as a
        :class:`UserError`."""
        facts = self._work.one(account_id)
        policy = self._work.strategy.policy_of(facts)
        going = tuple(dict.fromkeys(collectors))
        visit.check_plan(facts, policy, going, place, on, at, self._pen.day)
        refused = ""
        with writing_on(self._engine, self._pen.day) as connection:
            dossier = store.load(connection, [facts.case_id])[facts.case_id]
            _refuse_strangers(connection, going)
            if _planned(connection, facts.case_id) is not None:
                raise UserError("a visit is planned already", where=f"account {account_id}", mend="report or drop it")
            _refuse_braked(self._work.strategy, dossier, on)
            instant = _instant(connection, facts.person_id, on, at)
            request = Request(
                facts.person_id, facts.case_id, "visit", visit.NODE, "", facts.account_id, caller=going[0],
                at_work=place == "work",
            )  # fmt: skip
            (answer,) = issue(connection, [(request, policy)], instant, callers=certified(on, going))
            dossier.record(recorded(answer), self._pen)
            if isinstance(answer, Refusal):
                refused = answer.rule
            else:
                plan_id = derived_id("field visit", answer.permit_id)
                planned = ev.FieldVisitPlanned(plan_id, answer.permit_id, on, at, place, going)
                dossier.record(planned, self._pen)
            store.save(connection, [dossier])
        if refused:
            raise UserError(
                "no visit may be made then", where=f"account {account_id}", mend=f"another hour or day [{refused}]"
            )
        return plan_id

    def record(self, account_id: str, form: visit.Form, made_on: date | None = None) -> tuple[str, ...]:
        """Report a planned visit; what it broke. The permit is used once."""
        facts, day = self._work.one(account_id), made_on or self._pen.day
        if day > self._pen.day:
            raise UserError(f"{day} lies after the business day {self._pen.day}", mend="give the day it happened")
        with writing_on(self._engine, self._pen.day) as connection:
            dossier, row = self._open(connection, facts.case_id, account_id)
            quiet = self._quiet(connection, dossier.facts, day, visit.hour_of(form.at, f"account {account_id}"))
            made, *others = visit.reported(row.plan_id, row.permit_id, row.planned_on, day, form, quiet)
            dossier.record(made, self._pen, day)
            for event in others:
                dossier.record(event, self._pen)
            if not dossier.file.end:
                dossier.wake(self._pen.day + timedelta(days=1))
            bulk.update(connection, permits, ("permit_id",), ("used",), [(row.permit_id, form.code)])
            store.save(connection, [dossier])
        if form.code not in NOT_THERE:
            overtake(self._work, {facts.person_id})
        return made.violations if isinstance(made, ev.FieldVisitMade) else ()

    def drop(self, account_id: str, reason: str) -> None:
        """A planned visit is not made: the permit goes back, another may be planned."""
        facts = self._work.one(account_id)
        with writing_on(self._engine, self._pen.day) as connection:
            dossier, row = self._open(connection, facts.case_id, account_id)
            dossier.record(ev.FieldVisitDropped(row.plan_id, row.permit_id, reason), self._pen)
            give_back(connection, [row.permit_id])
            store.save(connection, [dossier])

    def _quiet(self, connection: Connection, facts: Facts, on: date, hour: time) -> str:
        """The rule whose quiet hours a visit at this hour of the debtor's own clock broke ("" = none)."""
        here = datetime.combine(on, hour, _zone(connection, facts.person_id))
        terms = terms_for(connection, [facts.person_id], [], [])
        return quiet_rule(self._work.strategy.policy_of(facts), "visit", here, terms, facts.person_id)

    def _open(self, connection: Connection, case_id: str, account_id: str) -> tuple[Dossier, Any]:
        dossier = store.load(connection, [case_id])[case_id]
        row = _planned(connection, case_id)
        if row is None:
            raise UserError("no visit is planned", where=f"account {account_id}", mend="`recourse visit plan`")
        return dossier, row

    def trips(self) -> list[Trip]:
        """Every visit that is planned, the next first."""
        query = (
            select(field_visits, cases.c.account_id)
            .join(cases, cases.c.case_id == field_visits.c.case_id)
            .where(field_visits.c.state == "planned")
            .order_by(field_visits.c.planned_on, field_visits.c.time, field_visits.c.plan_id)
        )
        with reading(self._engine) as connection:
            return [
                Trip(r.plan_id, r.account_id, r.planned_on, r.time, r.place,
                     msgspec.json.decode(r.collectors, type=tuple[str, ...]), r.state, r.outcome,
                     msgspec.json.decode(r.violations, type=tuple[str, ...]))
                for r in connection.execute(query)
            ]  # fmt: skip


def _planned(connection: Connection, case_id: str) -> Any | None:
    query = select(field_visits).where(field_visits.c.case_id == case_id, field_visits.c.state == "planned")
    return connection.execute(query).first()


def _refuse_braked(strategy: Strategy, dossier: Dossier, on: date) -> None:
    """A case that ended or that a brake holds is left in peace at the door too."""
    cause = stopped(strategy, dossier, on)
    if cause:
        raise UserError(
            f"no visit may be made: {cause}", where=f"account {dossier.facts.account_id}", mend="when it is lifted"
        )


def _refuse_strangers(connection: Connection, names: Sequence[str]) -> None:
    """Who goes is known to the bank."""
    known = set(connection.execute(select(actors.c.actor).where(actors.c.actor.in_(names))).scalars())
    for name in names:
        if name not in known:
            raise UserError(f"nobody is enrolled as {name!r}", mend="`recourse token enrol`")


def _instant(connection: Connection, person_id: str, on: date, at: str) -> str:
    """An hour on the person's own clock, as UTC text."""
    here = datetime.combine(on, time.fromisoformat(at), _zone(connection, person_id))
    return here.astimezone(UTC).isoformat()


def _zone(connection: Connection, person_id: str) -> ZoneInfo:
    zone = connection.execute(select(parties.c.time_zone).where(parties.c.party_id == person_id)).scalar()
    return ZoneInfo(zone or "UTC")
