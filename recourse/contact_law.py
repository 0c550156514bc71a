"""The law of one contact: what is asked, what is known at that moment, and every rule that refuses it. Pure.

Quiet hours go by the clock on the person's own wall; caps and pauses count what was permitted before, from one budget
for everybody; bars are facts of the person or the number. A contact whose outcome nobody knows counts as one in which
the debtor was spoken to. No rule known for a day holds the contact.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from recourse.fold_imported import UNANSWERED
from recourse.policy.book import Policy
from recourse.policy.values import ContactBar, ContactCap, ContactPause

COUNTED_ALWAYS = frozenset({"sms", "call", "email", "visit", "app"})
"""Channels for which a pack must hold a rule of hours: no rule known for the day holds the contact."""
NUMBERED = COUNTED_ALWAYS - {"visit"}
"""Channels that need a number or address of the person's: without one there is nothing to permit."""
THIRD_PARTY = "third_party"
DEBTOR = "debtor"
HOLDS_ALWAYS = frozenset({"deceased", "incapable", "minor", "do_not_contact", "number_refused", "third_party",
                          "third_party_refused"})  # fmt: skip
"""Facts that hold a contact also where no rule is known for the day."""
GIVEN_BACK = "given_back"
"""`used` of a permit that was set aside and came back: it counts against no cap, and keeps its place in the day."""
NOBODY_SPOKE = UNANSWERED | {"third_party_answered", "not_there", GIVEN_BACK}
"""Outcomes in which the debtor was certainly not spoken to."""
NO_RULE, UNKNOWN, NO_NUMBER = "contact.no_rule_known", "contact.person_unknown", "contact.no_number"
EXPIRED = "contact.permit_expired"
"""A permit counts in the budget of its day, so it is good for that day alone."""


class Request(msgspec.Struct, frozen=True):
    """A wish to contact somebody about a debt. `person_id`: whose budget it is: the person contacted, or, of a third
    party, the debtor who is looked for. `number_id`: the blind index of the number or address.

    `voice`: human, robot or notice (a machine that only announces). `caller`: the actor who makes the contact.
    `grounds`: of a third party, the rules by which contact is lost, worked out from recorded contacts. `at_work`: of a
    visit, which has no number, that it goes to the workplace.
    """

    person_id: str
    case_id: str
    channel: str
    purpose: str
    number_id: str = ""
    account_id: str = ""
    role: str = DEBTOR
    voice: str = "human"
    caller: str = ""
    grounds: tuple[str, ...] = ()
    at_work: bool = False


class Permit(msgspec.Struct, frozen=True):
    """One contact may be made, once."""

    permit_id: str
    request: Request


class Refusal(msgspec.Struct, frozen=True):
    """No contact, and the rule that says so; `matches`: every rule that refuses it, the strictest first.

    `lasting`: asking again tomorrow will not help; a fact has to change.
    """

    request: Request
    rule: str
    lasting: bool = False
    matches: tuple[str, ...] = ()


class Against(msgspec.Struct, frozen=True):
    """A rule that refuses. `lasting`: until a fact changes. `soft`: a supervisor's recorded word lets it through."""

    rule: str
    lasting: bool = False
    soft: bool = False


class Past(msgspec.Struct, frozen=True):
    """A contact that was permitted; `used`: what came of it ("" = nobody knows yet), or that it was given back."""

    on: date
    channel: str
    number_id: str
    used: str = ""
    person_id: str = ""
    case_id: str = ""
    account_id: str = ""
    role: str = DEBTOR
    voice: str = "human"
    purpose: str = ""
    permit_id: str = ""

    @property
    def back(self) -> bool:
        """Whether it was set aside and handed back: its number in the day stands, and it counts for nothing."""
        return self.used == GIVEN_BACK

    @property
    def answered(self) -> bool:
        """Whether somebody answered, or may have."""
        return not self.back and self.used not in UNANSWERED

    @property
    def spoken(self) -> bool:
        """Whether the debtor was spoken to, or may have been."""
        return self.used not in NOBODY_SPOKE and self.role != THIRD_PARTY


class Agreed(msgspec.Struct, frozen=True):
    """Hours that a debtor agreed to, on proof; over midnight when start is later than end. "" = any channel or number."""

    start: str
    end: str
    channel: str = ""
    number_id: str = ""

    def covers(self, request: Request, at: time) -> bool:
        if self.channel not in ("", request.channel) or self.number_id not in ("", request.number_id):
            return False
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        return (start <= at or at < end) if start > end else start <= at < end


class Situation(msgspec.Struct, frozen=True):
    """What is known of the person and the number at this moment.

    `here`: the moment by the person's own clock, then by those of other zones known. `facts`: those of
    `contact_values.Bars` that hold. `overrides`: rule → how often a supervisor let one more through today. `caller`:
    what stands against whoever makes the contact.
    """

    here: tuple[datetime, ...]
    past: Sequence[Past] = ()
    facts: Collection[str] = ()
    agreed: tuple[Agreed, ...] = ()
    overrides: Mapping[str, int] = {}
    caller: tuple[Against, ...] = ()

    @property
    def today(self) -> date:
        return self.here[0].date()


def judge(request: Request, policy: Policy, known: Situation, *, by_hour: bool = True) -> tuple[Against, ...]:
    """Every rule that refuses a contact, the strictest first: what lasts, then hours, pauses and caps, then what a
    supervisor may let through. `by_hour` False: a contact is set aside for a day, at no hour."""
    found = [*barred(request, policy, known.facts), *known.caller] if known.facts or known.caller else []
    if request.channel in COUNTED_ALWAYS and not _has_hours(policy, request.channel):
        found.append(Against(NO_RULE))
    elif by_hour:
        found += [Against(rule) for rule in quiet_rules(request, policy, known.here, known.agreed)]
    if policy.pauses:
        found += paused(request, policy, known.past, known.today)
    found += capped(request, policy, known.past, known.today, known.overrides)
    if not found:
        return ()
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (not each.lasting, each.soft)))


def numberless(request: Request) -> tuple[Against, ...]:
    """Whether there is no number or address to reach anybody at."""
    return () if request.number_id or request.channel not in NUMBERED else (Against(NO_NUMBER, lasting=True),)


def refusal_of(request: Request, against: Sequence[Against]) -> Refusal | None:
    """The refusal that rules add up to; none when nothing refuses."""
    if not against:
        return None
    return Refusal(request, against[0].rule, against[0].lasting, tuple(dict.fromkeys(each.rule for each in against)))


def barred(request: Request, policy: Policy, facts: Collection[str]) -> Iterator[Against]:
    """What no hour and no cap can mend."""
    for fact in sorted(facts):
        bars = policy.bars.get(fact, ())
        if not bars and fact in HOLDS_ALWAYS:
            yield Against(NO_RULE, lasting=True)
        yield from (Against(source.rule, lasting=True) for source, bar in bars if _binds(bar, request))


def _binds(bar: ContactBar, request: Request) -> bool:
    return (
        (not bar.channels or request.channel in bar.channels)
        and (not bar.roles or request.role in bar.roles)
        and request.purpose not in bar.lets_through
    )


def quiet_rules(
    request: Request, policy: Policy, here: Sequence[datetime], agreed: Sequence[Agreed] = ()
) -> Iterator[str]:
    """The rules whose quiet hours cover this moment."""
    opened = bool(agreed) and any(each.covers(request, here[0].time()) for each in agreed)
    for source, quiet in policy.quiet_hours:
        if quiet.channels and request.channel not in quiet.channels:
            continue
        clocks = here if quiet.every_zone else here[:1]
        if not (opened and quiet.agreed_opens) and any(quiet.covers(clock.time()) for clock in clocks):
            yield source.rule


def paused(request: Request, policy: Policy, past: Iterable[Past], today: date) -> Iterator[Against]:
    """The pauses after a conversation; of a third party there is none."""
    if request.role == THIRD_PARTY:
        return
    for source, pause in policy.pauses:
        if request.channel in pause.channels and any(
            each.spoken and each.channel in pause.channels and _same(pause, request, each)
            and abs((today - each.on).days) < pause.days
            for each in past
        ):  # fmt: skip
            yield Against(source.rule)


def capped(
    request: Request, policy: Policy, past: Sequence[Past], today: date, overrides: Mapping[str, int]
) -> Iterator[Against]:
    """The caps that have nothing left."""
    for source, cap in policy.caps:
        if not bound_by(request, cap):
            continue
        allowed = cap.at_most + (overrides.get(source.rule, 0) if cap.override else 0)
        if counted(cap, request, past, today) >= allowed:
            yield Against(source.rule, soft=cap.override)


def room(request: Request, policy: Policy, known: Situation) -> list[tuple[int, str]]:
    """How many contacts each cap still leaves, with its rule; what else refuses is for :func:`judge` to say."""
    return [
        (
            cap.at_most + known.overrides.get(source.rule, 0) - counted(cap, request, known.past, known.today),
            source.rule,
        )
        for source, cap in policy.caps
        if bound_by(request, cap)
    ]


def bound_by(request: Request, cap: ContactCap) -> bool:
    """Whether a cap speaks of such a contact; what is asked of a third party is counted by the number alone."""
    if request.channel not in cap.channels or (cap.voices and request.voice not in cap.voices):
        return False
    return cap.per == "number" or request.role != THIRD_PARTY


def counted(cap: ContactCap, request: Request, past: Sequence[Past], today: date) -> int:
    """How many contacts a cap counts in the fullest of its windows that this day lies in (one may be planned ahead)."""
    if not past:
        return 0
    width = cap.window_days
    days = sorted(
        each.on
        for each in past
        if abs((each.on - today).days) < width
        and each.channel in cap.channels
        and (not cap.voices or each.voice in cap.voices)
        and (each.answered if cap.counts == "answered" else not each.back)
        and _same(cap, request, each)
    )
    if not days or days[-1] <= today:
        return len(days)
    starts = (today - timedelta(days=n) for n in range(width))
    return max(bisect_right(days, start + timedelta(days=width - 1)) - bisect_left(days, start) for start in starts)


def _same(rule: ContactCap | ContactPause, request: Request, past: Past) -> bool:
    """Whether an earlier contact is counted together with this one; it is the person's own unless it says whose."""
    own = past.person_id in ("", request.person_id)
    if rule.per == "number":
        return past.number_id == request.number_id or (own and not past.number_id)
    if not own or past.role == THIRD_PARTY:
        return False
    return rule.per == "person" or past.case_id == request.case_id or past.account_id == request.account_id != ""


def _has_hours(policy: Policy, channel: str) -> bool:
    """Whether a rule of hours speaks of a channel."""
    return any(not quiet.channels or channel in quiet.channels for _, quiet in policy.quiet_hours)
