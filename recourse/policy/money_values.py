"""What the values about money look like: the order in which a payment pays, uplifts on interest, rates, caps."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

import msgspec

from recourse.money import Amounts
from recourse.policy.strict import Strictly, known

DOUBLED = "doubled"
"""The doubled part of the interest for delay 加倍部分债务利息, which stands beside the components of a claim."""
COMPONENTS = Amounts.__struct_fields__
Stages = ("contract", "judgment")
Criteria = ("due", "least_secured", "heavier", "earlier")
Days = Annotated[int, msgspec.Meta(ge=0)]
Percent = Annotated[int, msgspec.Meta(ge=0)]


class OrderBand(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this DPD on, money goes to the components in this order; each is named once."""

    from_dpd: Days
    order: tuple[str, ...]

    def __post_init__(self) -> None:
        known("component", self.order, (*COMPONENTS, DOUBLED))
        if len(set(self.order)) != len(self.order) or not set(COMPONENTS) <= set(self.order):
            raise ValueError(f"name each of {', '.join(COMPONENTS)} once")


class PaymentOrder(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a payment on one debt pays first, by days past due; of the contract, or once there is a judgment."""

    stage: str
    bands: tuple[OrderBand, ...]

    def __post_init__(self) -> None:
        known("stage", (self.stage,), Stages)
        if not self.bands or self.bands[0].from_dpd != 0:
            raise ValueError("the first band begins at DPD 0")
        if any(high.from_dpd <= low.from_dpd for low, high in pairwise(self.bands)):
            raise ValueError("each band begins after the one before")


class DebtOrder(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """By what several debts of one debtor are ranked when the debtor names none; equal ones share pro rata."""

    criteria: tuple[str, ...]

    def __post_init__(self) -> None:
        known("criterion", self.criteria, Criteria)
        if not self.criteria or len(set(self.criteria)) != len(self.criteria):
            raise ValueError("name each criterion once, one at least")


class Uplift(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """By how much, in percent of the contract rate, a penalty rate may lie above it: at least and at most."""

    overdue: tuple[Percent, Percent]
    misused: tuple[Percent, Percent]

    def __post_init__(self) -> None:
        if self.overdue[0] > self.overdue[1] or self.misused[0] > self.misused[1]:
            raise ValueError("a band that ends before it begins")


class RateCap(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The most, in percent a year of the principal, that the named components may come to together."""

    per_year_percent: Percent
    counts: tuple[str, ...]

    def __post_init__(self) -> None:
        known("component", self.counts, COMPONENTS)
        if "principal" in self.counts or not self.counts:
            raise ValueError("a cap is on charges: name them, and never the principal")


MONEY_KINDS: dict[str, type[Strictly]] = {
    "payment_order": PaymentOrder,
    "debt_order": DebtOrder,
    "uplift": Uplift,
    "rate_cap": RateCap,
}
