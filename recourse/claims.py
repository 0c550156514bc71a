"""What may be claimed today: never more than is due. Pure.

Before the whole debt is due, only what is overdue by the core's own total; after maturity or acceleration, all of it.
The core gives components of the whole balance and one overdue total, so the overdue principal is what the total leaves
after interest, penalty, compound interest, fees and costs. When that does not fit, nothing is claimed and the paper
says which fact is missing.
"""

from __future__ import annotations

from datetime import date

import msgspec

from recourse.facts import Facts
from recourse.money import Amounts


def whole_due_on(facts: Facts) -> date | None:
    """The day on which the whole debt falls due: matures by contract, or was accelerated; None while neither is known."""
    return min((day for day in (facts.terms.matures_on, facts.file.accelerated_on) if day is not None), default=None)


def due_as_a_whole(facts: Facts, on: date) -> bool:
    """Whether the whole debt is due on a day."""
    since = whole_due_on(facts)
    return since is not None and since <= on


def claimable(facts: Facts, on: date) -> Amounts | None:
    """Components that may be claimed on a day, in minor units; None while the core has not said enough."""
    amounts = facts.amounts
    if amounts is None or due_as_a_whole(facts, on):
        return amounts
    if facts.overdue is None:
        return None
    principal = facts.overdue - (amounts.total - amounts.principal)
    if not 0 <= principal <= amounts.principal:
        return None
    return msgspec.structs.replace(amounts, principal=principal)
