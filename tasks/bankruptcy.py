"""债权申报 Claim in bankruptcy: collection is stayed, and the claim is filed with the administrator in the court's period.

The acceptance puts a true stay on every case of the person; nothing presses the debtor, and the filing is what is left and
permitted. It interrupts the limitation (法释〔2020〕17号 11).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from recourse import events as ev
from recourse.acts import WorkItem
from recourse.errors import UserError
from recourse.facts import Facts

NODE = "bankruptcy_claim"
STAY = "bankruptcy_stay"
ACTS = (WorkItem(NODE),)
AFTER: Mapping[str, tuple[str, ...]] = {
    "accepted": ("declared", "closed", "dismissed"),
    "claimed": ("confirmed", "disputed", "declared", "distributed", "closed", "dismissed"),
    "confirmed": ("declared", "distributed", "closed", "dismissed"),
    "disputed": ("confirmed", "declared", "distributed", "closed", "dismissed"),
    "declared": ("confirmed", "disputed", "distributed", "closed"),
    "distributed": ("distributed", "closed"),
    "closed": (),
    "dismissed": (),
}
"""Stage → what may follow it."""
ENDS = frozenset({"dismissed"})
"""Stages that lift the stay: the petition fell away. After a closure the debt is dealt with by people, who lift it."""


def _proof(proof: str) -> None:
    if not proof.strip():
        raise UserError("a bankruptcy needs the court's paper", mend="give --proof")


def accepted(number: str, claims_until_on: date | None, proof: str) -> ev.BankruptcyAccepted:
    """A court accepted the debtor's bankruptcy. Refused without its paper."""
    _proof(proof)
    if not number.strip():
        raise UserError("the court's number is missing", mend="give --number")
    return ev.BankruptcyAccepted(number, claims_until_on, proof)


def claimed(facts: Facts, amount: int, proof: str) -> tuple[ev.Event, ...]:
    """The claim was filed; refused for more than is owed, and before anybody agreed to it."""
    _proof(proof)
    visit = facts.file.visits.get(NODE)
    if visit is None or visit.state != "open":
        raise UserError("nobody agreed to the filing", where=NODE, mend="its gate comes first")
    if not 0 < amount <= max(facts.owed or 0, 0):
        raise UserError(f"a claim of {amount}, and {facts.owed} is owed (minor units)", mend="file what the core says")
    return ev.BankruptcyClaimed(amount, proof), ev.VisitLeft(NODE, "filed")


def moved(facts: Facts, stage: str, amount: int, proof: str) -> tuple[ev.Event, ...]:
    """The proceeding moved; a petition that was dismissed lifts the stay."""
    _proof(proof)
    at = facts.file.bankruptcy
    if stage not in AFTER.get(at, ()):
        follow = ", ".join(AFTER.get(at, ())) or "nothing"
        raise UserError(f"{stage!r} does not follow {at or 'no bankruptcy'!r}", mend=f"what may follow: {follow}")
    happened: list[ev.Event] = [ev.BankruptcyMoved(stage, amount, proof)]
    if stage in ENDS:
        visit = facts.file.visits.get(NODE)
        if visit is not None and visit.state == "open":
            happened.append(ev.VisitLeft(NODE, stage))
    return tuple(happened)
