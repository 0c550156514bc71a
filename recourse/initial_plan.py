"""初步催收方案 The initial plan of a case: by rule of its grade and cause, or as a person made it; and its negotiation floor. Pure."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from recourse import events as ev
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.policy.book import Policy
from recourse.policy.debtor_values import Channels, Plan

OWN = "own"
"""The name of a plan that a person made for one case."""


class Floor(msgspec.Struct, frozen=True):
    """What no settlement may fall below: percent of the claim (and the amount that this is today in minor units, None while
    no claim is known), and the longest term in months; by which rule."""

    percent: int
    amount: int | None
    longest_months: int
    rule: str


class Standing(NamedTuple):
    """The plan of a case as it stands: `rule` is the rule's id, or ``own``."""

    rule: str
    channels: tuple[str, ...]
    cadence_days: int
    floor_percent: int
    longest_months: int
    legal: tuple[str, ...]
    team: str
    priority: int


def made_for(grade: str, cause: str) -> str:
    """What a plan is made for: it is made anew when this changes."""
    return f"{grade}/{cause}"


def planned(policy: Policy, grade: str, cause: str) -> ev.PlanMade | None:
    """The plan that the rules make for a grade and a cause; None where no rule does."""
    found = policy.plan_for(grade, cause)
    if found is None:
        return None
    source, plan = found
    return ev.PlanMade(source.rule, grade, cause, plan.channels, plan.cadence_days, plan.floor_percent,
                       plan.longest_months, plan.legal, plan.team, plan.priority)  # fmt: skip


def standing(facts: Facts, policy: Policy) -> Standing | None:
    """The plan of a case: a person's own, else that of the rule; None where there is none."""
    file = facts.file
    ruled = policy.plan_for(file.grade, file.cause)
    if ruled is None:
        return None
    source, plan = ruled
    own = file.own_plan
    if own is None or file.planned_for != made_for(file.grade, file.cause):
        return _of(source.rule, plan)
    return Standing(OWN, own.channels, own.cadence_days, own.floor_percent, own.longest_months, plan.legal, plan.team,
                    plan.priority)  # fmt: skip


def _of(rule: str, plan: Plan) -> Standing:
    return Standing(rule, plan.channels, plan.cadence_days, plan.floor_percent, plan.longest_months, plan.legal,
                    plan.team, plan.priority)  # fmt: skip


def cadence_of(facts: Facts, policy: Policy, grade: str) -> int:
    """The least days between two contacts of one step by the plan of a case at a grade; 0 where there is no plan."""
    file = facts.file
    if file.own_plan is not None and file.planned_for == made_for(grade, file.cause):
        return file.own_plan.cadence_days
    ruled = policy.plan_for(grade, file.cause)
    return 0 if ruled is None else ruled[1].cadence_days


def floor_of(facts: Facts, policy: Policy) -> Floor | None:
    """The negotiation floor of a case's plan; None where no rule sets one."""
    plan = standing(facts, policy)
    if plan is None:
        return None
    owed = facts.owed
    amount = None if owed is None else -(-max(owed, 0) * plan.floor_percent // 100)
    return Floor(plan.floor_percent, amount, plan.longest_months, plan.rule)


def below(
    floor: Floor | None, *, percent: int | None = None, amount: int | None = None, months: int | None = None
) -> str:
    """Why an offer falls below a floor, in one line ("" = it does not, or there is no floor). What is None is not asked."""
    if floor is None:
        return ""
    if percent is not None and percent < floor.percent:
        return f"{percent} % of the claim is below the floor of {floor.percent} % [{floor.rule}]"
    if amount is not None and floor.amount is not None and amount < floor.amount:
        return f"{amount} is below the floor of {floor.amount} (minor units) [{floor.rule}]"
    if months is not None and months > floor.longest_months:
        return f"{months} months are more than the longest term of {floor.longest_months} [{floor.rule}]"
    return ""


def proposed(
    facts: Facts, policy: Policy, channels: tuple[str, ...], cadence_days: int, percent: int, months: int, reason: str
) -> ev.PlanMade:
    """A person's own plan for a case. Refused below the floor of the rule's plan, and without a reason."""
    where = f"account {facts.account_id}"
    file = facts.file
    ruled = planned(policy, file.grade, file.cause)
    if ruled is None:
        raise UserError("no rule makes a plan here", where=where, mend="add one to the topic plan")
    if not reason.strip():
        raise UserError("another plan needs its reason", where=where, mend="give --reason TEXT")
    for channel in channels:
        if channel not in Channels:
            raise UserError(f"unknown channel {channel!r}", where=where, mend=f"use {', '.join(Channels)}")
    if not channels or cadence_days < 1 or not 0 <= percent <= 100 or months < 0:
        raise UserError("a plan needs channels, a cadence of a day at least, a percent up to 100", where=where)
    floor = Floor(ruled.floor_percent, None, ruled.longest_months, ruled.plan)
    against = below(floor, percent=percent, months=months)
    if against:
        raise UserError(against, where=where, mend="stay within the floor, or have the rule changed")
    return ev.PlanMade(OWN, file.grade, file.cause, channels, cadence_days, percent, months, ruled.legal, ruled.team,
                       ruled.priority, reason)  # fmt: skip
