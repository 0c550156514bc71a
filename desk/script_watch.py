"""What people of the bank write, held against the phrases that may not be said 话术质检.

A note is kept as it was written, whatever it says; each phrase in it that may not be said becomes a violation for
quality assurance to look into, for the phrase may be the debtor's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import select

from desk.operations import Operations
from recourse import events as ev
from recourse.canonical import derived_id
from recourse.climb.arrivals import Arrival
from recourse.documents.blocks import words
from recourse.documents.templates import Templates
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.free_text import one_line
from recourse.ledger.database import reading
from recourse.ledger.tables import calls, cases, script_violations
from recourse.policy.book import PolicyBook
from recourse.speech.lexicon import Hit, check

CALL_NOTE, HOLD_REASON, COMPLAINT_TEXT = "call_note", "hold_reason", "complaint_text"
AMONG_OURSELVES = frozenset({"court", "internal"})
RESULTS = ("upheld", "quoted")
"""A phrase was said by the bank's own people, or a note only tells what somebody else said."""


class Line(msgspec.Struct, frozen=True):
    """One phrase that was found, for the report."""

    violation: str
    account: str
    rule: str
    phrase: str
    place: str
    by: str
    found_on: date
    closed_on: date | None
    result: str


def note_call(work: Operations, call_id: str, text: str) -> int:
    """Keep what a caller wrote about a call; returns how many phrases in it may not be said."""
    note = one_line(text, "--note")
    if not note:
        raise UserError("an empty note", where="--note", mend="write what was said")
    with reading(work.desk.engine) as connection:
        query = select(cases.c.account_id, calls.c.case_id).join(cases, cases.c.case_id == calls.c.case_id)
        row = connection.execute(query.where(calls.c.call_id == call_id)).first()
    if row is None:
        raise UserError(f"no call {call_id!r}", mend="see `recourse calls list`")
    facts = work.one(row.account_id)
    found = violations(work, facts, CALL_NOTE, note, call_id)
    noted: ev.Event = ev.CallNoted(call_id, note)
    work.record([Arrival(row.case_id, event) for event in (noted, *found)])
    return len(found)


def watch(work: Operations, account_id: str, place: str, text: str, ref: str = "") -> int:
    """Look at what somebody wrote about an account and was kept elsewhere; returns how many phrases may not be said."""
    facts = work.one(account_id)
    return _record(work, facts, violations(work, facts, place, text, ref))


def _record(work: Operations, facts: Facts, found: Sequence[ev.ScriptViolationFound]) -> int:
    work.record([Arrival(facts.case_id, event) for event in found])
    return len(found)


def violations(
    work: Operations, facts: Facts, place: str, text: str, ref: str = ""
) -> tuple[ev.ScriptViolationFound, ...]:
    """The events of a text: one for each phrase of each rule."""
    phrases = dict.fromkeys((hit.rule, hit.phrase) for hit in check(text, work.strategy.policy_of(facts)))
    return tuple(
        ev.ScriptViolationFound(
            derived_id("script", facts.case_id, place, ref, work.pen.day, work.pen.at, text, rule, phrase),
            rule, phrase, place, work.pen.actor, ref,
        )
        for rule, phrase in phrases
    )  # fmt: skip


def close(work: Operations, violation_id: str, result: str, remedy: str) -> str:
    """A phrase was looked into; whose it was."""
    if result not in RESULTS:
        raise UserError(f"unknown result {result!r}", where="--result", mend=f"use one of {', '.join(RESULTS)}")
    if not remedy.strip():
        raise UserError("something is left unsaid", where="--reason", mend="say what was found and done")
    c = script_violations.c
    open_ = c.violation_id.startswith(violation_id, autoescape=True), c.closed_on.is_(None)
    with reading(work.desk.engine) as connection:
        rows = connection.execute(select(c.violation_id, c.case_id, c.written_by).where(*open_).limit(2)).all()
    if len(rows) != 1:
        what = "several violations begin with" if rows else "no open violation"
        raise UserError(f"{what} {violation_id!r}", mend="see `recourse report scripts`")
    row = rows[0]
    if row.written_by == work.pen.actor:
        raise UserError(f"{row.written_by} wrote it", mend="somebody else looks into it")
    closed = ev.ScriptViolationClosed(row.violation_id, result, one_line(remedy, "--reason"))
    work.record([Arrival(row.case_id, closed)])
    return str(row.written_by)


def listed(work: Operations, from_on: date, to_on: date, *, only_open: bool = False) -> list[Line]:
    """Phrases found in a span of days, the open ones first."""
    c = script_violations.c
    query = (
        select(
            c.violation_id,
            cases.c.account_id,
            c.rule,
            c.phrase,
            c.place,
            c.written_by,
            c.found_on,
            c.closed_on,
            c.result,
        )
        .join(cases, cases.c.case_id == c.case_id)
        .where(c.found_on.between(from_on, to_on))
        .order_by(c.closed_on.is_not(None), c.found_on, c.violation_id)
    )
    with reading(work.desk.engine) as connection:
        rows = connection.execute(query.where(c.closed_on.is_(None)) if only_open else query).all()
    return [Line(*row) for row in rows]


def templates_with_phrases(templates: Templates, book: PolicyBook, on: date) -> list[tuple[str, Hit]]:
    """(template, phrase) of every text in force for debtors and others outside whose sample says what may not be said; none
    is expected. What only a court or the bank itself reads may name what courts do."""
    found = []
    for template in templates.effective(on):
        if AMONG_OURSELVES.issuperset(template.meta.channels):
            continue
        text = words(template.document(templates.sample(template.jurisdiction, template.name)).blocks)
        for hit in check(text, book.at(on, template.jurisdiction, "")):
            found.append((template.version, hit))
    return found
