"""五级分类 The least five-tier class that the rules ask for, to hold the bank's own against. Pure; nothing here sets a class.

The class is the risk department's and is imported. Rules: 《商业银行金融资产风险分类办法》 (2023) by days past due, by
impairment, for restructured debts; the card rules of 2011, article 92. Where several apply the worst counts. What is not
known asks for nothing and is told as unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from recourse.days import later, months_later
from recourse.policy.book import Policy
from recourse.policy.debtor_values import Classes, Classification, Contagion

NPL = Classes[2:]
"""不良: the last three."""
TECHNICAL_DAYS = "classification.technical_days"
OBSERVED_PERIODS, OBSERVED_YEARS = "classification.observation_periods", "clock.restructure_observation_years"
CURED_PERIODS, CURED_MONTHS = "classification.upgrade_periods", "clock.upgrade_cure_months"
SUSPECTED, FOUND_OVERDUE = 1, 2
"""Of the basis *evasion*."""


class Asset(msgspec.Struct, frozen=True):
    """One debt on one day, as far as its class depends on it. None is unknown.

    `impairment`: loss allowance in hundredths of a percent of the book value. `restructurings`: how often it was
    restructured in the observation that runs (0: none runs). `evasion`: suspected, found or "". `technical`: the delay
    is an operational or technical one.
    """

    days_past_due: int
    impairment: int | None = None
    restructurings: int = 0
    evasion: str = ""
    technical: bool = False

    def measure(self, basis: str) -> int | None:
        if basis == "dpd":
            return self.days_past_due
        if basis == "impairment":
            return self.impairment
        if basis == "restructurings":
            return self.restructurings
        if not self.evasion:
            return 0
        return FOUND_OVERDUE if self.evasion == "found" and self.days_past_due > 0 else SUSPECTED


class Ground(msgspec.Struct, frozen=True):
    """Why the class is at least so: the rule, and what was seen."""

    at_least: str
    rule: str
    seen: str


class Verdict(msgspec.Struct, frozen=True):
    """The least class, on its grounds, the worst first. `tables_differ`: two tables by days past due do not agree, which
    the risk department has to know."""

    at_least: str
    grounds: tuple[Ground, ...]
    unknown: tuple[str, ...] = ()
    tables_differ: bool = False

    @property
    def why(self) -> str:
        return "; ".join(
            f"{ground.seen} [{ground.rule}]" for ground in self.grounds if ground.at_least == self.at_least
        )


def worse(some: str, other: str) -> str:
    """The worse of two classes."""
    return max(some, other, key=Classes.index)


def is_npl(five_tier: str | None) -> bool:
    return five_tier in NPL


def least_class(asset: Asset, policy: Policy) -> Verdict:
    """The least class that the rules in force ask for."""
    grounds: list[Ground] = []
    unknown: list[str] = []
    by_days: set[str] = set()
    for source, rule in policy.of("classification", Classification):
        seen = asset.measure(rule.basis)
        if seen is None:
            unknown.append(rule.basis)
            continue
        found = "pass" if _excused(asset, rule, policy.numbers) else step_of(rule, seen)
        if rule.basis == "dpd":
            by_days.add(found)
        if found != "pass":
            grounds.append(Ground(found, source.rule, f"{rule.basis}={seen}"))
    grounds.sort(key=lambda ground: (-Classes.index(ground.at_least), ground.rule))
    least = grounds[0].at_least if grounds else "pass"
    return Verdict(least, tuple(grounds), tuple(sorted(set(unknown))), len(by_days) > 1)


def step_of(rule: Classification, seen: int) -> str:
    """The class of a measure by one rule: each step begins above its number."""
    return next((step.five_tier for step in reversed(rule.steps) if seen > step.above), "pass")


def _excused(asset: Asset, rule: Classification, numbers: Mapping[str, int]) -> bool:
    """A delay for operational or technical reasons of a few days; only where the bank has switched the exception on."""
    return rule.basis == "dpd" and asset.technical and asset.days_past_due <= numbers.get(TECHNICAL_DAYS, 0)


# --- one bad asset and the others of its debtor --------------------------------------------------------------------


class Claim(msgspec.Struct, frozen=True):
    """One asset of a debtor: whether it is non-performing, and how much is claimed in minor units (None: unknown)."""

    asset_id: str
    debtor_id: str
    npl: bool
    amount: int | None = None


def spoiled(claims: Iterable[Claim], rule: Contagion) -> dict[str, tuple[str, ...]]:
    """Debtor → the assets that have to be non-performing because others are; debtors of whom none has to are left out.

    `share`: more than so many percent of what the debtor owes here is bad already (2023, article 7); a sum that is not
    known counts for nothing on either side.
    """
    of_debtor: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        of_debtor[claim.debtor_id].append(claim)
    found = {}
    for debtor, theirs in of_debtor.items():
        good = tuple(sorted(claim.asset_id for claim in theirs if not claim.npl))
        if good and len(good) < len(theirs) and _spoils(theirs, rule):
            found[debtor] = good
    return found


def _spoils(theirs: Sequence[Claim], rule: Contagion) -> bool:
    if rule.contagion != "share":
        return rule.contagion == "customer"
    bad = sum(claim.amount or 0 for claim in theirs if claim.npl)
    return bad * 100 > rule.above_percent * sum(claim.amount or 0 for claim in theirs)


# --- restructured debts, and the way back ------------------------------------------------------------------------------


class Observation(msgspec.Struct, frozen=True):
    """The observation of a restructured debt: from when, to its last day at the earliest (None: cannot be told yet)."""

    from_on: date
    until_on: date | None


def observation(
    first_due_on: date, due_on: Sequence[date], breaches: Iterable[date], numbers: Mapping[str, int]
) -> Observation:
    """The observation that runs (2023, article 20).

    It begins on the first repayment date after the change and lasts for so many repayment periods in a row and so many
    years, whichever is longer; a payment that is not made on time starts it again on the day of the breach. `due_on`:
    repayment dates, ascending.
    """
    start = max([first_due_on, *(day for day in breaches if day >= first_due_on)])
    periods = [day for day in due_on if day > start]
    wanted = numbers.get(OBSERVED_PERIODS, 2)
    by_time = later(months_later(start, 12 * numbers.get(OBSERVED_YEARS, 1)), -1)
    if len(periods) < wanted:
        return Observation(start, None)
    return Observation(start, max(by_time, periods[wanted - 1]) if wanted else by_time)


class Cured(msgspec.Struct, frozen=True):
    """What is known of a debt that was raised from non-performing. None is unknown. `since`: from when on everything due
    and all costs were paid; `periods`: repayment periods paid on time since; `others_bad`: others of the debtor's assets
    here are impaired; `expected`: the debtor is expected to go on paying, as a person found."""

    since: date | None
    periods: int | None
    others_bad: bool | None
    expected: bool | None


def against_upgrade(cured: Cured, on: date, numbers: Mapping[str, int]) -> tuple[str, ...]:
    """What is not shown of the test for leaving non-performing (2023): empty when all of it is."""
    missing = []
    months, periods = numbers.get(CURED_MONTHS, 6), numbers.get(CURED_PERIODS, 2)
    if cured.since is None:
        missing.append("arrears and costs are not shown to be paid")
    elif on < months_later(cured.since, months):
        missing.append(f"paid since {cured.since}, not yet {months} months")
    if cured.since is not None and (cured.periods is None or cured.periods < periods):
        missing.append(f"{cured.periods or 0} of {periods} repayment periods shown to be paid on time")
    if cured.others_bad is not False:
        missing.append("another asset of the debtor is impaired" if cured.others_bad else "other assets are not known")
    if cured.expected is not True:
        missing.append("nobody found that the debtor will go on paying")
    return tuple(missing)
