"""Clocks: every deadline of a debt, one engine. What starts it, how long it runs, what it costs to miss it. Pure.

A clock is either worked out from the facts (limitation, guarantee periods) or is a *timer* that an event started and
that stands in the case file under ``kind:subject``. Its length is a number of the pack, unless a paper names the last
day. Nothing here moves a clock: events do (`recourse.fold`), and one without proof moves none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from recourse.days import later, months_later, years_later

if TYPE_CHECKING:
    from recourse.facts import Facts, GuaranteeFact

Numbers = Mapping[str, int]
"""The numbers of a policy by rule id."""

LIMITATION_RULE = "clock.limitation_years"
GUARANTEE_RULE = "clock.guarantee_default_months"
LONGEST_RULE = "clock.limitation_longest_years"
OBSTACLE_RULE = "clock.limitation_after_obstacle_months"
ALARM_RULES = ("clock.first_alarm_days", "clock.second_alarm_days", "clock.last_alarm_days")
ANY = "any"


class Timer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A clock that an event started; `until_on`: the last day that a paper names, else the law's length counts."""

    kind: str
    from_on: date
    until_on: date | None = None


class Alarmed(msgspec.Struct, frozen=True):
    """Which alarm was given last on a clock, for which last day; 0 and below: that it ran out."""

    ends_on: date
    within_days: int


class Obstacle(msgspec.Struct, frozen=True, omit_defaults=True):
    """An obstacle to suing 中止事由 that is proved; `to_on`: the day on which it was gone."""

    from_on: date
    to_on: date | None = None


class ClockKind(msgspec.Struct, frozen=True):
    """A kind of clock. `right`: missing it loses a right against somebody; else it is a duty or a date to watch.

    `groups`: what an entry rule may ask for together. `rule`: the pack's number that gives its length, in `unit`; empty
    when only a paper does. `kept_by`: what has to be done in time, for work lists.
    """

    code: str
    zh: str
    en: str
    rule: str
    unit: str
    right: bool
    groups: tuple[str, ...]
    kept_by: str


def _kind(code: str, zh: str, en: str, rule: str, unit: str, right: bool, kept_by: str, *groups: str) -> ClockKind:
    full = rule if "." in rule or not rule else f"clock.{rule}"
    return ClockKind(code, zh, en, full, unit, right, groups, kept_by)


_ALL = (
    # rights: limitation and guarantees (民法典 188-195, 692-694; 担保解释 28)
    _kind("limitation", "诉讼时效", "limitation of action", "limitation_years", "years", True, "limitation_demand", "suit"),
    _kind("joint_guarantee", "连带责任保证期间", "joint guarantee period", "", "", True, "guarantor_demand", "guarantee", "suit"),
    _kind("general_guarantee", "一般保证期间", "general guarantee period", "", "", True, "litigation", "guarantee", "suit"),
    _kind("guarantee_limitation", "保证债务诉讼时效", "limitation against a guarantor", "guarantee_limitation_years", "years",
          True, "litigation", "suit"),
    # rights: in court (民事诉讼法 104, 171, 205, 225-228, 250; 民诉解释 485)
    _kind("suit_after_preservation", "诉前保全后起诉", "suit after pre-suit preservation", "pre_suit_preservation_days", "days",
          True, "litigation", "suit"),
    _kind("freeze_deposit", "冻结存款期限", "freeze of a deposit", "freeze_deposit_years", "years", True, "freeze_renewal",
          "freeze"),
    _kind("freeze_movable", "查封动产期限", "seizure of a movable", "freeze_movable_years", "years", True, "freeze_renewal",
          "freeze"),
    _kind("freeze_realty", "查封不动产期限", "seal on real property", "freeze_realty_years", "years", True, "freeze_renewal",
          "freeze"),
    _kind("appeal", "上诉期", "appeal", "appeal_days", "days", True, "appeal"),
    _kind("confirmation_application", "司法确认申请期", "application to confirm a mediation", "mediation_confirmation_days", "days",
          True, "mediation"),
    _kind("payment_order_conversion", "支付令异议后不同意转诉讼", "refusal of conversion into a suit",
          "payment_order_conversion_days", "days", True, "payment_order"),
    _kind("enforcement_application", "申请执行时效", "application for enforcement", "enforcement_application_years", "years", True,
          "enforcement"),
    _kind("bankruptcy_claim", "债权申报期限", "filing of the claim in bankruptcy", "", "", True, "bankruptcy_claim"),
    _kind("insurer_claim", "索赔期限", "claim on the insurer", "", "", True, "insurer_claim"),
    # to watch
    _kind("payment_order_objection", "支付令异议期", "objection to a payment order", "payment_order_objection_days", "days", False,
          "payment_order"),
    _kind("realisation_objection", "实现担保物权异议期", "objection to realisation", "realisation_objection_days", "days", False,
          "security_realisation"),
    _kind("auction_second", "二次拍卖期限", "second auction", "auction_second_days", "days", False, "auction_second"),
    _kind("valuation", "评估有效期", "validity of a valuation", "valuation_years", "years", False, "collateral_valuation"),
    _kind("hearing", "开庭日", "hearing", "", "", False, "litigation"),
    _kind("no_suit", "不诉决定复核", "review of a decision not to sue", "", "", False, "litigation_route"),
    # duties
    _kind("foreclosed_asset", "抵债资产处置期限", "disposal of a foreclosed asset", "foreclosed_asset_years", "years", False,
          "debt_for_asset"),
    _kind("complaint", "投诉办结期限", "answer to a complaint", "complaint_days", "days", False, ""),
    _kind("complaint_complex", "复杂投诉办结期限", "answer to a complex complaint", "complaint_complex_days", "days", False, ""),
    _kind("complaint_extension", "投诉延期办结期限", "answer to a complaint with more time", "", "", False, ""),
    _kind("complaint_referral", "转办投诉办结期限", "answer to a complaint that an authority referred", "complaint_referral_days",
          "days", False, ""),
    _kind("complaint_verification", "投诉核查期限", "verification of an answer", "complaint_verification_days", "days", False, ""),
    _kind("hardship_evidence", "困难证明提交期限", "evidence of hardship", "hardship.evidence_days", "days", False, ""),
    _kind("hardship_review", "困难帮扶复核日", "review of a hardship", "", "", False, ""),
    _kind("dispute", "异议核查期限", "answer to a dispute", "dispute_days", "days", False, ""),
    _kind("credit_objection", "征信异议答复期限", "answer to a credit-record objection", "credit_objection_days", "days", False, ""),
    _kind("agency_certificate", "委外返还和删除证明", "the agency's return and deletion certificate", "placement.certificate_days",
          "days", False, "agency_referral"),
    _kind("restructure_observation", "重组观察期", "observation of a restructured debt", "restructure_observation_years", "years",
          False, ""),
    _kind("evasion_review", "逃废债认定复核日", "review of a finding of evasion", "", "", False, "evasion_finding"),
    _kind("upgrade_cure", "不良上调观察期", "cure before an upgrade", "upgrade_cure_months", "months", False, ""),
    _kind("accountability", "责任认定期限", "accountability for a write-off", "write_off_accountability_years", "years", False,
          "write_off"),
    _kind("write_off_audit", "核销专项审计期限", "audit of the year's write-offs", "write_off_audit_months", "months", False,
          "write_off"),
    _kind("write_off_report", "核销报送期限", "report of the year's write-offs", "write_off_report_months", "months", False,
          "write_off"),
    _kind("impact_assessment", "个人信息保护影响评估留存期", "retention of the impact assessment", "impact_assessment_years",
          "years", False, ""),
)  # fmt: skip

KINDS: Mapping[str, ClockKind] = {kind.code: kind for kind in _ALL}
GROUPS: Mapping[str, frozenset[str]] = {
    ANY: frozenset(kind.code for kind in _ALL if kind.right),
    **{
        group: frozenset(kind.code for kind in _ALL if group in kind.groups)
        for group in sorted({group for kind in _ALL for group in kind.groups})
    },
    **{kind.code: frozenset({kind.code}) for kind in _ALL},
}
"""What a rule may name: one kind, a group of kinds, or any right."""


class Running(msgspec.Struct, frozen=True):
    """A clock that runs: `key` is kind:subject; `ends_on` its last day, in force or past."""

    kind: str
    subject: str
    from_on: date | None
    ends_on: date

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.subject}"


def running(facts: Facts, numbers: Numbers) -> Iterator[Running]:
    """Every clock of a debt whose last day is known, in no order."""
    file = facts.file
    ends = limitation_ends_on(facts, numbers)
    if ends is not None:
        yield Running("limitation", "debt", file.limitation_from or facts.terms.last_due_on, ends)
    for guarantee in facts.security.guarantees:
        period = guarantee_ends_on(guarantee, facts, numbers)
        if period is not None and guarantee.guarantee_id not in file.claimed_guarantees:
            yield Running(f"{guarantee.kind}_guarantee", guarantee.guarantee_id, None, period)
    for key, timer in file.timers.items():
        end = ends_on(timer, numbers)
        if end is not None:
            yield Running(timer.kind, key.partition(":")[2], timer.from_on, end)


def guarantee_ends_on(guarantee: GuaranteeFact, facts: Facts, numbers: Numbers) -> date | None:
    """The last day of a guarantee period 保证期间; one that the law gives is counted from acceleration, once there is
    one (民法典 692), whichever ends sooner. None: not known."""
    ends, months, called_on = guarantee.period_ends_on, numbers.get(GUARANTEE_RULE), facts.file.accelerated_on
    if ends is None or months is None or called_on is None or not guarantee.by_law:
        return ends
    return min(ends, months_later(called_on, months))


def next_end(facts: Facts, group: str, from_on: date, numbers: Numbers) -> date | None:
    """The first last day, on or after `from_on`, of the clocks of a group; None when none is known or all are past.

    What is past is lost and hurries nobody.
    """
    wanted = GROUPS[group]
    if len(wanted) == 1 and "limitation" in wanted:
        ends = limitation_ends_on(facts, numbers)
        return ends if ends is not None and ends >= from_on else None
    found = [clock.ends_on for clock in running(facts, numbers) if clock.kind in wanted and clock.ends_on >= from_on]
    return min(found, default=None)


def ends_on(timer: Timer, numbers: Numbers) -> date | None:
    """The last day of a timer: the paper's, else the law's length from its start; None while neither is known."""
    if timer.until_on is not None:
        return timer.until_on
    kind = KINDS.get(timer.kind)
    length = numbers.get(kind.rule) if kind is not None else None
    if kind is None or length is None:
        return None
    return _LATER[kind.unit](timer.from_on, length)


_LATER = {"days": later, "months": months_later, "years": years_later}


def limitation_ends_on(facts: Facts, numbers: Numbers) -> date | None:
    """Last day of the limitation of action 诉讼时效: the law's years (民法典 188: three) from the last due date (189),
    acceleration, or the last proved interruption (195), whichever is latest; at most twenty years in all (188). An
    obstacle in its last six months puts the end off to six months after it is gone (194); while it lasts, the end shown
    stays, which errs early. An interruption that came after the end brings nothing back. None while the law's length or
    the day to count from is unknown, while a court file that is docketed keeps the claim, and once there is a title.
    """
    years, file, terms = numbers.get(LIMITATION_RULE), facts.file, facts.terms
    if years is None or file.title or (file.docketed and file.matter_open):
        return None
    start = file.limitation_from or terms.last_due_on
    if start is None:
        return None
    soonest = terms.last_due_on if file.accelerated_on is None and terms.last_due_on is not None else date.min
    ends = years_later(max(start, soonest), years)
    if file.limitation_gap is not None:
        lost_on = years_later(max(file.limitation_gap[0], soonest), years)
        ends = lost_on if lost_on < file.limitation_gap[1] else ends
    if file.obstacles:
        ends = _put_off(ends, file.obstacles, numbers)
    longest, first = numbers.get(LONGEST_RULE), file.accelerated_on or terms.last_due_on or start
    if longest is None or ends.year < first.year + longest:
        return ends
    return min(ends, years_later(first, longest))


def _put_off(ends: date, obstacles: Mapping[str, Obstacle], numbers: Numbers) -> date:
    months = numbers.get(OBSTACLE_RULE)
    for obstacle in obstacles.values():
        gone = obstacle.to_on
        if months is None or gone is None or obstacle.from_on > ends or gone < months_later(ends, -months):
            continue
        ends = max(ends, months_later(gone, months))
    return ends


class Alarm(msgspec.Struct, frozen=True):
    """An alarm that is due: within so many days the clock ends; 0: its last day has passed."""

    clock: Running
    within_days: int


Alarms = tuple[tuple[Alarm, ...], date | None, date | None]
"""Alarms due today and not given yet; the next day on which one will be; and the last day of the right that is lost next
(None: none is known)."""


def alarm_steps(numbers: Numbers) -> list[int]:
    """The days before a clock's end at which a policy wants an alarm, fewest first."""
    return sorted({numbers[rule] for rule in ALARM_RULES if rule in numbers})


def alarms(facts: Facts, clocks: Iterable[Running], steps: list[int], today: date) -> Alarms:
    """What the clocks that run have to tell on a day; `steps`: those of :func:`alarm_steps`."""
    due: list[Alarm] = []
    ahead: date | None = None
    lost_on: date | None = None
    for clock in clocks:
        ends_on = clock.ends_on
        left = (ends_on - today).days
        at = bisect_left(steps, left)
        if left >= 0:
            if KINDS[clock.kind].right and (lost_on is None or ends_on < lost_on):
                lost_on = ends_on
            following = later(ends_on, -steps[at - 1] if at else 1)
            if ahead is None or following < ahead:
                ahead = following
        if left < 0 or at < len(steps):
            reached = steps[at] if left >= 0 else 0
            if _is_new(facts, clock, reached):
                due.append(Alarm(clock, reached))
    return tuple(due), ahead, lost_on


def _is_new(facts: Facts, clock: Running, reached: int) -> bool:
    given = facts.file.alarmed.get(clock.key)
    return given is None or given.ends_on != clock.ends_on or given.within_days > reached
