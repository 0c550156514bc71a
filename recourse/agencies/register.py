"""The entry of an agency 委外机构 in the register: what the journal of its stream ``agency:<id>`` adds up to. Pure.

`fold` is the only way an entry changes, so the table `agencies` can be rebuilt from the journal (`recourse verify` does).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev
from recourse.agencies.fees import FeeTerms

STREAM = "agency:"
PASSED = "passed"
RESULTS = (PASSED, "failed")
SITES = ("on_site", "off_site")


class Contract(msgspec.Struct, frozen=True, omit_defaults=True):
    """The contract in force: its span, and what it pays."""

    contract_id: str
    from_on: date
    until_on: date
    fee: FeeTerms
    ended_on: date | None = None

    def covers(self, from_on: date, until_on: date) -> bool:
        """Whether it runs, unended, over a whole span."""
        return self.from_on <= from_on and until_on <= self.until_on and self.ended_on is None


class Entry(msgspec.Struct, omit_defaults=True):
    """An agency as the bank knows it today. `breaches`: open serious violations by id. Keys are public ones."""

    agency: str = ""
    registered_on: date | None = None
    standards: tuple[str, ...] = ()
    capacity: int | None = None
    recipient: str = ""
    verifier: str = ""
    published_on: date | None = None
    published_at: str = ""
    contract: Contract | None = None
    reviewed_on: date | None = None
    review: str = ""
    inspected_on: date | None = None
    inspection: str = ""
    suspended_on: date | None = None
    struck_on: date | None = None
    struck_by: str = ""
    breaches: dict[str, str] = {}

    @property
    def listed(self) -> bool:
        """On the white list: registered and not struck."""
        return self.registered_on is not None and self.struck_on is None


def fold(entry: Entry, event: ev.Event, on: date) -> Entry:
    """Apply one event to the entry, in place, and return it. Events that the entry does not keep change nothing."""
    handler = _FOLDS.get(type(event))
    if handler is not None:
        handler(entry, event, on)
    return entry


def stream_of(agency: str) -> str:
    return f"{STREAM}{agency}"


def _registered(entry: Entry, event: ev.AgencyRegistered, on: date) -> None:
    entry.agency, entry.registered_on, entry.standards = event.agency, on, event.standards
    entry.capacity, entry.recipient, entry.verifier = event.capacity, event.recipient, event.verifier
    entry.struck_on, entry.struck_by = None, ""


def _published(entry: Entry, event: ev.AgencyPublished, on: date) -> None:
    entry.published_on, entry.published_at = on, event.where


def _contracted(entry: Entry, event: ev.AgencyContracted, on: date) -> None:
    fee = FeeTerms(event.fixed, event.quality, event.recovery_bp, event.currency)
    entry.contract = Contract(event.contract_id, event.from_on, event.until_on, fee)


def _contract_ended(entry: Entry, event: ev.AgencyContractEnded, on: date) -> None:
    if entry.contract is not None and entry.contract.contract_id == event.contract_id:
        entry.contract = msgspec.structs.replace(entry.contract, ended_on=on)


def _reviewed(entry: Entry, event: ev.AgencyReviewed, on: date) -> None:
    entry.reviewed_on, entry.review = on, event.result


def _inspected(entry: Entry, event: ev.AgencyInspected, on: date) -> None:
    entry.inspected_on, entry.inspection = on, event.result


def _suspended(entry: Entry, event: ev.AgencySuspended, on: date) -> None:
    entry.suspended_on = on


def _reinstated(entry: Entry, event: ev.AgencyReinstated, on: date) -> None:
    entry.suspended_on = None


def _struck(entry: Entry, event: ev.AgencyStruck, on: date) -> None:
    entry.struck_on, entry.struck_by = on, event.standard
    entry.published_on, entry.published_at = None, ""


def _violated(entry: Entry, event: ev.ViolationFound, on: date) -> None:
    if event.serious:
        entry.breaches[event.violation_id] = event.violation


def _violation_closed(entry: Entry, event: ev.ViolationClosed, on: date) -> None:
    entry.breaches.pop(event.violation_id, None)


_FOLDS: dict[type[ev.Event], Callable[[Entry, Any, date], None]] = {
    ev.AgencyRegistered: _registered,
    ev.AgencyPublished: _published,
    ev.AgencyContracted: _contracted,
    ev.AgencyContractEnded: _contract_ended,
    ev.AgencyReviewed: _reviewed,
    ev.AgencyInspected: _inspected,
    ev.AgencySuspended: _suspended,
    ev.AgencyReinstated: _reinstated,
    ev.AgencyStruck: _struck,
    ev.ViolationFound: _violated,
    ev.ViolationClosed: _violation_closed,
}
