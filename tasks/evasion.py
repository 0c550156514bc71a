"""逃废债认定 Finding of evasion: a person's finding on listed evidence, agreed to at a gate, and over with its review date.

It shortens gaps, and lets acceleration, the route and pre-suit preservation come earlier; it skips nothing that is required.
For the five-tier class it is a question to the risk department and no more. Being late, or not answering, is no sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.days import later
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.policy.book import Policy
from recourse.policy.debtor_values import EvasionSigns

NODE = "evasion_finding"
SEPARATOR = ": "
"""Between a sign and where its paper lies."""


def signs_of(policy: Policy) -> EvasionSigns:
    """The list in force; without one nothing can be found."""
    found = next(iter(policy.of("evasion_signs", EvasionSigns)), None)
    if found is None:
        raise UserError("no rule says what evasion may rest on", mend="add evasion.signs to the pack")
    return found[1]


def proposed(facts: Facts, policy: Policy, papers: Mapping[str, str], today: date) -> ev.EvasionProposed:
    """A proposal: sign → where its paper lies. Refused when it rests on too little, or on what is no sign."""
    where = f"account {facts.account_id}"
    if facts.file.end:
        raise UserError(f"the case has ended: {facts.file.end}", where=where)
    known = signs_of(policy)
    for sign, paper in papers.items():
        if sign not in known.signs:
            raise UserError(f"{sign!r} is no sign of evasion", where=where, mend=f"use {', '.join(known.signs)}")
        if not paper.strip():
            raise UserError(f"{sign} needs its paper", where=where, mend="say where it lies")
    if len(papers) < known.at_least:
        raise UserError(
            f"evasion rests on {known.at_least} different signs at the least, {len(papers)} given", where=where,
            mend="give more, or leave it: nobody evades by being late",
        )  # fmt: skip
    if facts.file.evasion_waits:
        raise UserError("it is proposed already", where=where, mend="its gate answers it")
    return ev.EvasionProposed(tuple(f"{sign}{SEPARATOR}{papers[sign].strip()}" for sign in sorted(papers)), NODE)


def ended(facts: Facts, cause: str) -> ev.EvasionEnded:
    """It was not so, or is over."""
    file = facts.file
    if file.evasion_until_on is None and not file.evasion_waits:
        raise UserError("no evasion was found", where=f"account {facts.account_id}", mend="see `recourse evasion show`")
    if not cause.strip():
        raise UserError("taking back a finding needs its reason", mend="give --reason TEXT")
    return ev.EvasionEnded(cause)


class EvasionFinding:
    """Records what the gate agreed to, with the day on which it is over."""

    node = NODE
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [_found(item, tools.day) for item in items]


def _found(item: Item, day: date) -> Receipt:
    signs = item.facts.file.evasion_signs
    if not signs:
        return Receipt(item.key, "failed", "failed", detail="the proposal was taken back")
    review_on = later(day, item.policy.number("evasion.review_days"))
    return Receipt(item.key, "done", "found", happened=(Happened(ev.EvasionFound(signs, review_on)),))
