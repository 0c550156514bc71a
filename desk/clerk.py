"""Somebody at a counter: one actor, one business day, what they may do, and recording it on a case under its lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from desk import papers
from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse.actors import Actor
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import papers as files
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.tables import accounts, cases
from recourse.policy.book import Policy

SHORTEST_ID = 6


class NotAllowed(UserError):
    """The actor's roles do not allow it."""


class Entered(msgspec.Struct, frozen=True):
    """What was taken in: its id. `already`: the same was there before, and nothing was recorded."""

    id: str
    account: str
    already: bool = False


class Clashed(UserError):
    """What was sent under a key before was something else."""


Reply = Callable[[str, str], str]
"""Puts a written answer into the file of an account, under a kind; its digest."""

Judge = Callable[[Any, Facts], Sequence[ev.Event]]
"""The row as it stands and the facts of its case → the events that follow."""


class Clerk:
    """Work of one business day in the name of an actor whose roles count."""

    def __init__(self, desk: Desk, actor: Actor, *, work: Operations | None = None) -> None:
        day = desk.business_day() if work is None else work.pen.day
        self.work = work or Operations(desk, desk.strategy(day), desk.pen(day, actor.name))
        self.desk, self.actor, self.pen = desk, actor, self.work.pen

    @property
    def day(self) -> date:
        return self.pen.day

    def policy(self, facts: Facts) -> Policy:
        return self.work.strategy.policy_of(facts)

    def require(self, duty: str) -> None:
        """Refuse an actor whose roles do not have a duty; who has it is the bank's pack."""
        refuse_unless(self.desk, self.day, self.actor, duty)

    def case(self, account: str) -> Facts:
        """Facts of the account's latest case; an unknown account is refused."""
        return self.work.one(account)

    def held(self, account: str) -> dict[str, str]:
        """Kind → digest of every paper that the account's file holds."""
        with reading(self.desk.engine) as connection:
            lying = files.of(connection, [account]).get(account, ())
        return {each.kind: each.sha256 for each in lying}

    def keep_paper(self, account: str, path: Path, kind: str) -> str:
        """Put a paper into the account's file; its digest."""
        return papers.add(self.work, account, path, papers.Said(kind=kind, dated_on=self.day, source="branch")).sha256

    def reply(self, path: Path) -> Reply:
        """The written answer that lies in a file."""
        return lambda account, kind: self.keep_paper(account, path, kind)

    def enter(
        self, table: Table, row_id: str, account: str, events: Callable[[Facts], Sequence[ev.Event]],
        on: date | None = None, same: Callable[[Any], bool] | None = None,
    ) -> Entered:  # fmt: skip
        """Record what makes a row, once: under the lock of its case. `same`: whether a row of that id is the same thing."""
        facts = self.case(account)
        (key,) = table.primary_key.columns
        with writing_on(self.desk.engine, self.day) as connection:
            locked = store.load(connection, [facts.case_id])[facts.case_id].facts
            row = connection.execute(select(table).where(key == row_id)).first()
            if row is not None:
                if same is not None and not same(row):
                    raise Clashed("something else was sent under this key", mend="use a key of its own for each")
                return Entered(row_id, account, already=True)
            self._record(connection, facts.case_id, events(locked), on)
        return Entered(row_id, account)

    def move(self, table: Table, row_id: str, judge: Judge, on: date | None = None) -> tuple[Any, Facts]:
        """Judge a row as it stands and record what follows, under the lock of its case; the row as it was, and the facts."""
        (key,) = table.primary_key.columns
        with writing_on(self.desk.engine, self.day) as connection:
            found = self.row(connection, table, row_id)
            facts = store.load(connection, [found.case_id])[found.case_id].facts
            row = connection.execute(select(table).where(key == found[0])).one()
            self._record(connection, row.case_id, judge(row, facts), on)
        return row, facts

    def attach(self, case_id: str, event: ev.Event) -> None:
        """Record an event on a case."""
        with writing_on(self.desk.engine, self.day) as connection:
            self._record(connection, case_id, [event], None)

    def _record(self, connection: Connection, case_id: str, events: Sequence[ev.Event], on: date | None) -> None:
        if on is not None and on > self.day:
            raise UserError(f"{on} lies after the business day {self.day}", mend="give the day it happened")
        arrivals.record(connection, self.pen, [Arrival(case_id, event, on) for event in events])

    @staticmethod
    def row(connection: Connection, table: Table, row_id: str) -> Any:
        """The row of an id, or of the beginning of one."""
        (key,) = table.primary_key.columns
        found: Sequence[Any] = ()
        if len(row_id) >= SHORTEST_ID:
            found = connection.execute(select(table).where(key.startswith(row_id, autoescape=True)).limit(2)).all()
        if len(found) != 1:
            what = f"no entry {row_id[:40]!r}" if not found else f"several begin with {row_id[:40]!r}"
            raise UserError(what, where=table.name, mend=f"give its id, {SHORTEST_ID} characters at least")
        return found[0]


def rows(desk: Desk, table: Table, *, account: str = "", states: Sequence[str] = ()) -> list[tuple[str, Any]]:
    """(account, row) of a table of cases' rows, of one account or of all, in some states or in any."""
    query = select(table, cases.c.account_id).join(cases, cases.c.case_id == table.c.case_id)
    if account:
        query = query.where(cases.c.account_id == account)
    if states:
        query = query.where(table.c.state.in_(list(states)))
    with reading(desk.engine) as connection:
        if account:
            refuse_unknown(connection, account)
        found = connection.execute(query.order_by(cases.c.account_id, *table.primary_key.columns)).all()
    return [(row.account_id, row) for row in found]


def refuse_unknown(connection: Connection, account: str) -> None:
    """Refuse an account that the ledger does not have."""
    if connection.execute(select(accounts.c.account_id).where(accounts.c.account_id == account)).first() is None:
        raise UserError(f"no account {account!r}", mend="see the bank's own account number")


def refuse_unless(desk: Desk, day: date, actor: Actor, duty: str) -> None:
    """Refuse an actor who has none of the roles of a duty."""
    policy = desk.strategy(day).book.at(day, desk.settings.jurisdiction, "")
    known = policy.duties.get(duty)
    if known is None:
        raise UserError(f"nobody may do this: no rule of the duty {duty!r} is in force", mend="add it to the pack")
    if not set(known[1].roles) & set(actor.roles):
        raise NotAllowed(f"{actor.name} may not do this", mend=f"it takes a role of {', '.join(known[1].roles)}")
