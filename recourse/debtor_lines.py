"""Who the debtor is, in lines for `explain`: the grade point by point, the cause, what was found, the plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from recourse.buckets import name, scheme_of, stage_on
from recourse.debtor_measures import evading
from recourse.facts import Facts
from recourse.findings import CAUSE_ZH
from recourse.grading import card_of
from recourse.initial_plan import floor_of, standing
from recourse.policy.book import Policy


def stage_of(facts: Facts, policy: Policy, on: date) -> str:
    """The M stage of a day by its name."""
    scheme = scheme_of(policy.numbers)
    return name(scheme, stage_on(scheme, facts.oldest_unpaid_due_on, facts.pauses, on))


def debtor_lines(facts: Facts, policy: Policy, on: date) -> Iterator[str]:
    """One line each; what is not known is said to be unknown."""
    card, file = card_of(policy), facts.file
    if card is not None:
        scored = card.scored(facts, on)
        known = ", ".join(f"{line.en} {line.seen} {line.points}" for line in scored.lines if line.points is not None)
        unknown = ", ".join(line.en for line in scored.lines if line.points is None)
        tail = f"; unknown, no points: {unknown}" if unknown else ""
        yield f"grade {scored.grade} by {scored.points} points [{scored.rule}]: {known}{tail}"
    yield f"cause 逾期原因: {CAUSE_ZH.get(file.cause, '')} {file.cause}" if file.cause else "cause 逾期原因: unknown"
    if evading(facts, on):
        yield f"evasion 逃废债 found, in force through {file.evasion_until_on}"
    elif file.evasion_waits:
        yield f"evasion 逃废债 proposed on {file.evasion_proposed_on}, its gate has not answered"
    plan, floor = standing(facts, policy), floor_of(facts, policy)
    if plan is not None and floor is not None:
        yield (
            f"plan 初步催收方案 [{plan.rule}]: {', '.join(plan.channels)}; a step again after {plan.cadence_days} days at the "
            f"earliest; floor "
            f"{floor.percent} %, at most {floor.longest_months} months; {plan.team}, priority {plan.priority}"
        )
