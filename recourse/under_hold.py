"""Steps that should not have happened: what was done in the time between the day on which a brake took effect and the day on
which the bank learned of it. Pure; changes nothing that was decided, since nobody knew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from recourse import events as ev
from recourse.acts import Entry
from recourse.decide import UNKNOWN_HOLD_STOPS
from recourse.ladder import ActClass, Ladder
from recourse.policy.book import Policy

CALL = "call"
"""How the ground of a brake begins that came of a contact's outcome."""


class WrongStep(msgspec.Struct, frozen=True):
    """A step under a brake that was not known yet. `what`: a node, or a contact's channel; `rule`: the brake's."""

    hold_id: str
    kind: str
    since_on: date
    known_on: date
    what: str
    act_class: str
    on: date
    rule: str


class Placed(msgspec.Struct, frozen=True):
    """A brake as an event places it, in its own right or with what the debtor brought."""

    hold_id: str
    kind: str
    until_on: date | None = None


def placed_by(event: ev.Event) -> Placed | None:
    """The brake that an event brings, if any."""
    match event:
        case ev.BrakePlaced():
            return Placed(event.hold_id, event.kind, event.until_on)
        case ev.ComplaintReceived():
            return Placed(event.complaint_id, "complaint")
        case ev.HardshipApplied():
            return Placed(event.application_id, "hardship")
        case ev.DisputeRaised():
            return Placed(event.dispute_id, event.hold)
    return None


def wrong_steps(journal: Sequence[Entry], ladder: Ladder, policy: Policy) -> tuple[WrongStep, ...]:
    """Of a case's journal, oldest first: every step that a brake learned of later would have stopped, in order."""
    found: list[WrongStep] = []
    for place, entry in enumerate(journal):
        hold = placed_by(entry.event)
        if hold is not None and entry.envelope.effective_on < entry.envelope.known_on:
            found += _under(hold, entry, journal[:place], ladder, policy)
    return tuple(sorted(dict.fromkeys(found), key=lambda step: (step.on, step.what, step.hold_id)))


def _under(hold: Placed, entry: Entry, before: Sequence[Entry], ladder: Ladder, policy: Policy) -> Iterator[WrongStep]:
    known = policy.brakes.get(hold.kind)
    stops = frozenset(known[1].stops) if known is not None else UNKNOWN_HOLD_STOPS
    through = known[1].lets_through if known is not None else ()
    since = entry.envelope.effective_on
    first = since + timedelta(days=_told_in_a_call(entry.event))
    for earlier in before:
        on, step = earlier.envelope.effective_on, _step(earlier.event, ladder)
        if step is None or on < first or (hold.until_on is not None and on > hold.until_on):
            continue
        what, act_class = step
        if act_class in stops and what not in through:
            rule = known[0].rule if known is not None else ""
            yield WrongStep(hold.hold_id, hold.kind, since, entry.envelope.known_on, what, act_class, on, rule)


def _told_in_a_call(event: ev.Event) -> bool:
    """Whether a brake came of a contact: what was done earlier on that day, the contact itself too, was no mistake."""
    match event:
        case ev.BrakePlaced():
            return event.ground.startswith(CALL)
        case ev.ComplaintReceived():
            return event.channel == "phone" and not event.text
        case ev.DisputeRaised():
            return event.proof.startswith(CALL)
    return False


def _step(event: ev.Event, ladder: Ladder) -> tuple[str, str] | None:
    """What an event did, and its class: an act that went out, or a contact that was made."""
    match event:
        case ev.ActReleased() if event.key.endswith("/act"):
            node = ladder.by_name.get(event.node)
            return None if node is None else (event.node, node.act_class.value)
        case ev.ContactRecorded() | ev.AgencyContacted():
            return event.channel, ActClass.CONTACT.value
    return None
