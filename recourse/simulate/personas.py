"""How people of each kind behave when they owe: what they answer, and what moves them to pay.

The tables are chosen for a demo that shows every rung of the ladder, not measured at any bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

Rule = Literal["instalment", "arrears", "part", "share", "yuan", "payoff", "fixed", "chargeback", "break"]
"""What a payment amounts to, worked out on the day it is made: the instalment of the day; all that is overdue; a part
of it; a share of an arrangement; one yuan; the whole debt; a sum named before. Or none: an earlier payment is taken
back; an arrangement is broken."""


class Persona(StrEnum):
    """A kind of debtor."""

    DUTIFUL = "dutiful"
    FORGETFUL = "forgetful"
    STRAPPED = "strapped"
    BREAKER = "promise_breaker"
    STRATEGIC = "strategic"
    COMPLAINER = "complainer"
    DISPUTER = "disputer"
    ILL = "ill"
    DYING = "dying"
    UNREACHABLE = "unreachable"
    EVADER = "evader"


P = Persona

HEIRS_PAY_PERCENT = 34

MIX: Mapping[Persona, int] = {
    P.DUTIFUL: 47,
    P.FORGETFUL: 16,
    P.STRAPPED: 9,
    P.BREAKER: 6,
    P.STRATEGIC: 6,
    P.COMPLAINER: 3,
    P.DISPUTER: 2,
    P.ILL: 3,
    P.DYING: 2,
    P.UNREACHABLE: 3,
    P.EVADER: 3,
}
"""Of a hundred debtors."""

LATE_ALREADY_PERCENT = 44
"""Of those who ever miss, how many are late on the first day: about 23 of a hundred accounts."""

CALLS: Mapping[Persona, Mapping[str, int]] = {
    P.DUTIFUL: {"will_pay_now": 70, "no_answer": 30},
    P.FORGETFUL: {"will_pay_now": 45, "promise": 30, "no_answer": 20, "busy": 5},
    P.STRAPPED: {"promise": 40, "hardship_claimed": 22, "no_answer": 22, "will_pay_now": 10, "refused": 6},
    P.BREAKER: {"promise": 55, "no_answer": 30, "busy": 10, "refused": 5},
    P.STRATEGIC: {"refused": 32, "no_answer": 46, "promise": 12, "busy": 10},
    P.COMPLAINER: {"complaint_made": 34, "promise": 26, "no_answer": 22, "refused": 18},
    P.DISPUTER: {"dispute_raised": 48, "no_answer": 24, "promise": 18, "refused": 10},
    P.ILL: {"hardship_claimed": 62, "no_answer": 28, "promise": 10},
    P.DYING: {"no_answer": 45, "promise": 35, "switched_off": 20},
    P.UNREACHABLE: {"no_answer": 44, "switched_off": 34, "third_party_answered": 12, "invalid_number": 10},
    P.EVADER: {"refused": 40, "no_answer": 40, "busy": 12, "promise": 8},
}
"""What a dial brings."""

AFTER_DEATH: Mapping[str, int] = {"switched_off": 50, "deceased_reported": 30, "third_party_answered": 20}

KEEPS: Mapping[Persona, int] = {
    P.DUTIFUL: 100,
    P.FORGETFUL: 86,
    P.STRAPPED: 55,
    P.BREAKER: 12,
    P.STRATEGIC: 15,
    P.COMPLAINER: 65,
    P.DISPUTER: 60,
    P.ILL: 50,
    P.DYING: 60,
    P.EVADER: 0,
}
"""Promises kept, of a hundred."""

ONCE = frozenset({"hardship_claimed", "complaint_made", "dispute_raised"})
"""What a person says about an account once; after that it is *refused*."""


class Reaction(msgspec.Struct, frozen=True):
    """In `percent` of a hundred cases a payment by `rule`, `from_days` to `to_days` later."""

    percent: int
    rule: Rule
    from_days: int
    to_days: int


def _of(rule: Rule, from_days: int, to_days: int, percents: Mapping[Persona, int]) -> dict[Persona, Reaction]:
    return {persona: Reaction(percent, rule, from_days, to_days) for persona, percent in percents.items()}


REACTIONS: Mapping[str, Mapping[Persona, Reaction]] = {
    "reminder": _of("arrears", 1, 4, {P.DUTIFUL: 95, P.FORGETFUL: 48, P.STRAPPED: 8, P.COMPLAINER: 8, P.DISPUTER: 4}),
    "formal_notice": _of(
        "arrears",
        2,
        12,
        {P.FORGETFUL: 70, P.STRAPPED: 30, P.BREAKER: 34, P.STRATEGIC: 30, P.COMPLAINER: 40, P.DISPUTER: 30, P.ILL: 15},
    ),
    "outsourcing_notice": _of("arrears", 2, 14, {P.FORGETFUL: 40, P.STRAPPED: 12, P.BREAKER: 16, P.STRATEGIC: 20}),
    "agency": _of(
        "arrears",
        12,
        100,
        {P.FORGETFUL: 55, P.STRAPPED: 34, P.BREAKER: 40, P.STRATEGIC: 36, P.COMPLAINER: 30, P.EVADER: 10,
         P.UNREACHABLE: 14},
    ),
    "acceleration": {
        **_of("payoff", 3, 25, {P.FORGETFUL: 45, P.STRAPPED: 10, P.BREAKER: 14, P.STRATEGIC: 24, P.COMPLAINER: 20}),
        **_of("yuan", 8, 14, {P.EVADER: 70}),
    },
    "filed": {
        **_of(
            "payoff", 6, 70, {P.FORGETFUL: 50, P.STRAPPED: 14, P.BREAKER: 22, P.STRATEGIC: 40, P.COMPLAINER: 30,
                              P.DISPUTER: 30}
        ),
        **_of("yuan", 5, 20, {P.EVADER: 40}),
    },
    "judged": _of("payoff", 4, 14, {P.STRATEGIC: 20, P.BREAKER: 10, P.COMPLAINER: 15, P.DISPUTER: 25}),
    "enforcing": _of("payoff", 25, 80, {P.STRATEGIC: 30, P.BREAKER: 16, P.EVADER: 14, P.FORGETFUL: 40}),
    "complaint_closed": _of("arrears", 2, 9, {P.COMPLAINER: 50, P.FORGETFUL: 50}),
    "dispute_resolved": _of("arrears", 2, 9, {P.DISPUTER: 55, P.FORGETFUL: 50}),
}  # fmt: skip
"""What moves whom to pay. Nothing said: it moves nobody of that kind."""

RELAPSE: Mapping[Persona, tuple[int, int, int]] = {
    P.FORGETFUL: (45, 3, 9),
    P.STRAPPED: (50, 2, 6),
    P.BREAKER: (60, 2, 5),
    P.STRATEGIC: (30, 4, 9),
}
"""After a cure: percent that miss again, and after how many months (from, to)."""

RELAPSE_ELSE = (25, 4, 10)

RETURNED_PERCENT: Mapping[Persona, int] = {P.UNREACHABLE: 45, P.EVADER: 15}
RETURNED_ELSE = 7
"""Letters that come back; about ten of a hundred over all."""

GUARANTOR_PAYS_PERCENT = 42
