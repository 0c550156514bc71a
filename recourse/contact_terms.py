"""What binds contacts with a person or a number beside the law: agreed hours, consents, refusals, a lawyer, an employer's
word. Each was said on a day, on proof, and can be withdrawn; what nobody said opens nothing. Pure.

A refusal of a number binds whoever would use it, for any account: it stands on the number and not on the bank's files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import msgspec

from recourse.contact_law import THIRD_PARTY, Agreed, Request
from recourse.contact_points import WORKPLACE
from recourse.days import later

KINDS = (
    "agreed_time",
    "consent",
    "refused",
    "opt_out",
    "do_not_contact",
    "ceased",
    "represented",
    "work_refused",
    "minor",
    "third_party_refused",
    "offered",
    "override",
)
OF_A_NUMBER = frozenset({"consent", "refused", "third_party_refused", "offered"})
OF_A_CHANNEL = frozenset({"opt_out"})
FOR_EVER = frozenset({"third_party_refused"})
"""What nobody can withdraw."""
BY_WHO_MAY = frozenset({"agreed_time", "consent", "offered"})
"""What opens a contact: written down by those who have the duty only."""
SHIELDS = frozenset({"refused", "opt_out", "do_not_contact", "ceased", "represented", "work_refused", "minor"})
"""What keeps contacts off: written down by anybody, withdrawn by those who have the duty only."""
BRAKES = frozenset({"do_not_contact", "ceased", "represented"})
"""Kinds that are not withdrawn while a brake of that name is in force."""
REFUSALS = ("refused", "third_party_refused")
"""Kinds that keep a number from being used."""
_OF_THE_PERSON = {
    "do_not_contact": "do_not_contact",
    "ceased": "ceased",
    "represented": "represented",
    "minor": "minor",
}


class Term(msgspec.Struct, frozen=True):
    """One of them, in force. `of_party`: the third party who refused, where it is somebody the bank knows."""

    term_id: str
    person_id: str
    kind: str
    number_id: str
    channel: str
    opens: str
    closes: str
    until_on: date | None
    rule: str
    of_party: str
    set_on: date

    def holds_on(self, day: date) -> bool:
        """Whether it binds on a day by the person's own clock, which may lag the bank's, on whose day it was said."""
        return self.set_on <= later(day, 1) and (self.until_on is None or day <= self.until_on)


def facts_of(
    request: Request, terms: Iterable[Term], day: date, whose: Collection[str], owners: Collection[str]
) -> set[str]:
    """The facts that what was said makes true of a contact. `whose`: whose the number is said to be, of this person;
    `owners`: the parties whose number it is."""
    found = set()
    for term in terms:
        if not term.holds_on(day):
            continue
        mine, here = term.person_id == request.person_id, term.number_id == request.number_id != ""
        if mine and term.kind in _OF_THE_PERSON:
            found.add(_OF_THE_PERSON[term.kind])
        elif term.kind == "refused" and here:
            found.add("number_refused")
        elif mine and term.kind == "opt_out" and term.channel == request.channel:
            found.add("medium_refused")
        elif mine and term.kind == "work_refused" and (request.at_work or WORKPLACE in whose):
            found.add("work_refused")
        elif term.kind == "third_party_refused" and _refused_by_third(request, term, here, owners):
            found.add("third_party_refused")
    return found


def _refused_by_third(request: Request, term: Term, here: bool, owners: Collection[str]) -> bool:
    """A third party's no binds the number and the person; about a debt of his own he is no third party."""
    if request.role != THIRD_PARTY and term.of_party == request.person_id:
        return False
    return here or (request.role == THIRD_PARTY and term.of_party != "" and term.of_party in owners)


def consented(request: Request, terms: Iterable[Term], day: date) -> bool:
    """Whether the person agreed, on proof, to be reached at this number."""
    return any(
        term.kind == "consent" and term.person_id == request.person_id and term.number_id == request.number_id
        and term.holds_on(day)
        for term in terms
    )  # fmt: skip


def agreed_of(request: Request, terms: Iterable[Term], day: date) -> tuple[Agreed, ...]:
    """The hours that the person agreed to."""
    return tuple(
        Agreed(term.opens, term.closes, term.channel, term.number_id)
        for term in terms
        if term.kind == "agreed_time" and term.person_id == request.person_id and term.holds_on(day)
    )


def overrides_of(request: Request, terms: Iterable[Term], day: date) -> dict[str, int]:
    """Rule → how many more contacts a supervisor let through on this day, at this number."""
    found: dict[str, int] = {}
    for term in terms:
        if term.kind == "override" and term.person_id == request.person_id and term.set_on == day and (
            term.number_id in ("", request.number_id)
        ):  # fmt: skip
            found[term.rule] = found.get(term.rule, 0) + 1
    return found
