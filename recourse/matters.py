"""Matters 案件: accounts × parties × one court or arbitral file. Which stages follow which, and who is in one. Pure.

Debts of one person that are filed by one route on one day are one matter: its id says so, whatever batch or shard they
were filed in. A debt that comes later is joined (`events.MatterJoined`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from recourse import events as ev
from recourse.acts import Happened, Item
from recourse.canonical import derived_id
from recourse.casefile import CaseFile
from recourse.errors import UserError

AFTER: Mapping[str, tuple[str, ...]] = {
    "filed": ("docketed", "issued", "agreed", "no_agreement", "dismissed", "withdrawn", "effective"),
    "docketed": ("heard", "issued", "judged", "agreed", "no_agreement", "dismissed", "withdrawn", "settlement_reached",
                 "effective", "bankruptcy_declared"),
    "issued": ("objected", "effective", "withdrawn"),
    "heard": ("heard", "judged", "dismissed", "withdrawn", "settlement_reached", "effective", "bankruptcy_declared"),
    "judged": ("appealed", "effective", "withdrawn", "settlement_reached", "bankruptcy_declared"),
    "appealed": ("heard", "judged", "effective", "withdrawn", "settlement_reached"),
    "agreed": ("effective", "no_agreement"),
    "effective": ("enforcing", "concluded", "bankruptcy_declared"),
    "enforcing": ("enforcement_suspended", "ended_for_now", "enforcement_terminated", "concluded", "settlement_reached",
                  "bankruptcy_declared"),
    "enforcement_suspended": ("enforcing", "ended_for_now", "enforcement_terminated", "concluded", "bankruptcy_declared"),
    "ended_for_now": ("enforcing", "enforcement_terminated", "concluded", "bankruptcy_declared"),
    "enforcement_terminated": ("concluded",),
    "bankruptcy_declared": ("bankruptcy_closed",),
    "bankruptcy_closed": (),
    "settlement_reached": ("enforcing", "concluded"),
    "concluded": (),
    "withdrawn": (),
    "dismissed": (),
    "objected": (),
    "no_agreement": (),
}  # fmt: skip
"""Stage → the stages that may follow it; ended_for_now is 终结本次执行程序, issued a payment order that was issued."""

STAGES = tuple(AFTER)


def _reachable() -> Mapping[str, frozenset[str]]:
    found = {stage: set(following) for stage, following in AFTER.items()}
    while True:
        wider = {stage: after.union(*(found[each] for each in after)) for stage, after in found.items()}
        if wider == found:
            return {stage: frozenset(after) for stage, after in found.items()}
        found = wider


REACHABLE = _reachable()
"""Stage → every stage that may come after it, those between left out: a bank learns of some stages only."""


def matter_id(person_id: str, route: str, filed_on: date) -> str:
    """The id of the matter that the debts of a person make which are filed by one route on one day."""
    return derived_id("matter", person_id, route, filed_on)


def opened(item: Item, route: str, day: date, *, court: str = "") -> Happened:
    """The event that opens a matter for one debt: everybody who stands behind it is a party."""
    facts = item.facts
    parties = tuple(sorted({facts.person_id, *(party.party_id for party in facts.security.parties)}))
    number = matter_id(facts.person_id, route, day)
    return Happened(ev.MatterOpened(number, route, parties, facts.amounts, court or facts.terms.forum))


def reached(file: CaseFile, stage: str, number: str, proof: str, until_on: date | None = None) -> ev.MatterStageReached:
    """A stage that the court file reached; refused where it does not follow from the one it is at."""
    if stage not in AFTER:
        raise UserError(f"unknown stage {stage!r}", mend=f"use one of {', '.join(STAGES)}")
    if not file.matter or file.stage not in AFTER:
        raise UserError("there is no court file", mend="a suit has to be filed first")
    if stage not in REACHABLE[file.stage]:
        follow = ", ".join(AFTER[file.stage]) or "nothing"
        raise UserError(f"{stage!r} does not follow {file.stage!r}", mend=f"what may follow: {follow}")
    return ev.MatterStageReached(file.matter, stage, number, proof, until_on)
