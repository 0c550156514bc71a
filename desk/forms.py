"""Answers that come on a form with a one-time code, from a door that knows no person.

A form is heard once: brought again, by a run that starts from its first line or by a second process, it gives the same
outcome and changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec
from sqlalchemy import select

from desk import inbox
from desk.open_desk import Desk
from recourse import codes
from recourse.actors import Actor
from recourse.climb import lists
from recourse.codes import Heard
from recourse.errors import UserError
from recourse.gate_rows import Verdict
from recourse.ledger.database import reading, writing
from recourse.ledger.days import writing_on
from recourse.ledger.tables import gates


class Form(msgspec.Struct, frozen=True):
    """What a person wrote. `strike`: accounts to leave out of a list."""

    code: str
    verdict: Verdict
    reason: str
    choice: str = ""
    strike: Collection[str] = ()


class Code(msgspec.Struct, frozen=True):
    """A code as it is shown, once."""

    gate_id: str
    code: str
    good_until_on: date


def code(desk: Desk, given: str, actor: Actor) -> Code:
    """A one-time code for somebody who may answer a gate now. Raises UserError for anybody else, as an answer would."""
    day = desk.business_day()
    strategy, pen = desk.strategy(day), desk.pen(day, actor.name)
    with writing(desk.engine) as connection:
        gate_id = inbox.find(connection, given)
        strategy.gate_book.seat_of(connection, gate_id, actor, day)
        until = strategy.calendar_of(desk.settings.jurisdiction).add(day, 1)
        return Code(gate_id, codes.issue(connection, gate_id, actor, until, pen), until)


def heard(desk: Desk, name: str, gate_id: str) -> Heard | None:
    """What came of a form before; None when it is new."""
    with writing(desk.engine) as connection:
        return codes.heard(connection, name, gate_id)


def hear(desk: Desk, name: str, gate_id: str, form: Form) -> Heard:
    """Hear a form under its own name: once, whoever brings it again. What does not count is an outcome, not an error."""
    day = desk.business_day()
    strategy = desk.strategy(day)
    with writing_on(desk.engine, day) as connection:
        before = codes.heard(connection, name, gate_id)
        if before is not None:
            return before
        actor: Actor | None = None
        try:
            actor = codes.holder(connection, gate_id, form.code, day)
            with connection.begin_nested():
                done = lists.answer_in(
                    connection, strategy, desk.pen(day, actor.name), gate_id, actor, form.verdict, form.reason,
                    choice=form.choice, strike=tuple(form.strike),
                )  # fmt: skip
            outcome = Heard(done.status, actor.name, _why_void(done.reopened_as, done.changes))
        except UserError as error:
            status = connection.execute(select(gates.c.status).where(gates.c.gate_id == gate_id)).scalar_one()
            outcome = Heard(status, actor.name if actor is not None else "", str(error))
        codes.keep(connection, name, gate_id, form.code, outcome, desk.pen(day, *filter(None, [outcome.actor])))
        return outcome


def is_guessed(desk: Desk, gate_id: str) -> bool:
    """Whether somebody is guessing the codes of a gate."""
    with reading(desk.engine) as connection:
        return codes.is_guessed(connection, gate_id)


def _why_void(reopened_as: str, changes: Collection[str]) -> str:
    if not reopened_as:
        return ""
    return f"the evidence has changed and the gate stands anew as {reopened_as[:12]}: {'; '.join(changes)}"
