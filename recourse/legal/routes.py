"""Which way to a title or to the security: every route with its bars, costs, time and papers, in the order of worth. Pure.

The routes are pack data (`route.*`): each bar names its article and whether it is strict law or the bank's own caution.
This weighs them for one case and ranks them; whether to sue is for people, who see all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from recourse.legal.findings import RouteFacts, findings
from recourse.legal.grounds import Force, Ground, bank
from recourse.legal.outlook import Answers, Expected, FeeLine, ends_on, expected, fee_lines, net, recoveries
from recourse.money import to_text
from recourse.policy.book import Policy
from recourse.policy.legal_values import Bar
from recourse.policy.legal_values import Route as RouteRule

ORDER = (
    "mediation_with_confirmation",
    "payment_order",
    "notarised_enforcement",
    "security_realisation",
    "arbitration",
    "small_claims",
    "simplified",
    "ordinary",
)
"""Decides between routes of the same worth and time: the lighter one first."""
BANKS_OWN = "本行规定"


class Standing(StrEnum):
    """Whether a route may be taken: yes, not before something essential is known, or no."""

    OPEN = "open"
    UNCLEAR = "unclear"
    BARRED = "barred"


class Paper(msgspec.Struct, frozen=True):
    """A paper the route asks for, whether it is at hand, and the role that has to bring it."""

    paper: str
    owner: str
    present: bool
    zh: str
    en: str


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """One route weighed for one case; amounts in minor units, None where something is not known.

    `missing`: what has to be found out first; `days`: until money may be expected; `because`: its place, in words.
    """

    name: str
    zh: str
    en: str
    standing: Standing
    bars: tuple[Ground, ...]
    cautions: tuple[Ground, ...]
    missing: tuple[Ground, ...]
    fees: tuple[FeeLine, ...]
    papers: tuple[Paper, ...]
    expected: Expected | None
    net: int | None
    days: int | None
    ends_on: date | None
    because: tuple[Ground, ...]

    @property
    def barred_by_law(self) -> bool:
        """Whether strict law stands against it; what is barred by the bank's caution only, a person may open."""
        return any(bar.force is Force.LAW for bar in self.bars)

    @property
    def lacking(self) -> tuple[Paper, ...]:
        return tuple(paper for paper in self.papers if not paper.present)

    @property
    def advance(self) -> int | None:
        """What the bank has to pay in beforehand."""
        amounts = [line.amount for line in self.fees if line.prepaid]
        return None if None in amounts else sum(each for each in amounts if each is not None)


class RouteChoice(msgspec.Struct, frozen=True):
    """All routes in force, best first. `sue_pays`: whether one that is not barred is expected to bring more than it costs."""

    routes: tuple[Route, ...]
    sue_pays: bool | None

    @property
    def best(self) -> Route | None:
        """The first route, unless it is barred."""
        first = self.routes[0] if self.routes else None
        return None if first is None or first.standing is Standing.BARRED else first

    def named(self, name: str) -> Route:
        return next(route for route in self.routes if route.name == name)


def choose_route(case: RouteFacts, policy: Policy, on: date) -> RouteChoice:
    """Every route of the policy, weighed and ranked: not barred first, what is certain before what is not, then by
    expected net, then time, then the lighter one. A day without rules of routes has none.
    """
    answers = findings(case, policy, on)
    weighed = [_weigh(case, rule, source.rule, policy, answers, on) for source, rule in policy.of("route", RouteRule)]
    routes = tuple(sorted(weighed, key=_place))
    return RouteChoice(routes, _pays(routes))


def _weigh(case: RouteFacts, rule: RouteRule, rule_id: str, policy: Policy, answers: Answers, on: date) -> Route:
    source, row = recoveries(policy).get(rule.name, (None, None))
    brings = expected(case, rule, row)
    lines = fee_lines(case, rule, policy, answers, brings, row)
    worth, last = net(brings, lines), ends_on(rule, policy, answers, on)
    bars = _true(rule.bars, answers, rule_id)
    missing = _not_known(rule.bars, answers, rule_id)
    essential = any(bar.essential and answers.get(bar.when) is None for bar in rule.bars)
    standing = Standing.BARRED if bars else Standing.UNCLEAR if essential else Standing.OPEN
    days = None if last is None else (last - on).days
    return Route(
        rule.name,
        rule.zh,
        rule.en,
        standing,
        bars,
        _true(rule.cautions, answers, rule_id),
        missing,
        lines,
        _papers(case, rule, answers),
        brings,
        worth,
        days,
        last,
        tuple(_because(case, brings, lines, worth, days, source.rule if source else "")),
    )


def _true(bars: Iterable[Bar], answers: Answers, rule_id: str) -> tuple[Ground, ...]:
    return tuple(
        Ground(bar.when, Force(bar.force), bar.source, bar.zh, bar.en, rule_id) for bar in bars if answers.get(bar.when)
    )


def _not_known(bars: Iterable[Bar], answers: Answers, rule_id: str) -> tuple[Ground, ...]:
    return tuple(
        Ground(bar.when, Force(bar.force), bar.source, f"待查明：{bar.zh}", f"to be found out: {bar.en}", rule_id)
        for bar in bars
        if answers.get(bar.when) is None
    )


def _papers(case: RouteFacts, rule: RouteRule, answers: Answers) -> tuple[Paper, ...]:
    return tuple(
        Paper(each.paper, each.owner, each.paper in case.papers, each.zh, each.en)
        for each in rule.papers
        if answers.get(each.when)
    )


def _because(
    case: RouteFacts,
    brings: Expected | None,
    lines: tuple[FeeLine, ...],
    worth: int | None,
    days: int | None,
    rule: str,
) -> Iterable[Ground]:
    def money(minor: int) -> str:
        return f"{to_text(minor, case.currency, grouped=True)} {case.currency}"

    if case.forum:
        yield bank("forum", "合同约定", f"合同约定：{case.forum}", f"the contract names {case.forum}")
    if brings is None:
        yield bank("expected", BANKS_OWN, "预计回收无法估算", "what it would bring is not known", rule)
    else:
        yield bank(
            "expected",
            BANKS_OWN,
            f"预计回收 {money(brings.total)}：担保物 {money(brings.from_collateral)}，其余债权的 {brings.percent}%，"
            f"保证人另加 {money(brings.from_guarantors)}",
            f"expected {money(brings.total)}: {money(brings.from_collateral)} from the security, {brings.percent}% of the "
            f"rest, {money(brings.from_guarantors)} more from guarantors",
            rule,
        )
    if unpriced := [line.what for line in lines if line.amount is None]:
        yield bank("fees", BANKS_OWN, f"费用未知：{'、'.join(unpriced)}", f"fees not known: {', '.join(unpriced)}")
    if worth is not None:
        yield bank("net", BANKS_OWN, f"预计净额 {money(worth)}", f"expected net {money(worth)}", rule)
    if days is not None:
        yield bank("time", BANKS_OWN, f"至回款约 {days} 天", f"about {days} days until money comes in")


def _place(route: Route) -> tuple[int, bool, int, bool, int, int]:
    rank = ORDER.index(route.name) if route.name in ORDER else len(ORDER)
    standing = list(Standing).index(route.standing)
    return standing, route.net is None, -(route.net or 0), route.days is None, route.days or 0, rank


def _pays(routes: Iterable[Route]) -> bool | None:
    """True if one route pays, False if it is known of all that none does."""
    nets = [route.net for route in routes if route.standing is not Standing.BARRED]
    if any(net is not None and net > 0 for net in nets):
        return True
    return None if not nets or None in nets else False
