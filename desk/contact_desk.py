"""What debtors, employers, lawyers and third parties say about being contacted, as people at the desk write it down; and
the door for robots: a permit asked, a contact reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

import msgspec
from sqlalchemy import Connection, select

from desk.clerk import refuse_unless
from desk.locating import masked, numbers_of
from desk.operations import Operations
from desk.overtaking import overtake
from recourse import events as ev
from recourse.actors import Actor, is_machine
from recourse.climb.calling import anothers, certified
from recourse.climb.contact import numbers_of as number_in_use
from recourse.climb.contact import recorded
from recourse.contact_law import EXPIRED, NOBODY_SPOKE, Permit, Refusal, Request
from recourse.contact_terms import (
    BRAKES,
    BY_WHO_MAY,
    FOR_EVER,
    KINDS,
    OF_A_CHANNEL,
    OF_A_NUMBER,
    REFUSALS,
    SHIELDS,
    Term,
)  # fmt: skip
from recourse.decide import braked_by
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import bulk, store
from recourse.ledger.contact_term_rows import lift, set_term, terms_for
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.tables import calls, cases, contacts, holds, parties, permits
from recourse.permits import issue, local, of_nobody, quiet_rule
from recourse.policy.contact_values import CONTACT_CHANNELS, Voices

SUPERVISOR = "SUP"
PURPOSE = "contact"
"""What a permit is for that is asked for here; what came of all others is recorded where they are used."""


class Said(msgspec.Struct, frozen=True):
    """One thing that binds contacts; the number masked."""

    term_id: str
    kind: str
    number: str
    channel: str
    hours: str
    until_on: date | None
    rule: str
    since: date


class ContactTerms:
    """What binds contacts, on one business day and in one actor's name."""

    def __init__(self, work: Operations, roles: Sequence[str] = ()) -> None:
        self._work, self._pen, self._engine = work, work.pen, work.desk.engine
        self._roles = tuple(roles)

    def say(
        self, account_id: str, kind: str, evidence: str, *, contact: str = "", channel: str = "",
        hours: tuple[str, str] | None = None, until_on: date | None = None, rule: str = "",
    ) -> str:  # fmt: skip
        """Write down what was said, on proof; its id. A new consent to a number takes the same person's refusal away."""
        where = f"account {account_id}"
        _check(kind, evidence, contact, channel, hours, until_on, self._pen.day, where)
        facts = self._work.one(account_id)
        if kind in BY_WHO_MAY:
            self._require(facts)
        opens, closes = hours or ("", "")
        with writing_on(self._engine, self._pen.day) as connection:
            _lock(connection, facts.person_id)
            number = self._number(connection, facts.person_id, contact, ended=kind in REFUSALS) if contact else ""
            if kind == "consent":
                self._lift(connection, facts.person_id, ("refused",), number, "", evidence)
            return set_term(
                connection, self._pen, facts.person_id, kind, evidence, number_id=number, channel=channel,
                opens=opens, closes=closes, until_on=until_on, rule=rule,
            )  # fmt: skip

    def withdraw(self, account_id: str, kind: str, evidence: str, *, contact: str = "", channel: str = "") -> int:
        """What was said does not hold any more, on proof; how many terms ended. A third party's no is for good."""
        where = f"account {account_id}"
        if kind in FOR_EVER or kind not in KINDS:
            raise UserError(f"{kind!r} cannot be withdrawn", where=where, mend="a third party's no is for good")
        if not evidence.strip():
            raise UserError("what is withdrawn needs its proof", where=where, mend="give --proof WHERE")
        facts = self._work.one(account_id)
        if kind in SHIELDS:
            self._require(facts)
        with writing_on(self._engine, self._pen.day) as connection:
            _lock(connection, facts.person_id)
            if kind in BRAKES and _braked(connection, facts.person_id, kind):
                raise UserError(f"the brake {kind} is in force", where=where,
                                mend=f"`recourse release ACCOUNT {kind}` proposes that it be lifted")  # fmt: skip
            number = self._number(connection, facts.person_id, contact, ended=True) if contact else ""
            return self._lift(connection, facts.person_id, (kind,), number, channel, evidence)

    def _require(self, facts: Facts) -> None:
        """Refuse who does not have the duty, and the collector who has the debtor's call."""
        who = self._pen.actor
        refuse_unless(self._work.desk, self._pen.day, Actor(who, self._roles, "contact"), "contact_terms")
        theirs = select(calls.c.call_id).where(
            calls.c.person_id == facts.person_id, calls.c.state.in_(("open", "taken")), calls.c.assigned_to == who
        )
        with reading(self._engine) as connection:
            if connection.execute(theirs).first() is not None:
                raise UserError(f"{who} has this debtor's call", where=f"account {facts.account_id}",
                                mend="ask somebody else who may")  # fmt: skip

    def _lift(
        self, connection: Connection, person_id: str, kinds: Sequence[str], number: str, channel: str, evidence: str
    ) -> int:
        ended = [
            term.term_id
            for term in terms_for(connection, [person_id], [], [])
            if term.kind in kinds and number in ("", term.number_id) and channel in ("", term.channel)
        ]
        if ended:
            lift(connection, self._pen, person_id, ended, evidence)
        return len(ended)

    def override(self, account_id: str, rule: str, reason: str, roles: Sequence[str], *, contact: str = "") -> str:
        """A supervisor lets one contact more through than a rule that says 不宜 allows, today."""
        facts = self._work.one(account_id)
        caps = {source.rule for source, cap in self._work.strategy.policy_of(facts).caps if cap.override}
        if rule not in caps:
            raise UserError(
                f"{rule!r} lets nobody override it", mend=f"only {', '.join(sorted(caps)) or 'no rule'} does"
            )
        if SUPERVISOR not in roles:
            raise UserError(
                "only a supervisor may override", where=self._pen.actor, mend=f"ask somebody in role {SUPERVISOR}"
            )
        return self.say(account_id, "override", reason, contact=contact, rule=rule)

    def said(self, account_id: str) -> list[Said]:
        """What binds contacts with an account's debtor."""
        facts = self._work.one(account_id)
        with reading(self._engine) as connection:
            found = terms_for(connection, [facts.person_id], [], [])
            shown = masks(connection, self._work, facts.person_id)
        return [_shown(term, shown) for term in sorted(found, key=lambda term: (term.set_on, term.term_id))]

    def ask(self, account_id: str, channel: str, voice: str, *, contact: str = "") -> Permit | Refusal:
        """A permit for a contact that is made now by a machine or by hand, out of the same budget as all others.

        Only a machine has a machine's voice: who rings by hand holds the certificates, and the debtor is nobody else's.
        """
        if channel not in CONTACT_CHANNELS or voice not in Voices:
            raise UserError(
                f"unknown channel or voice {channel!r}, {voice!r}",
                mend=f"{', '.join(CONTACT_CHANNELS)}; {', '.join(Voices)}",
            )
        if channel == "visit":
            raise UserError(
                "a visit is agreed to at a gate", where=f"account {account_id}", mend="`recourse visit propose`"
            )
        facts = self._work.one(account_id)
        with writing_on(self._engine, self._pen.day) as connection:
            if voice != "human" and not is_machine(connection, self._pen.actor):
                raise UserError(
                    f"{self._pen.actor} is no machine", mend="--voice human; a machine asks in its own name"
                )
            dossier = store.load(connection, [facts.case_id])[facts.case_id]
            number = self._asked_number(connection, facts, channel, contact)
            request = Request(
                facts.person_id, facts.case_id, channel, PURPOSE, number, facts.account_id, voice=voice,
                caller=self._pen.actor,
            )  # fmt: skip
            policy, judge = self._work.strategy.policy_of(facts), self._work.strategy.judge_of(dossier.facts)
            cause = dossier.file.end or braked_by(judge, dossier.facts, "call", self._pen.day)
            by_hand = voice == "human" and channel == "call"
            if by_hand and not cause:
                cause = anothers(connection, self._work.strategy, self._pen, facts)
            callers = certified(self._pen.day) if by_hand else of_nobody
            known = policy.brakes.get(cause)
            rule = cause if known is None else known[0].rule
            answer = (
                Refusal(request, rule, False, (rule,))
                if cause
                else issue(connection, [(request, policy)], self._pen.at, callers=callers)[0]
            )
            if not dossier.file.end:
                dossier.record(recorded(answer), self._pen)
            store.save(connection, [dossier])
        return answer

    def _asked_number(self, connection: Connection, facts: Facts, channel: str, contact: str) -> str:
        if contact:
            return self._number(connection, facts.person_id, contact)
        return number_in_use(connection, [facts.person_id], (channel,)).get(facts.person_id, ("", ""))[1]

    def used(self, permit_id: str, code: str, at: str = "") -> str:
        """What came of a contact made under a permit; the rule it broke if it was made outside ("" = none). Used once."""
        with writing_on(self._engine, self._pen.day) as connection:
            row = connection.execute(select(permits).where(permits.c.permit_id == permit_id)).first()
            if row is None:
                raise UserError(f"no permit {permit_id!r}", mend="ask for one first: `recourse contact ask`")
            if row.purpose != PURPOSE:
                raise UserError(
                    f"this permit is for {row.purpose}", where=permit_id, mend="what came of it is recorded there"
                )
            dossier = store.load(connection, [row.case_id])[row.case_id]
            _lock(connection, row.person_id)
            row = connection.execute(select(permits).where(permits.c.permit_id == permit_id)).one()
            if row.used:
                raise UserError(
                    f"this permit was used: {row.used}",
                    where=permit_id,
                    mend="one permit, one contact; ask for another",
                )
            zone = connection.execute(select(parties.c.time_zone).where(parties.c.party_id == row.person_id)).scalar()
            here = local(at or self._pen.at, zone or "UTC")
            policy = self._work.strategy.policy_of(dossier.facts)
            terms = terms_for(connection, [row.person_id], [], [])
            broken = quiet_rule(policy, row.channel, here, terms, row.person_id)
            broken = broken or (EXPIRED if here.date() != row.issued_on else "")
            if broken:
                dossier.record(ev.PermitOverrun(permit_id, broken), self._pen)
            dossier.record(ev.ContactRecorded(permit_id, row.channel, code), self._pen, min(here.date(), self._pen.day))
            if not dossier.file.end:
                dossier.wake(self._pen.day)
            bulk.update(connection, permits, ("permit_id",), ("used",), [(permit_id, code)])
            store.save(connection, [dossier])
        if code not in NOBODY_SPOKE:
            overtake(self._work, {row.person_id})
        return broken

    def _number(self, connection: Connection, person_id: str, contact: str, *, ended: bool = False) -> str:
        """The number of a contact point of the person's, by its id or the beginning of it; `ended`: of an ended one too."""
        query = select(contacts.c.contact_id, contacts.c.number_id).where(contacts.c.party_id == person_id)
        if not ended:
            query = query.where(contacts.c.valid_to.is_(None) | (contacts.c.valid_to > self._pen.day))
        found = {cid: number for cid, number in connection.execute(query) if cid.startswith(contact)}
        if len(set(found.values())) != 1:
            what = "no contact point" if not found else "several contact points"
            raise UserError(f"{what} {contact!r}", where=person_id, mend="see `recourse contact budget ACCOUNT`")
        return str(next(iter(found.values())))


def masks(connection: Connection, work: Operations, person_id: str) -> dict[str, str]:
    """Number id → the number, masked, of all contact points of a person."""
    rows = connection.execute(select(contacts).where(contacts.c.party_id == person_id)).all()
    shown = numbers_of(connection, work, rows)
    return {row.number_id: masked(shown[row.contact_id]) for row in rows}


def _shown(term: Term, shown: dict[str, str]) -> Said:
    hours = f"{term.opens}-{term.closes}" if term.opens else ""
    number = shown.get(term.number_id, "***") if term.number_id else ""
    return Said(term.term_id, term.kind, number, term.channel, hours, term.until_on, term.rule, term.set_on)


def _lock(connection: Connection, person_id: str) -> None:
    """Hold the person: what is said now and a permit that is asked now come one after the other."""
    connection.execute(select(parties.c.party_id).where(parties.c.party_id == person_id).with_for_update())


def _braked(connection: Connection, person_id: str, kind: str) -> bool:
    """Whether a brake of the kind is in force on an open case of the person."""
    query = select(holds.c.hold_id).join(cases, cases.c.case_id == holds.c.case_id)
    of_theirs = query.where(cases.c.person_id == person_id, cases.c.closed_on.is_(None))
    return connection.execute(of_theirs.where(holds.c.kind == kind, holds.c.released_on.is_(None))).first() is not None


def _check(
    kind: str, evidence: str, contact: str, channel: str, hours: tuple[str, str] | None, until_on: date | None, day: date,
    where: str,
) -> None:  # fmt: skip
    if kind not in KINDS:
        raise UserError(f"unknown {kind!r}", where=where, mend=f"use one of {', '.join(KINDS)}")
    if not evidence.strip():
        raise UserError("what was said needs its proof", where=where, mend="give --proof WHERE")
    if kind in OF_A_NUMBER and not contact:
        raise UserError(f"{kind} is about a number", where=where, mend="give --contact ID")
    if kind in OF_A_CHANNEL and channel not in CONTACT_CHANNELS:
        raise UserError(
            f"{kind} is about a channel", where=where, mend=f"give --channel, one of {', '.join(CONTACT_CHANNELS)}"
        )
    if (kind == "agreed_time") is not (hours is not None):
        raise UserError(
            "hours belong to an agreed time", where=where, mend="give --from HH:MM and --to HH:MM, or neither"
        )
    if until_on is not None and until_on < day:
        raise UserError(f"{until_on} is past", where=where, mend="give a day to come")
    for hour in hours or ():
        try:
            time.fromisoformat(hour)
        except ValueError:
            raise UserError(f"not an hour: {hour!r}", where=where, mend="such as 22:30") from None
    if hours and hours[0] == hours[1]:
        raise UserError("hours that begin when they end", where=where, mend="give two different hours")
