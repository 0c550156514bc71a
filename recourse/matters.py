"""Matters 案件: accounts × parties × one court or arbitral file. Which stages follow which, and who is in one. Pure.

Debts of one person that are filed by one route on one day are one matter: its id says so, whatever batch or shard they
were filed in. A debt that comes later is joined (`events.MatterJoined`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from recourse import events as ev
from recourse.acts import Happened, Item
from recourse.amounts import in_suit
from recourse.canonical import derived_id
from recourse.casefile import CaseFile
from recourse.clocks import Numbers, guarantee_ends_on
from recourse.errors import UserError
from recourse.facts import Facts, GuaranteeKind
from recourse.fold_tracks import DOCKETED_STAGES, SUES
from recourse.legal.fees import fee, half_up
from recourse.money import Amounts
from recourse.policy.book import Policy

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
    "enforcing": ("enforcing", "enforcement_suspended", "ended_for_now", "enforcement_terminated", "concluded", "settlement_reached",
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
    return Happened(opening(item.facts, route, day, court, in_suit(item.facts, item.policy)))


def opening(facts: Facts, route: str, day: date, court: str = "", claimed: Amounts | None = None) -> ev.MatterOpened:
    """As `opened`, for what people file; `claimed`: where that is not all that is owed."""
    parties = tuple(sorted({facts.person_id, *(party.party_id for party in facts.security.parties)}))
    number = matter_id(facts.person_id, route, day)
    return ev.MatterOpened(number, route, parties, claimed or facts.amounts, court or facts.terms.forum)


FEES: Mapping[str, tuple[str, str]] = {
    "suit": ("case_acceptance", "court_fee"),
    "payment_order": ("payment_order", "court_fee"),
    "arbitration": ("arbitration", "arbitration_fee"),
}
"""Route → the scale by which its fee is paid in when it is filed (诉讼费用交纳办法 13, 14, 20), and the kind of cost."""


def filing_fee(facts: Facts, policy: Policy, route: str, day: date) -> tuple[ev.CostBooked, ...]:
    """The fee that the bank pays in when a debt is filed, to the fen; nothing where no pack has the scale.

    Each debt bears the fee on its own claim. Debts in one matter pay a little less together: what the court really took is
    booked as a correction when its figure comes in (`fee_correction`).
    """
    scale, kind = FEES.get(route, ("", ""))
    claim = in_suit(facts, policy)
    owed = None if claim is None else claim.total
    amount = fee(policy, scale, owed, facts.currency) if scale and (owed or 0) >= 0 else None
    if not amount:
        return ()
    number = matter_id(facts.person_id, route, day)
    cost_id = derived_id("cost", facts.case_id, number, kind)
    return (ev.CostBooked(cost_id, kind, amount, facts.currency, number),)


ENDS_A_SUIT = frozenset({"withdrawn", "dismissed"})
HALVES = frozenset({"withdrawn", "agreed"})
"""Stages at which the court gives half of its fee back (诉讼费用交纳办法 15)."""


def follows(
    facts: Facts, stage: str, proof: str, journal: Iterable[ev.Event], on: date, numbers: Numbers
) -> tuple[tuple[ev.Event, date], ...]:
    """What a stage brings about besides itself, each with the day on which it took effect: guarantees that a docketed suit
    or the enforcement of a notarised claim keeps, or a withdrawn suit lets go, and half of the fee. `journal`: of the case;
    needed for a stage that ends a suit.
    """
    events = list(journal)
    if stage in DOCKETED_STAGES and not facts.file.docketed:
        filed_on = facts.file.filed_on or on
        return tuple((claimed, filed_on) for claimed in kept_by_suit(facts, proof, numbers))
    if stage == "enforcing" and facts.file.route == NOTARISED and proof:
        applied_on = (facts.file.stage_on if facts.file.stage == stage else None) or on
        return tuple((claimed, applied_on) for claimed in _kept(facts, GENERAL, applied_on, proof, numbers))
    found: list[ev.Event] = list(lost_by_withdrawal(facts, events, proof)) if stage in ENDS_A_SUIT else []
    back = refund(_court_fees(events, facts.file.matter)) if stage in HALVES else 0
    if back:
        cost_id = derived_id("cost", facts.case_id, facts.file.matter, "refund")
        found.append(ev.CostBooked(cost_id, "court_fee", -back, facts.currency, facts.file.matter, proof))
    return tuple((event, on) for event in found)


def _court_fees(events: Iterable[ev.Event], matter: str) -> list[int]:
    costs = [event for event in events if isinstance(event, ev.CostBooked)]
    return [cost.amount for cost in costs if cost.kind == "court_fee" and cost.matter_id == matter]


def refund(booked: Sequence[int]) -> int:
    """What comes back of court fees when a suit is withdrawn or mediated, in minor units.

    `booked`: the matter's court fees so far, the full one first. A court halves once (民诉解释 206): a fee that was halved for
    the simplified procedure is not halved again.
    """
    return max(0, sum(booked) - half_up(Fraction(booked[0], 2))) if booked else 0


def kept_by_suit(facts: Facts, proof: str, numbers: Numbers) -> tuple[ev.GuarantorClaimed, ...]:
    """What a docketed suit does for guarantees: one against the debtor keeps a general guarantee, one that names the joint
    guarantor keeps his (民法典 693), if it was filed in the period. Everybody behind the debt is a party (`opening`).

    Acts against one guarantor do not count against another (担保解释 29): each has an event of its own. A period that is not
    known is not said to be kept: errs early.
    """
    filed_on, file = facts.file.filed_on, facts.file
    if filed_on is None or not proof or file.route not in SUES:
        return ()
    return _kept(facts, EVERY, filed_on, proof, numbers)


NOTARISED = "notarised_enforcement"
"""The route on which an application to the court to enforce against the debtor keeps a general guarantee (担保解释 27): from the
day of the application, once the court's number shows it. What was asked of the notary before does not: errs early."""
EVERY = frozenset(GuaranteeKind)
GENERAL = frozenset({GuaranteeKind.GENERAL})


def _kept(
    facts: Facts, kinds: frozenset[GuaranteeKind], on: date, proof: str, numbers: Numbers
) -> tuple[ev.GuarantorClaimed, ...]:
    """What an act of a day does for guarantees of these kinds that are not kept yet and whose period is known."""
    ends = [(each, guarantee_ends_on(each, facts, numbers)) for each in facts.security.guarantees]
    return tuple(
        ev.GuarantorClaimed(each.guarantee_id, on <= ends_on, proof, "suit")
        for each, ends_on in ends
        if each.kind in kinds and each.guarantee_id not in facts.file.claimed_guarantees and ends_on is not None
    )


def lost_by_withdrawal(facts: Facts, journal: Iterable[ev.Event], proof: str) -> tuple[ev.GuarantorClaimed, ...]:
    """Guarantees that a suit kept and that its withdrawal or dismissal lets go again (担保解释 31): every general one, until a
    new suit is filed in the period; a joint one unless the complaint was served on the guarantor, or he was called on.
    """
    events = list(journal)
    demanded = {e.guarantee_id for e in events if isinstance(e, ev.GuarantorClaimed) and e.by == "demand" and e.in_time}
    served = any(
        isinstance(e, ev.PaperServed) and e.paper == "complaint" and e.on_whom == "guarantor" and e.proof
        for e in events
    )
    return tuple(
        ev.GuarantorClaimed(each.guarantee_id, False, proof, WITHDRAWN)
        for each in facts.security.guarantees
        if each.guarantee_id in facts.file.claimed_guarantees
        and each.guarantee_id not in demanded
        and not (each.kind is GuaranteeKind.JOINT and served)
    )


WITHDRAWN = "suit_withdrawn"


FREEZES: Mapping[str, str] = {"freeze_deposit": "deposit", "freeze_movable": "movable", "freeze_realty": "realty"}
"""Clock of a measure → the kind of asset that it stands for."""


def frozen(file: CaseFile) -> dict[str, str]:
    """Measures in force: id → the kind that its clock stands for."""
    return {key.partition(":")[2]: FREEZES[timer.kind] for key, timer in file.timers.items() if timer.kind in FREEZES}


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
