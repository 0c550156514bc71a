"""What the values of the rules of contact look like once parsed: bars, pauses, and when contact is lost."""

from __future__ import annotations

from typing import Annotated

import msgspec

from recourse.policy.strict import Strictly, known

CONTACT_CHANNELS = ("call", "sms", "email", "post", "visit", "app")
Voices = ("human", "robot", "notice")
"""Who speaks in a call: a person, a machine that answers, or one that only announces."""
Roles = ("debtor", "co_debtor", "guarantor", "third_party", "heir", "representative", "attorney")
"""In which role somebody is contacted about a debt."""
Bars = (
    "deceased",
    "incapable",
    "minor",
    "do_not_contact",
    "number_refused",
    "medium_refused",
    "ceased",
    "represented",
    "work_refused",
    "third_party",
    "third_party_refused",
    "third_party_asked",
    "source_unknown",
)
"""Facts of a person or a number that may stand against a contact."""
Triggers = ("number_invalid", "failed_calls", "failed_days")


class ContactBar(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """While a fact holds, no contact by these channels (none named: any) with anybody in these roles (none named: any).

    `lets_through`: purposes that may be pursued all the same (a notice that the law itself asks for).
    """

    when: str
    channels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    lets_through: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known("fact", (self.when,), Bars)
        known("channel", self.channels, CONTACT_CHANNELS)
        known("role", self.roles, Roles)


class ContactPause(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """After a conversation no further contact by these channels for so many days, the day of the conversation being the
    first; about the same debt, or with the same person about any."""

    channels: tuple[str, ...]
    per: str
    days: Annotated[int, msgspec.Meta(ge=1)]

    def __post_init__(self) -> None:
        known("channel", self.channels, CONTACT_CHANNELS)
        known("counting", (self.per,), ("person", "debt"))


class LostContact(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When contact with a debtor counts as lost 失联: so many `times`, and so many days to wait after that."""

    trigger: str
    times: Annotated[int, msgspec.Meta(ge=1)] = 1
    wait_days: Annotated[int, msgspec.Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        known("trigger", (self.trigger,), Triggers)
