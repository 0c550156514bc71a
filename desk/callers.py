"""What is done with the bank's callers: who they are, what they may call, whose call each item is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from desk.dials_left import dials_left
from desk.open_desk import Desk
from recourse import events as ev
from recourse.callers.queues import Assigned, rank
from recourse.callers.register import Entry
from recourse.callers.standard import Standing, refusal, standings
from recourse.climb.calling import AssignedToday, assign_calls, record_assigned, waiting_calls
from recourse.climb.strategy import Strategy
from recourse.errors import UserError
from recourse.free_text import code, one_line
from recourse.ledger import caller_rows
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import calls, cases
from recourse.policy.book import Policy
from recourse.policy.calling_values import CallerCertificate

BY_HAND = "by_hand"


class CallLine(msgspec.Struct, frozen=True):
    """One open call as callers see it, in the order in which they make them."""

    call: str
    account: str
    queue: str
    collector: str
    lost_on: date | None
    grade: str
    queued_on: date
    dials: int
    state: str
    script: str
    dials_left: int | None = None
    """Dials that the person's budget still allows today; None where it was not asked for."""


class CallerDesk:
    """What is done with callers on one business day, in one actor's name."""

    def __init__(self, desk: Desk, strategy: Strategy, pen: Pen) -> None:
        self.desk, self.strategy, self.pen = desk, strategy, pen

    @property
    def policy(self) -> Policy:
        """The rules for callers: those of no product."""
        return self.strategy.book.at(self.pen.day, self.desk.settings.jurisdiction, "")

    # --- the register --------------------------------------------------------------------------------------------

    def enrol(self, collector: str, employer: str, started_on: date, capacity: int) -> Entry:
        """Enter a caller, or change the employer, the start or the capacity of one; an end is taken back."""
        for name, option in ((collector, "COLLECTOR"), (employer, "--employer")):
            if not name.strip() or not name.replace("-", "").replace("_", "").isalnum():
                raise UserError(f"not a name: {name!r}", where=option, mend="letters, digits, - and _")
        if capacity < 1:
            raise UserError(f"a capacity of {capacity}", where="--capacity", mend="give the calls of a day")
        event = ev.CollectorEnrolled(collector, employer, started_on, capacity)
        return self._record(collector, event, known=False)

    def certify(self, collector: str, certificate: str, issued_on: date, expires_on: date | None, proof: str) -> Entry:
        """A certificate was issued; one that no rule asks for, or that is not issued yet, is refused."""
        known = sorted(rule.certificate for _, rule in self.policy.of("caller_certificate", CallerCertificate))
        if certificate not in known:
            raise UserError(f"no rule asks for {certificate!r}", mend=f"use one of {', '.join(known)}")
        if issued_on > self.pen.day:
            raise UserError(f"issued on {issued_on}, after {self.pen.day}", where="--issued", mend="wait until it is")
        if expires_on is not None and expires_on < issued_on:
            raise UserError("it expires before it is issued", where="--expires", mend="give a later day")
        if not proof.strip():
            raise UserError("a certificate has a paper", where="--proof", mend="say where it lies")
        event = ev.CollectorCertified(collector, certificate, issued_on, expires_on, one_line(proof, "--proof"))
        return self._record(collector, event)

    def give_skill(self, collector: str, skill: str, until_on: date | None) -> Entry:
        """A caller has a skill, such as ``senior``, ``language:yue``, ``product:mortgage``, ``hardship``."""
        return self._record(collector, ev.SkillGiven(collector, _skill(skill), until_on))

    def take_skill(self, collector: str, skill: str, reason: str) -> Entry:
        """A caller has a skill no longer."""
        with reading(self.desk.engine) as connection:
            if skill not in caller_rows.entry_of(connection, collector).skills:
                raise UserError(f"{collector} does not have {skill!r}", mend="see `recourse collector show`")
        return self._record(collector, ev.SkillTaken(collector, skill, one_line(reason, "--reason")))

    def end(self, collector: str, last_on: date, reason: str) -> Entry:
        """A caller calls no more after a day; the calls go to others with the next assignment."""
        if not reason.strip():
            raise UserError("something is left unsaid", where="--reason", mend="give a text")
        return self._record(collector, ev.CollectorEnded(collector, last_on, one_line(reason, "--reason")))

    def _record(self, collector: str, event: ev.Event, *, known: bool = True) -> Entry:
        if collector == self.pen.actor:
            raise UserError(f"{collector} cannot vouch for {collector}", mend="ask a supervisor")
        with writing_on(self.desk.engine, self.pen.day) as connection:
            if known:
                caller_rows.entry_of(connection, collector)
            return caller_rows.record(connection, collector, [(event, None)], self.pen)

    def register(self) -> dict[str, Entry]:
        with reading(self.desk.engine) as connection:
            return caller_rows.entries(connection)

    def entry(self, collector: str) -> Entry:
        with reading(self.desk.engine) as connection:
            return caller_rows.entry_of(connection, collector)

    def standings(self, entry: Entry) -> Sequence[Standing]:
        """How a caller stands today with each certificate that is asked for."""
        return standings(entry, self.pen.day, self.policy)

    def may_dial(self, entry: Entry) -> str:
        """The rule that keeps a caller from dialling today ("" = none)."""
        return refusal(entry, self.pen.day, self.policy)

    # --- the queue -----------------------------------------------------------------------------------------------

    def assign(self) -> AssignedToday:
        """Give every open call to a caller."""
        return assign_calls(self.desk.engine, self.strategy, self.pen)

    def reassign(self, call_id: str, collector: str, reason: str) -> int:
        """A supervisor gives a debtor to another caller: every open call of the person, so that one debtor keeps one
        caller. Returns how many calls moved."""
        one_line(reason, "--reason")
        if not reason.strip():
            raise UserError("something is left unsaid", where="--reason", mend="say why the debtor moves")
        with writing_on(self.desk.engine, self.pen.day) as connection:
            rows = self._calls_of_the_same(connection, call_id)
            entry = caller_rows.entry_of(connection, collector)
            if why := self.may_dial(entry):
                raise UserError(f"{collector} may not dial: {why}", mend="see `recourse collector show`")
            self._refuse_unskilled(connection, rows, entry)
            given = [Assigned(row.call_id, collector, f"{BY_HAND}: {reason.strip()}") for row in rows]
            before = {row.call_id: row.assigned_to for row in rows}
            return record_assigned(connection, [g for g in given if before[g.call_id] != collector], before, self.pen)

    def _calls_of_the_same(self, connection: Connection, call_id: str) -> Sequence[Any]:
        person = connection.execute(
            select(calls.c.person_id).where(calls.c.call_id == call_id, calls.c.state != "closed")
        ).scalar()
        if person is None:
            raise UserError(f"no open call {call_id!r}", mend="see `recourse calls list`")
        query = select(calls.c.call_id, calls.c.assigned_to).where(calls.c.person_id == person)
        return connection.execute(query.where(calls.c.state != "closed").order_by(calls.c.call_id)).all()

    def _refuse_unskilled(self, connection: Connection, rows: Sequence[Any], entry: Entry) -> None:
        wanted = {row.call_id for row in rows}
        for call, _, _ in waiting_calls(connection, self.strategy, self.pen.day, sorted(wanted)):
            lacking = sorted(set(call.queue.needs) - entry.skills_on(self.pen.day))
            if lacking:
                rule = f"queue.{call.queue.queue}"
                raise UserError(
                    f"{entry.collector} lacks {lacking[0]!r} ({rule})", mend="give it to somebody who has it"
                )

    def lines(self, collector: str | None = None, *, unassigned: bool = False) -> list[CallLine]:
        """The open queue in the order of calling: all of it, one caller's, or what is nobody's."""
        with reading(self.desk.engine) as connection:
            seen = waiting_calls(connection, self.strategy, self.pen.day)
            query = select(calls.c.call_id, calls.c.dials, calls.c.state, calls.c.script, cases.c.account_id).join(
                cases, cases.c.case_id == calls.c.case_id
            )
            row_of = {row.call_id: row for row in connection.execute(query.where(calls.c.state != "closed"))}
        found = []
        for call, held, _ in sorted(seen, key=lambda each: rank(each[0])):
            if (collector is not None and held != collector) or (unassigned and held):
                continue
            row = row_of[call.call_id]
            found.append(CallLine(call.call_id, row.account_id, call.queue.queue, held, call.lost_on, call.grade,
                                  call.queued_on, row.dials, row.state, row.script))  # fmt: skip
        return found

    def next(self, collector: str) -> CallLine | None:
        """The next call of a caller: the first open one whose person may still be dialled today, with what is left of
        the budget."""
        for line in self.lines(collector):
            left = dials_left(self.desk.engine, self.strategy, self.pen, line.call) if line.state == "open" else 0
            if left:
                return msgspec.structs.replace(line, dials_left=left)
        return None


def _skill(skill: str) -> str:
    """A skill as a code, or two with a colon between: ``language:yue``."""
    for part in skill.split(":", 1):
        code(part, "SKILL")
    return skill
