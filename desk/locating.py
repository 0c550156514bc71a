"""Asking third parties where a debtor is: propose, list, dial, record. The rules are worked out of the recorded contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from desk.operations import Operations
from recourse import events as ev
from recourse.canonical import derived_id
from recourse.claims import claimable
from recourse.climb.arrivals import Arrival
from recourse.climb.calling import certified
from recourse.climb.contact import recorded
from recourse.contact_law import THIRD_PARTY, Past, Refusal, Request
from recourse.contact_points import OWN, THIRD
from recourse.decide import braked_by
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.fold_imported import UNANSWERED
from recourse.ledger import bulk, store
from recourse.ledger.contact_term_rows import set_term, terms_for
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier
from recourse.ledger.people import PeopleReader
from recourse.ledger.tables import cases, contacts, locates, parties, permits
from recourse.ledger.vault import ErasedPerson
from recourse.lost_contact import Ground, grounds
from recourse.permits import issue
from recourse.policy.check import refuse_unentered
from tasks import locate

_CALLS = (
    select(permits.c.issued_on, permits.c.channel, permits.c.number_id, permits.c.used)
    .where(permits.c.channel == "call", permits.c.role != THIRD_PARTY)
    .order_by(permits.c.issued_at, permits.c.used.not_in(sorted(UNANSWERED)), permits.c.permit_id)
)
"""The calls of a person in order of time; of one instant, what was answered comes last, and ends the row of failures."""


class Point(msgspec.Struct, frozen=True):
    """A contact point that is a third party's; the number masked. `said`: what the third party said before."""

    contact_id: str
    whose: str
    channel: str
    number: str
    source: str
    said: str


class Item(msgspec.Struct, frozen=True):
    """A question in the queue. It holds no amount, no day and nothing of the debt: whoever asks cannot tell."""

    locate_id: str
    whose: str
    number: str
    script: str
    state: str


class Dialled(msgspec.Struct, frozen=True):
    """An answer to a caller who wants to ask: the permit, the number and the words, or the rule that refuses."""

    permit_id: str = ""
    number: str = ""
    words: tuple[str, str] = ("", "")
    rule: str = ""


def lost(connection: Connection, work: Operations, facts: Facts) -> tuple[Ground, ...]:
    """The rules by which contact with a debtor is lost today, over all accounts and whoever made the contacts."""
    rows = connection.execute(_CALLS.where(permits.c.person_id == facts.person_id))
    calls = [Past(*row) for row in rows]
    own = select(contacts.c.number_id).where(
        contacts.c.party_id == facts.person_id, contacts.c.channel == "phone", contacts.c.whose.in_(OWN),
        contacts.c.valid_to.is_(None),
    )  # fmt: skip
    numbers = set(connection.execute(own).scalars())
    theirs = select(cases.c.case_id).where(cases.c.person_id == facts.person_id)
    files = [d.file for d in store.load(connection, connection.execute(theirs).scalars(), lock=False).values()]
    reached_on = max((file.reached_on for file in files if file.reached_on is not None), default=None)
    return grounds(calls, numbers, reached_on, work.strategy.policy_of(facts), work.pen.day)


class Locating:
    """Searches of one business day, in one actor's name."""

    def __init__(self, work: Operations) -> None:
        self._work, self._pen, self._engine = work, work.pen, work.desk.engine

    def grounds(self, account_id: str) -> tuple[Ground, ...]:
        """By which rules contact is lost today; none: it is not."""
        facts = self._work.one(account_id)
        with reading(self._engine) as connection:
            return lost(connection, self._work, facts)

    def points(self, account_id: str) -> list[Point]:
        """The third-party contact points that the bank knows of an account's debtor."""
        facts = self._work.one(account_id)
        with reading(self._engine) as connection:
            rows = _points(connection, facts.person_id)
            said = {t.number_id: t.kind for t in terms_for(connection, [], [row.number_id for row in rows], [])}
            shown = numbers_of(connection, self._work, rows)
        return [
            Point(row.contact_id, row.whose, row.channel, masked(shown[row.contact_id]), row.source,
                  said.get(row.number_id, ""))
            for row in rows
        ]  # fmt: skip

    def propose(self, account_id: str, contact_id: str, reason: str) -> str:
        """Propose to ask at one contact point; the id of the proposal."""
        facts = self._work.one(account_id)
        policy = self._work.strategy.policy_of(facts)
        refuse_unentered(policy, locate.NODE, facts.jurisdiction, f"account {account_id}")
        with reading(self._engine) as connection:
            points = {row.contact_id: row for row in _points(connection, facts.person_id)}
            row = points.get(contact_id) or _only(points, contact_id)
            if row is None:
                raise UserError(
                    f"no third-party contact {contact_id!r}", where=f"account {account_id}",
                    mend=f"use one of {', '.join(points) or 'none is known'}",
                )  # fmt: skip
            found = lost(connection, self._work, facts)
            no = [t for t in terms_for(connection, [], [row.number_id], []) if t.kind == "third_party_refused"]
        if no:
            raise UserError(
                f"this third party refused on {no[0].set_on}", where=f"account {account_id}",
                mend="never again, for any account [contact.third_party_refused]",
            )  # fmt: skip
        locate_id = derived_id("locate", facts.case_id, row.contact_id, self._pen.day)
        event = locate.proposed(facts, locate_id, row.contact_id, row.number_id, found, reason)
        self._work.record([Arrival(facts.case_id, event)])
        return locate_id

    def items(self) -> list[Item]:
        """The questions that are to be asked, or are being asked."""
        query = (
            select(locates.c.locate_id, locates.c.contact_id, locates.c.script, locates.c.state,
                   contacts.c.party_id, contacts.c.whose, contacts.c.channel, contacts.c.value)
            .join(contacts, contacts.c.contact_id == locates.c.contact_id)
            .where(locates.c.state.in_(("open", "taken")))
            .order_by(locates.c.locate_id)
        )  # fmt: skip
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            shown = numbers_of(connection, self._work, rows)
        return [Item(row.locate_id, row.whose, masked(shown[row.contact_id]), row.script, row.state) for row in rows]

    def dial(self, locate_id: str) -> Dialled:
        """Ask for the permit to ring once: contact must still be lost, and nothing stand against it."""
        with writing_on(self._engine, self._pen.day) as connection:
            row, dossier = self._open(connection, locate_id, "open")
            facts = dossier.facts
            policy = self._work.strategy.policy_of(facts)
            found = lost(connection, self._work, facts)
            request = Request(
                facts.person_id, facts.case_id, "call", locate.NODE, row.number_id, facts.account_id, THIRD_PARTY,
                caller=self._pen.actor, grounds=tuple(ground.rule for ground in found),
            )  # fmt: skip
            visit = facts.file.visits.get(locate.NODE)
            cause = facts.file.end or braked_by(self._work.strategy.judge_of(facts), facts, locate.NODE, self._pen.day)
            if not cause and (visit is None or visit.state != "open" or facts.file.locate != locate_id):
                cause = "locate.not_agreed"
            if cause:
                known = policy.brakes.get(cause)
                rule = cause if known is None else known[0].rule
                answer: Any = Refusal(request, rule, False, (rule,))
            else:
                (answer,) = issue(connection, [(request, policy)], self._pen.at, callers=certified(self._pen.day))
            dossier.record(recorded(answer), self._pen)
            if isinstance(answer, Refusal):
                store.save(connection, [dossier])
                return Dialled(rule=answer.rule)
            dossier.record(ev.LocateTaken(locate_id, answer.permit_id), self._pen)
            store.save(connection, [dossier])
            point = connection.execute(select(contacts).where(contacts.c.contact_id == row.contact_id)).one()
            number = numbers_of(connection, self._work, [point])[row.contact_id]
        return Dialled(answer.permit_id, number, self._words(facts, row.script))

    def _words(self, facts: Facts, script: str) -> tuple[str, str]:
        person = PeopleReader(self._engine, self._work.desk.vault).of([facts.person_id]).get(facts.person_id)
        name = person.name if person else ""
        zh, en = locate.SCRIPTS[script]
        fill = {"bank": self._work.desk.bank.name, "caller": self._pen.actor, "name": name}
        return zh.format(**fill), en.format(**fill)

    def record(self, locate_id: str, code: str, recording: str = "", proof: str = "") -> None:
        """What came of asking. A no is kept for good; an offer to pay lets amounts be told to this number."""
        outcome = locate.known(code)
        with writing_on(self._engine, self._pen.day) as connection:
            row, dossier = self._open(connection, locate_id, "taken")
            if code in locate.SPOKEN and not recording.strip():
                raise UserError("a call that was answered is recorded", mend="give --recording REFERENCE")
            for event in locate.recorded(locate_id, row.permit_id, code, recording.strip()):
                dossier.record(event, self._pen)
            if not dossier.file.end:
                dossier.wake(self._pen.day)
            store.save(connection, [dossier])
            bulk.update(connection, permits, ("permit_id",), ("used",), [(row.permit_id, code)])
            if outcome.term:
                set_term(
                    connection, self._pen, dossier.facts.person_id, outcome.term, proof.strip() or f"locate {locate_id}",
                    number_id=row.number_id, of_party=_owner(connection, row.number_id, dossier.facts.person_id),
                )  # fmt: skip

    def amounts(self, locate_id: str) -> tuple[int | None, str]:
        """What is due, to be told to a third party who offered to pay; refused for anybody else."""
        with reading(self._engine) as connection:
            row = connection.execute(select(locates).where(locates.c.locate_id == locate_id)).first()
            if row is None:
                raise UserError(f"no question {locate_id!r}", mend="see `recourse locate list`")
            offered = any(term.kind == "offered" for term in terms_for(connection, [], [row.number_id], []))
            facts = store.load(connection, [row.case_id], lock=False)[row.case_id].facts
        if not offered:
            raise UserError(
                "this third party did not offer to pay", mend="nothing of the debt is told [contact.third_party]"
            )
        due = claimable(facts, self._pen.day)
        return (due.total if due else None), facts.currency

    def _open(self, connection: Connection, locate_id: str, state: str) -> tuple[Any, Dossier]:
        """A question in a state, and its case, locked: the case first, as everywhere."""
        case_id = connection.execute(select(locates.c.case_id).where(locates.c.locate_id == locate_id)).scalar()
        if case_id is None:
            raise UserError(f"no question {locate_id!r}", mend="see `recourse locate list`")
        dossier = store.load(connection, [case_id])[case_id]
        row = connection.execute(select(locates).where(locates.c.locate_id == locate_id)).one()
        if row.state != state:
            what = {"open": "is not to be asked", "taken": "was not dialled; a permit is used once"}[state]
            raise UserError(
                f"the question {what}: it is {row.state}", where=locate_id, mend="see `recourse locate list`"
            )
        return row, dossier


def _points(connection: Connection, person_id: str) -> Sequence[Any]:
    query = select(contacts).where(
        contacts.c.party_id == person_id, contacts.c.whose.in_(sorted(THIRD)), contacts.c.channel == "phone",
        contacts.c.valid_to.is_(None),
    )  # fmt: skip
    return connection.execute(query.order_by(contacts.c.contact_id)).all()


def _only(points: dict[str, Any], begins: str) -> Any | None:
    """The one contact point whose id begins so."""
    found = [row for contact_id, row in points.items() if begins and contact_id.startswith(begins)]
    return found[0] if len(found) == 1 else None


def _owner(connection: Connection, number_id: str, debtor: str) -> str:
    """The person whose own number it is, if the bank knows exactly one."""
    query = select(contacts.c.party_id).distinct().where(
        contacts.c.number_id == number_id, contacts.c.whose.in_(OWN), contacts.c.party_id != debtor
    )  # fmt: skip
    found = list(connection.execute(query).scalars())
    return found[0] if len(found) == 1 else ""


def masked(number: str) -> str:
    """A number or address as it may be shown: the last four of a number, the first letter of an address."""
    if not number:
        return ""
    if "@" in number:
        name, _, host = number.partition("@")
        return f"{name[:1]}***@{host}"
    return f"***{number[-4:]}" if len(number) > 4 else "***"


def numbers_of(connection: Connection, work: Operations, rows: Sequence[Any]) -> dict[str, str]:
    """Contact id → the number, decrypted, of rows of contacts; an erased person's is empty."""
    holders = sorted({row.party_id for row in rows})
    query = select(parties.c.party_id, parties.c.wrapped_key).where(parties.c.party_id.in_(holders))
    keys = {}
    for party, wrapped in connection.execute(query):
        try:
            keys[party] = work.desk.vault.open_person_key(bytes(wrapped or b""))
        except ErasedPerson:
            continue
    return {
        row.contact_id: keys[row.party_id].decrypt(f"contact:{row.channel}", row.party_id, bytes(row.value))
        if row.party_id in keys
        else ""
        for row in rows
    }
