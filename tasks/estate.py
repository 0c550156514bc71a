"""遗产追偿 Estate: the claim on what a dead debtor left, against the heirs or the administrator 遗产管理人.

Heirs answer up to the value of what they inherit (民法典 1161); heirs who can neither work nor live on anything else keep a
share (1159). Death stops contact and starts this. The paper to heirs or administrator is written by people: no template of
ours fits what each estate needs, and a claim counts only with proof that it arrived.
"""

from __future__ import annotations

from recourse import events as ev
from recourse.acts import WorkItem
from recourse.errors import UserError
from recourse.facts import Facts

NODE = "estate"
ENDS = ("paid", "exhausted", "renounced", "no_estate")
ACTS = (WorkItem(NODE),)


def _proof(proof: str) -> None:
    if not proof.strip():
        raise UserError("an estate needs papers", mend="give --proof")


def found(
    facts: Facts, heirs: int, value: int | None, administrator: bool, dependents: int, proof: str
) -> tuple[ev.Event, ...]:
    """What was found of the estate. `value` None: not known yet, and then no bound is known either."""
    _proof(proof)
    if heirs < 0 or dependents < 0 or dependents > heirs or (value is not None and value < 0):
        raise UserError(
            "an estate of less than nothing", mend="heirs, dependents among them and value are zero or more"
        )
    return (ev.EstateFound(heirs, value, administrator, proof, dependents),)


def claimed(facts: Facts, amount: int, proof: str) -> tuple[ev.Event, ...]:
    """The claim reached heirs or administrator: it interrupts the limitation, and opens the legal route."""
    _proof(proof)
    visit = facts.file.visits.get(NODE)
    if visit is None or visit.state != "open":
        raise UserError("nobody agreed to a claim on the estate", where=NODE, mend="its gate comes first")
    owed, value = max(facts.owed or 0, 0), facts.file.estate_value
    most = owed if value is None else min(owed, value)
    if not 0 < amount <= most:
        raise UserError(
            f"claimed {amount}, and at most {most} (minor units) can be", where="民法典 1161",
            mend="heirs answer up to the value of what they inherit",
        )  # fmt: skip
    return ev.EstateClaimed(amount, proof), ev.VisitLeft(NODE, "claimed")


def closed(facts: Facts, result: str, proof: str) -> tuple[ev.Event, ...]:
    """The estate is done with."""
    _proof(proof)
    if result not in ENDS:
        raise UserError(f"unknown end {result!r}", mend=f"use one of {', '.join(ENDS)}")
    visit = facts.file.visits.get(NODE)
    waits = visit is not None and visit.state == "open"
    return (ev.EstateClosed(result, proof), *((ev.VisitLeft(NODE, result),) if waits else ()))
