"""Whom an agency may not contact, whatever its quota: third parties, and persons and numbers that are not to be contacted.

A day's file leaves them out; a contact that was made all the same is recorded, and is a breach. What was said on a day
binds from the next, when the agency has its new file.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, select

from recourse.casefile import CaseFile
from recourse.contact_law import Request, barred
from recourse.contact_points import OWN
from recourse.contact_terms import Term, facts_of
from recourse.ledger import sets
from recourse.ledger.contact_term_rows import terms_for
from recourse.ledger.tables import contacts
from recourse.permits import NO_CONTACT_STATUS
from recourse.policy.book import Policy

THIRD_PARTY, DO_NOT_CONTACT = "third_party", "do_not_contact"
SOMEBODY_ELSES = frozenset({"third_party_refused"})


class Bounds:
    """What is known of the persons and the numbers of a results file, read at once."""

    def __init__(self, connection: Connection, persons: Collection[str], numbers: Collection[str]) -> None:
        self.terms: list[Term] = terms_for(connection, persons, numbers, [])
        query = select(contacts.c.party_id, contacts.c.number_id).where(
            sets.among(contacts.c.party_id, sorted(persons)), contacts.c.whose.in_(OWN)
        )  # fmt: skip
        self._own = {(party, number) for party, number in connection.execute(query)}

    def broken(
        self, policy: Policy, file: CaseFile, person_id: str, channel: str, number_id: str, on: date
    ) -> dict[str, str]:
        """Breach → the rule behind it. `number_id` "" : the agency did not say which number it dialled."""
        request = Request(person_id, "", channel, "agency", number_id)
        facts = facts_of(request, [term for term in self.terms if term.set_on < on], on, (), ())
        facts |= {hold.kind for hold in file.holds.values() if hold.kind in NO_CONTACT_STATUS and hold.from_on < on}
        found = {}
        if number_id and (person_id, number_id) not in self._own:
            found[THIRD_PARTY] = f"contact.{THIRD_PARTY}"
        rule = next((each.rule for each in barred(request, policy, facts - SOMEBODY_ELSES)), "")
        if rule:
            found[DO_NOT_CONTACT] = rule
        return found
