"""Folding the events of the tracks into a case file: clocks, agency, guarantees, security, court files.

A timer that is there is moved later only by what is proved: `start`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from recourse import events as ev
from recourse.casefile import Acknowledged, CaseFile, Valuation
from recourse.clocks import KINDS, Alarmed, Obstacle, Timer
from recourse.limitation import REVIVES, Link

FREEZES = {"deposit": "freeze_deposit", "movable": "freeze_movable"}
"""Kind of asset → its clock; everything else is held as real property is (民诉解释 485: up to three years)."""
SERVED = {
    ("judgment", "bank"): "appeal",
    ("payment_order", "debtor"): "payment_order_objection",
    ("payment_order_ended", "bank"): "payment_order_conversion",
    ("realisation_ruling", "bank"): "realisation_objection",
}
"""(paper, on whom it was served) → the clock that starts."""
DOCKETED_STAGES = frozenset({"docketed", "heard", "issued", "judged", "appealed", "effective"})
"""Stages that show, with the court's number or a paper, that the court took the file on."""
SUES = frozenset({"suit", "arbitration"})
"""Routes that keep a guarantee (民法典 693: 提起诉讼或者申请仲裁) and what was frozen before them (民事诉讼法 104). A payment
order does not bind guarantors (民诉解释 434)."""
TITLE_STAGES = frozenset({"effective", "enforcing", "enforcement_suspended", "ended_for_now", "enforcement_terminated"})
"""Stages at or after a title 执行依据: limitation of action has done its work, that of enforcement runs."""


def leave(file: CaseFile, node: str, outcome: str, on: date) -> None:
    """End the visit of a node, if one is open."""
    visit = file.visits.get(node)
    if visit is not None and visit.state != "left":
        visit.state, visit.left_on, visit.outcome = "left", on, outcome
        if file.proposal is not None and file.proposal.node == node:
            file.proposal = None


def interrupt(file: CaseFile, link: Link | None, payment: str = "") -> None:
    """Take up a link of the limitation's chain: the last that counts, and the widest gap between two. `payment`: which one
    made it, for it may be taken back."""
    if link is None or not link.counts:
        return
    if payment and file.acknowledged is None:
        file.acknowledged = Acknowledged(file.limitation_from, file.limitation_gap)
    if file.acknowledged is not None:
        file.acknowledged.links.append((link.on, link.ground, payment))
    _hang(file, link.on, link.ground)


def _hang(file: CaseFile, on: date, ground: str) -> None:
    before = file.limitation_from
    if ground in REVIVES:
        file.limitation_gap = None
    elif before is not None and on > before:
        widest = file.limitation_gap
        if widest is None or on - before > widest[1] - widest[0]:
            file.limitation_gap = (before, on)
    file.limitation_from = max(on, before or on)


def take_back(file: CaseFile, payment: str) -> None:
    """A payment was taken back, in whole or in part: it acknowledged nothing. Where it is not said which, the last one that
    did: errs early."""
    known = file.acknowledged
    if known is None:
        return
    payment = payment or next((each for _, _, each in reversed(known.links) if each), "")
    kept = [link for link in known.links if not payment or link[2] != payment]
    if len(kept) == len(known.links):
        return
    file.limitation_from, file.limitation_gap = known.from_on, known.gap
    file.acknowledged = Acknowledged(known.from_on, known.gap, kept) if any(link[2] for link in kept) else None
    for on, ground, _ in kept:
        _hang(file, on, ground)


def start(file: CaseFile, subject: str, timer: Timer, proof: str) -> None:
    """Start a timer. One that is there is moved later only with proof."""
    key = f"{timer.kind}:{subject}"
    old = file.timers.get(key)
    if old is not None and not proof and not _ends_sooner(timer, old):
        return
    file.timers[key] = timer


def _ends_sooner(new: Timer, old: Timer) -> bool:
    if new.until_on is None or old.until_on is None:
        return new.until_on is old.until_on and new.from_on <= old.from_on
    return new.until_on <= old.until_on


def stop(file: CaseFile, kind: str, subject: str = "") -> None:
    """Stop the timers of a kind: of one subject, or of all."""
    for key in [
        key for key in file.timers if key == f"{kind}:{subject}" or (not subject and key.startswith(f"{kind}:"))
    ]:
        del file.timers[key]


# --- clocks -----------------------------------------------------------------------------------------------------------


def _clock_started(file: CaseFile, event: ev.ClockStarted, on: date, known_on: date) -> None:
    start(file, event.subject, Timer(event.kind, on, event.until_on), event.proof)


def _clock_stopped(file: CaseFile, event: ev.ClockStopped, on: date, known_on: date) -> None:
    """A clock of a right is stopped with proof only: else the right would be out of sight and lost."""
    known = KINDS.get(event.kind)
    if event.proof or known is None or not known.right:
        stop(file, event.kind, event.subject)


def _alarmed(file: CaseFile, event: ev.ClockAlarmed, on: date, known_on: date) -> None:
    file.alarmed[f"{event.kind}:{event.subject}"] = Alarmed(event.ends_on, event.within_days)


def _ran_out(file: CaseFile, event: ev.ClockRanOut, on: date, known_on: date) -> None:
    file.alarmed[f"{event.kind}:{event.subject}"] = Alarmed(event.ended_on, 0)


def _suspended(file: CaseFile, event: ev.LimitationSuspended, on: date, known_on: date) -> None:
    if event.proof:
        file.obstacles[event.obstacle_id] = Obstacle(on)


def _resumed(file: CaseFile, event: ev.LimitationResumed, on: date, known_on: date) -> None:
    known = file.obstacles.get(event.obstacle_id)
    if known is not None and event.proof:
        file.obstacles[event.obstacle_id] = Obstacle(known.from_on, on)


# --- agency, guarantees, security -------------------------------------------------------------------------------------


def _placed(file: CaseFile, event: ev.PlacementMade, on: date, known_on: date) -> None:
    file.placement, file.placement_until_on, file.recall_pending = event.agency, event.until_on, False


def _recalled(file: CaseFile, event: ev.PlacementRecalled, on: date, known_on: date) -> None:
    file.recall_pending = True


def _returned(file: CaseFile, event: ev.PlacementReturned, on: date, known_on: date) -> None:
    file.placement, file.placement_until_on, file.recall_pending = "", None, False
    if not event.certificate:
        start(file, event.placement_id, Timer("agency_certificate", on), event.placement_id)


def _certified(file: CaseFile, event: ev.CertificateReceived, on: date, known_on: date) -> None:
    stop(file, "agency_certificate", event.placement_id)


def _told_of(file: CaseFile, event: ev.OutsourcingTold, on: date, known_on: date) -> None:
    file.told_of = event.agency


def _claimed(file: CaseFile, event: ev.GuarantorClaimed, on: date, known_on: date) -> None:
    """A guarantee is kept in its period and with proof; what came too late keeps nothing (担保解释 34)."""
    if event.by == "suit_withdrawn":
        file.claimed_guarantees.pop(event.guarantee_id, None)
        return
    if not (event.in_time and event.proof):
        return
    file.claimed_guarantees.setdefault(event.guarantee_id, on)
    if event.by == "suit":
        stop(file, "guarantee_limitation", event.guarantee_id)
    else:
        start(file, event.guarantee_id, Timer("guarantee_limitation", on), event.proof)


def _valued(file: CaseFile, event: ev.CollateralValued, on: date, known_on: date) -> None:
    file.valued[event.collateral_id] = Valuation(event.value, on)
    start(file, event.collateral_id, Timer("valuation", on), event.method)


def _consented(file: CaseFile, event: ev.ChangeConsented, on: date, known_on: date) -> None:
    """In writing or not at all; a heavier one without consent is not undone by a lighter one that follows (695)."""
    word = "consented" if event.consented and event.proof else "heavier" if event.heavier else "lighter"
    if file.proposal is not None and file.proposal.proposal_id == event.change:
        file.proposal.consents[event.guarantee_id] = word == "consented"
        if word == "consented":
            return
    if file.consents.get(event.guarantee_id) != "heavier":
        file.consents[event.guarantee_id] = word


def _listed(file: CaseFile, event: ev.AuctionListed, on: date, known_on: date) -> None:
    file.lots[event.collateral_id] = (event.round, "listed")
    file.reserves[f"{event.collateral_id}:{event.round}"] = event.reserve
    file.auction_round, file.auction_result, file.auctioned_on = event.round, "listed", on
    stop(file, "auction_second", event.collateral_id)


def _auctioned(file: CaseFile, event: ev.AuctionEnded, on: date, known_on: date) -> None:
    """A round that a buyer broke or that was withdrawn is held again: the case stands where the round before left it."""
    again = event.result in ("withdrawn", "defaulted")
    lot = (event.round - 1, "failed" if event.round > 1 else "") if again else (event.round, event.result)
    file.lots[event.collateral_id], file.auctioned_on = lot, on
    results = {result for round_, result in file.lots.values() if round_ == lot[0]}
    file.auction_round = lot[0]
    file.auction_result = next((each for each in ("failed", "listed") if each in results), lot[1])
    if event.round == 1 and event.result == "failed":
        start(file, event.collateral_id, Timer("auction_second", on), event.proof)


def _asset_taken(file: CaseFile, event: ev.AssetTaken, on: date, known_on: date) -> None:
    start(file, event.asset_id, Timer("foreclosed_asset", on), event.proof)


def _asset_disposed(file: CaseFile, event: ev.AssetDisposed, on: date, known_on: date) -> None:
    stop(file, "foreclosed_asset", event.asset_id)


# --- court files ------------------------------------------------------------------------------------------------------


def _matter_opened(file: CaseFile, event: ev.MatterOpened, on: date, known_on: date) -> None:
    file.matter, file.route, file.stage, file.stage_on = event.matter_id, event.route, "filed", on
    file.filed_on, file.docketed = on, False


def _joined(file: CaseFile, event: ev.MatterJoined, on: date, known_on: date) -> None:
    file.matter, file.route, file.stage, file.stage_on = event.matter_id, event.route, event.stage, on
    file.filed_on, file.docketed = on, bool(event.number)


def _staged(file: CaseFile, event: ev.MatterStageReached, on: date, known_on: date) -> None:
    """A settlement on a title 执行和解 starts the time to enforce anew, from the last day that it names (执行和解规定; 民事诉讼法
    250): one that is not proved, from its own day.
    """
    if event.matter_id != file.matter:
        return
    file.stage, file.stage_on = event.stage, on
    proof = event.proof or event.number
    if proof and event.stage in DOCKETED_STAGES:
        file.docketed = True
        if file.route in SUES:
            stop(file, "suit_after_preservation")
    if proof and event.stage in TITLE_STAGES:
        file.title = True
    if event.stage == "bankruptcy_declared":
        file.bankruptcy, file.bankruptcy_on, file.bankruptcy_declared_on = "declared", on, on
    elif event.stage == "bankruptcy_closed":
        file.bankruptcy, file.bankruptcy_on = "closed", on
    if event.stage in ("withdrawn", "settlement_reached") or (proof and event.stage in ("appealed", "effective")):
        stop(file, "appeal")
    if event.stage == "agreed":
        start(file, event.matter_id, Timer("confirmation_application", on), proof)
    elif event.stage == "effective":
        for kind in ("confirmation_application", "payment_order_objection") if proof else ():
            stop(file, kind)
        start(file, event.matter_id, Timer("enforcement_application", event.until_on or on), proof)
    elif event.stage == "settlement_reached" and file.title:
        last_on = event.until_on if proof else None
        start(file, event.matter_id, Timer("enforcement_application", last_on or on), proof)
    elif event.stage in ("enforcing", "concluded") and proof:
        stop(file, "enforcement_application")


def _served(file: CaseFile, event: ev.PaperServed, on: date, known_on: date) -> None:
    kind = SERVED.get((event.paper, event.on_whom))
    if kind is not None:
        start(file, event.matter_id, Timer(kind, on), event.proof)


def _hearing_set(file: CaseFile, event: ev.HearingSet, on: date, known_on: date) -> None:
    start(file, event.hearing_id, Timer("hearing", on, event.held_on), event.matter_id)


def _hearing_held(file: CaseFile, event: ev.HearingHeld, on: date, known_on: date) -> None:
    stop(file, "hearing", event.hearing_id)


def _freeze(kind: str) -> str:
    return FREEZES.get(kind, "freeze_realty")


def _measure_taken(file: CaseFile, event: ev.MeasureTaken, on: date, known_on: date) -> None:
    start(file, event.measure_id, Timer(_freeze(event.kind), on, event.until_on), event.proof)
    if event.pre_suit and not file.title and not (file.docketed and file.route in SUES):
        start(file, event.measure_id, Timer("suit_after_preservation", on), "")


def _measure_renewed(file: CaseFile, event: ev.MeasureRenewed, on: date, known_on: date) -> None:
    start(file, event.measure_id, Timer(_freeze(event.kind), on, event.until_on), event.proof)


def _measure_lifted(file: CaseFile, event: ev.MeasureLifted, on: date, known_on: date) -> None:
    """A freeze is out of sight only with the court's paper: without it its last day stands."""
    if not event.proof:
        return
    stop(file, _freeze(event.kind), event.measure_id)
    stop(file, "suit_after_preservation", event.measure_id)


def _clue(file: CaseFile, event: ev.AssetClueFound, on: date, known_on: date) -> None:
    file.clue_on, file.no_suit_on = max(on, file.clue_on or on), None
    stop(file, "no_suit")


def _declined(file: CaseFile, event: ev.SuitDeclined, on: date, known_on: date) -> None:
    file.no_suit_on = event.until_on
    start(file, "debt", Timer("no_suit", on, event.until_on), event.reason)


def _cost(file: CaseFile, event: ev.CostBooked, on: date, known_on: date) -> None:
    file.cost += event.amount


def _opinion(file: CaseFile, event: ev.LegalOpinionSigned, on: date, known_on: date) -> None:
    file.opinion = True


TRACK_FOLDS: Mapping[type[ev.Event], Callable[[CaseFile, Any, date, date], None]] = {
    ev.ClockStarted: _clock_started,
    ev.ClockStopped: _clock_stopped,
    ev.ClockAlarmed: _alarmed,
    ev.ClockRanOut: _ran_out,
    ev.LimitationSuspended: _suspended,
    ev.LimitationResumed: _resumed,
    ev.PlacementMade: _placed,
    ev.PlacementRecalled: _recalled,
    ev.PlacementReturned: _returned,
    ev.CertificateReceived: _certified,
    ev.OutsourcingTold: _told_of,
    ev.GuarantorClaimed: _claimed,
    ev.CollateralValued: _valued,
    ev.ChangeConsented: _consented,
    ev.AuctionListed: _listed,
    ev.AuctionEnded: _auctioned,
    ev.AssetTaken: _asset_taken,
    ev.AssetDisposed: _asset_disposed,
    ev.MatterOpened: _matter_opened,
    ev.MatterJoined: _joined,
    ev.MatterStageReached: _staged,
    ev.PaperServed: _served,
    ev.HearingSet: _hearing_set,
    ev.HearingHeld: _hearing_held,
    ev.MeasureTaken: _measure_taken,
    ev.MeasureRenewed: _measure_renewed,
    ev.MeasureLifted: _measure_lifted,
    ev.AssetClueFound: _clue,
    ev.SuitDeclined: _declined,
    ev.CostBooked: _cost,
    ev.LegalOpinionSigned: _opinion,
}
