"""What the values of the legal kinds look like: court fees, routes, what a route may bring, small claims, exempt funds."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated

import msgspec

from recourse.policy.strict import Strictly, known

Minor = Annotated[int, msgspec.Meta(ge=0)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Per100k = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
"""A rate in parts of 100,000: 2.5 % is 2_500, 0.1 % is 100."""

Forces = ("law", "bank")
"""Strict law, or the bank's own caution, which a person of the bank may put aside."""
Bearers = ("debtor", "bank", "bank_claims_back")
"""Who bears a fee in the end. `bank_claims_back`: the applicant bears it and may put it into the claim."""
Bases = ("claim", "preserved", "recovery")
"""What a fee is reckoned on: the claim, the property to be preserved, or what enforcement is expected to bring."""
Reaches = ("debtor", "guarantors", "collateral")
Findings = (
    "always",
    "nothing_owed",
    "not_due",
    "accelerated",
    "debtor_missing",
    "not_reachable",
    "service_needs_notice",
    "no_service_clause",
    "disputes_debt",
    "mutual_debts",
    "preservation_obtained",
    "wants_preservation",
    "has_guarantors",
    "has_general_guarantors",
    "has_collateral",
    "no_collateral",
    "unregistered_collateral",
    "security_disputed",
    "against_agreed_order",
    "later_rank",
    "seized_by_others",
    "only_home",
    "arbitration_clause",
    "no_arbitration_clause",
    "notarised",
    "not_notarised",
    "foreign_related",
    "needs_appraisal",
    "counterclaim",
    "debtor_will_not_agree",
    "small_claims_table_missing",
    "small_claims_table_old",
    "above_small_claims",
    "small_claims_not_agreed",
    "small_claims_binding",
)
"""What a rule about a route may ask of a case; `recourse.legal.findings` answers each with yes, no or not known."""


class FeeBand(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The part of the amount up to `up_to` (minor units; none: without end) costs a flat sum, or a rate of that part."""

    up_to: Minor | None = None
    flat: Minor | None = None
    per_100k: Per100k | None = None

    def __post_init__(self) -> None:
        if (self.flat is None) == (self.per_100k is None):
            raise ValueError("give a band exactly one of flat, per_100k")


class FeeSchedule(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A scale of fees: bands that add up, or a share of another scale. Amounts in minor units of the currency."""

    name: str
    currency: str
    bands: tuple[FeeBand, ...] = ()
    cap: Minor | None = None
    without_amount: Minor | None = None
    """The fee where no amount is at stake; none: the scale names no such fee."""
    share_of: str = ""
    share: tuple[int, int] = (1, 1)
    """Numerator and denominator of the share of `share_of`."""

    def __post_init__(self) -> None:
        if bool(self.bands) == bool(self.share_of):
            raise ValueError("a scale has bands, or is a share of another")
        if self.share_of == self.name or self.share[0] < 0 or self.share[1] < 1:
            raise ValueError("the share must be a fraction of another scale")
        for low, high in pairwise(self.bands):
            if low.up_to is None or (high.up_to is not None and high.up_to <= low.up_to):
                raise ValueError("each band must end above the one before, and only the last is without end")
        if self.bands and self.bands[-1].up_to is not None:
            raise ValueError("the last band must be without end")


class SmallClaims(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The ceilings of the small-claims procedure in one province, as its high court published them."""

    name: str
    province: str
    """First two digits of the administrative division code (GB/T 2260)."""
    currency: str
    mandatory_up_to: Minor
    agreed_up_to: Minor
    published_on: str
    """From when the notice counts (ISO 8601): how old the figures are."""

    def __post_init__(self) -> None:
        date.fromisoformat(self.published_on)
        if len(self.province) != 2 or not self.province.isdecimal():
            raise ValueError("a province is two digits")
        if self.mandatory_up_to >= self.agreed_up_to:
            raise ValueError("the ceiling by agreement lies above the mandatory one")


class Bar(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What stands against a route when the finding is true. `essential`: as long as it is not known, the route waits."""

    when: str
    force: str
    source: str
    zh: str
    en: str
    essential: bool = False

    def __post_init__(self) -> None:
        known("finding", (self.when,), Findings)
        known("force", (self.force,), Forces)


class FeeItem(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One fee of a route. No `schedule`: the law asks none, and `source` says where. `when`: only if the finding is true."""

    what: str
    bearer: str
    source: str
    schedule: str = ""
    on: str = "claim"
    halved: bool = False
    prepaid: bool = True
    when: str = "always"

    def __post_init__(self) -> None:
        known("fee", (self.what,), ("acceptance", "application", "preservation", "enforcement"))
        known("bearer", (self.bearer,), Bearers)
        known("basis", (self.on,), Bases)
        known("finding", (self.when,), Findings)


class Step(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One stretch of time: the id of a number whose name ends in _days, _months or _years."""

    rule: str
    when: str = "always"

    def __post_init__(self) -> None:
        known("finding", (self.when,), Findings)
        known("unit", (self.rule.rsplit("_", 1)[-1],), ("days", "months", "years"))


class RoutePaper(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A paper that the route asks for, and the role that has to bring it."""

    paper: str
    owner: str
    zh: str
    en: str
    when: str = "always"

    def __post_init__(self) -> None:
        known("finding", (self.when,), Findings)


class Route(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way to a title or to the security: what bars it, what to mind, what it costs, how long, which papers."""

    name: str
    zh: str
    en: str
    reaches: tuple[str, ...]
    bars: tuple[Bar, ...]
    fees: tuple[FeeItem, ...]
    steps: tuple[Step, ...]
    papers: tuple[RoutePaper, ...]
    cautions: tuple[Bar, ...] = ()

    def __post_init__(self) -> None:
        known("reach", self.reaches, Reaches)
        if not self.steps or not self.papers:
            raise ValueError("a route takes time and papers")


class Recovery(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the bank expects of a route, in whole percent: an assumption, never law.

    `nothing_known`, `asset_clues`, `guarantor`: of the claim that the security leaves, the highest that fits.
    `collateral`, `only_home`: of the value of registered security. `fees_back`: of prepaid fees that the debtor bears.
    `own_cost_per_100k` of the claim and `own_cost` (minor units): counsel, notary, travel.
    """

    name: str
    nothing_known: Percent
    asset_clues: Percent
    guarantor: Percent
    collateral: Percent
    only_home: Percent
    fees_back: Percent
    own_cost: Minor = 0
    own_cost_per_100k: Per100k = 0


class Fund(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A source of money in an account: its name, and the rule that protects it ("" = not protected)."""

    zh: str
    en: str
    source: str = ""


class ExemptFunds(Strictly, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Every source that a balance may be tagged with. A source that is not here is unknown, and is not touched."""

    protected: dict[str, Fund]
    open: dict[str, Fund]

    def __post_init__(self) -> None:
        if both := set(self.protected) & set(self.open):
            raise ValueError(f"{min(both)!r} is both protected and open")
        if unsaid := [name for name, fund in self.protected.items() if not fund.source]:
            raise ValueError(f"say which rule protects {min(unsaid)!r}")
