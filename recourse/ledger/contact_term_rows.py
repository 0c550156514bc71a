"""The rows of what binds contacts: written with their events on the person's own stream, and read for permits.

Numbers are blind indexes. The rows follow from the journal; `recourse verify` rebuilds and compares them. They stand
apart from the bank's files: no delivery takes a refusal away.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from recourse import events as ev
from recourse.canonical import derived_id
from recourse.contact_terms import OF_A_CHANNEL, REFUSALS, Term
from recourse.ledger import bulk, sets, store
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import contact_terms, contacts

STREAM = "party:"
COLUMNS = ("term_id", "person_id", "kind", "number_id", "channel", "opens", "closes", "until_on", "rule", "of_party",
           "set_on", "lifted_on")  # fmt: skip
Row = tuple[Any, ...]

_TERM = [contact_terms.c[name] for name in Term.__struct_fields__]
_FOR = select(*_TERM).where(
    contact_terms.c.lifted_on.is_(None),
    or_(
        sets.one_of(contact_terms.c.person_id, "persons"),
        and_(contact_terms.c.number_id != "", sets.one_of(contact_terms.c.number_id, "numbers")),
        and_(contact_terms.c.of_party != "", sets.one_of(contact_terms.c.of_party, "owners")),
    ),
)


def refused() -> ColumnElement[bool]:
    """Of a row of `contacts`: whether somebody refused the number, or its person the medium."""
    c = contact_terms.c
    medium = (contacts.c.channel == c.channel) | ((contacts.c.channel == "phone") & (c.channel == "call"))
    said = select(c.term_id).where(
        c.lifted_on.is_(None),
        (c.number_id != "") & (c.number_id == contacts.c.number_id) & c.kind.in_(REFUSALS)
        | (c.person_id == contacts.c.party_id) & c.kind.in_(sorted(OF_A_CHANNEL)) & medium,
    )
    return said.correlate(contacts).exists()


def terms_for(
    connection: Connection, persons: Collection[str], numbers: Collection[str], owners: Collection[str]
) -> list[Term]:
    """What is in force of these persons, these numbers, and third parties who own them: one query."""
    found = connection.execute(_FOR, {"persons": sorted(persons), "numbers": sorted(numbers), "owners": sorted(owners)})
    return [Term(*row) for row in found]


def set_term(
    connection: Connection, pen: Pen, person_id: str, kind: str, evidence: str, *, number_id: str = "",
    channel: str = "", opens: str = "", closes: str = "", until_on: date | None = None, rule: str = "",
    of_party: str = "",
) -> str:  # fmt: skip
    """Record what was said, in the caller's transaction; its id."""
    said = select(func.count()).select_from(contact_terms).where(contact_terms.c.person_id == person_id)
    n = connection.execute(said).scalar()
    term_id = derived_id("contact term", person_id, kind, n)
    event = ev.ContactTermSet(term_id, kind, evidence, number_id, channel, opens, closes, until_on, rule, of_party)
    store.append(connection, f"{STREAM}{person_id}", [(event, None)], pen)
    bulk.insert(connection, contact_terms, COLUMNS, [made(person_id, event, pen.day)])
    return term_id


def lift(connection: Connection, pen: Pen, person_id: str, terms: Sequence[str], evidence: str) -> None:
    """Record that it was withdrawn."""
    store.append(connection, f"{STREAM}{person_id}", [(ev.ContactTermLifted(t, evidence), None) for t in terms], pen)
    bulk.update(connection, contact_terms, ("term_id",), ("lifted_on",), [(term, pen.day) for term in terms])


def made(person_id: str, event: ev.ContactTermSet, on: date) -> Row:
    """The row of what was said."""
    return (event.term_id, person_id, event.kind, event.number_id, event.channel, event.opens, event.closes,
            event.until_on, event.rule, event.of_party, on, None)  # fmt: skip
