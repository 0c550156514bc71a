"""异议 Disputes of the debt: of the amount, of who owes it, of who used the card (card rules 69; 银行卡规定 4-7). Pure.

Marked at once, verified, answered in writing. The bank bears the proof that a use was authorised: without proof it cannot say
that the debtor is wrong. The brake is lifted at a gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recourse import events as ev
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.free_text import one_line

HOLDS: Mapping[str, str] = {"amount": "dispute", "identity_theft": "identity_dispute", "card_fraud": "fraud"}
"""Kind of dispute → the brake that falls."""
OUTCOMES = ("upheld", "partly", "rejected")


def raised(facts: Facts, dispute_id: str, kind: str, proof: str) -> ev.DisputeRaised:
    """A dispute, braked from the day it was raised."""
    if kind not in HOLDS:
        raise UserError(f"unknown kind {kind[:40]!r}", mend=f"use one of {', '.join(HOLDS)}")
    if facts.file.end:
        raise UserError(f"the case has ended: {facts.file.end}", where=f"account {facts.account_id}")
    return ev.DisputeRaised(dispute_id, kind, HOLDS[kind], one_line(proof, "proof"))


def answered(row: Any, outcome: str, proof: str, reply: str) -> ev.DisputeAnswered:
    """An answer in writing. Against the debtor only with the bank's own proof."""
    where = f"dispute {row.dispute_id[:8]}"
    if outcome not in OUTCOMES:
        raise UserError(f"unknown outcome {outcome[:40]!r}", mend=f"use one of {', '.join(OUTCOMES)}")
    if row.state != "open":
        raise UserError(f"the dispute is {row.state}", where=where)
    if not reply:
        raise UserError("an answer is given in writing", where=where, mend="give --reply FILE")
    proved = one_line(proof, "proof")
    if outcome != "upheld" and not proved:
        raise UserError("the bank bears the proof", where=where, mend="give --proof WHERE, or uphold it")
    return ev.DisputeAnswered(row.dispute_id, outcome, proved, reply)
