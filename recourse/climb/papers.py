"""Papers and recordings that people bring into cases, and the check of originals by two persons 原件双人核验.

What is there already is found under the lock of its case, so the same paper is received once, whoever comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select

from recourse import events as ev
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.ledger import sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import actors, calls, documents_made, originals, papers, permits, recordings

_HELD = (
    select(papers.c.case_id, papers.c.sha256, papers.c.kind)
    .where(sets.one_of(papers.c.case_id, "cases"), sets.one_of(papers.c.sha256, "hashes"))
    .union_all(
        select(documents_made.c.case_id, documents_made.c.sha256, documents_made.c.kind).where(
            sets.one_of(documents_made.c.case_id, "cases"), sets.one_of(documents_made.c.sha256, "hashes")
        )
    )
)


class Brought(msgspec.Struct, frozen=True):
    """A paper for a case, judged and kept; `with_it` are events that it brings about. `dated_on` may be unknown."""

    case_id: str
    paper: ev.DocumentReceived
    with_it: tuple[ev.Event, ...] = ()


def receive(engine: Engine, pen: Pen, brought: Sequence[Brought]) -> dict[tuple[str, str], str]:
    """Put papers into their cases' files; a fixed number of statements.

    Returns those that were there already, as (case id, hash) → the kind they are filed under; nothing is recorded of them.
    """
    if not brought:
        return {}
    with writing_on(engine, pen.day) as connection:
        store.load(connection, [each.case_id for each in brought])
        asked = {"cases": [each.case_id for each in brought], "hashes": [each.paper.sha256 for each in brought]}
        held = {(case_id, sha256): kind for case_id, sha256, kind in connection.execute(_HELD, asked)}
        fresh = {(each.case_id, each.paper.sha256): each for each in reversed(brought)}
        arrived = [
            Arrival(each.case_id, event)
            for key, each in reversed(fresh.items())
            if key not in held
            for event in (each.paper, *each.with_it)
        ]
        arrivals.record(connection, pen, arrived)
        return {key: held[key] for key in fresh if key in held}


class Sighting(msgspec.Struct, frozen=True):
    """What became of somebody's seeing an original. `state`: seen (a second person is needed), checked, or already
    (checked before, nothing recorded). `earlier`: who else saw it, and where."""

    state: str
    original_at: str
    seen_by: str
    confirmed_by: str = ""
    earlier: str = ""


def see(engine: Engine, pen: Pen, case_id: str, sha256: str, original_at: str, beside: str = "") -> Sighting:
    """`pen.actor` says that the original of a paper of the case lies at a place; a second person's word makes it checked.

    Seen elsewhere, it has to be checked anew. Raises UserError when the same person speaks twice, when it was to be
    somebody else, and for whoever is no person enrolled here.
    """
    with writing_on(engine, pen.day) as connection:
        store.load(connection, [case_id])
        _refuse_strangers(connection, [pen.actor, *([beside] if beside else [])])
        if beside == pen.actor:
            raise UserError("one person cannot check an original alone", where="--with", mend="name the other person")
        query = select(originals).where(originals.c.case_id == case_id, originals.c.sha256 == sha256)
        known = connection.execute(query).first()
        event, sighting = _judged(known, pen.actor, sha256, original_at, beside)
        if event is not None:
            arrivals.record(connection, pen, [Arrival(case_id, event)])
        return sighting


def _judged(known: Any, actor: str, sha256: str, original_at: str, beside: str) -> tuple[ev.Event | None, Sighting]:
    """The event, if there is one to record, and what it comes to."""
    if known is None or known.original_at != original_at:
        earlier = "" if known is None else f"{known.seen_by}: {known.original_at}"
        return ev.OriginalSeen(sha256, original_at, actor, beside), Sighting(
            "seen", original_at, actor, earlier=earlier
        )
    if known.confirmed_by:
        return None, Sighting("already", original_at, known.seen_by, known.confirmed_by)
    if known.seen_by == actor:
        raise UserError(f"{actor} has seen it already", where=original_at, mend="a second person has to confirm it")
    if known.beside not in ("", actor):
        raise UserError(
            f"{known.seen_by} saw it with {known.beside}", where=original_at, mend=f"{known.beside} has to confirm it"
        )
    if beside not in ("", known.seen_by):
        raise UserError(f"it was {known.seen_by} who saw it first", where="--with", mend="name that person, or nobody")
    event = ev.OriginalConfirmed(sha256, original_at, actor)
    return event, Sighting("checked", original_at, known.seen_by, actor)


def _refuse_strangers(connection: Connection, names: Sequence[str]) -> None:
    query = select(actors.c.actor).where(sets.one_of(actors.c.actor, "names"), actors.c.kind == "person")
    enrolled = set(connection.execute(query, {"names": names}).scalars())
    for name in names:
        if name not in enrolled:
            raise UserError(f"no person is enrolled as {name!r}", mend="see `recourse token list`")


def refer(
    engine: Engine, pen: Pen, case_ids: Sequence[str], recording: ev.RecordingReferred, on: date | None = None
) -> bool:
    """Refer to a recording of one contact of the cases, by its permit or its call; False when it is referred to already.

    Raises UserError when the contact is none of theirs, was never dialled, or has the reference for another contact.
    """
    with writing_on(engine, pen.day) as connection:
        case_id, permit_id = _contact(connection, case_ids, recording)
        store.load(connection, [case_id])
        found = connection.execute(
            select(recordings.c.permit_id).where(
                recordings.c.case_id == case_id,
                recordings.c.system == recording.system,
                recordings.c.reference == recording.reference,
            )
        ).scalar()
        if found == permit_id:
            return False
        if found is not None:
            where = f"{recording.system} {recording.reference}"
            raise UserError("this recording is of another contact", where=where, mend="check the reference")
        event = msgspec.structs.replace(recording, permit_id=permit_id)
        arrivals.record(connection, pen, [Arrival(case_id, event, on)])
        return True


def _contact(connection: Connection, case_ids: Sequence[str], recording: ev.RecordingReferred) -> tuple[str, str]:
    """Case and permit of the contact that was recorded."""
    if recording.call_id:
        query = select(calls.c.case_id, calls.c.permit_id).where(calls.c.call_id == recording.call_id)
        what, mend = f"no call {recording.call_id!r} of this account", "see `recourse explain ACCOUNT`"
    else:
        query = select(permits.c.case_id, permits.c.permit_id).where(permits.c.permit_id == recording.permit_id)
        what, mend = f"no contact {recording.permit_id!r} of this account", "give the permit of the contact"
    row = connection.execute(query).first()
    if row is None or row.case_id not in case_ids:
        raise UserError(what, mend=mend)
    if not row.permit_id:
        raise UserError(
            f"call {recording.call_id!r} was never dialled", mend="only a contact that was made has a recording"
        )
    return row.case_id, row.permit_id
