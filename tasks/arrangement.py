"""还款安排 Arrangement: a plan, and what of the debt is given up for it, proposed by a person and agreed to at a gate.

Three nodes by the heaviest concession, so that each has the seats of its row: time only (`arrangement`), interest and
charges (`interest_waiver`), principal (`principal_waiver`). The gate shows the schedule, the floor, and what is lost without
the guarantors' consent; below the floor a yes is barred. After a yes the visit stays open until the paper is signed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools
from recourse.advice import Advice
from recourse.arrangements import against, main_terms, observed_until, restructures, sureties, view
from recourse.canonical import derived_id
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.offers import INTEREST, PLAN, PRINCIPAL, Offer
from recourse.policy.book import Policy

NODES: Mapping[str, str] = {PLAN: "arrangement", INTEREST: "interest_waiver", PRINCIPAL: "principal_waiver"}
"""What is conceded → the node at which it is agreed to."""
BY_WORD_OF_MOUTH = frozenset({"personal_instalments"})
"""Kinds that may be agreed on a recorded line; the recording is kept until the debt is paid (信用卡办法 70)."""
ENDS = ("performed", "broken", "ended")


class Arrangement:
    """What was agreed to at the gate waits for its signature, if nothing stands against it by now."""

    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def __init__(self, node: str) -> None:
        self.node = node

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._agreed(item, tools.day) for item in items]

    def _agreed(self, item: Item, day: date) -> Receipt:
        proposal = item.facts.file.proposal
        bar = "nothing is proposed any more"
        if proposal is not None:
            bar = against(item.facts, proposal.offer, item.policy, day)
        return Receipt(item.key, "failed", "failed", detail=bar) if bar else Receipt(item.key, "done")


def _barred(facts: Facts, policy: Policy, choice: str, day: date) -> str:
    proposal = facts.file.proposal
    return "" if proposal is None else against(facts, proposal.offer, policy, day)


ACTS = tuple(Arrangement(node) for node in NODES.values())
ADVICE: Mapping[str, Advice] = dict.fromkeys(NODES.values(), Advice(view, _barred))


# --- what people do ---------------------------------------------------------------------------------------------------


def proposed(facts: Facts, offer: Offer, policy: Policy, today: date) -> ev.ArrangementProposed:
    """A proposal for the gate. Refused: an ended case, one that waits already, and whatever stands against the offer."""
    where = f"account {facts.account_id}"
    if facts.file.end:
        raise UserError(f"the case has ended: {facts.file.end}", where=where)
    waiting = _waiting(facts)
    if waiting:
        raise UserError(f"an arrangement waits at {waiting}", where=where, mend="sign it, or have its gate reject it")
    bar = against(facts, offer, policy, today)
    if bar:
        raise UserError(bar, where=where, mend="see `recourse arrangement preview`")
    visits = sum(visit.n for node, visit in facts.file.visits.items() if node in NODES.values())
    proposal_id = derived_id("arrangement", facts.case_id, today, visits)
    return ev.ArrangementProposed(proposal_id, NODES[offer.concedes], offer)


def _waiting(facts: Facts) -> str:
    """The node at which an arrangement waits for its gate or its signature ("" = none)."""
    visits = facts.file.visits
    return next((node for node in NODES.values() if node in visits and visits[node].state != "left"), "")


def signed(
    facts: Facts, policy: Policy, document: str, recording: str, today: date
) -> tuple[ev.Event, ...]:  # fmt: skip
    """It was signed (`document`: the paper's id), or agreed on a recorded line (`recording`): what follows.

    Refused: nothing that was agreed to at its gate, no proof, word of mouth for what needs paper, and what stands against it
    by now. Without the consent of a guarantor in writing what he does not answer for is lost (民法典 695).
    """
    where, proposal, node = f"account {facts.account_id}", facts.file.proposal, _waiting(facts)
    if proposal is None or not node or facts.file.visits[node].state != "open":
        raise UserError("no arrangement was agreed to at its gate", where=where, mend="see `recourse arrangement show`")
    offer = proposal.offer
    if bool(document) == bool(recording):
        raise UserError(
            "a signature needs its proof", where=where, mend="give --document SHA, or for a card --recording WHERE"
        )
    if recording and offer.kind not in BY_WORD_OF_MOUTH:
        raise UserError(f"{offer.kind} is made in writing", where=where, mend="give --document SHA")
    bar = against(facts, offer, policy, today)
    if bar:
        raise UserError(bar, where=where, mend="propose it anew")
    again = restructures(facts, offer, today)
    made = ev.ArrangementMade(
        proposal.proposal_id, offer.kind, offer.until_on, document or recording, offer.rows, offer.whole, offer.waived,
        again, recording, observed_until(offer, policy) if again else None,
    )  # fmt: skip
    return (*superseded(facts), made, *_unconsented(facts, offer, proposal.proposal_id), ev.VisitLeft(node, "signed"))


def superseded(facts: Facts) -> tuple[ev.Event, ...]:
    """A changed arrangement is a new one: the one in force ends with it."""
    file = facts.file
    if not file.arrangement:
        return ()
    return (ev.ArrangementEnded(file.arrangement, "superseded", file.arrangement_kind),)


def _unconsented(facts: Facts, offer: Offer, proposal_id: str) -> list[ev.Event]:
    """What was changed without a guarantor's consent in writing: lighter he follows, heavier he does not."""
    proposal = facts.file.proposal
    before, after = main_terms(facts, offer)
    if before == after or proposal is None:
        return []
    found: list[ev.Event] = []
    for surety in sureties(facts, offer, proposal.consents):
        if not surety.consented:
            found.append(ev.ChangeConsented(surety.guarantee_id, proposal_id, False, surety.heavier))
    return found


def ended(facts: Facts, end: str, document: str = "") -> tuple[ev.Event, ...]:
    """A person ends the arrangement in force: ended by agreement, which is signed (`document`: the paper's id); performed or
    broken where no schedule is known."""
    file, where = facts.file, f"account {facts.account_id}"
    if not file.arrangement:
        raise UserError("no arrangement is in force", where=where, mend="see `recourse arrangement list`")
    if end not in ENDS:
        raise UserError(f"unknown end {end!r}", where=where, mend=f"use one of {', '.join(ENDS)}")
    if file.plan is not None and end != "ended":
        raise UserError(
            "whether this plan is kept follows from the money that comes in", where=where,
            mend="end it by agreement: --as-agreed ended",
        )  # fmt: skip
    if end == "ended" and not document:
        raise UserError("an end by agreement is signed", where=where, mend="give --document SHA")
    return (ev.ArrangementEnded(file.arrangement, end, file.arrangement_kind, document),)
