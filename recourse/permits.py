"""Contact permits: issued before a contact is made, under a lock on the person, from one budget for everybody.

The law itself is `recourse.contact_law`; here is what it needs to know, read and kept for many at once. Persons are
locked in id order, together with everybody who shares one of the numbers, so that two callers never pass a cap together.
A refusal is a value that names its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from recourse.canonical import derived_id
from recourse.contact_law import (
    COUNTED_ALWAYS,
    DEBTOR,
    EXPIRED,
    GIVEN_BACK,
    NO_NUMBER,
    THIRD_PARTY,
    Against,
    Past,
    Permit,
    Refusal,
    Request,
    Situation,
    judge,
    numberless,
    quiet_rules,
    refusal_of,
)
from recourse.contact_law import UNKNOWN as PERSON_UNKNOWN
from recourse.contact_points import OWN, THIRD, WORKPLACE
from recourse.contact_terms import Term, agreed_of, consented, facts_of, overrides_of
from recourse.ledger import bulk, sets
from recourse.ledger.contact_term_rows import terms_for
from recourse.ledger.tables import contacts, parties, permits
from recourse.policy.book import Policy

COLUMNS = ("permit_id", "person_id", "number_id", "channel", "purpose", "case_id", "issued_on", "issued_at", "used")
ISSUED = (*COLUMNS, "account_id", "role", "voice", "caller")
NO_CONTACT_STATUS = frozenset({"deceased", "incapable", "do_not_contact"})
TOLD_OF_THE_DEBT = frozenset({DEBTOR, "co_debtor", "guarantor"})
"""Roles in which somebody is told of the debt, and so never at a third party's number."""

_NUMBERS = select(
    contacts.c.number_id,
    contacts.c.party_id,
    contacts.c.whose,
    contacts.c.consent,
    contacts.c.time_zone,
    contacts.c.source,
    contacts.c.valid_to,
).where(sets.one_of(contacts.c.number_id, "numbers"))
_PERSONS = (
    select(parties.c.party_id, parties.c.time_zone, parties.c.status)
    .where(sets.one_of(parties.c.party_id, "persons"))
    .order_by(parties.c.party_id)
)
_LOCKED = _PERSONS.with_for_update()
_COUNTED = select(
    permits.c.issued_on,
    permits.c.channel,
    permits.c.number_id,
    permits.c.used,
    permits.c.person_id,
    permits.c.case_id,
    permits.c.account_id,
    permits.c.role,
    permits.c.voice,
    permits.c.purpose,
    permits.c.permit_id,
).where(sets.one_of(permits.c.person_id, "persons"))
_ISSUED = _COUNTED.where(permits.c.issued_on >= bindparam("since"))
_ASKED_OF_OTHERS = _COUNTED.where((permits.c.issued_on >= bindparam("since")) | (permits.c.role == THIRD_PARTY))
"""A third party who was ever asked is known as one."""

Asked = Sequence[tuple[Request, Policy]]
Callers = Callable[[Connection, Asked, date], Mapping[str, tuple[Against, ...]]]
"""What stands against the actors who make the contacts, by actor: their certificates, their standing."""


def of_nobody(connection: Connection, asked: Asked, day: date) -> Mapping[str, tuple[Against, ...]]:
    """Nothing is asked of callers."""
    return {}


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: str, zone: str) -> datetime:
    """An instant (UTC text) as the clock on the person's wall shows it."""
    return datetime.fromisoformat(at).astimezone(_zone(zone))


def issue(connection: Connection, asked: Asked, at: str, *, callers: Callers = of_nobody) -> list[Permit | Refusal]:
    """Answer requests in order, for this instant: the contact is made now.

    A fixed number of queries, however many requests.
    """
    return _answer(connection, asked, at, None, callers)


def reserve(connection: Connection, asked: Asked, on: date, at: str) -> list[Permit | Refusal]:
    """Set contacts of a day aside for somebody else who will make them: as :func:`issue`, out of the same budget.

    The day is the person's own; at which hour of it is for whoever makes the contact to keep, so quiet hours refuse
    nothing here. What is not made is handed back with :func:`give_back`.
    """
    return _answer(connection, asked, at, on, of_nobody)


def give_back(connection: Connection, permit_ids: Sequence[str]) -> None:
    """Put contacts that were set aside and not made back into their persons' budgets."""
    bulk.update(connection, permits, ("permit_id",), ("used",), [(each, GIVEN_BACK) for each in permit_ids])


def refused_now(
    connection: Connection, standing: Sequence[tuple[Permit, date, Policy]], at: str, planned: Sequence[str] = ()
) -> list[Refusal | None]:
    """What refuses contacts at this instant that were permitted before, with the day of each permit; nothing is spent.

    A permit does not count against itself, and it is good for its own day alone where contacts are counted by the day.
    `planned`: the instants, one a contact, at which they will be made instead.
    """
    if not standing:
        return []
    asked = [(permit.request, policy) for permit, _, policy in standing]
    known = Known(connection, asked, datetime.fromisoformat(at).date())
    found: list[Refusal | None] = []
    for (permit, issued_on, policy), instant in zip(standing, planned or [at] * len(standing), strict=True):
        request = permit.request
        if request.person_id not in known.zones:
            found.append(Refusal(request, PERSON_UNKNOWN, True, (PERSON_UNKNOWN,)))
            continue
        situation = known.situation(request, instant, None, (), permit=permit.permit_id)
        against = list(known.against(request, policy, situation))
        if request.channel in COUNTED_ALWAYS and issued_on != situation.today:
            against.append(Against(EXPIRED, lasting=True))
        found.append(refusal_of(request, against))
    return found


class Said(NamedTuple):
    """A row of the bank's contacts: whose number it is said to be, and what else is known of it; an ended one too."""

    number_id: str
    party_id: str
    whose: str
    consent: bool | None
    time_zone: str
    source: str
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_to is None or self.valid_to > day


class Known:
    """What the ledger knows of the persons and numbers of a batch of requests, read at once and locked (or only looked at)."""

    def __init__(self, connection: Connection, asked: Asked, first_day: date, *, lock: bool = True) -> None:
        self.numbers = _numbers(connection, {request.number_id for request, _ in asked if request.number_id})
        own = {request.person_id for request, _ in asked}
        owners = {said.party_id for rows in self.numbers.values() for said in rows}
        rows = connection.execute(_LOCKED if lock else _PERSONS, {"persons": sorted(own | owners)}).all()
        self.zones = {person: zone for person, zone, _ in rows}
        self.status = {person: status for person, _, status in rows if status in NO_CONTACT_STATUS}
        self.terms = terms_for(connection, own, list(self.numbers), owners)
        window = max((_reach(policy) for policy in {id(policy): policy for _, policy in asked}.values()), default=1)
        since = first_day - timedelta(days=window + 1)
        self.past: dict[str, list[Past]] = {}
        query = _ASKED_OF_OTHERS if any(request.role == THIRD_PARTY for request, _ in asked) else _ISSUED
        issued: Sequence[Any] = connection.execute(query, {"persons": list(self.zones), "since": since}).all()
        for row in issued:
            past = Past(*row)
            self.past.setdefault(past.person_id, []).append(past)

    def of(self, request: Request) -> list[Past]:
        """Contacts of the person, and those of everybody who has the same number."""
        own = self.past.get(request.person_id, [])
        others = {said.party_id for said in self.numbers.get(request.number_id, ())} - {request.person_id}
        return own if not others else [*own, *(each for other in sorted(others) for each in self.past.get(other, ()))]

    def situation(
        self, request: Request, at: str, day: date | None, caller: tuple[Against, ...], *, permit: str = ""
    ) -> Situation:
        """What stands for and against a contact at this instant, or on this day. `permit`: its own, if it has one."""
        said = self.numbers.get(request.number_id, ())
        zone = self.zones[request.person_id]
        here = [local(at, zone)]
        own = self._own(request, day or here[0].date())
        here += (local(at, other) for other in sorted({each.time_zone for each in own} - {zone, ""}))
        if day is not None:
            here = [datetime.combine(day, here[0].time(), here[0].tzinfo)]
        today, terms = here[0].date(), self.terms
        past = self.of(request)
        if permit:
            past = [each for each in past if each.permit_id != permit]
        facts = self._facts(request, said, own, past, today)
        if not terms:
            return Situation(tuple(here), past, facts, (), {}, caller)
        return Situation(
            tuple(here), past, facts, agreed_of(request, terms, today), overrides_of(request, terms, today), caller
        )

    def _own(self, request: Request, day: date) -> list[Said]:
        """What the bank's contacts say on a day of the number as the person's."""
        said = self.numbers.get(request.number_id, ())
        return [each for each in said if each.party_id == request.person_id and each.holds_on(day)]

    def against(
        self, request: Request, policy: Policy, situation: Situation, *, by_hour: bool = True
    ) -> tuple[Against, ...]:
        """Every rule that refuses a contact: the law's, and that there is no number or address, or one that is the
        person's no longer: nobody knows whose it is now."""
        found = judge(request, policy, situation, by_hour=by_hour)
        if not request.number_id or self._own(request, situation.today):
            return (*numberless(request), *found)
        return tuple(sorted((*found, Against(NO_NUMBER, lasting=True)), key=lambda each: not each.lasting))

    def _facts(
        self, request: Request, said: Sequence[Said], own: Sequence[Said], past: Iterable[Past], today: date
    ) -> set[str]:
        found = {self.status[request.person_id]} if request.person_id in self.status else set()
        whose = {each.whose for each in own}
        if self.terms:
            found |= facts_of(request, self.terms, today, whose, {each.party_id for each in said})
        agreed = {each.party_id for each in said if each.consent and each.holds_on(today)}
        if any(each.consent is False and (each.holds_on(today) or each.party_id not in agreed) for each in said):
            found.add("number_refused")
        if request.role == THIRD_PARTY:
            if not request.grounds or not whose & THIRD:
                found.add("third_party")
            if not any(each.source for each in own):
                found.add("source_unknown")
            if any(each.role == THIRD_PARTY and each.number_id == request.number_id and not each.back for each in past):
                found.add("third_party_asked")
        elif request.role in TOLD_OF_THE_DEBT and self._is_another_s(request, whose, today):
            found.add("third_party")
        return found

    def _is_another_s(self, request: Request, whose: set[str], today: date) -> bool:
        """Whether a number is somebody else's; at work, the person may have agreed, on proof, to be reached."""
        if not whose or not whose.isdisjoint(OWN):
            return False
        return whose != {WORKPLACE} or not consented(request, self.terms, today)

    def add(self, permit: Permit, on: date) -> None:
        """A permit was given: it counts for the next request."""
        r = permit.request
        past = Past(on, r.channel, r.number_id, "", r.person_id, r.case_id, r.account_id, r.role, r.voice, r.purpose,
                    permit.permit_id)  # fmt: skip
        self.past.setdefault(r.person_id, []).append(past)


def _reach(policy: Policy) -> int:
    """How many days back a policy counts."""
    spans = [cap.window_days for _, cap in policy.caps] + [pause.days for _, pause in policy.pauses]
    return max(spans, default=1)


def _numbers(connection: Connection, numbers: Iterable[str]) -> dict[str, list[Said]]:
    """What the bank's contacts say of each number, whoever has it."""
    wanted, found = sorted(numbers), dict[str, list[Said]]()
    for row in connection.execute(_NUMBERS, {"numbers": wanted}) if wanted else ():
        found.setdefault(row[0], []).append(Said(*row))
    return found


def _answer(
    connection: Connection, asked: Asked, at: str, day: date | None, callers: Callers
) -> list[Permit | Refusal]:
    """Answers in order; with a `day`, for that day of each person and at no hour."""
    if not asked:
        return []
    known = Known(connection, asked, day or datetime.fromisoformat(at).date())
    standing = callers(connection, asked, day or datetime.fromisoformat(at).date())
    answers: list[Permit | Refusal] = []
    rows = []
    for request, policy in asked:
        if request.person_id not in known.zones:
            answers.append(Refusal(request, PERSON_UNKNOWN, True, (PERSON_UNKNOWN,)))
            continue
        situation = known.situation(request, at, day, standing.get(request.caller, ()))
        refusal = refusal_of(request, known.against(request, policy, situation, by_hour=day is None))
        if refusal is not None:
            answers.append(refusal)
            continue
        today = situation.today
        n = 1 + sum(1 for each in known.past.get(request.person_id, ()) if each.on == today)
        permit = Permit(derived_id("permit", request.person_id, today, n), request)
        known.add(permit, today)
        answers.append(permit)
        rows.append(_row(permit, today, at))
    bulk.insert(connection, permits, ISSUED, rows)
    return answers


def _row(permit: Permit, on: date, at: str) -> tuple[Any, ...]:
    r = permit.request
    return (permit.permit_id, r.person_id, r.number_id, r.channel, r.purpose, r.case_id, on, at, "", r.account_id,
            r.role, r.voice, r.caller)  # fmt: skip


def quiet_rule(policy: Policy, channel: str, here: datetime, terms: Iterable[Term] = (), person_id: str = "") -> str:
    """The rule whose quiet hours a contact that was made at this moment of the person's clock broke ("" = none)."""
    request = Request(person_id, "", channel, "")
    agreed = agreed_of(request, terms, here.date())
    return next(iter(quiet_rules(request, policy, (here,), agreed)), "")
