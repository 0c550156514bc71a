"""Who may dial 持证上岗: the certificates that a jurisdiction asks of callers, on the day of the dial. Pure.

A refusal is the id of the rule that refuses; what is not known of a caller refuses too.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

import msgspec

from recourse.callers.register import OWN, Entry, Held
from recourse.policy.book import Policy, Sourced
from recourse.policy.calling_values import AGENCY, CallerCertificate

NOT_ENROLLED, NOT_EMPLOYED = "caller.not_enrolled", "caller.not_employed"


class Standing(msgspec.Struct, frozen=True):
    """How a caller stands with one certificate that the rules ask: held until a day (None: for good), or still to be
    got by a day, or lacking."""

    rule: str
    certificate: str
    state: str
    until_on: date | None = None


def refusal(entry: Entry | None, day: date, policy: Policy) -> str:
    """The rule that keeps a caller from dialling on a day ("" = none)."""
    if entry is None:
        return NOT_ENROLLED
    if not entry.works_on(day):
        return NOT_EMPLOYED
    return next((each.rule for each in standings(entry, day, policy) if each.state == "lacking"), "")


def standings(entry: Entry, day: date, policy: Policy) -> Sequence[Standing]:
    """Every certificate that the rules of the day ask of this caller, and how it stands."""
    whose = OWN if entry.employer == OWN else AGENCY
    asked = policy.of("caller_certificate", CallerCertificate)
    return [_standing(entry, day, source, rule) for source, rule in asked if whose in rule.of]


def _standing(entry: Entry, day: date, source: Sourced, rule: CallerCertificate) -> Standing:
    lasts = [
        _last_day(held, rule)
        for held in entry.certificates.get(rule.certificate, ())
        if held.issued_on <= day <= _last_day(held, rule)
    ]
    if lasts:
        last = max(lasts)
        return Standing(source.rule, rule.certificate, "held", None if last == date.max else last)
    started = entry.started_on
    if rule.within_months and started is not None and day <= months_after(started, rule.within_months):
        return Standing(source.rule, rule.certificate, "due", months_after(started, rule.within_months))
    return Standing(source.rule, rule.certificate, "lacking")


def _last_day(held: Held, rule: CallerCertificate) -> date:
    """The last day of a certificate: its own, or the rule's when that is sooner. A year from 1 March ends on the last of
    February."""
    by_rule = date.max if rule.valid_months is None else _day_before(months_after(held.issued_on, rule.valid_months))
    return min(held.expires_on or date.max, by_rule)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
