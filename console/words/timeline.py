"""The journal of an account in words, newest first. Chinese sentences are those of the papers (`recourse.letters.chronicle`);
what no paper tells, and all of the English, is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from console.words import Words, timeline_brakes, timeline_papers, zh
from recourse import events as ev
from recourse.acts import Entry
from recourse.letters import chronicle
from recourse.money import Amounts, to_text

MINOR = frozenset({ev.PermitIssued, ev.ActReleased, ev.CallQueued, ev.CallTaken, ev.CallClosed, ev.QuotaReserved,
                   ev.QuotaReturned, ev.CallAssigned})  # fmt: skip
"""Machinery: told in small print."""

MONEY = (
    *("amount", "value", "promise_amount", "reserve", "price", "ours", "surplus", "shortfall", "exempt", "paid", "due"),
)


class Told(msgspec.Struct, frozen=True):
    """One event: the day on which it took effect, the day on which it became known, words, who, small print or not."""

    on: date
    known_on: date
    said: str
    who: str
    minor: bool
    kind: str
    gate_id: str = ""


def told(journal: Sequence[Entry], t: Words, currency: str) -> list[Told]:
    """The events of a journal in the language of `t`, in the order given."""
    return [
        Told(
            entry.envelope.effective_on,
            entry.envelope.known_on,
            _said(entry.event, t, currency),
            chronicle.who(entry.envelope.actor) if t.lang == "zh" else entry.envelope.actor.removeprefix("system:"),
            type(entry.event) in MINOR or _idle(entry.event),
            entry.envelope.type,
            str(getattr(entry.event, "gate_id", "")),
        )
        for entry in journal
    ]


def _idle(event: ev.Event) -> bool:
    return isinstance(event, ev.DecisionMade) and not event.steps and not event.expired


def _said(event: ev.Event, t: Words, currency: str) -> str:
    if isinstance(event, ev.DecisionMade):
        return _decision(event, t)
    patterns = _ZH if t.lang == "zh" else _EN
    pattern = patterns.get(type(event))
    if pattern is not None:
        return " ".join(pattern.format_map(_Fields(_fields(event, t, currency))).split())
    if t.lang == "zh":
        return chronicle.sentence(event, _Names(t), currency)
    return event.TYPE


def _decision(event: ev.DecisionMade, t: Words) -> str:
    parts = [f"{t.node(step.node)} {t.code('step', step.how)}" for step in event.steps]
    parts += [f"{t.node(name)} {t.code('outcome', 'expired')}" for name in event.expired]
    parts += [t.reason(reason.code) for reason in _distinct(event.reasons) if not reason.code.startswith(_TOLD)]
    return t("timeline.decided", what=t("list.comma").join(parts) or t("timeline.idle"))


_TOLD = ("enter:", "expired")
"""Reasons that the steps have told already."""


def _distinct(reasons: Iterable[ev.Reason]) -> list[ev.Reason]:
    return list({reason.code: reason for reason in reasons}.values())


def _fields(event: ev.Event, t: Words, currency: str) -> dict[str, Any]:
    """The fields of an event as words: names of nodes, amounts in units, codes without underscores."""
    known: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(event).items():
        if name in ("node", "seat"):
            known[name] = t.node(value) if name == "node" else t.seat(value)
        elif name in MONEY and isinstance(value, int):
            known[name] = f"{to_text(value, currency, grouped=True)} {currency}"
        elif isinstance(value, Amounts):
            known[name] = f"{to_text(value.total, currency, grouped=True)} {currency}"
        elif isinstance(value, str):
            known[name] = _word(name, value, t)
        else:
            known[name] = "" if value is None else value
    if isinstance(event, ev.ActCompleted):
        detail = f" ({event.detail})" if event.detail and event.status != "done" else ""
        known["done"] = t.code("outcome", event.outcome or event.status) + detail
    return known


_KINDS: Mapping[str, str] = {"outcome": "outcome", "status": "outcome", "code": "outcome", "channel": "channel", "end": "end",
                             "stage": "stage", "verdict": "verdict", "choice": "choice", "cause": "outcome"}  # fmt: skip
_KEPT = frozenset(
    {
        "evidence",
        "grade",
        "reason",
        "detail",
        "ground",
        "proof",
        "number",
        "rule",
        "agency",
        "voter",
        "by",
        "giver",
        "reference",
    }
    | {"seen_by", "confirmed_by", "system", "approved_by", "how", "collector", "note", "phrase", "remedy"}
)


def _word(name: str, value: str, t: Words) -> str:
    if name in _KEPT or not value:
        return value
    if name == "kind":
        return next((t.code(each, value) for each in ("hold", "paper", "kind") if value in zh.CODES[each]), value)
    return t.code(_KINDS.get(name, "outcome"), value)


class _Fields(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


class _Names(dict[str, str]):
    """The names that a chronicle asks for."""

    def __init__(self, t: Words) -> None:
        super().__init__()
        self._t = t

    def get(self, key: str, default: Any = None) -> Any:
        named = self._t.node(key)
        return named if named != key else zh.CODES["outcome"].get(key, default)


_ZH: Mapping[type[ev.Event], str] = {
    ev.ActReleased: "{node}：放行执行",
    ev.PermitIssued: "许可一次{channel}联系",
    ev.CallQueued: "列入待拨电话",
    ev.CallTaken: "拨打电话",
    ev.CallClosed: "电话任务结束",
    ev.CallAssigned: "电话分派给{collector}",
    ev.CallNoted: "通话备注：{note}",
    ev.ScriptViolationFound: "话术质检发现禁用语“{phrase}”（{rule}），由{by}记录",
    ev.ScriptViolationClosed: "话术质检办结：{result}。{remedy}",
    ev.DocumentMade: "制作文件：{kind}",
    ev.DocumentReceived: "收到材料：{kind}",
}
"""What no paper tells."""

_EN: Mapping[type[ev.Event], str] = {
    **timeline_brakes.EN,
    ev.PacketFrozen: "{node}: packet {number} bound; its gate decides on it",
    ev.PacketGapsFound: "{node}: the packet lacks {items}",
    ev.GapWaived: "{node}: {seat} waives {item}: {reason}",
    **timeline_papers.EN,
    ev.EpisodeOpened: "Past due: case opened, episode {episode}",
    ev.EpisodeClosed: "Episode ended: {end}",
    ev.VisitLeft: "{node}: {outcome} {detail}",
    ev.GateOpened: "{node}: gate opened, tier {tier}",
    ev.VoteCast: "Vote of {seat}: {verdict}. {reason}",
    ev.MemberStruck: "Struck from a list: {reason}",
    ev.MemberDropped: "Dropped from a list: its facts changed",
    ev.GateAnswered: "{node}: gate {verdict} {choice}",
    ev.GateEscalated: "Gate past its deadline: lifted to level {level}",
    ev.GateWithdrawn: "{node}: gate withdrawn, {cause}",
    ev.StandingApplied: "{node}: the gate was not answered in time; it goes out as authorised beforehand",
    ev.ApprovalVoided: "{node}: the evidence changed, the approval is void",
    ev.ActReleased: "{node}: act released",
    ev.ActCompleted: "{node}: {done}",
    ev.ActWithdrawn: "{node}: not carried out, {cause}",
    ev.ActCrossed: "{node}: a fact landed while it was carried out, {fact}",
    ev.PermitIssued: "One contact permitted: {channel}",
    ev.PermitRefused: "Contact refused: {channel}, by {rule}",
    ev.CallQueued: "Call queued: {script}",
    ev.CallTaken: "Call dialled",
    ev.CallClosed: "Call closed: {cause}",
    ev.CallAssigned: "Call given to {collector}",
    ev.CallNoted: "Note on a call: {note}",
    ev.ScriptViolationFound: "Phrase that may not be said: “{phrase}” ({rule}), written by {by}",
    ev.ScriptViolationClosed: "Phrase looked into: {result}. {remedy}",
    ev.ContactRecorded: "Contact by {channel}: {code} {promise_on} {promise_amount}",
    ev.DeliveryProved: "{node}: letter {status}, proof {proof}",
    ev.PaymentReceived: "Money received: {amount}",
    ev.FactsReanchored: "A back-dated fact moved the past",
    ev.BrakePlaced: "Brake placed: {kind} {until_on}. {ground}",
    ev.BrakeReleased: "Brake released: {kind}. {reason}",
    ev.ArrangementMade: "Arrangement made, until {until_on}",
    ev.ArrangementEnded: "Arrangement {end}",
    ev.ArrangementProposed: "Arrangement proposed, to the gate of {node}",
    ev.InstalmentJudged: "Instalment {number} of the arrangement: {state}, {amount} due {due_on}, {paid} came in",
    ev.WaiverEarned: "Arrangement performed in full: what it gave up is waived",
    ev.PlanDiffered: "Arrangement performed, and the core says {due} is due as of {as_of}",
    ev.PromiseKept: "Promise for {due_on} kept: {paid} of {amount}",
    ev.PromisePartKept: "Promise for {due_on} kept in part: {paid} of {amount}",
    ev.PromiseBroken: "Promise for {due_on} broken: {paid} of {amount}",
    ev.PromiseReleased: "Promise gave way: {cause}",
    ev.DocumentMade: "Document made: {kind}",
    ev.DocumentReceived: "Paper received: {kind}",
    ev.OriginalSeen: "Original seen by {seen_by}; a second person has to confirm it",
    ev.OriginalConfirmed: "Original checked by two persons",
    ev.RecordingReferred: "Recording referred to: {system} {reference}",
    ev.DebtAccelerated: "Whole debt due from {effective}",
    ev.OutsourcingTold: "Debtor told that {agency} will call",
    ev.PlacementRefused: "Placed with nobody: no agency meets the conditions",
    ev.QuotaReserved: "Contacts set aside for the agency on {on}. {rule}",
    ev.QuotaReturned: "Unused contacts of {on} given back",
    ev.AgencyContacted: "{agency} by {channel}: {code} {promise_on} {promise_amount}",
    ev.AgencyOverran: "The agency's {channel} lay outside its quota; it counts in the person's budget, a breach was raised: {rule}",
    ev.CertificateReceived: "Return and deletion certificate received",
    ev.PlacementMade: "Placed with {agency} until {until_on}",
    ev.PlacementRecalled: "Placement recalled: {cause}",
    ev.PlacementReturned: "Placement returned by the agency",
    ev.CollateralValued: "Security valued: {value}",
    ev.GuarantorClaimed: "Guarantor's liability demanded",
    ev.MatterOpened: "Court file opened: {route}",
    ev.MatterStageReached: "Court file: {stage} {number}",
    ev.WrittenOff: "Written off: {amounts}; the claim lives on",
    ev.RecoveryBooked: "Recovered after write-off: {amount}",
    ev.LegalOpinionSigned: "Legal opinion signed",
    ev.FactsImported: "Taken over in flight: what was done before was told",
    ev.NodeImported: "Before Recourse: {node}, from {entered_on}: {outcome} {proof}",
    ev.ContactImported: "Before Recourse: {channel} {code}",
    ev.ApprovalImported: "Before Recourse, for information: approval of {action} by {approved_by}",
    ev.ReleaseAgreed: "{by} agreed that the parked case goes on: {reason}",
    ev.ClockStarted: "Clock started: {kind} {until_on}, proof {proof}",
    ev.ClockStopped: "Clock stopped: {kind}, {cause}",
    ev.ClockAlarmed: "Alarm: {kind} ends on {ends_on}",
    ev.ClockRanOut: "Lost: {kind} ended on {ended_on}",
    ev.LimitationInterrupted: "Limitation interrupted: {ground}, proof {proof}",
    ev.LimitationSuspended: "Limitation suspended: {ground}, proof {proof}",
    ev.LimitationResumed: "Obstacle to suing gone, proof {proof}",
    ev.MatterJoined: "Joined to a court file: {route} {number}",
    ev.MatterAssigned: "Court file: {court} {counsel}",
    ev.PaperServed: "{paper} served on {on_whom}, proof {proof}",
    ev.HearingSet: "Hearing set for {held_on} {time} {place}",
    ev.HearingHeld: "Hearing: {result}",
    ev.MeasureTaken: "Measure on {kind}: {amount}, until {until_on}",
    ev.MeasureRenewed: "Measure on {kind} renewed until {until_on}, proof {proof}",
    ev.MeasureLifted: "Measure on {kind} lifted: {cause}",
    ev.AssetClueFound: "Asset clue: {kind}, {source}",
    ev.SuitDeclined: "Decided not to sue, until {until_on}",
    ev.CostBooked: "Cost: {kind} {amount}",
    ev.AuctionListed: "Round {round} announced for {begins_on}, reserve {reserve}",
    ev.AuctionEnded: "Round {round}: {result} {price}",
    ev.ProceedsShared: "Proceeds {price}: ours {ours}, surplus {surplus}, shortfall {shortfall}",
    ev.AssetTaken: "Asset taken for the debt at {value}",
    ev.AssetDisposed: "Foreclosed asset disposed of for {price}",
    ev.ChangeConsented: "Guarantor answered to a change: {change}",
    ev.DebtReinstated: "Back to the instalments: {reason}",
    ev.DebtKeptCalled: "Arrears paid, the whole is claimed all the same: {reason}",
    ev.SetOffInstructed: "The core was asked to set off at most {amount}; exempt {exempt}",
    ev.SetOffMade: "Set off {amount}; exempt {exempt}",
    ev.InsurerClaimed: "Claim on {insurer}: {amount}",
    ev.InsurerAnswered: "Insurer: {result} {paid}",
    ev.EstateFound: "Estate: {heirs} heirs, value {value}",
    ev.EstateClaimed: "Claimed on the estate: {amount}",
    ev.EstateClosed: "Estate closed: {result}",
    ev.BankruptcyAccepted: "Bankruptcy accepted {number}, claims until {claims_until_on}",
    ev.BankruptcyClaimed: "Claim filed in bankruptcy: {amount}",
    ev.BankruptcyMoved: "Bankruptcy: {stage} {amount}",
    ev.CrimeReported: "Crime reported: {offence}, {authority}",
    ev.CrimeAnswered: "Crime report: {result}",
    ev.WriteOffInstructed: "Write-off instructed to the general ledger: {amounts}",
    ev.WriteOffRefused: "Write-off not booked: {cause}",
    ev.AccountabilityConcluded: "Accountability concluded: {result}",
    ev.WriteOffReported: "{what} of {year} done",
    ev.TerminationProposed: "Proposed to end the claim for good: {ground}, proof {proof}",
    ev.DebtTerminated: "Claim at an end: {ground}",
    ev.CauseFound: "Cause of the arrears: {cause}, on {evidence}",
    ev.DebtorAssessed: "Judged: {attribute} {value}, on {evidence}",
    ev.EvasionProposed: "Proposed to find evasion",
    ev.EvasionFound: "Evasion found, to be reviewed on {review_on}",
    ev.EvasionEnded: "Finding of evasion taken back: {cause}",
    ev.PlanMade: "Initial plan for {grade} {cause}: floor {floor_percent} %, at most {longest_months} months {reason}",
    ev.ClaimPooled: "Pooled for sale, cut-off {cut_off_on}",
    ev.ClaimUnpooled: "Left the pool: {cause}",
    ev.ClaimAwarded: "Awarded to {buyer} for {price}",
    ev.ClaimTransferred: "Transferred to {buyer} as of {cut_off_on}",
    ev.AssignmentNoticed: "Told of the assignment, proof {proof}",
    ev.ReceiptForwarded: "Passed on to the buyer: {amount}",
    ev.PoolProposed: "Pool put together: {claims} claims, cut-off {cut_off_on}",
    ev.PoolTaped: "Data tape of the pool: {claims} claims, {amount}",
    ev.PoolAwarded: "Pool awarded to {buyer} for {price}",
    ev.PoolUnsold: "Pool not sold: {reason}",
    ev.PermitOverrun: "A contact was made outside its permit: {rule}",
    ev.LocateProposed: "Proposed to ask a third party where the debtor is: {grounds}",
    ev.LocateQueued: "A third party may be asked, by the script {script}",
    ev.LocateTaken: "A third party is rung under a permit",
    ev.LocateRecorded: "Third party: {code}",
    ev.LocateEnded: "No third party is to be asked any more: {cause}",
    ev.FieldVisitProposed: "Proposed to go and see the debtor: {reason}",
    ev.FieldVisitPlanned: "Visit planned for {planned_on} {time}, {place}",
    ev.FieldVisitMade: "Visit made {at}: {code} {violations}",
    ev.FieldVisitDropped: "Planned visit not made: {reason}",
}
