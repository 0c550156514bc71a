"""Arrangements 还款安排 as rules: what each kind asks for, the floor, what guarantors, limitation and class have of it. Pure.

The numbers are the pack's. `against` gives the first thing that stands against an offer in one line; the same line refuses
it when it is proposed, bars a yes at the gate, and stops the signature. `view` is what the gate shows beside the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from recourse import initial_plan
from recourse.clocks import limitation_ends_on
from recourse.days import later, months_later, years_later
from recourse.facts import Facts, GuaranteeFact
from recourse.legal.guarantee import ConsentEffect, MainTerms, consent_effect
from recourse.money import Amounts, to_text
from recourse.offers import Offer
from recourse.policy.agreed_values import GradeFloor
from recourse.policy.book import Policy

KINDS: Mapping[str, tuple[str, str]] = {
    "extension": ("展期", "extension"),
    "reschedule": ("调整还款计划", "reschedule"),
    "personal_instalments": ("个性化分期", "card instalment agreement"),
    "settlement_with_waiver": ("减免结清", "settlement with a waiver"),
    "court_mediation": ("诉中调解", "mediation in court"),
    "enforcement_settlement": ("执行和解", "settlement in enforcement"),
}
CARD = "credit_card"
EXTENSION, PERSONAL = "extension", "personal_instalments"
REVIEW = "hardship_review:"
"""How the timer of a hardship that was accepted begins; its application's id follows."""
CARD_MONTHS, SETTLEMENT_MONTHS = "arrangement.card_longest_months", "arrangement.settlement_longest_months"
EXTENSION_MONTHS = "arrangement.extension_longest_months"
SHORT_PERCENT, MEDIUM_PERCENT, LONG_MONTHS = (
    *(
        "arrangement.extension_short_percent",
        "arrangement.extension_medium_percent",
        "arrangement.extension_long_months",
    ),
)
NEW_SHORT_PERCENT, NEW_LONGER_PERCENT = "arrangement.personal_short_percent", "arrangement.personal_longer_percent"
SHORT_TERM, MEDIUM_TERM = "arrangement.short_term_months", "arrangement.medium_term_months"
BAD_CLASSES = frozenset({"substandard", "doubtful", "loss"})


def against(facts: Facts, offer: Offer, policy: Policy, today: date) -> str:
    """What stands against an offer today, in one line ("" = nothing)."""
    for line in _against(facts, offer, policy, today):
        return line
    return ""


def _against(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    if offer.kind not in KINDS:
        yield f"unknown kind {offer.kind!r}: use one of {', '.join(KINDS)}"
        return
    if not offer.own:
        yield "nothing is to be paid by it"
        return
    if offer.own[0].due_on <= today:
        yield f"the first instalment fell due on {offer.own[0].due_on}: it has to be reckoned anew"
    yield from _CONDITIONS[offer.kind](facts, offer, policy, today)
    yield from _below_floor(facts, offer, policy, today)


# --- kinds ------------------------------------------------------------------------------------------------------------


def _extension(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    """Before maturity, on an application made before maturity (民法典 678); within the limits of the pack."""
    matures_on, applied_on = facts.terms.matures_on, offer.applied_on
    if matures_on is None:
        yield "an extension needs the day on which the loan matures, which is not known"
        return
    if today > matures_on or facts.file.accelerated_on is not None:
        why = "was called" if facts.file.accelerated_on is not None else f"matured on {matures_on}"
        yield f"an extension comes before maturity, and the debt {why} (民法典 678)"
    if applied_on is None or applied_on > matures_on:
        yield f"the debtor applies for an extension before maturity, on {matures_on} at the latest (民法典 678)"
    if not offer.whole:
        yield "an extension moves the maturity of the whole claim, and not the arrears only"
    for rule, most in extension_limits(offer, matures_on, policy):
        if most is None:
            yield f"the limit of an extension needs the day on which the loan was paid out, which is not known ({rule})"
        elif offer.until_on > most:
            yield f"extended to {offer.until_on}, at most to {most} ({rule})"


def extension_limits(offer: Offer, matures_on: date, policy: Policy) -> Iterator[tuple[str, date | None]]:
    """Every limit in force with the last day that it allows (None: not known); the strictest wins."""
    months = policy.numbers.get(EXTENSION_MONTHS)
    if months is not None:
        yield EXTENSION_MONTHS, months_later(matures_on, months)
    begun_on = offer.begun_on
    lawful = (SHORT_PERCENT, MEDIUM_PERCENT, LONG_MONTHS, NEW_SHORT_PERCENT, NEW_LONGER_PERCENT)
    if begun_on is None:
        yield from ((rule, None) for rule in lawful if rule in policy.numbers)
        return
    short = matures_on <= months_later(begun_on, policy.number(SHORT_TERM))
    medium = matures_on <= months_later(begun_on, policy.number(MEDIUM_TERM))
    ours = (
        SHORT_PERCENT if short else MEDIUM_PERCENT if medium else "",
        NEW_SHORT_PERCENT if short else NEW_LONGER_PERCENT,
    )
    for rule in ours:
        if rule in policy.numbers:
            yield rule, later(matures_on, (matures_on - begun_on).days * policy.numbers[rule] // 100)
    if not medium and LONG_MONTHS in policy.numbers:
        yield LONG_MONTHS, months_later(matures_on, policy.numbers[LONG_MONTHS])


def _reschedule(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    if facts.product == CARD and offer.whole:
        yield "a card debt as a whole is put into a personal instalment agreement (信用卡办法 70)"


def _personal(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    """Art 70: debt above the ability and a willing debtor, five years at most, and what the agreement has to say."""
    if facts.product != CARD:
        yield f"a personal instalment agreement is for cards, and this is a {facts.product} (信用卡办法 70)"
    months = policy.numbers.get(CARD_MONTHS)
    if months is not None and offer.until_on > months_later(today, months):
        yield f"the agreement would run to {offer.until_on}, longer than {months} months ({CARD_MONTHS})"
    for said, what in ((offer.above_ability, "where it is found that the debt is above the debtor's ability"),
                       (offer.willing, "where it is found that the debtor is willing to pay"),
                       (offer.no_new_cards, "the promise not to apply for cards until it is paid"),
                       (offer.terms, "where rights, default and the other terms stand")):  # fmt: skip
        if not said:
            yield f"missing: {what} (信用卡办法 70)"


def _settlement(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    if not offer.waived.total:
        yield "a settlement with a waiver gives something up"
    if not offer.whole:
        yield "a settlement with a waiver is over the whole claim"
    months = policy.numbers.get(SETTLEMENT_MONTHS)
    if months is not None and offer.until_on > months_later(today, months):
        yield f"the settlement would run to {offer.until_on}, longer than {months} months ({SETTLEMENT_MONTHS})"


def _mediation(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    if not facts.file.matter_open:
        yield "mediation in court needs a court file that runs"


def _enforcement(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    if not facts.file.title:
        yield "a settlement in enforcement needs a title"


_CONDITIONS = {
    "extension": _extension,
    "reschedule": _reschedule,
    "personal_instalments": _personal,
    "settlement_with_waiver": _settlement,
    "court_mediation": _mediation,
    "enforcement_settlement": _enforcement,
}


# --- the floor --------------------------------------------------------------------------------------------------------


def floor_of(facts: Facts, policy: Policy) -> tuple[str, GradeFloor] | None:
    """The negotiation floor for this debtor's grade, with its rule; None while no rule says it."""
    known = policy.plan_floor
    return None if known is None else (known[0].rule, known[1].of(facts.file.grade))


def negotiated(facts: Facts, offer: Offer) -> bool:
    """Whether the floor of the case's plan binds an offer: it is the bank's own for what it negotiates. Where the law has a
    path for hardship it does not stand in the way: a personal instalment agreement (信用卡办法 70: five years), and a
    hardship that was accepted on its papers, are judged by the rules of arrangements alone."""
    return offer.kind != PERSONAL and not hardship_accepted(facts)


def hardship_accepted(facts: Facts) -> bool:
    """Whether a hardship was accepted on its papers and waits for its review; a word of it in a call is not that."""
    holds = facts.file.holds
    return any(timer.startswith(REVIEW) and timer.removeprefix(REVIEW) in holds for timer in facts.file.timers)


def _below_plan(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    """Below the floor of the plan in force: a person's for this very case, else the rule's for its grade and cause."""
    floor = initial_plan.floor_of(facts, policy) if negotiated(facts, offer) else None
    if floor is None:
        return
    floor = msgspec.structs.replace(floor, rule=f"{floor.rule}, {facts.file.grade}")
    owed, percent = offer.balance.total, floor.percent
    if owed > 0 and (owed - offer.waived.total) * 100 < owed * percent:
        yield initial_plan.below(floor, percent=(owed - offer.waived.total) * 100 // owed)
    matures_on = facts.terms.matures_on
    from_on = max(today, matures_on) if offer.kind == EXTENSION and matures_on is not None else today
    if offer.until_on > months_later(from_on, floor.longest_months):
        yield f"the plan would run to {offer.until_on}, longer than {floor.longest_months} months [{floor.rule}]"


def _below_floor(facts: Facts, offer: Offer, policy: Policy, today: date) -> Iterator[str]:
    yield from _below_plan(facts, offer, policy, today)
    known = floor_of(facts, policy)
    if known is None:
        return
    rule, floor = known
    first, total = offer.own[0].total - offer.own[0].current, offer.sums.total - offer.sums.current
    if first * 100 < total * floor.first_percent:
        yield f"the first instalment is less than {floor.first_percent} % of the plan ({rule})"
    if offer.until_on > months_later(today, floor.longest_months):
        yield f"the plan would run to {offer.until_on}, longer than {floor.longest_months} months ({rule})"
    for (name, waived), (_, owed) in zip(offer.waived.items(), offer.balance.items(), strict=True):
        if waived * 100 > owed * floor.waived_percent[name]:
            yield f"more than {floor.waived_percent[name]} % of the {name} would be waived ({rule})"


# --- what it does to others -------------------------------------------------------------------------------------------


class Surety(msgspec.Struct, frozen=True):
    """One guarantee and the plan: whether the guarantor agreed, and what he answers for afterwards (民法典 695)."""

    guarantee_id: str
    consented: bool
    before: int
    effect: ConsentEffect

    @property
    def heavier(self) -> bool:
        return any(ground.code == "heavier" for ground in self.effect.because)


def main_terms(facts: Facts, offer: Offer) -> tuple[MainTerms, MainTerms]:
    """The main debt before and after: what is owed, and its last day."""
    before = offer.balance.total
    matures_on = facts.file.accelerated_on or facts.terms.matures_on
    until = offer.until_on if offer.whole else max(offer.until_on, matures_on or offer.until_on)
    after = before - offer.waived.total + offer.sums.interest
    return MainTerms(before, matures_on or offer.until_on), MainTerms(max(after, 0), until)


def sureties(facts: Facts, offer: Offer, consents: Mapping[str, bool]) -> list[Surety]:
    """Every guarantee, with what the plan does to it."""
    before, after = main_terms(facts, offer)
    found = []
    for guarantee in facts.security.guarantees:
        agreed = _agreed(guarantee, consents)
        found.append(Surety(guarantee.guarantee_id, agreed, before.owed, consent_effect(before, after, agreed)))
    return found


def _agreed(guarantee: GuaranteeFact, consents: Mapping[str, bool]) -> bool:
    return consents.get(guarantee.guarantee_id, False) or bool(guarantee.consents_to_changes)


def restructures(facts: Facts, offer: Offer, today: date) -> bool:
    """Whether it is a concession for financial difficulty 重组: every kind here concedes something (2023 rules, art 19), and
    the debtor is in difficulty when the debt is overdue, classed bad, or hardship is known (art 18)."""
    due = facts.oldest_unpaid_due_on
    hardship = any(hold.kind == "hardship" for hold in facts.file.holds.values())
    return hardship or (due is not None and due < today) or facts.terms.five_tier in BAD_CLASSES


def observed_until(offer: Offer, policy: Policy) -> date | None:
    """The last day of the observation 观察期: from the first new due day so many years, and two periods at least (2023
    rules, art 20); None while no rule says how long."""
    years = policy.numbers.get("clock.restructure_observation_years")
    if years is None:
        return None
    days = [row.due_on for row in offer.rows]
    return max(years_later(days[0], years), days[min(2, len(days) - 1)])


def view(facts: Facts, policy: Policy, today: date) -> Mapping[str, Any]:
    """What the gate shows beside its evidence, under ``offer``; nothing while nothing is proposed. Amounts are minor units."""
    proposal = facts.file.proposal
    return {} if proposal is None else {"offer": shown(facts, proposal.offer, proposal.consents, policy, today)}


def shown(facts: Facts, offer: Offer, consents: Mapping[str, bool], policy: Policy, today: date) -> dict[str, Any]:
    """The offer, the contract beside it, the floor, who is lost, and what limitation and class have of it."""
    zh, en = KINDS.get(offer.kind, (offer.kind, offer.kind))
    sums, floor = offer.sums, floor_of(facts, policy)
    planned = initial_plan.floor_of(facts, policy) if negotiated(facts, offer) else None
    return {
        "kind": f"{zh} {en}",
        "schedule": [(row.due_on, row.total) for row in offer.rows],
        "totals": {
            "principal": sums.principal,
            "charges": sums.charges,
            "interest": sums.interest,
            "current": sums.current,
        },
        "waived_on_full_performance": {name: amount for name, amount in offer.waived.items() if amount},
        "contract": {"owed": offer.balance.total, "overdue": facts.overdue, "matures_on": facts.terms.matures_on},
        "floor": msgspec.to_builtins(floor[1]) | {"rule": floor[0]} if floor is not None else None,
        "plan_floor": msgspec.to_builtins(planned) | {"grade": facts.file.grade} if planned is not None else None,
        "against": against(facts, offer, policy, today),
        "guarantors": [_line(facts, each) for each in sureties(facts, offer, consents)],
        "limitation": _limitation(facts, policy, today),
        "class": _class(facts, offer, today),
        "hardship": any(hold.kind == "hardship" for hold in facts.file.holds.values()),
    }


def _line(facts: Facts, surety: Surety) -> str:
    effect, currency = surety.effect, facts.currency
    words = "；".join(ground.zh for ground in effect.because) + " " + "; ".join(ground.en for ground in effect.because)
    return (
        f"{surety.guarantee_id}: {words}; liable up to {to_text(effect.liable_up_to, currency, grouped=True)}, "
        f"lost {to_text(effect.lost, currency, grouped=True)}, period from {effect.period_from_on} (民法典 695)"
    )


def _limitation(facts: Facts, policy: Policy, today: date) -> dict[str, date | None]:
    """A plan that is signed with proof is the debtor's consent: the period begins anew (民法典 195, 诉讼时效规定 14)."""
    years = policy.numbers.get("clock.limitation_years")
    return {
        "ends_on": limitation_ends_on(facts, policy.numbers),
        "if_signed_today": years_later(today, years) if years is not None else None,
    }


def _class(facts: Facts, offer: Offer, today: date) -> str:
    if not restructures(facts, offer, today):
        return "不属于重组 not a restructuring"
    again = facts.file.restructured_on is not None
    first = offer.rows[0].due_on
    text = f"重组资产：至少关注，观察期自{first}起 restructured: special mention at least, observed from {first}"
    return f"{text}；观察期内再次重组 restructured again while observed" if again else text


def split(amounts: Amounts, waived: Amounts) -> tuple[int, int]:
    """Principal and charges that are left to be paid after what is waived."""
    return amounts.principal - waived.principal, amounts.total - amounts.principal - waived.total + waived.principal
