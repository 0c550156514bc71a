"""保险/担保公司索赔 Claim on the credit insurer or guarantee company behind a debt, within the contract's own period.

What it paid for passes to it 代位: from a full payment on, the bank presses the debtor no more (brake `subrogated`). A
refusal changes nothing for the debt, which goes on in its own tracks. Money is what the core says it is.
"""

from __future__ import annotations

from datetime import date

from recourse import events as ev
from recourse.acts import WorkItem
from recourse.canonical import derived_id
from recourse.errors import UserError
from recourse.facts import Facts

NODE = "insurer_claim"
RESULTS = ("paid", "part_paid", "refused")
ACTS = (WorkItem(NODE),)


def _proof(proof: str) -> None:
    if not proof.strip():
        raise UserError("an insurer's matter needs its paper", mend="give --proof")


def _insurer(facts: Facts) -> str:
    if not facts.terms.insurer:
        raise UserError(
            "no insurer stands behind this debt", where=f"account {facts.account_id}", mend="see the accounts file"
        )
    return facts.terms.insurer


def due(facts: Facts, until_on: date, proof: str) -> tuple[ev.Event, ...]:
    """The last day for the claim, by the contract."""
    _proof(proof)
    return (ev.ClockStarted(NODE, _insurer(facts), until_on, proof),)


def claimed(facts: Facts, amount: int, proof: str) -> tuple[ev.Event, ...]:
    """The claim was made; the visit stays open until it is answered."""
    _proof(proof)
    visit = facts.file.visits.get(NODE)
    if visit is None or visit.state != "open":
        raise UserError("nobody agreed to a claim on the insurer", where=NODE, mend="its gate comes first")
    if not 0 < amount <= max(facts.owed or 0, 0):
        raise UserError(f"a claim of {amount}, and {facts.owed} is owed (minor units)", mend="claim what the core says")
    insurer = _insurer(facts)
    return (ev.InsurerClaimed(derived_id("insurer", facts.case_id, visit.n), insurer, amount, proof),)


def answered(facts: Facts, result: str, paid: int, proof: str) -> tuple[ev.Event, ...]:
    """It paid, in whole or part, or refused."""
    _proof(proof)
    visit = facts.file.visits.get(NODE)
    if facts.file.insurer != "claimed" or visit is None:
        raise UserError("no claim waits for an answer", where=f"account {facts.account_id}", mend="claim first")
    if result not in RESULTS or (paid > 0) is (result == "refused") or paid < 0:
        raise UserError(f"{result!r} of {paid}", mend="paid or part_paid with an amount, refused without")
    claim = derived_id("insurer", facts.case_id, visit.n)
    return ev.InsurerAnswered(claim, result, paid, proof), ev.VisitLeft(NODE, result)
