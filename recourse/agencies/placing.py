"""Whether a debt may be placed with an agency: every entry condition, met or not, with the rule that asks for it. Pure.

What is not known does not hold: a debt goes out only when every condition is met. The agency's conditions are those of
the register; the debt's are what the ladder forbids (secured, hardship, dispute …) and that one debtor has one caller.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from recourse.agencies.register import PASSED, Entry
from recourse.facts import Facts
from recourse.policy.book import Policy


class Condition(msgspec.Struct, frozen=True):
    """One entry condition: a code, whether it is met (None: not known), the rule, and its words."""

    code: str
    met: bool | None
    rule: str
    zh: str
    en: str


class Standing(msgspec.Struct, frozen=True):
    """What is known of an agency and a debtor beside the entry and the case.

    `load`: debts the agency holds; `elsewhere`: the agency that works another debt of this person ("" = none); `told`:
    whether the notice of outsourcing went out; `adverse`: adverse acts that are under way.
    """

    load: int | None = None
    elsewhere: str = ""
    told: bool | None = None
    adverse: tuple[str, ...] = ()


def entry_conditions(
    entry: Entry, facts: Facts, standing: Standing, policy: Policy, today: date
) -> tuple[Condition, ...]:
    """Every condition for placing a debt with an agency today, those of the agency first."""
    return (*agency_conditions(entry, standing, policy, today), *debt_conditions(entry, facts, standing, policy, today))


def agency_conditions(entry: Entry, standing: Standing, policy: Policy, today: date) -> tuple[Condition, ...]:
    """What the agency must be: listed and published, under contract for the whole term, reviewed, inspected, sound."""
    until_on = today + timedelta(days=policy.number("placement.term_days"))
    contract = entry.contract
    in_review = _in_date(entry.reviewed_on, entry.review, policy.number("agency.review_days"), today)
    inspected = _in_date(entry.inspected_on, entry.inspection, policy.number("agency.inspection_days"), today)
    room = None if entry.capacity is None or standing.load is None else standing.load < entry.capacity
    return (
        Condition("listed", entry.listed, "agency_standard.published", "在白名单上", "on the white list"),
        Condition("published", entry.published_on is not None, "agency_standard.published", "名单已公示", "published"),
        Condition("contract", contract is not None and contract.covers(today, until_on), "placement.term_days",
                  "合同覆盖全部委外期限", "under contract for the whole term"),
        Condition("review", in_review, "agency.review_days", "年度评价有效", "reviewed within the year"),
        Condition("final_review", _final_review(entry, policy, today), "agency.final_review_days",
                  "合同到期前已评价", "reviewed before the contract ends"),
        Condition("inspection", inspected, "agency.inspection_days", "检查有效", "inspected within the year"),
        Condition("no_breach", not entry.breaches, "violation", "无未了结的严重违规", "no serious breach is open"),
        Condition("not_suspended", entry.suspended_on is None, "agency_standard.published", "未被暂停", "not suspended"),
        Condition("capacity", room, "agency_standard.capacity", "有承接能力", "has room for another debt"),
        Condition("keys", bool(entry.recipient), "agency_standard.data_protection", "已登记加密公钥", "its public key is known"),
    )  # fmt: skip


def debt_conditions(
    entry: Entry, facts: Facts, standing: Standing, policy: Policy, today: date
) -> tuple[Condition, ...]:
    """What the debt must be: told of, unsecured, unbraked, with nobody else, no adverse act under way."""
    file = facts.file
    named = file.told_of in ("", entry.agency)
    braked = _brakes(facts, policy, today)
    return (
        Condition("told", standing.told, "entry.outsourcing_notice", "已告知债务人", "the debtor was told before"),
        Condition("told_of_it", named, "entry.outsourcing_notice", "告知的是本机构", "the notice named this agency"),
        Condition("not_secured", not facts.collateral, "entry.agency_referral", "无担保物", "not secured"),
        *(Condition(f"no_{kind}", kind not in braked, f"brake.{kind}", zh, en) for kind, zh, en in BARRING),
        Condition("no_brake", not (braked - {kind for kind, _, _ in BARRING}), "brake", "无其他停催事由", "not braked"),
        Condition("not_placed", not file.placement, "brake.placed", "未在委外", "not placed already"),
        Condition("one_caller", standing.elsewhere in ("", entry.agency), "brake.placed", "同一债务人由同一机构",
                  "no other agency works this debtor"),
        Condition("no_adverse_act", not standing.adverse, "brake.placed", "无进行中的不利类行为",
                  "no adverse act is under way"),
    )  # fmt: skip


BARRING = (
    ("hardship", "无困难帮扶", "no hardship"),
    ("dispute", "无债务异议", "no dispute"),
    ("complaint", "无未结投诉", "no complaint is open"),
)
"""Brakes that keep a debt from any agency, named one by one."""


def unmet(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Codes of the conditions that are not met; one that is not known has a question mark."""
    return tuple(each.code + ("" if each.met is False else "?") for each in conditions if each.met is not True)


def _in_date(on: date | None, result: str, days: int, today: date) -> bool:
    return on is not None and result == PASSED and on >= today - timedelta(days=days)


def _final_review(entry: Entry, policy: Policy, today: date) -> bool:
    """A contract that is about to end was reviewed once more in its last days (GB/T 45251-2025)."""
    if entry.contract is None:
        return False
    from_on = entry.contract.until_on - timedelta(days=policy.number("agency.final_review_days"))
    return today < from_on or (entry.reviewed_on is not None and entry.reviewed_on >= from_on)


def _brakes(facts: Facts, policy: Policy, today: date) -> set[str]:
    """Kinds of holds in force that stop contact or adverse acts; a kind that no rule knows does."""
    found = set()
    for hold in facts.file.holds.values():
        if hold.from_on <= today and (hold.until_on is None or today <= hold.until_on):
            known = policy.brakes.get(hold.kind)
            if known is None or {"contact", "adverse"} & set(known[1].stops):
                found.add(hold.kind)
    return found
