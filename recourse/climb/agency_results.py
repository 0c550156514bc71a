"""What agencies report: every contact is recorded, also one that broke a rule; nothing is dropped and nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from recourse import events as ev
from recourse.agencies.files import CALL, INCOMING, VISIT, ResultRow
from recourse.canonical import derived_id
from recourse.climb import arrivals
from recourse.climb.agency_bounds import Bounds
from recourse.climb.agency_overruns import Overrun, Visits, keep, overrun
from recourse.climb.agency_quota import purpose_of
from recourse.climb.arrivals import Arrival
from recourse.climb.strategy import Strategy
from recourse.facts import Facts
from recourse.fold_imported import UNANSWERED
from recourse.ledger import agency_rows, bulk, sets, store
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import agency_contacts, agency_files, agency_violations, cases, parties, permits, placements
from recourse.permits import give_back, local, quiet_rule
from recourse.policy.book import Policy

NOT_PLACED = "not_placed"
VIOLATION_RULES = {"quota": "agency.calls_per_day", "recording": "agency_standard.full_recording"}
"""Breach → the rule behind it, where it is not the breach's own."""


class Taken(msgspec.Struct, frozen=True):
    """What a results file brought in: new contacts, contacts known before, breaches, contacts given back."""

    new: int
    known: int
    violations: int
    returned: int


class Follows(msgspec.Struct, frozen=True):
    """What the business makes of an outcome: the events it brings to a case, and what it tells of the person."""

    events: Callable[[str, str, date], Iterable[ev.Event]]
    learned: Callable[[str], str]


class Lease(msgspec.Struct, frozen=True):
    """A placement as a results file meets it."""

    case_id: str
    person_id: str
    zone: str
    agency: str
    placed_on: date
    until_on: date
    recalled_on: date | None
    returned_on: date | None


class Reported(msgspec.Struct, frozen=True):
    """One new contact, judged: breach → its rule; `beyond`: what it is counted as, when nothing was set aside for it."""

    row: ResultRow
    contact_id: str
    on: date
    lease: Lease | None
    permit_id: str
    violations: dict[str, str]
    beyond: Overrun | None


def _known_before(connection: Connection, content: str) -> bool:
    """Whether a file of this content came in before, however it was sealed."""
    return (
        connection.execute(select(agency_files.c.content).where(agency_files.c.content == content)).first() is not None
    )


def leases(connection: Connection, agency: str, placement_ids: Iterable[str]) -> dict[str, Lease]:
    """The placements that rows speak of and those that the agency holds, by id."""
    p = placements.c
    query = (
        select(p.placement_id, p.case_id, cases.c.person_id, parties.c.time_zone, p.agency, p.placed_on, p.until_on,
               p.recalled_on, p.returned_on)
        .join(cases, cases.c.case_id == p.case_id)
        .join(parties, parties.c.party_id == cases.c.person_id)
        .where(sets.among(p.placement_id, sorted(set(placement_ids))) | (p.agency == agency) & p.returned_on.is_(None))
    )  # fmt: skip
    return {row[0]: Lease(*row[1:]) for row in connection.execute(query)}


def take(
    connection: Connection, strategy: Strategy, pen: Pen, agency: str, rows: Sequence[ResultRow],
    follows: Follows, serious: Mapping[str, bool], content: str, sha256: str, numbers: Mapping[int, str],
) -> Taken | None:  # fmt: skip
    """Record the rows of a results file, all of them or, when anything fails, none; None: it came in before.

    `numbers`: the blind index of the number dialled, by row. It closes the days up to the last that it speaks of (an empty
    one: today): what was set aside for them and not used goes back.
    """
    agency_rows.lock(connection, agency)
    if _known_before(connection, content):
        return None
    held = leases(connection, agency, [row.placement_id for row in rows])
    persons = sorted({lease.person_id for lease in held.values()})
    dossiers = _lock(connection, {lease.case_id for lease in held.values()}, persons)
    bench = _Bench(connection, strategy, agency, held, dossiers, rows, numbers)
    reported = _judged(connection, agency, rows, bench)
    arrivals.record(connection, pen, list(_arrivals(reported, agency, dossiers, follows)))
    for each in reported:
        if each.lease is not None and (status := follows.learned(each.row.outcome)):
            arrivals.learn(connection, pen, each.lease.person_id, status, each.on, f"agency contact {each.contact_id}")
    back = bench.pool.unused(max((row.at.date() for row in rows), default=pen.day))
    arrivals.record(connection, pen, _returned(back, held))
    give_back(connection, [row.permit_id for row in back])
    used = [(each.permit_id, each.row.outcome) for each in reported if each.permit_id]
    bulk.update(connection, permits, ("permit_id",), ("used",), used)
    keep(connection, [each.beyond for each in reported if each.beyond is not None])
    found = [violation for each in reported for violation in _violations(each, agency, serious)]
    taken = ev.ResultsTaken(agency, content, sha256, len(rows), len(reported), len(found), len(back))
    agency_rows.record(connection, agency, [*found, (taken, None)], pen)
    return Taken(len(reported), len(rows) - len(reported), len(found), len(back))


def _lock(connection: Connection, case_ids: set[str], persons: Sequence[str]) -> dict[str, Dossier]:
    """The cases that rows speak of, and every open case of their persons, whom an outcome may reach: locked in order."""
    query = select(cases.c.case_id).where(cases.c.closed_on.is_(None), sets.among(cases.c.person_id, persons))
    return store.load(connection, case_ids | set(connection.execute(query).scalars()))


class _Pool:
    """The contacts that were set aside for an agency and not used, by person and day."""

    def __init__(self, connection: Connection, agency: str, persons: Sequence[str]) -> None:
        c = permits.c
        query = (
            select(c.permit_id, c.person_id, c.case_id, c.issued_on)
            .where(c.purpose == purpose_of(agency), c.used == "", sets.among(c.person_id, persons))
            .order_by(c.issued_on, c.permit_id)
        )
        self._free: dict[tuple[str, date], list[Any]] = {}
        for row in connection.execute(query):
            self._free.setdefault((row.person_id, row.issued_on), []).append(row)

    def take(self, person_id: str, on: date) -> str:
        """The permit under which a contact was made ("" = none was left)."""
        free = self._free.get((person_id, on))
        return str(free.pop(0).permit_id) if free else ""

    def unused(self, until_on: date) -> list[Any]:
        """What was not used of the days up to one."""
        return [row for (_, on), rows in self._free.items() if on <= until_on for row in rows]


class _Bench:
    """What the contacts of one file are judged by, read at once."""

    def __init__(
        self, connection: Connection, strategy: Strategy, agency: str, held: dict[str, Lease],
        dossiers: dict[str, Dossier], rows: Sequence[ResultRow], numbers: Mapping[int, str],
    ) -> None:  # fmt: skip
        persons = sorted({lease.person_id for lease in held.values()})
        self._strategy, self._agency, self._held, self._dossiers = strategy, agency, held, dossiers
        self._numbers = numbers
        self.pool = _Pool(connection, agency, persons)
        self._bounds = Bounds(connection, persons, sorted(set(numbers.values())))
        self._visits = Visits(connection, list(self._going(rows)))

    def _going(self, rows: Sequence[ResultRow]) -> Iterable[tuple[Facts, Policy, date]]:
        for row in rows:
            lease = self._held.get(row.placement_id)
            if row.channel == VISIT and lease is not None:
                facts = self._dossiers[lease.case_id].facts
                yield facts, self._strategy.policy_of(facts), local(row.at.isoformat(), lease.zone).date()

    def judged(self, row: ResultRow, contact_id: str) -> Reported:
        """A contact with its permit and its breaches; one outside the quota with what it is counted as."""
        lease = self._held.get(row.placement_id)
        here = local(row.at.isoformat(), lease.zone) if lease else row.at
        on, broken, permit_id, beyond = here.date(), dict[str, str](), "", None
        if lease is None or lease.agency != self._agency or on < lease.placed_on:
            broken[NOT_PLACED] = "brake.placed"
        elif row.channel != INCOMING and on > _worked_until(lease):
            broken["after_recall"] = "brake.recall_pending"
        if row.channel != INCOMING and lease is not None:
            facts, number = self._dossiers[lease.case_id].facts, self._numbers.get(row.n, "")
            permit_id = self.pool.take(lease.person_id, on) if row.channel != VISIT else ""
            broken |= self._outside(row, lease, facts, here, permit_id)
            if not permit_id:
                rule = broken["visit" if row.channel == VISIT else "quota"]
                beyond = overrun(contact_id, self._agency, facts, row.channel, number, on, row.at, row.outcome, rule)
                if row.channel == VISIT:
                    self._visits.count(beyond)
        if _to_be_recorded(row) and not row.recording:
            broken["recording"] = VIOLATION_RULES["recording"]
        return Reported(row, contact_id, on, lease, permit_id, broken, beyond)

    def _outside(self, row: ResultRow, lease: Lease, facts: Facts, here: datetime, permit_id: str) -> dict[str, str]:
        """What was broken of the hours, the person's bounds, the quota of calls or the rules of visits."""
        policy, on, broken = self._strategy.policy_of(facts), here.date(), dict[str, str]()
        if rule := quiet_rule(policy, row.channel, here, self._bounds.terms, lease.person_id):
            broken["quiet_hours"] = rule
        number = self._numbers.get(row.n, "")
        broken |= self._bounds.broken(policy, facts.file, lease.person_id, row.channel, number, on)
        if row.channel == VISIT:
            return broken | self._visits.broken(facts, policy, on)
        return broken if permit_id else broken | {"quota": VIOLATION_RULES["quota"]}


def _to_be_recorded(row: ResultRow) -> bool:
    """A conversation on the telephone, and the whole of a visit, whomever it met."""
    return row.channel == VISIT or (row.channel == CALL and row.outcome not in UNANSWERED)


def _judged(connection: Connection, agency: str, rows: Sequence[ResultRow], bench: _Bench) -> list[Reported]:
    """The contacts that are new, in order of time, each with its permit and its breaches."""
    ids = {row.n: _contact_id(agency, row) for row in rows}
    known = _known(connection, list(ids.values()))
    new = sorted((row for row in rows if ids[row.n] not in known), key=lambda row: (row.at, row.n))
    return [bench.judged(row, ids[row.n]) for row in new]


def _known(connection: Connection, contact_ids: Sequence[str]) -> set[str]:
    """Contacts that an earlier file held; one on no placement of ours left a breach and nothing else."""
    query = select(agency_contacts.c.contact_id).where(sets.among(agency_contacts.c.contact_id, contact_ids))
    strays = {_violation_id(contact_id, NOT_PLACED): contact_id for contact_id in contact_ids}
    breach = agency_violations.c.violation_id
    left = connection.execute(select(breach).where(sets.among(breach, list(strays)))).scalars()
    return {*connection.execute(query).scalars(), *(strays[each] for each in left)}


def _violation_id(contact_id: str, name: str) -> str:
    return derived_id("violation", contact_id, name)


def _worked_until(lease: Lease) -> date:
    """The last day on which the agency might contact the debtor: of the term, of the recall, of the return."""
    ends = (lease.until_on, lease.recalled_on, lease.returned_on)
    return min(end for end in ends if end is not None)


def _contact_id(agency: str, row: ResultRow) -> str:
    return derived_id("agency contact", agency, row.placement_id, row.at.astimezone(UTC).isoformat(), row.channel)


def _arrivals(
    reported: Sequence[Reported], agency: str, dossiers: dict[str, Dossier], follows: Follows
) -> Iterable[Arrival]:
    for each in reported:
        row, lease = each.row, each.lease
        if lease is None:
            continue
        contact = ev.AgencyContacted(
            each.contact_id, row.placement_id, agency, row.at.isoformat(), row.channel, row.outcome, each.permit_id,
            row.promise_on, row.promise_amount, row.recording, tuple(sorted(each.violations)),
        )  # fmt: skip
        yield Arrival(lease.case_id, contact, each.on)
        if (beyond := each.beyond) is not None:
            overran = ev.AgencyOverran(each.contact_id, beyond.permit_id, row.channel, beyond.rule)
            yield Arrival(lease.case_id, overran, each.on)
        if not dossiers[lease.case_id].file.end:
            for event in follows.events(lease.case_id, row.outcome, each.on):
                yield Arrival(lease.case_id, event)


def _returned(back: Sequence[Any], held: dict[str, Lease]) -> list[Arrival]:
    """What goes back into the budget, told on each case and day that it was set aside for."""
    placement_of = {lease.case_id: placement_id for placement_id, lease in held.items()}
    parts: dict[tuple[str, date], list[str]] = {}
    for row in back:
        parts.setdefault((row.case_id, row.issued_on), []).append(row.permit_id)
    return [
        Arrival(case_id, ev.QuotaReturned(placement_of.get(case_id, ""), on, tuple(ids)))
        for (case_id, on), ids in sorted(parts.items())
    ]


def _violations(each: Reported, agency: str, serious: Mapping[str, bool]) -> Iterable[tuple[ev.Event, date | None]]:
    for name, rule in sorted(each.violations.items()):
        violation_id = _violation_id(each.contact_id, name)
        placement = each.row.placement_id if each.lease is not None else ""
        found = ev.ViolationFound(
            agency, violation_id, name, serious.get(name, True), rule, placement, each.contact_id
        )  # fmt: skip
        yield found, each.on
