"""The agencies of the made-up bank, entered in the register the way a real one's are: event by event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection

from recourse import events as ev
from recourse.agencies.contract import standards
from recourse.agencies.register import PASSED
from recourse.canonical import derived_id
from recourse.ledger import agency_rows
from recourse.ledger.dossier import Pen
from recourse.policy.book import Policy
from recourse.simulate.agency_keys import AGENCY_KEYS

CAPACITY = 50_000
FIXED, QUALITY, RECOVERY_BP = 20_00, 30_00, 800
REVIEWED_EVERY_DAYS = 300
SAMPLE = 200


def found_agencies(connection: Connection, names: Iterable[str], policy: Policy, pen: Pen, until_on: date) -> None:
    """Register agencies: standards met, published, under contract until a day, reviewed and inspected today."""
    for name in sorted(names):
        keys = AGENCY_KEYS[name]
        contract_id = derived_id("contract", name, pen.day, until_on)
        made: list[ev.Event] = [
            ev.AgencyRegistered(
                name, tuple(sorted(standards(policy, "entry"))), CAPACITY, keys.recipient, keys.verifier
            ),
            ev.AgencyPublished(name, "示例银行官方网站“合作机构”栏目"),
            ev.AgencyContracted(name, contract_id, pen.day, until_on, (), FIXED, QUALITY, RECOVERY_BP),
            *_looked_at(name),
        ]
        agency_rows.record(connection, name, [(event, None) for event in made], pen)


def look_at_agencies(connection: Connection, pen: Pen) -> None:
    """Review and inspect the agencies whose last review is old, so that they stay usable over a long life."""
    oldest = pen.day - timedelta(days=REVIEWED_EVERY_DAYS)
    for name, entry in agency_rows.entries(connection).items():
        if entry.listed and (entry.reviewed_on is None or entry.reviewed_on < oldest):
            agency_rows.record(connection, name, [(event, None) for event in _looked_at(name)], pen)


def _looked_at(name: str) -> list[ev.Event]:
    return [ev.AgencyReviewed(name, PASSED), ev.AgencyInspected(name, "on_site", SAMPLE, (), PASSED)]
