"""What a route is expected to cost, to take and to bring: whole-number arithmetic that anyone can follow. Pure.

The fees are the law's. What comes in is the bank's assumption (`recovery.*`), and one that errs low: fees that the debtor
bears count against the bank as far as it does not expect them back, and the enforcement fee is taken off what
enforcement brings. What is not known is not counted: neither a value, nor a fee.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from recourse.legal import fees
from recourse.legal.findings import Piece, RouteFacts
from recourse.legal.spans import span_later
from recourse.policy.book import Policy, Sourced
from recourse.policy.legal_values import FeeItem, FeeSchedule, Recovery, Route
from recourse.policy.schema import State

Answers = Mapping[str, bool | None]


class FeeLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fee in minor units. `amount` None: no pack has the scale, or its basis is not known.

    `counted`: what of it weighs on the expected net. `estimate`: the scale is the bank's own, not the law's.
    """

    what: str
    amount: int | None
    counted: int | None
    bearer: str
    prepaid: bool
    halved: bool
    estimate: bool
    source: str


class Expected(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a route is expected to bring, in minor units. `percent`: of what the security leaves of the claim.

    `from_guarantors`: what the guarantors add to that, as far as they cover the claim. `not_counted`: pieces of security
    whose value, registration or earlier charges are not known.
    """

    from_collateral: int
    from_debtor: int
    from_guarantors: int
    percent: int
    own_cost: int
    not_counted: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return self.from_collateral + self.from_debtor + self.from_guarantors


def recoveries(policy: Policy) -> Mapping[str, tuple[Sourced, Recovery]]:
    """The bank's assumptions, by route."""
    return {row.name: (source, row) for source, row in policy.of("recovery", Recovery)}


def expected(case: RouteFacts, route: Route, row: Recovery | None) -> Expected | None:
    """What the route brings; None while the claim, or the bank's assumption, is not known."""
    owed = case.owed
    if owed is None or row is None:
        return None
    pieces = case.collateral or () if "collateral" in route.reaches else ()
    worths = {piece.collateral_id: _worth(piece, row) for piece in pieces}
    from_collateral = min(owed, sum(worth for worth in worths.values() if worth is not None))
    rest = owed - from_collateral
    percent = max(row.nothing_known, row.asset_clues if case.asset_clues else 0)
    return Expected(
        from_collateral,
        rest * percent // 100,
        _from_guarantors(case, route, rest, row.guarantor - percent),
        percent,
        row.own_cost + -(-owed * row.own_cost_per_100k // 100_000),
        tuple(key for key, worth in worths.items() if worth is None),
    )


def fee_lines(
    case: RouteFacts, route: Route, policy: Policy, answers: Answers, brings: Expected | None, row: Recovery | None
) -> tuple[FeeLine, ...]:
    """Every fee of the route that falls due in this case, and what of it counts."""
    due = [item for item in route.fees if answers.get(item.when)]
    return tuple(_line(case, item, policy, brings, row) for item in due)


def net(brings: Expected | None, lines: Sequence[FeeLine]) -> int | None:
    """Expected net in minor units; None as long as any part of it is not known."""
    counted = [line.counted for line in lines]
    if brings is None or None in counted:
        return None
    return brings.total - brings.own_cost - sum(each for each in counted if each is not None)


def ends_on(route: Route, policy: Policy, answers: Answers, on: date) -> date | None:
    """The day on which money may be expected, each step as long as its rule allows; None while a rule is missing."""
    for step in route.steps:
        if not answers.get(step.when):
            continue
        number = policy.numbers.get(step.rule)
        if number is None:
            return None
        on = span_later(on, step.rule, number)
    return on


def _worth(piece: Piece, row: Recovery) -> int | None:
    """What is left of a piece for this claim; None when something that decides it is not known."""
    prior = 0 if piece.rank == 1 else piece.prior_claims
    if piece.value is None or prior is None or not piece.registered:
        return None
    percent = row.only_home if piece.only_home else row.collateral
    return max(0, piece.value * percent // 100 - prior)


def _from_guarantors(case: RouteFacts, route: Route, rest: int, more_percent: int) -> int:
    """What guarantors bring beyond the debtor's own share, of the part that they cover."""
    if not case.guaranteed or "guarantors" not in route.reaches or more_percent <= 0:
        return 0
    covered = rest if case.guaranteed_up_to is None else min(rest, case.guaranteed_up_to)
    return covered * more_percent // 100


def _line(case: RouteFacts, item: FeeItem, policy: Policy, brings: Expected | None, row: Recovery | None) -> FeeLine:
    amount = _amount(case, item, policy, brings)
    state = {each.name: source.state for source, each in policy.of("fee_schedule", FeeSchedule)}
    estimate = state.get(item.schedule) is State.BANK_DEFAULT
    counted = _counted(item, amount, row)
    return FeeLine(item.what, amount, counted, item.bearer, item.prepaid, item.halved, estimate, item.source)


def _amount(case: RouteFacts, item: FeeItem, policy: Policy, brings: Expected | None) -> int | None:
    if not item.schedule:
        return 0
    basis = case.owed
    if item.on == "recovery":
        basis = None if brings is None else brings.total
    elif item.on == "preserved" and basis is not None and case.asset_clues_value is not None:
        basis = min(basis, case.asset_clues_value)
    of = fees.halved if item.halved else fees.fee
    return of(policy, item.schedule, basis, case.currency)


def _counted(item: FeeItem, amount: int | None, row: Recovery | None) -> int | None:
    if amount is None or row is None:
        return None
    back = row.fees_back if item.prepaid and item.bearer != "bank" else 0
    return amount - amount * back // 100
