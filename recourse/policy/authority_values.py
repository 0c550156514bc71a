"""What the values of the rules of authority look like once parsed: who must agree to what, and what voids an approval."""

from __future__ import annotations

from typing import Annotated

import msgspec

from recourse.policy.strict import Strictly, known

Parts = (
    "parties",
    "holds",
    "security",
    "guarantee",
    "tier",
    "owed_band",
    "paid_in_full",
    "accelerated",
    "stage",
    "opinion",
    "maturity",
    "estate",
    "bankruptcy",
    "auction",
    "measures",
    "pool",
    "ending",
    "reserves",
    "homes",
    "set_off",
    "unknown_deposits",
    "consents",
    "insurer_paid",
    "estate_value",
    "locate",
    "field_visit",
    "evasion",
    "proposal",
    "release",
    "packets",
)
"""The parts of the evidence that a materiality rule may name."""


class Materiality(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which facts void an approval of this action when they change (named parts of the evidence)."""

    action: str
    voids: tuple[str, ...]

    def __post_init__(self) -> None:
        known("part of the evidence", self.voids, Parts)


class Seats(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who must agree: every seat, then the final approver. `committee`: two thirds of an odd panel of at least five.

    A seat is a role, or ``role#n`` for the n-th seat of one role. `must_include`: roles that a member must hold, which
    take the first seats of the panel.
    """

    seats: tuple[str, ...]
    then: str = ""
    committee: bool = False
    must_include: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.seats:
            raise ValueError("nobody would have to agree")
        if len(set(self.seats)) != len(self.seats):
            raise ValueError("a seat stands twice: number the seats of one role, such as DRC#1")
        if self.committee and (len(self.seats) < 5 or len(self.seats) % 2 == 0):
            raise ValueError(f"a committee of {len(self.seats)}: it takes an odd number, five at least")

    @property
    def roles(self) -> frozenset[str]:
        """Every role that is named, without its seat number."""
        named = (*self.seats, *self.must_include, *((self.then,) if self.then else ()))
        return frozenset(seat.split("#", 1)[0] for seat in named)


class Authority(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One row of the authority matrix: tier → seats; working days to answer."""

    action: str
    tiers: dict[str, Seats]
    workdays: Annotated[int, msgspec.Meta(ge=0)]
    loss: bool = False
    """A loss seat: the loan's originator may not sit in it."""
    basis: str = "exposure"
    """What the tier is read from: the debtor's exposure, the amount waived, or the net loss of this debt."""
    refuse_core: bool = False
    """Core (statutory) items are refused whoever signs: shown with the row, for readiness gaps."""

    def __post_init__(self) -> None:
        known("basis", (self.basis,), ("exposure", "waived", "net_loss"))


class Tiers(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Upper bounds of the tiers in minor units of the currency, lowest first; above the last bound is the last tier."""

    currency: str
    names: tuple[str, ...]
    bounds: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.bounds) + 1 or list(self.bounds) != sorted(set(self.bounds)):
            raise ValueError("tiers need one bound fewer than names, each above the one before")


class Levels(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Role → the role one level up, for escalation."""

    up: dict[str, str]


class Roles(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Known roles with their titles."""

    zh: dict[str, str]
