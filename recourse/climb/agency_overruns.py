"""Contacts that an agency made outside what was set aside for it. They were made: each stands in the person's one budget,
as a contact that nobody permitted, so that caps and pauses count it for whoever asks next.

An agency is given calls. A visit takes a gate and a permit for its hour (`authority.visit`), and none is entered while a
debt is placed (`entry.visit`): one that is reported is held to the rules of visits and takes nothing of the quota.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import msgspec
from sqlalchemy import Connection

from recourse.agencies.files import VISIT
from recourse.canonical import derived_id
from recourse.climb.agency_quota import purpose_of
from recourse.contact_law import Past, Request, capped
from recourse.facts import Facts
from recourse.ledger import bulk
from recourse.ledger.tables import permits
from recourse.permits import ISSUED, Known
from recourse.policy.book import Policy

AGREED = "authority.visit"
"""The rule by which somebody agrees to a visit."""


class Overrun(msgspec.Struct, frozen=True):
    """A contact as it is counted: on the person's own day, at an instant (UTC text); `used`: what came of it."""

    permit_id: str
    request: Request
    on: date
    at: str
    used: str
    rule: str


def overrun(
    contact_id: str,
    agency: str,
    facts: Facts,
    channel: str,
    number_id: str,
    on: date,
    at: datetime,
    code: str,
    rule: str,
) -> Overrun:
    """A contact outside the quota; without the number that was dialled it counts for each of the person's."""
    request = Request(
        facts.person_id, facts.case_id, channel, f"overrun:{agency}", number_id, facts.account_id,
        caller=purpose_of(agency),
    )  # fmt: skip
    return Overrun(derived_id("overrun", contact_id), request, on, at.astimezone(UTC).isoformat(), code, rule)


class Visits:
    """What the visits of a results file are held to, read at once for their persons, who are locked."""

    def __init__(self, connection: Connection, going: Sequence[tuple[Facts, Policy, date]]) -> None:
        asked = [(Request(facts.person_id, facts.case_id, VISIT, ""), policy) for facts, policy, _ in going]
        first = min((on for _, _, on in going), default=date.max)
        self._known = Known(connection, asked, first) if asked else None

    def broken(self, facts: Facts, policy: Policy, on: date) -> dict[str, str]:
        """Breach → the rule behind it: nobody agreed to the visit; the caps of visits may have nothing left."""
        request = Request(facts.person_id, facts.case_id, VISIT, "", account_id=facts.account_id)
        past = self._known.of(request) if self._known is not None else ()
        rule = next((each.rule for each in capped(request, policy, past, on, {})), "")
        return {"visit": AGREED} | ({"quota": rule} if rule else {})

    def count(self, made: Overrun) -> None:
        """A visit of the file counts for the next one in it."""
        if self._known is not None:
            r = made.request
            past = Past(made.on, r.channel, r.number_id, made.used, r.person_id, r.case_id, r.account_id)
            self._known.past.setdefault(r.person_id, []).append(past)


def keep(connection: Connection, made: Iterable[Overrun]) -> None:
    """Enter contacts outside the quota into their persons' budgets."""
    rows = [
        (each.permit_id, r.person_id, r.number_id, r.channel, r.purpose, r.case_id, each.on, each.at, each.used,
         r.account_id, r.role, r.voice, r.caller)
        for each in made
        for r in (each.request,)
    ]  # fmt: skip
    bulk.insert(connection, permits, ISSUED, rows)
