"""Contact permits: issued before a contact is made, under a lock on the person, from one budget for everybody.

Quiet hours are judged by instant in the person's own zone; caps by counting the permits of the window, per number and
per person, over all accounts and channels. A refusal is a value that names its rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, bindparam, select

from recourse.canonical import derived_id
from recourse.ledger import bulk, sets
from recourse.ledger.tables import contacts, parties, permits
from recourse.policy.book import Policy
from recourse.policy.values import ContactCap, QuietHours

COLUMNS = ("permit_id", "person_id", "number_id", "channel", "purpose", "case_id", "issued_on", "issued_at", "used")
COUNTED_ALWAYS = frozenset({"sms", "call", "email", "visit", "app"})
"""Channels for which a pack must hold a rule: no rule known for the day holds the contact."""
NUMBERED = COUNTED_ALWAYS - {"visit"}
"""Channels that need a number or address of the person's: without one there is nothing to permit."""
NO_CONTACT_STATUS = frozenset({"deceased", "incapable", "do_not_contact"})

_PERSONS = (
    select(parties.c.party_id, parties.c.time_zone, parties.c.status)
    .where(sets.one_of(parties.c.party_id, "persons"))
    .order_by(parties.c.party_id)
    .with_for_update()
)
_WITHOUT_CONSENT = select(contacts.c.number_id).where(
    sets.one_of(contacts.c.number_id, "numbers"), contacts.c.consent.is_(False)
)
GIVEN_BACK = "given_back"
"""`used` of a permit that was set aside and came back: it counts against no cap, and keeps its place in the day."""
_ISSUED = select(
    permits.c.person_id, permits.c.issued_on, permits.c.channel, permits.c.number_id, permits.c.used
).where(sets.one_of(permits.c.person_id, "persons"), permits.c.issued_on >= bindparam("since"))


class Request(msgspec.Struct, frozen=True):
    """A wish to contact a person. `number_id` is the blind index of the number or address."""

    person_id: str
    case_id: str
    channel: str
    purpose: str
    number_id: str = ""


class Permit(msgspec.Struct, frozen=True):
    """One contact may be made, once."""

    permit_id: str
    request: Request


class Refusal(msgspec.Struct, frozen=True):
    """No contact, and the rule that says so. `lasting`: asking again tomorrow will not help; a fact has to change."""

    request: Request
    rule: str
    lasting: bool = False


class Past(msgspec.Struct):
    """A contact that counts; `used`: what came of it, or whose it was."""

    on: date
    channel: str
    number_id: str
    used: str = ""

    @property
    def back(self) -> bool:
        """Whether it was set aside and handed back: its number in the day stands, and it counts for nothing."""
        return self.used == GIVEN_BACK


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: str, zone: str) -> datetime:
    """An instant (UTC text) as the clock on the person's wall shows it."""
    return datetime.fromisoformat(at).astimezone(_zone(zone))


def issue(connection: Connection, asked: Sequence[tuple[Request, Policy]], at: str) -> list[Permit | Refusal]:
    """Answer requests in order. Persons are locked in id order, so two callers never pass a cap together.

    A fixed number of queries, however many requests.
    """
    return _answer(connection, asked, at, None)


def reserve(
    connection: Connection, asked: Sequence[tuple[Request, Policy]], on: date, at: str
) -> list[Permit | Refusal]:
    """Set contacts of a day aside for somebody else who will make them: as :func:`issue`, out of the same budget.

    The day is the person's own; at which hour of it is for whoever makes the contact to keep, so quiet hours refuse
    nothing here. What is not made is handed back with :func:`give_back`.
    """
    return _answer(connection, asked, at, on)


def give_back(connection: Connection, permit_ids: Sequence[str]) -> None:
    """Put contacts that were set aside and not made back into their persons' budgets."""
    bulk.update(connection, permits, ("permit_id",), ("used",), [(each, GIVEN_BACK) for each in permit_ids])


def _answer(
    connection: Connection, asked: Sequence[tuple[Request, Policy]], at: str, day: date | None
) -> list[Permit | Refusal]:
    """Answers in order; with a `day`, for that day of each person and at no hour."""
    if not asked:
        return []
    persons = sorted({request.person_id for request, _ in asked})
    zones, barred = _lock(connection, persons)
    refused_numbers = _without_consent(connection, {request.number_id for request, _ in asked if request.number_id})
    window = max((cap.window_days for _, policy in asked for _, cap in policy.caps), default=1)
    past = _history(connection, persons, day or datetime.fromisoformat(at).date(), window)
    answers: list[Permit | Refusal] = []
    on: dict[str, date] = {}
    for request, policy in asked:
        if request.person_id not in zones:
            answers.append(Refusal(request, "contact.person_unknown", lasting=True))
            continue
        here = local(at, zones[request.person_id])
        today = on[request.person_id] = day or here.date()
        mine = past.setdefault(request.person_id, [])
        refusal = _barred(request, barred, refused_numbers) or (
            judge(request, policy, mine, here) if day is None else capped(request, policy, mine, today)
        )
        if refusal is not None:
            answers.append(refusal)
            continue
        mine.append(Past(today, request.channel, request.number_id))
        n = sum(1 for each in mine if each.on == today)
        answers.append(Permit(derived_id("permit", request.person_id, today, n), request))
    _keep(connection, answers, on, at)
    return answers


def _barred(request: Request, barred: dict[str, str], refused_numbers: set[str]) -> Refusal | None:
    """What no hour and no cap can mend: nobody to contact, no number, no consent."""
    if request.person_id in barred:
        return Refusal(request, f"contact.{barred[request.person_id]}", lasting=True)
    if not request.number_id and request.channel in NUMBERED:
        return Refusal(request, "contact.no_number", lasting=True)
    if request.number_id in refused_numbers:
        return Refusal(request, "contact.no_consent", lasting=True)
    return None


def judge(request: Request, policy: Policy, past: Sequence[Past], here: datetime) -> Refusal | None:
    """The law of one contact: quiet hours, then every cap; the strictest that refuses wins. Pure."""
    if request.channel in COUNTED_ALWAYS and not _hours(policy, request.channel):
        return Refusal(request, "contact.no_rule_known")
    quiet_by = quiet_rule(policy, request.channel, here)
    return Refusal(request, quiet_by) if quiet_by else capped(request, policy, past, here.date())


def quiet_rule(policy: Policy, channel: str, here: datetime) -> str:
    """The rule whose quiet hours cover this moment on the person's own clock ("" = none)."""
    for source, quiet in policy.quiet_hours:
        if (not quiet.channels or channel in quiet.channels) and quiet.covers(here.time()):
            return source.rule
    return ""


def capped(request: Request, policy: Policy, past: Sequence[Past], today: date) -> Refusal | None:
    """The caps alone: the first that has nothing left. A channel that must have a rule and has none is refused. Pure."""
    if request.channel in COUNTED_ALWAYS and not _hours(policy, request.channel):
        return Refusal(request, "contact.no_rule_known")
    for source, cap in policy.caps:
        if request.channel in cap.channels and _counted(cap, request, past, today) >= cap.at_most:
            return Refusal(request, source.rule)
    return None


def _hours(policy: Policy, channel: str) -> list[QuietHours]:
    return [quiet for _, quiet in policy.quiet_hours if not quiet.channels or channel in quiet.channels]


def _counted(cap: ContactCap, request: Request, past: Iterable[Past], today: date) -> int:
    since = today - timedelta(days=cap.window_days - 1)
    return sum(
        1
        for each in past
        if each.channel in cap.channels
        and not each.back
        and since <= each.on <= today
        and (cap.per == "person" or each.number_id in ("", request.number_id))
    )


def _lock(connection: Connection, persons: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    rows = connection.execute(_PERSONS, {"persons": persons}).all()
    barred = {person: status for person, _, status in rows if status in NO_CONTACT_STATUS}
    return {person: zone for person, zone, _ in rows}, barred


def _without_consent(connection: Connection, numbers: Iterable[str]) -> set[str]:
    wanted = sorted(numbers)
    return set(connection.execute(_WITHOUT_CONSENT, {"numbers": wanted}).scalars()) if wanted else set()


def _history(connection: Connection, persons: Sequence[str], today: date, window: int) -> dict[str, list[Past]]:
    since = today - timedelta(days=window + 1)
    past: dict[str, list[Past]] = {}
    for person, on, channel, number, used in connection.execute(_ISSUED, {"persons": persons, "since": since}):
        past.setdefault(person, []).append(Past(on, channel, number, used))
    return past


def _keep(connection: Connection, answers: Sequence[Permit | Refusal], on: dict[str, date], at: str) -> None:
    rows = [
        (
            answer.permit_id,
            answer.request.person_id,
            answer.request.number_id,
            answer.request.channel,
            answer.request.purpose,
            answer.request.case_id,
            on[answer.request.person_id],
            at,
            "",
        )
        for answer in answers
        if isinstance(answer, Permit)
    ]
    bulk.insert(connection, permits, COLUMNS, rows)
