"""Everything that can happen, one struct each: the vocabulary of the journal.

A type is named ``subject:object:verb`` in the past tense. Bodies hold business dates, ids and amounts in minor units,
never a name, a number or an address (those are personal fields, referred to by id), never a wall-clock time or a run
id (those are in the envelope), so that the same life gives the same text on every engine.

A body's shape changes only together with its `VERSION`; :data:`UPCASTERS` lifts older bodies to today's shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

import msgspec

from recourse.errors import UserError
from recourse.money import Amounts
from recourse.offers import Offer
from recourse.schedules import Row


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of all events."""

    TYPE: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1


class Envelope(msgspec.Struct, frozen=True):
    """An event as the ledger stores it; the canonical text of this is what the chain hashes."""

    type: str
    v: int
    effective_on: date
    known_on: date
    recorded_at: str
    actor: str
    body: msgspec.Raw


class Entry(msgspec.Struct, frozen=True):
    """One line of a stream's journal."""

    envelope: Envelope
    event: Event
    pos: int


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why: a code, the policy rule that says so, and what was seen (measure and value, as text)."""

    code: str
    rule: str = ""
    seen: str = ""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node entered by a decision: visit number `n`, and how it is agreed to (queued, list or gate)."""

    node: str
    n: int
    how: str
    standing: str = ""
    """The standing authorisation that replaced the gate, when one did."""
    urgent: str = ""
    """Why this is in the red lane: the brake it collides with, or the clock that is about to end."""


# --- the case -----------------------------------------------------------------------------------------------------


class EpisodeOpened(Event, frozen=True, omit_defaults=True):
    """An account fell into arrears and got its case; a relapse is a new episode."""

    TYPE = "case:episode:opened"
    account_id: str
    person_id: str
    episode: int
    strategy_on: date
    limitation_from: date | None = None
    earlier_end: str = ""
    restructured_on: date | None = None
    """The first new due day after a concession of an earlier episode: the debt stays a restructured one."""


class DecisionMade(Event, frozen=True, omit_defaults=True):
    """The decision of a day: nodes entered, visits that ran out, reasons, what brakes hold, when to look again."""

    TYPE = "case:decision:made"
    policy: str
    ladder: str
    steps: tuple[Step, ...] = ()
    expired: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    grade: str = ""
    wake_on: date | None = None


class EpisodeClosed(Event, frozen=True, omit_defaults=True):
    """The episode ended: cured, settled 结清, settled_with_waiver 减免结清, transferred 已转让, terminated 完全终结."""

    TYPE = "case:episode:closed"
    end: str
    reasons: tuple[Reason, ...] = ()


class VisitLeft(Event, frozen=True, omit_defaults=True):
    """A node was left with an outcome."""

    TYPE = "node:visit:left"
    node: str
    outcome: str
    detail: str = ""


# --- gates --------------------------------------------------------------------------------------------------------


class GateOpened(Event, frozen=True, omit_defaults=True):
    """A gate 审批 opened over one matter; the hashes bind an approval to what is shown."""

    TYPE = "gate:matter:opened"
    gate_id: str
    matter: str
    kind: str
    action: str
    tier: str
    seats: tuple[str, ...]
    maker: str
    due_on: date
    evidence_hash: str
    packet_hash: str = ""
    node: str = ""
    n: int = 0
    members: tuple[str, ...] = ()
    urgent: str = ""
    reopened: bool = False
    changes: tuple[str, ...] = ()


class VoteCast(Event, frozen=True, omit_defaults=True):
    """One person answered one seat of a gate, with a reason."""

    TYPE = "gate:vote:cast"
    gate_id: str
    seat: str
    voter: str
    verdict: str
    reason: str
    on_behalf_of: str = ""
    choice: str = ""


class MemberStruck(Event, frozen=True, omit_defaults=True):
    """A member was struck from a list by a voter, with a reason; the rest of the list goes on."""

    TYPE = "gate:member:struck"
    gate_id: str
    case_id: str
    by: str
    reason: str


class MemberDropped(Event, frozen=True, omit_defaults=True):
    """A member left a list because its own facts changed."""

    TYPE = "gate:member:dropped"
    gate_id: str
    case_id: str
    changes: tuple[str, ...] = ()


class GateAnswered(Event, frozen=True, omit_defaults=True):
    """The gate is decided: approved, rejected or returned; `choice` is the route where a gate offers one."""

    TYPE = "gate:matter:answered"
    gate_id: str
    verdict: str
    choice: str = ""
    node: str = ""
    reason: str = ""


class GateEscalated(Event, frozen=True, omit_defaults=True):
    """A deadline passed: the gate went one level up. It was not approved."""

    TYPE = "gate:matter:escalated"
    gate_id: str
    level: int
    seats: tuple[str, ...]
    due_on: date


class GateWithdrawn(Event, frozen=True, omit_defaults=True):
    """A gate lost its matter: the case closed or a fact took the ground away."""

    TYPE = "gate:matter:withdrawn"
    gate_id: str
    cause: str
    node: str = ""


class StandingApplied(Event, frozen=True, omit_defaults=True):
    """A gate was not answered while its clock was about to end: the protective act goes out as a person had authorised."""

    TYPE = "authority:standing:applied"
    gate_id: str
    node: str
    n: int
    grant_id: str


class ApprovalVoided(Event, frozen=True, omit_defaults=True):
    """Material facts changed after an approval; the gate re-opens with the difference, at its old place."""

    TYPE = "gate:approval:voided"
    gate_id: str
    node: str
    changes: tuple[str, ...]


# --- claim, act, receipt ------------------------------------------------------------------------------------------


class ActReleased(Event, frozen=True, omit_defaults=True):
    """The claim: balance, holds, approval and permit were re-read and the act may go out, once, under this key."""

    TYPE = "intent:act:released"
    key: str
    node: str
    n: int
    claimed: Amounts | None = None
    balance_as_of: date | None = None
    gate_id: str = ""


class ActCompleted(Event, frozen=True, omit_defaults=True):
    """The receipt: done, failed or unknown; unknown counts against caps and never as proof."""

    TYPE = "intent:act:completed"
    key: str
    node: str
    status: str
    outcome: str = ""
    reference: str = ""
    detail: str = ""
    documents: tuple[str, ...] = ()


class ActWithdrawn(Event, frozen=True, omit_defaults=True):
    """A queued act was not released, because a fact of the day took its ground away."""

    TYPE = "intent:act:withdrawn"
    key: str
    node: str
    cause: str


class ActCrossed(Event, frozen=True, omit_defaults=True):
    """A fact landed after the claim: the act went out beside it. `recall` says whether it can be called back."""

    TYPE = "intent:act:crossed"
    key: str
    node: str
    fact: str
    recall: str = ""


class PermitIssued(Event, frozen=True, omit_defaults=True):
    """A contact may be made: one use, one person, one channel."""

    TYPE = "permit:contact:issued"
    permit_id: str
    person_id: str
    channel: str
    purpose: str
    number_id: str = ""
    role: str = "debtor"
    voice: str = "human"


class PermitRefused(Event, frozen=True, omit_defaults=True):
    """A contact may not be made; the strictest rule says why, `matches` are all that say so."""

    TYPE = "permit:contact:refused"
    person_id: str
    channel: str
    purpose: str
    rule: str
    matches: tuple[str, ...] = ()
    role: str = "debtor"
    voice: str = "human"


class CallQueued(Event, frozen=True, omit_defaults=True):
    """A call stands in the queue of the callers, with its script."""

    TYPE = "call:item:queued"
    call_id: str
    node: str
    n: int
    script: str


class CallTaken(Event, frozen=True, omit_defaults=True):
    """A caller took the item and dials under a permit."""

    TYPE = "call:item:taken"
    call_id: str
    permit_id: str


class CallClosed(Event, frozen=True, omit_defaults=True):
    """The item left the queue: answered, run out, or its ground is gone."""

    TYPE = "call:item:closed"
    call_id: str
    cause: str


class ContactRecorded(Event, frozen=True, omit_defaults=True):
    """What came of a call: an outcome code, and a promise where one was made."""

    TYPE = "contact:attempt:recorded"
    permit_id: str
    channel: str
    code: str
    promise_on: date | None = None
    promise_amount: int | None = None


class DeliveryProved(Event, frozen=True, omit_defaults=True):
    """Proof of what became of a letter: delivered, returned or refused, and where the proof lies."""

    TYPE = "delivery:letter:proved"
    node: str
    status: str
    proof: str
    interrupts_limitation: bool = False
    part: str = ""
    """Of several letters of one visit, whose this was; the visit stays open for the others."""


# --- facts that arrive --------------------------------------------------------------------------------------------


class PaymentReceived(Event, frozen=True, omit_defaults=True):
    """Money came in on the account (negative: it was taken back)."""

    TYPE = "payment:account:received"
    payment_id: str
    amount: int
    kind: str = "payment"
    payer: str = ""
    """debtor, co_debtor, guarantor, third_party, court, bank; "" = not known."""
    refers_to: str = ""
    """The payment that is taken back; "" = not known."""


class FactsReanchored(Event, frozen=True, omit_defaults=True):
    """A back-dated fact moved the past: what had been done that would not have been."""

    TYPE = "fact:account:reanchored"
    cause: str
    due_before: date | None
    due_after: date | None
    not_warranted: tuple[str, ...] = ()


class BrakePlaced(Event, frozen=True, omit_defaults=True):
    """A brake: complaint, dispute, hardship, death, stay … `until_on`: the last day it holds (None: until released)."""

    TYPE = "brake:case:placed"
    hold_id: str
    kind: str
    until_on: date | None = None
    ground: str = ""


class BrakeReleased(Event, frozen=True, omit_defaults=True):
    """A brake was lifted by a person, with a reason."""

    TYPE = "brake:case:released"
    hold_id: str
    kind: str
    reason: str


class ArrangementMade(Event, frozen=True, omit_defaults=True):
    """An arrangement 还款安排 was agreed."""

    TYPE = "arrangement:case:made"
    arrangement_id: str
    kind: str
    until_on: date
    proof: str = ""
    """Where the signed paper lies, or the recording of what was agreed by word of mouth."""
    rows: tuple[Row, ...] = ()
    whole: bool = True
    waived: Amounts | None = None
    """What is given up once all was paid as agreed."""
    restructured: bool = False
    """A concession for financial difficulty 重组 (2023 classification rules 17-19)."""
    recording: str = ""
    observed_until_on: date | None = None
    """The last day of the observation of a restructured debt, by the law of the day."""


class ArrangementEnded(Event, frozen=True, omit_defaults=True):
    """An arrangement ended: performed, broken, superseded by another, or ended by agreement."""

    TYPE = "arrangement:case:ended"
    arrangement_id: str
    end: str
    kind: str = ""
    proof: str = ""
    """Of an end by agreement: the signed paper."""


class DocumentMade(Event, frozen=True, omit_defaults=True):
    """A document was made by us: kind, content hash, template and its version. Before papers had an event of their own,
    those that people brought in were told so too."""

    TYPE = "document:file:made"
    sha256: str
    kind: str
    node: str = ""
    template: str = ""
    version: date | None = None


class DocumentReceived(Event, frozen=True, omit_defaults=True):
    """A person brought a paper into the file: what it is, its size in bytes, where the original lies, from whom by kind."""

    TYPE = "document:file:received"
    sha256: str
    kind: str
    media_type: str
    size: int
    node: str = ""
    dated_on: date | None = None
    original_at: str = ""
    source: str = ""


class OriginalSeen(Event, frozen=True, omit_defaults=True):
    """The first of two persons saw the original of a paper at a place; `beside` names the second one, if it was said."""

    TYPE = "document:original:seen"
    sha256: str
    original_at: str
    seen_by: str
    beside: str = ""


class OriginalConfirmed(Event, frozen=True, omit_defaults=True):
    """A second person saw the original at the same place: it is checked 原件双人核验."""

    TYPE = "document:original:confirmed"
    sha256: str
    original_at: str
    confirmed_by: str


class RecordingReferred(Event, frozen=True, omit_defaults=True):
    """A recording of one contact lies in another system, under a reference; nothing of it is kept here."""

    TYPE = "document:recording:referred"
    system: str
    reference: str
    permit_id: str
    call_id: str = ""
    seconds: int | None = None
    sha256: str = ""


# --- tracks -------------------------------------------------------------------------------------------------------


class DebtAccelerated(Event, frozen=True, omit_defaults=True):
    """The whole debt was declared due 宣布提前到期; it takes effect when notice arrives."""

    TYPE = "debt:loan:accelerated"
    effective: date


class OutsourcingTold(Event, frozen=True, omit_defaults=True):
    """The debtor was told, before any placement, which agency would call (消保办法 41)."""

    TYPE = "placement:notice:sent"
    agency: str


class PlacementMade(Event, frozen=True, omit_defaults=True):
    """The debt was placed with an agency 委外, until a day; `amount` is what could be claimed then."""

    TYPE = "placement:agency:made"
    VERSION = 2
    placement_id: str
    agency: str
    until_on: date
    amount: int | None = None


class PlacementRefused(Event, frozen=True, omit_defaults=True):
    """The debt was placed with nobody: per agency the entry conditions that are not met, or not known to be."""

    TYPE = "placement:agency:refused"
    unmet: dict[str, tuple[str, ...]]


class PlacementRecalled(Event, frozen=True, omit_defaults=True):
    """The placement was called back; adverse acts elsewhere wait for the agency's confirmation."""

    TYPE = "placement:agency:recalled"
    placement_id: str
    cause: str


class PlacementReturned(Event, frozen=True, omit_defaults=True):
    """The lease is at an end: the agency confirmed that it stopped; its deletion certificate is due from now on."""

    TYPE = "placement:agency:returned"
    VERSION = 2
    placement_id: str
    certificate: str = ""
    cause: str = ""


class CertificateReceived(Event, frozen=True, omit_defaults=True):
    """The agency's certificate of return and deletion 返还与删除证明 came in; the document lies under this hash."""

    TYPE = "placement:certificate:received"
    placement_id: str
    sha256: str


class QuotaReserved(Event, frozen=True, omit_defaults=True):
    """Contacts of a person's budget were set aside for the agency for one day; `rule` says what left fewer than asked."""

    TYPE = "placement:quota:reserved"
    placement_id: str
    on: date
    permits: tuple[str, ...] = ()
    rule: str = ""


class QuotaReturned(Event, frozen=True, omit_defaults=True):
    """Contacts that the agency did not make went back into the person's budget."""

    TYPE = "placement:quota:returned"
    placement_id: str
    on: date
    permits: tuple[str, ...]


class AgencyContacted(Event, frozen=True, omit_defaults=True):
    """A contact that an agency reported: when (with its offset), how, what came of it, where the recording lies.

    `permit_id` is of the day's quota, "" when none was left; `violations` are the rules that it broke.
    """

    TYPE = "placement:contact:recorded"
    contact_id: str
    placement_id: str
    agency: str
    at: str
    channel: str
    code: str
    permit_id: str = ""
    promise_on: date | None = None
    promise_amount: int | None = None
    recording: str = ""
    violations: tuple[str, ...] = ()


class AgencyOverran(Event, frozen=True, omit_defaults=True):
    """A contact that an agency made outside what was set aside for it: it counts in the person's one budget under
    `permit_id`, which nobody issued before it, and a breach of `rule` was raised."""

    TYPE = "placement:contact:overrun"
    contact_id: str
    permit_id: str
    channel: str
    rule: str


class CollateralValued(Event, frozen=True, omit_defaults=True):
    """A valuation of security was recorded."""

    TYPE = "collateral:value:recorded"
    collateral_id: str
    value: int
    method: str


class GuarantorClaimed(Event, frozen=True, omit_defaults=True):
    """A guarantee was kept in its period, or the attempt came too late; proof decides (民法典 693)."""

    TYPE = "guarantor:liability:claimed"
    guarantee_id: str
    in_time: bool
    proof: str
    by: str = "demand"
    """demand; suit: an act against the debtor that keeps a general guarantee (a suit, or an application to enforce a
    notarised claim, 担保解释 27), or a suit that names the guarantor;
    suit_withdrawn: that suit was withdrawn or dismissed and keeps it no longer (担保解释 31)."""


class MatterOpened(Event, frozen=True, omit_defaults=True):
    """A matter: accounts × parties × one court file."""

    TYPE = "matter:court:opened"
    matter_id: str
    route: str
    parties: tuple[str, ...] = ()
    claimed: Amounts | None = None
    court: str = ""
    accounts: tuple[str, ...] = ()


class MatterStageReached(Event, frozen=True, omit_defaults=True):
    """The court file reached a stage (docketed, heard, judged, effective, enforcing, ended_for_now 终本 …)."""

    TYPE = "matter:stage:reached"
    matter_id: str
    stage: str
    number: str = ""
    proof: str = ""
    until_on: date | None = None
    """With *effective*: the last day of performance 履行期限, from which two years to enforce run (民事诉讼法 250)."""


class WrittenOff(Event, frozen=True, omit_defaults=True):
    """核销: the general ledger booked it, and the book status changed to 账销案存. The claim lives on.

    `amounts`: as instructed at the base day 核销基准日 `base_on`; what came in after that day is recovered.
    """

    TYPE = "debt:account:written_off"
    VERSION = 2
    account_id: str
    criterion: str
    amounts: Amounts
    packet: str
    receipt: str = ""
    instruction_id: str = ""
    base_on: date | None = None


class RecoveryBooked(Event, frozen=True, omit_defaults=True):
    """Money recovered after the base day of a write-off; `parts`: how the core allocated it, where it said so."""

    TYPE = "recovery:account:booked"
    VERSION = 2
    payment_id: str
    amount: int
    parts: Amounts | None = None


class LegalOpinionSigned(Event, frozen=True, omit_defaults=True):
    """A signed legal opinion 法律意见书 lies in the file (with the reason of no suit, if never sued)."""

    TYPE = "opinion:legal:signed"
    sha256: str
    signed_by: str


# --- brakes with evidence, complaints, hardship, disputes, credit reporting ---------------------------------------------


class BrakeEvidenced(Event, frozen=True, omit_defaults=True):
    """What a brake rests on: a paper's digest, or where the evidence lies."""

    TYPE = "brake:evidence:filed"
    hold_id: str
    kind: str
    evidence: str


class ReleaseProposed(Event, frozen=True, omit_defaults=True):
    """Somebody proposed that brakes of a kind be lifted; seats of the gate hold_release agree or not. `node`: the gate's."""

    TYPE = "brake:release:proposed"
    hold_ids: tuple[str, ...]
    kind: str
    reason: str
    evidence: str
    by: str
    node: str


class StepsCorrected(Event, frozen=True, omit_defaults=True):
    """What had been done before a brake was known was put right, as far as it can be."""

    TYPE = "brake:steps:corrected"
    how: str
    by: str


class ComplaintReceived(Event, frozen=True, omit_defaults=True):
    """A complaint 投诉 came in; what it says lies among the papers under `text`. It brakes the case until it is answered.

    `about`: a staff id or an agency's, `contact`: the permit or agency contact complained about ("" = none named).
    """

    TYPE = "complaint:case:received"
    complaint_id: str
    channel: str
    category: str
    text: str
    is_complex: bool = False
    referred_by: str = ""
    about: str = ""
    contact: str = ""


class ComplaintExtended(Event, frozen=True, omit_defaults=True):
    """The time to answer a complaint was extended: as complex, or with the approval of a named higher person."""

    TYPE = "complaint:term:extended"
    complaint_id: str
    step: str
    until_on: date
    approved_by: str
    reason: str


class ComplaintReferred(Event, frozen=True, omit_defaults=True):
    """A complaint went up: the regulator or an authority referred it to the bank, or the bank's own higher level took it."""

    TYPE = "complaint:case:referred"
    complaint_id: str
    referred_by: str
    proof: str


class ComplaintAnswered(Event, frozen=True, omit_defaults=True):
    """A complaint was answered in writing: upheld, partly or rejected. Its brake is lifted."""

    TYPE = "complaint:case:answered"
    complaint_id: str
    outcome: str
    reply: str
    by: str


class ComplaintVerificationAsked(Event, frozen=True, omit_defaults=True):
    """The complainant asked the higher level to verify the answer 核查."""

    TYPE = "complaint:verification:asked"
    complaint_id: str
    proof: str


class ComplaintClosed(Event, frozen=True, omit_defaults=True):
    """A complaint is at its end: settled, or withdrawn by who made it."""

    TYPE = "complaint:case:closed"
    complaint_id: str
    cause: str
    proof: str


class HardshipApplied(Event, frozen=True, omit_defaults=True):
    """The debtor applied for relief 困难: a provisional stop falls at once. `wanted`: the papers that the cause asks for."""

    TYPE = "hardship:case:applied"
    application_id: str
    cause: str
    wanted: tuple[str, ...] = ()


class HardshipEvidenced(Event, frozen=True, omit_defaults=True):
    """A paper was brought for an application of hardship; `evidence`: its digest, or where it lies; `lacking`: what is
    still to come."""

    TYPE = "hardship:evidence:brought"
    application_id: str
    paper: str
    evidence: str
    lacking: tuple[str, ...] = ()


class HardshipReminded(Event, frozen=True, omit_defaults=True):
    """The debtor has to be reminded of the papers that are lacking."""

    TYPE = "hardship:evidence:reminded"
    application_id: str
    lacking: tuple[str, ...]
    until_on: date


class HardshipDecided(Event, frozen=True, omit_defaults=True):
    """An application was accepted until a day of review, rejected with a reason, or lapsed for want of papers."""

    TYPE = "hardship:case:decided"
    application_id: str
    outcome: str
    reason: str
    review_on: date | None = None


class DisputeRaised(Event, frozen=True, omit_defaults=True):
    """The debtor disputes the amount, says that the debt is not theirs, or that a card was used by others."""

    TYPE = "dispute:case:raised"
    dispute_id: str
    kind: str
    hold: str
    proof: str = ""


class DisputeAnswered(Event, frozen=True, omit_defaults=True):
    """A dispute was verified and answered: upheld, partly or rejected; the bank's proof with it. Its brake waits for a gate."""

    TYPE = "dispute:case:answered"
    dispute_id: str
    outcome: str
    proof: str
    reply: str


class CreditNoticeGiven(Event, frozen=True, omit_defaults=True):
    """The person was told before negative information is reported 不良信息报送告知; without proof it counts for nothing."""

    TYPE = "credit:notice:given"
    notice_id: str
    party_id: str
    channel: str
    proof: str


class CreditObjectionRaised(Event, frozen=True, omit_defaults=True):
    """The person objects to the credit record 征信异议; the record is flagged while it is checked."""

    TYPE = "credit:objection:raised"
    objection_id: str
    months: tuple[str, ...]
    ground: str
    proof: str


class CreditObjectionAnswered(Event, frozen=True, omit_defaults=True):
    """An objection was answered in writing: upheld (the record is to be corrected) or rejected."""

    TYPE = "credit:objection:answered"
    objection_id: str
    outcome: str
    reply: str


class CreditCorrected(Event, frozen=True, omit_defaults=True):
    """A correction of the credit record: sent to the credit registry, or confirmed by it."""

    TYPE = "credit:correction:moved"
    objection_id: str
    step: str
    proof: str


class CreditStatementAttached(Event, frozen=True, omit_defaults=True):
    """The person's own statement 本人声明 was attached to the record."""

    TYPE = "credit:statement:attached"
    statement_id: str
    document: str


# --- taken over in flight: what was done before Recourse; journaled in the name of ``import:<batch>`` -----------------


class FactsImported(Event, frozen=True, omit_defaults=True):
    """A delivery told of the past of this case: its row keys by table. What follows from it stands after it."""

    TYPE = "case:facts:imported"
    batch_id: str
    account_id: str
    tables: dict[str, tuple[str, ...]] = {}


class NodeImported(Event, frozen=True, omit_defaults=True):
    """A step that was done before Recourse, as the bank tells it; no decision of ours. Without `left_on` it goes on."""

    TYPE = "node:visit:imported"
    node: str
    n: int
    entered_on: date
    left_on: date | None = None
    outcome: str = ""
    proof: str = ""


class ContactImported(Event, frozen=True, omit_defaults=True):
    """A contact that was made or tried before Recourse; `again`: told of before, and now otherwise."""

    TYPE = "contact:attempt:imported"
    contact_no: str
    channel: str
    code: str = ""
    promise_on: date | None = None
    promise_amount: int | None = None
    again: bool = False


class ApprovalImported(Event, frozen=True, omit_defaults=True):
    """An approval from before Recourse: information only, it opens no act."""

    TYPE = "approval:past:imported"
    approval_no: str
    action: str
    approved_by: str
    reference: str = ""


class ReleaseAgreed(Event, frozen=True, omit_defaults=True):
    """One seat agreed that a parked case goes on; it does when every seat has, each by another person."""

    TYPE = "brake:release:agreed"
    hold_id: str
    seat: str
    by: str
    reason: str


# --- clocks: what is lost when a day passes -----------------------------------------------------------------------


class ClockStarted(Event, frozen=True, omit_defaults=True):
    """A clock (`recourse.clocks`) was started or restarted by a person, on a paper; without proof it does not count."""

    TYPE = "clock:right:started"
    kind: str
    subject: str
    until_on: date | None = None
    proof: str = ""


class ClockStopped(Event, frozen=True, omit_defaults=True):
    """A clock runs no more: what it served was done, or given up."""

    TYPE = "clock:right:stopped"
    kind: str
    subject: str
    cause: str
    proof: str = ""


class ClockAlarmed(Event, frozen=True, omit_defaults=True):
    """The last day of a clock is near: within so many days."""

    TYPE = "clock:right:alarmed"
    kind: str
    subject: str
    ends_on: date
    within_days: int


class ClockRanOut(Event, frozen=True, omit_defaults=True):
    """The last day of a clock has passed."""

    TYPE = "clock:right:lost"
    kind: str
    subject: str
    ended_on: date


class LimitationInterrupted(Event, frozen=True, omit_defaults=True):
    """The limitation of action was interrupted 中断 outside our own letters and suits: a debtor's written word, a
    mediation body, a report to the police (法释〔2020〕17号 12-14). Counts with proof only."""

    TYPE = "limitation:debt:interrupted"
    ground: str
    proof: str = ""


class LimitationSuspended(Event, frozen=True, omit_defaults=True):
    """An obstacle 中止 to suing began (民法典 194)."""

    TYPE = "limitation:debt:suspended"
    obstacle_id: str
    ground: str
    proof: str = ""


class LimitationResumed(Event, frozen=True, omit_defaults=True):
    """The obstacle is gone: in its last six months the limitation ends six months after this day (民法典 194)."""

    TYPE = "limitation:debt:resumed"
    obstacle_id: str
    proof: str = ""


# --- court files --------------------------------------------------------------------------------------------------


class MatterJoined(Event, frozen=True, omit_defaults=True):
    """Another debt of the same parties was joined 合并 to a court file that is running, at its stage."""

    TYPE = "matter:court:joined"
    matter_id: str
    route: str
    stage: str
    filed_on: date
    number: str = ""
    claimed: Amounts | None = None


class MatterAssigned(Event, frozen=True, omit_defaults=True):
    """The court or arbitral body of a matter, and the counsel who conducts it; empty: as before."""

    TYPE = "matter:court:assigned"
    matter_id: str
    court: str = ""
    counsel: str = ""


class PaperServed(Event, frozen=True, omit_defaults=True):
    """A court's paper was served 送达 on the bank or on the other side, which starts clocks; proof: receipt 回证."""

    TYPE = "matter:paper:served"
    matter_id: str
    paper: str
    on_whom: str
    proof: str = ""


class HearingSet(Event, frozen=True, omit_defaults=True):
    """A hearing was set for a day, or moved to one."""

    TYPE = "matter:hearing:set"
    matter_id: str
    hearing_id: str
    held_on: date
    time: str = ""
    place: str = ""


class HearingHeld(Event, frozen=True, omit_defaults=True):
    """A hearing took place, or fell away."""

    TYPE = "matter:hearing:held"
    matter_id: str
    hearing_id: str
    result: str


class MeasureTaken(Event, frozen=True, omit_defaults=True):
    """A court froze or sealed 保全/查封 an asset, until a day; before a suit, the suit follows within thirty days."""

    TYPE = "measure:asset:taken"
    measure_id: str
    matter_id: str
    kind: str
    amount: int
    until_on: date | None = None
    pre_suit: bool = False
    proof: str = ""
    asset: str = ""


class MeasureRenewed(Event, frozen=True, omit_defaults=True):
    """The court renewed 续行保全 a measure; without the ruling the old last day stands."""

    TYPE = "measure:asset:renewed"
    measure_id: str
    kind: str
    until_on: date | None = None
    proof: str = ""


class MeasureLifted(Event, frozen=True, omit_defaults=True):
    """A court lifted 解除 a measure, or it ended; without its paper the measure's last day stands."""

    TYPE = "measure:asset:lifted"
    measure_id: str
    kind: str
    cause: str
    proof: str = ""


class AssetClueFound(Event, frozen=True, omit_defaults=True):
    """A clue to an asset 财产线索: ends a decision not to sue, and lets an enforcement be resumed."""

    TYPE = "asset:clue:found"
    clue_id: str
    kind: str
    source: str
    value: int | None = None
    proof: str = ""


class SuitDeclined(Event, frozen=True, omit_defaults=True):
    """不诉决定: it was decided not to sue, until a day or until an asset is found."""

    TYPE = "suit:decision:declined"
    reason: str
    until_on: date


class CostBooked(Event, frozen=True, omit_defaults=True):
    """A cost of pursuing the debt: court fee, postage, agency, counsel, staff. `matter_id`: "" outside a court file."""

    TYPE = "cost:case:booked"
    cost_id: str
    kind: str
    amount: int
    currency: str
    matter_id: str = ""
    proof: str = ""


# --- security and guarantees --------------------------------------------------------------------------------------


class AuctionListed(Event, frozen=True, omit_defaults=True):
    """A round of sale was announced: auction 1 or 2, or the sell-off 变卖 (round 3)."""

    TYPE = "auction:round:listed"
    collateral_id: str
    round: int
    reserve: int
    begins_on: date
    deposit: int | None = None
    proof: str = ""
    home: str = ""
    """For a home: the paper that shows what was arranged for those who live in it."""


class AuctionEnded(Event, frozen=True, omit_defaults=True):
    """A round of sale ended: sold, failed 流拍, withdrawn, or the buyer did not pay."""

    TYPE = "auction:round:ended"
    collateral_id: str
    round: int
    result: str
    price: int | None = None
    proof: str = ""


class ProceedsShared(Event, frozen=True, omit_defaults=True):
    """Proceeds of security were shared out: costs, earlier ranks, our claim, the owner's surplus, what is still owed."""

    TYPE = "collateral:proceeds:shared"
    collateral_id: str
    price: int
    costs: int
    earlier_ranks: int
    ours: int
    surplus: int
    shortfall: int


class AssetTaken(Event, frozen=True, omit_defaults=True):
    """The bank took an asset for the debt 以物抵债, at a value; it is disposed of within two years (商业银行法 42)."""

    TYPE = "asset:foreclosed:taken"
    asset_id: str
    collateral_id: str
    value: int
    proof: str = ""


class AssetDisposed(Event, frozen=True, omit_defaults=True):
    """A foreclosed asset was disposed of."""

    TYPE = "asset:foreclosed:disposed"
    asset_id: str
    price: int
    proof: str = ""


class ChangeConsented(Event, frozen=True, omit_defaults=True):
    """A guarantor answered to a change of the main contract (民法典 695): in writing, or not at all."""

    TYPE = "guarantor:change:answered"
    guarantee_id: str
    change: str
    consented: bool
    heavier: bool
    proof: str = ""


# --- the debt itself ----------------------------------------------------------------------------------------------


class DebtReinstated(Event, frozen=True, omit_defaults=True):
    """Arrears and costs were paid and the bank agreed to go back to the instalments 恢复原还款计划."""

    TYPE = "debt:loan:reinstated"
    reason: str


class DebtKeptCalled(Event, frozen=True, omit_defaults=True):
    """The arrears are paid, and the bank decided to go on for the whole all the same."""

    TYPE = "debt:loan:kept_called"
    reason: str


class SetOffInstructed(Event, frozen=True, omit_defaults=True):
    """The core was asked to set off at most so much, and told what to leave; set off is what it confirms."""

    TYPE = "setoff:deposit:instructed"
    set_off_id: str
    amount: int
    exempt: int


class SetOffMade(Event, frozen=True, omit_defaults=True):
    """The bank set off 抵销 a deposit of the debtor's against the debt; what is exempt stayed untouched."""

    TYPE = "setoff:deposit:made"
    set_off_id: str
    amount: int
    left: int
    exempt: int
    proof: str = ""


class InsurerClaimed(Event, frozen=True, omit_defaults=True):
    """A claim was made on the insurer or guarantee company that stands behind the debt."""

    TYPE = "insurer:claim:made"
    claim_id: str
    insurer: str
    amount: int
    proof: str = ""


class InsurerAnswered(Event, frozen=True, omit_defaults=True):
    """The insurer paid, in whole or part, or refused; what it paid for passes to it 代位."""

    TYPE = "insurer:claim:answered"
    claim_id: str
    result: str
    paid: int = 0
    proof: str = ""


class EstateFound(Event, frozen=True, omit_defaults=True):
    """What the debtor left: value as far as known, number of heirs, whether an administrator 遗产管理人 is known."""

    TYPE = "estate:debtor:found"
    heirs: int
    value: int | None = None
    administrator: bool = False
    proof: str = ""
    dependents: int = 0
    """Heirs who can neither work nor live on anything else: a share is left to them (民法典 1159)."""


class EstateClaimed(Event, frozen=True, omit_defaults=True):
    """The claim was made on heirs or the administrator (民法典 1161: up to the value of the estate)."""

    TYPE = "estate:debtor:claimed"
    amount: int
    proof: str = ""


class EstateClosed(Event, frozen=True, omit_defaults=True):
    """The estate is done with: paid, exhausted, none, or all heirs renounced."""

    TYPE = "estate:debtor:closed"
    result: str
    proof: str = ""


class BankruptcyAccepted(Event, frozen=True, omit_defaults=True):
    """A court accepted the debtor's bankruptcy; claims are filed until a day."""

    TYPE = "bankruptcy:debtor:accepted"
    number: str
    claims_until_on: date | None = None
    proof: str = ""


class BankruptcyClaimed(Event, frozen=True, omit_defaults=True):
    """The bank's claim was filed 债权申报 with the administrator."""

    TYPE = "bankruptcy:claim:filed"
    amount: int
    proof: str = ""


class BankruptcyMoved(Event, frozen=True, omit_defaults=True):
    """The proceeding moved: confirmed, disputed, declared, distributed, closed, dismissed."""

    TYPE = "bankruptcy:debtor:moved"
    stage: str
    amount: int = 0
    proof: str = ""


class CrimeReported(Event, frozen=True, omit_defaults=True):
    """The bank reported a crime 报案; the report interrupts the limitation (法释〔2020〕17号 13)."""

    TYPE = "crime:debtor:reported"
    report_id: str
    offence: str
    authority: str
    proof: str = ""


class CrimeAnswered(Event, frozen=True, omit_defaults=True):
    """The authority answered a report: filed 立案, declined, transferred, closed."""

    TYPE = "crime:report:answered"
    report_id: str
    result: str
    proof: str = ""


# --- the books ----------------------------------------------------------------------------------------------------


class WriteOffInstructed(Event, frozen=True, omit_defaults=True):
    """The accounting instruction of a write-off went to the general ledger; written off is what it confirms."""

    TYPE = "debt:writeoff:instructed"
    instruction_id: str
    criterion: str
    amounts: Amounts
    base_on: date
    packet: str


class WriteOffRefused(Event, frozen=True, omit_defaults=True):
    """The general ledger refused an instruction, or its receipt does not agree with it."""

    TYPE = "debt:writeoff:refused"
    instruction_id: str
    cause: str


class AccountabilityConcluded(Event, frozen=True, omit_defaults=True):
    """责任认定: who is answerable for the loss was established (财金〔2017〕90号 19: within two years)."""

    TYPE = "writeoff:accountability:concluded"
    result: str
    proof: str


class WriteOffReported(Event, frozen=True, omit_defaults=True):
    """A yearly duty after a write-off was done (财金〔2017〕90号 20): the special audit, or the report."""

    TYPE = "writeoff:year:reported"
    what: str
    year: int
    proof: str


class TerminationProposed(Event, frozen=True, omit_defaults=True):
    """A person proposed to end the claim for good, on a ground of the pack, with its proof; a gate decides."""

    TYPE = "debt:account:proposed_for_end"
    ground: str
    proof: str


class DebtTerminated(Event, frozen=True, omit_defaults=True):
    """完全终结: the claim itself is at an end and no longer kept (财金〔2017〕90号 16)."""

    TYPE = "debt:account:terminated"
    account_id: str
    ground: str
    proof: str


class ClaimPooled(Event, frozen=True, omit_defaults=True):
    """The debt was put into a pool 资产包 for sale, with its cut-off day."""

    TYPE = "transfer:pool:joined"
    claim_id: str
    pool_id: str
    cut_off_on: date
    amounts: Amounts | None = None


class ClaimUnpooled(Event, frozen=True, omit_defaults=True):
    """The debt left its pool: struck, paid, or the pool was not sold."""

    TYPE = "transfer:pool:left"
    claim_id: str
    pool_id: str
    cause: str


class ClaimAwarded(Event, frozen=True, omit_defaults=True):
    """The pool was awarded to a buyer; the debt's share of the price."""

    TYPE = "transfer:pool:awarded"
    claim_id: str
    pool_id: str
    buyer: str
    price: int


class ClaimTransferred(Event, frozen=True, omit_defaults=True):
    """债权转让: the debt belongs to the buyer from the cut-off day on."""

    TYPE = "transfer:claim:completed"
    claim_id: str
    account_id: str
    pool_id: str
    buyer: str
    cut_off_on: date
    proof: str = ""


class AssignmentNoticed(Event, frozen=True, omit_defaults=True):
    """The debtor or a guarantor was told of the assignment (民法典 546, 696)."""

    TYPE = "transfer:notice:served"
    party_id: str
    proof: str = ""


class ReceiptForwarded(Event, frozen=True, omit_defaults=True):
    """Money that came in after the cut-off day was passed on to the buyer."""

    TYPE = "transfer:receipt:forwarded"
    payment_id: str
    amount: int
    proof: str = ""


# --- agencies -----------------------------------------------------------------------------------------------------


class AgencyRegistered(Event, frozen=True, omit_defaults=True):
    """An agency was registered: entry standards met, how many debts it can work, and its public keys."""

    TYPE = "agency:entry:registered"
    agency: str
    standards: tuple[str, ...] = ()
    capacity: int | None = None
    recipient: str = ""
    verifier: str = ""


class AgencyPublished(Event, frozen=True, omit_defaults=True):
    """The agency stands on the white list that the bank publishes, and where."""

    TYPE = "agency:list:published"
    agency: str
    where: str


class AgencyContracted(Event, frozen=True, omit_defaults=True):
    """A contract was concluded: its span, the terms it holds, its fee (minor units and basis points), its paper."""

    TYPE = "agency:contract:concluded"
    agency: str
    contract_id: str
    from_on: date
    until_on: date
    terms: tuple[str, ...] = ()
    fixed: int = 0
    quality: int = 0
    recovery_bp: int = 0
    currency: str = "CNY"
    sha256: str = ""


class AgencyContractEnded(Event, frozen=True, omit_defaults=True):
    """A contract was ended before its time."""

    TYPE = "agency:contract:ended"
    agency: str
    contract_id: str
    reason: str


class AgencyReviewed(Event, frozen=True, omit_defaults=True):
    """The agency's conduct, quality and data protection were reviewed: passed or failed."""

    TYPE = "agency:review:made"
    agency: str
    result: str
    note: str = ""


class AgencyInspected(Event, frozen=True, omit_defaults=True):
    """The agency was inspected, on_site or off_site: how many contacts were looked at, what was found, the result."""

    TYPE = "agency:inspection:made"
    agency: str
    site: str
    sample: int
    findings: tuple[str, ...]
    result: str
    note: str = ""


class AgencySuspended(Event, frozen=True, omit_defaults=True):
    """No new debts for this agency until it is reinstated."""

    TYPE = "agency:entry:suspended"
    agency: str
    reason: str


class AgencyReinstated(Event, frozen=True, omit_defaults=True):
    """A suspension was lifted."""

    TYPE = "agency:entry:reinstated"
    agency: str
    reason: str


class AgencyStruck(Event, frozen=True, omit_defaults=True):
    """The agency was struck off the white list, by an exit standard; all its debts are called back."""

    TYPE = "agency:entry:struck"
    agency: str
    standard: str
    reason: str


class ViolationFound(Event, frozen=True, omit_defaults=True):
    """The agency broke a rule; a serious breach keeps new debts from it until it is closed."""

    TYPE = "agency:violation:found"
    agency: str
    violation_id: str
    violation: str
    serious: bool
    rule: str = ""
    placement_id: str = ""
    contact_id: str = ""


class ViolationClosed(Event, frozen=True, omit_defaults=True):
    """A breach was dealt with, and how."""

    TYPE = "agency:violation:closed"
    agency: str
    violation_id: str
    remedy: str


class AgencyFileWritten(Event, frozen=True, omit_defaults=True):
    """The day's placement file was written: its hash, its rows, the contacts in it, the key it is sealed for."""

    TYPE = "agency:file:written"
    agency: str
    on: date
    sha256: str
    rows: int
    contacts: int
    key: str


class ResultsTaken(Event, frozen=True, omit_defaults=True):
    """A results file came in: hash of the file and of what was in it, its rows, of them new ones and breaches."""

    TYPE = "agency:results:taken"
    agency: str
    content: str
    sha256: str
    rows: int
    new: int
    violations: int = 0
    returned: int = 0


class PoolProposed(Event, frozen=True, omit_defaults=True):
    """A pool of claims 资产包 was put together for sale: its cut-off day, and how many claims it began with."""

    TYPE = "transfer:sale:proposed"
    pool_id: str
    cut_off_on: date
    currency: str
    claims: int
    amounts: Amounts
    rule: str = ""


class PoolTaped(Event, frozen=True, omit_defaults=True):
    """The pool's data tape was written; its hash binds the award to the claims that it lists."""

    TYPE = "transfer:sale:taped"
    pool_id: str
    sha256: str
    claims: int
    amount: int


class PoolAwarded(Event, frozen=True, omit_defaults=True):
    """The pool was awarded: buyer, its kind, the whole price, and the conditions that the buyer is bound by."""

    TYPE = "transfer:sale:awarded"
    pool_id: str
    buyer: str
    buyer_kind: str
    price: int
    conditions: tuple[str, ...] = ()


class PoolUnsold(Event, frozen=True, omit_defaults=True):
    """The pool was not sold: every claim leaves it, and its own tracks go on."""

    TYPE = "transfer:sale:dropped"
    pool_id: str
    reason: str


# --- contacts: what binds them, third parties, field visits ----------------------------------------------------------


class ContactTermSet(Event, frozen=True, omit_defaults=True):
    """Something that binds contacts was said, on proof: agreed hours, a consent, a refusal, a lawyer, an employer's word,
    a supervisor's override of a rule."""

    TYPE = "party:term:set"
    term_id: str
    kind: str
    evidence: str
    number_id: str = ""
    channel: str = ""
    opens: str = ""
    closes: str = ""
    until_on: date | None = None
    rule: str = ""
    of_party: str = ""


class ContactTermLifted(Event, frozen=True, omit_defaults=True):
    """What was said about contacts was withdrawn, on proof."""

    TYPE = "party:term:lifted"
    term_id: str
    evidence: str


class PermitOverrun(Event, frozen=True, omit_defaults=True):
    """A contact was made outside its permit: on another day, or in quiet hours."""

    TYPE = "permit:contact:overrun"
    permit_id: str
    rule: str


class LocateProposed(Event, frozen=True, omit_defaults=True):
    """A person proposes to ask a third party where the debtor is: at which contact point, and by which rules contact is
    lost, as the recorded contacts show."""

    TYPE = "locate:contact:proposed"
    locate_id: str
    contact_id: str
    number_id: str
    grounds: tuple[str, ...]
    reason: str = ""


class LocateQueued(Event, frozen=True, omit_defaults=True):
    """The question may be asked: an item with an ask-only script, and nothing of the debt, stands in the queue."""

    TYPE = "locate:contact:queued"
    locate_id: str
    contact_id: str
    number_id: str
    script: str


class LocateTaken(Event, frozen=True, omit_defaults=True):
    """A caller dials the third party under a permit."""

    TYPE = "locate:contact:taken"
    locate_id: str
    permit_id: str


class LocateRecorded(Event, frozen=True, omit_defaults=True):
    """What came of asking a third party, and where the recording lies."""

    TYPE = "locate:contact:recorded"
    locate_id: str
    permit_id: str
    code: str
    recording: str = ""


class LocateEnded(Event, frozen=True, omit_defaults=True):
    """The third party is not to be asked any more: the debtor was reached, or the item ran out."""

    TYPE = "locate:contact:ended"
    locate_id: str
    cause: str


class FieldVisitProposed(Event, frozen=True, omit_defaults=True):
    """A person proposes to go and see the debtor 外访."""

    TYPE = "visit:trip:proposed"
    reason: str


class FieldVisitPlanned(Event, frozen=True, omit_defaults=True):
    """Collectors will go on a day, under a permit; `time` is the hour on the debtor's clock, `place` home, work or other."""

    TYPE = "visit:trip:planned"
    plan_id: str
    permit_id: str
    planned_on: date
    time: str
    place: str
    collectors: tuple[str, ...]


class FieldVisitMade(Event, frozen=True, omit_defaults=True):
    """What came of a visit; `violations` are the rules of visits that it broke, `at` the hour on the debtor's clock at which
    it was made ("" = nobody said)."""

    TYPE = "visit:trip:made"
    plan_id: str
    permit_id: str
    code: str
    identified: bool
    recording: str
    entered: bool = False
    consent: str = ""
    violations: tuple[str, ...] = ()
    at: str = ""


class FieldVisitDropped(Event, frozen=True, omit_defaults=True):
    """A planned visit was not made; its permit goes back."""

    TYPE = "visit:trip:dropped"
    plan_id: str
    permit_id: str
    reason: str


# --- callers ------------------------------------------------------------------------------------------------------


class CollectorEnrolled(Event, frozen=True, omit_defaults=True):
    """A caller began to work, for the bank (`own`) or for an agency, or works on other terms from now on."""

    TYPE = "collector:register:enrolled"
    collector: str
    employer: str
    started_on: date
    capacity: int


class CollectorCertified(Event, frozen=True, omit_defaults=True):
    """A caller holds a certificate from one day to another, and where its paper lies."""

    TYPE = "collector:certificate:issued"
    collector: str
    certificate: str
    issued_on: date
    expires_on: date | None = None
    proof: str = ""


class SkillGiven(Event, frozen=True, omit_defaults=True):
    """A caller has a skill: a stage (senior), a language, a product, hardship talks."""

    TYPE = "collector:skill:given"
    collector: str
    skill: str
    until_on: date | None = None


class SkillTaken(Event, frozen=True, omit_defaults=True):
    """A caller has a skill no longer."""

    TYPE = "collector:skill:taken"
    collector: str
    skill: str
    reason: str


class CollectorEnded(Event, frozen=True, omit_defaults=True):
    """A caller calls no more after a day."""

    TYPE = "collector:register:ended"
    collector: str
    last_on: date
    reason: str


class CallAssigned(Event, frozen=True, omit_defaults=True):
    """Whose call it is, and why it changed hands; nobody's when none can take it."""

    TYPE = "call:item:assigned"
    call_id: str
    collector: str
    cause: str


class CallNoted(Event, frozen=True, omit_defaults=True):
    """What a caller wrote about a call: one line, with nobody's number in it."""

    TYPE = "call:note:written"
    call_id: str
    note: str


class ScriptViolationFound(Event, frozen=True, omit_defaults=True):
    """A phrase that may not be said stands in what somebody of the bank wrote; for quality assurance to look into."""

    TYPE = "script:violation:found"
    violation_id: str
    rule: str
    phrase: str
    where: str
    by: str
    ref: str = ""


class ScriptViolationClosed(Event, frozen=True, omit_defaults=True):
    """A phrase that was found was looked into: upheld, or only quoted; and what was done."""

    TYPE = "script:violation:closed"
    violation_id: str
    result: str
    remedy: str


# --- beside the cases ---------------------------------------------------------------------------------------------


class PartyStatusLearned(Event, frozen=True, omit_defaults=True):
    """Something about a person that reaches all its cases: deceased, bankrupt, incapable, do_not_contact …"""

    TYPE = "party:status:learned"
    status: str
    proof: str = ""


class DayOpened(Event, frozen=True, omit_defaults=True):
    """A business day was opened. A counterfactual run says by which day's law it is judged."""

    TYPE = "day:portfolio:opened"
    policy: str
    ladder: str
    policy_as_of: date | None = None
    shadow: bool = False


class DayClosed(Event, frozen=True, omit_defaults=True):
    """A business day was closed. What was done stands in the journal; a run cut off would count its own part only."""

    TYPE = "day:portfolio:closed"


class BatchLoaded(Event, frozen=True, omit_defaults=True):
    """A bank's delivery was taken in: what files, how many rows, which totals."""

    TYPE = "batch:intake:loaded"
    batch_id: str
    as_of: date
    files: dict[str, str]
    accepted: dict[str, int]
    quarantined: dict[str, int] = {}
    totals_off: tuple[str, ...] = ()


class PackActivated(Event, frozen=True, omit_defaults=True):
    """A policy pack came into use; the ledger keeps its full text under this hash."""

    TYPE = "pack:policy:activated"
    pack: str
    impersonated_by: str = ""


class StandingAuthorised(Event, frozen=True, omit_defaults=True):
    """A named person authorised a protective act in advance, between two days."""

    TYPE = "authority:standing:granted"
    grant_id: str
    node: str
    by: str
    from_on: date
    until_on: date
    reason: str


class ActorEnrolled(Event, frozen=True, omit_defaults=True):
    """A person or service was given roles."""

    TYPE = "access:actor:enrolled"
    actor: str
    roles: tuple[str, ...]
    kind: str = "person"


class TokenIssued(Event, frozen=True, omit_defaults=True):
    """A personal token was issued; its hash is kept, the token is shown once."""

    TYPE = "access:token:issued"
    actor: str
    fingerprint: str


class DelegationMade(Event, frozen=True, omit_defaults=True):
    """One person's seats are answered by another between two days; both names stand on the vote."""

    TYPE = "access:seat:delegated"
    giver: str
    taker: str
    from_on: date
    until_on: date
    reason: str


class ActorImpersonated(Event, frozen=True, omit_defaults=True):
    """Demo mode only: the command line acted as somebody."""

    TYPE = "access:actor:impersonated"
    actor: str
    by: str


class CodeIssued(Event, frozen=True, omit_defaults=True):
    """A one-time code was given to a person, good for one gate and one answer; its hash is kept, the code is shown once."""

    TYPE = "access:code:issued"
    gate_id: str
    actor: str
    fingerprint: str
    good_until_on: date


class CodeUsed(Event, frozen=True, omit_defaults=True):
    """A one-time code came back on a form; `refused` says why the answer on it did not count ("" = it did)."""

    TYPE = "access:code:used"
    gate_id: str
    actor: str
    fingerprint: str
    refused: str = ""


# --- who the debtor is ------------------------------------------------------------------------------------------------


class CauseFound(Event, frozen=True, omit_defaults=True):
    """Somebody found why the debt is not paid 逾期原因, on evidence; `source`: a call, a letter, a person's own finding."""

    TYPE = "cause:case:found"
    cause: str
    evidence: str
    source: str = ""


class DebtorAssessed(Event, frozen=True, omit_defaults=True):
    """Somebody judged how able (sufficient, strained, none) or willing (willing, wavering, unwilling) the debtor is to pay."""

    TYPE = "debtor:case:assessed"
    attribute: str
    value: str
    evidence: str


class EvasionProposed(Event, frozen=True, omit_defaults=True):
    """A person proposed to find evasion 逃废债: each sign of the pack's list with where its paper lies; the gate of `node`
    decides."""

    TYPE = "evasion:case:proposed"
    signs: tuple[str, ...]
    node: str


class EvasionFound(Event, frozen=True, omit_defaults=True):
    """The gate agreed that the debtor evades, on these signs; the finding ends with its review date unless found again."""

    TYPE = "evasion:case:found"
    signs: tuple[str, ...]
    review_on: date


class EvasionEnded(Event, frozen=True, omit_defaults=True):
    """A finding or a proposal of evasion was taken back by a person, with the cause."""

    TYPE = "evasion:case:ended"
    cause: str


class PlanMade(Event, frozen=True, omit_defaults=True):
    """The initial plan 初步催收方案 of a case: by the rule `plan` for a grade and a cause, or a person's ``own`` with a reason.

    Channels in order, days between contacts, the floor of a settlement in percent of the claim and its longest term,
    legal steps foreseen, who works it and how soon.
    """

    TYPE = "plan:case:made"
    plan: str
    grade: str
    cause: str
    channels: tuple[str, ...]
    cadence_days: int
    floor_percent: int
    longest_months: int
    legal: tuple[str, ...] = ()
    team: str = ""
    priority: int = 0
    reason: str = ""


class CodeRefused(Event, frozen=True, omit_defaults=True):
    """A form bore a code that is not good for its gate; several for one gate mean that somebody is guessing."""

    TYPE = "access:code:refused"
    gate_id: str
    why: str


# --- promises and arrangements --------------------------------------------------------------------------------------


class PromiseKept(Event, frozen=True, omit_defaults=True):
    """What was promised came in by its day and the tolerance after it."""

    TYPE = "promise:case:kept"
    promise_id: str
    due_on: date
    paid: int
    amount: int | None = None


class PromisePartKept(Event, frozen=True, omit_defaults=True):
    """A good part of what was promised came in, and not all of it."""

    TYPE = "promise:case:part_kept"
    promise_id: str
    due_on: date
    paid: int
    amount: int | None = None


class PromiseBroken(Event, frozen=True, omit_defaults=True):
    """Little or nothing of what was promised came in."""

    TYPE = "promise:case:broken"
    promise_id: str
    due_on: date
    paid: int
    amount: int | None = None


class PromiseReleased(Event, frozen=True, omit_defaults=True):
    """A promise is neither kept nor broken: an arrangement took its place."""

    TYPE = "promise:case:released"
    promise_id: str
    cause: str


class ArrangementProposed(Event, frozen=True, omit_defaults=True):
    """An arrangement was proposed; its gate opens at the node."""

    TYPE = "arrangement:case:proposed"
    proposal_id: str
    node: str
    offer: Offer


class InstalmentJudged(Event, frozen=True, omit_defaults=True):
    """An instalment of an arrangement was kept, late, or missed. `paid`: all that came in for the plan by then."""

    TYPE = "arrangement:instalment:judged"
    arrangement_id: str
    number: int
    state: str
    due_on: date
    amount: int
    paid: int


class WaiverEarned(Event, frozen=True, omit_defaults=True):
    """An arrangement was performed in full: what it gave up is waived, and the core has to book it."""

    TYPE = "arrangement:waiver:earned"
    account_id: str
    arrangement_id: str
    amounts: Amounts


class PlanDiffered(Event, frozen=True, omit_defaults=True):
    """An arrangement was performed by what came in, and the core still says that so much is due: people look at it."""

    TYPE = "arrangement:plan:differed"
    account_id: str
    arrangement_id: str
    due: int
    as_of: date


# --- the life of a paper that only people may issue -------------------------------------------------------------------


class PaperDrafted(Event, frozen=True, omit_defaults=True):
    """A paper was drafted from the ledger, by a template's text; `facts`: hash of the facts it states, `said`: which of them
    the maker gave by hand."""

    TYPE = "paper:draft:made"
    sha256: str
    template: str
    by: str
    facts: str = ""
    said: tuple[str, ...] = ()


class PaperReviewed(Event, frozen=True, omit_defaults=True):
    """Somebody other than its maker reviewed a draft; `fair`: hash of the fair copy 清稿 that was printed then."""

    TYPE = "paper:draft:reviewed"
    sha256: str
    by: str
    fair: str = ""


class PaperSigned(Event, frozen=True, omit_defaults=True):
    """A paper was signed by one of so many; `copy`: hash of the signed scan."""

    TYPE = "paper:file:signed"
    sha256: str
    by: str
    needed: int = 1
    copy: str = ""


class PaperSealed(Event, frozen=True, omit_defaults=True):
    """A paper was sealed 用印: its number in the register of seals, who keeps the seal."""

    TYPE = "paper:file:sealed"
    sha256: str
    register_no: str
    keeper: str
    copy: str = ""


class PaperIssued(Event, frozen=True, omit_defaults=True):
    """A paper left the house by a channel; of a law firm's letter `copy` is the firm's signed scan."""

    TYPE = "paper:file:issued"
    sha256: str
    channel: str
    copy: str = ""


class PaperDelivered(Event, frozen=True, omit_defaults=True):
    """A paper that was issued arrived, and where the proof lies."""

    TYPE = "paper:file:delivered"
    sha256: str
    proof: str


class PaperFiled(Event, frozen=True, omit_defaults=True):
    """A paper was handed in at a court or tribunal, and where its receipt lies."""

    TYPE = "paper:file:filed"
    sha256: str
    proof: str


class PaperDecided(Event, frozen=True, omit_defaults=True):
    """What a paper asks for was decided inside the bank, and where the decision lies."""

    TYPE = "paper:file:decided"
    sha256: str
    proof: str


class PersonErased(Event, frozen=True, omit_defaults=True):
    """A person's data key was destroyed; the encrypted fields can never be read again."""

    TYPE = "party:personal:erased"
    reason: str


# --- packets ----------------------------------------------------------------------------------------------------------


class PacketFrozen(Event, frozen=True, omit_defaults=True):
    """The packet of a visit was bound and is what its gate decides on: the hash of the file, its number, the items that
    were waived."""

    TYPE = "packet:file:frozen"
    node: str
    n: int
    sha256: str
    number: str
    waived: tuple[str, ...] = ()


class PacketGapsFound(Event, frozen=True, omit_defaults=True):
    """What a visit's packet lacks, so that its gate stays closed: the items by code. None is left when it is empty."""

    TYPE = "packet:gaps:found"
    node: str
    n: int
    items: tuple[str, ...] = ()


class GapWaived(Event, frozen=True, omit_defaults=True):
    """One seat waived an item that a packet lacks; `seats` are all that have to. It counts when the rule of the authority
    matrix is satisfied."""

    TYPE = "packet:gap:waived"
    node: str
    item: str
    seat: str
    voter: str
    reason: str
    seats: tuple[str, ...]
    on_behalf_of: str = ""


ALL: tuple[type[Event], ...] = (
    EpisodeOpened,
    DecisionMade,
    EpisodeClosed,
    VisitLeft,
    GateOpened,
    VoteCast,
    MemberStruck,
    MemberDropped,
    GateAnswered,
    GateEscalated,
    GateWithdrawn,
    StandingApplied,
    ApprovalVoided,
    ActReleased,
    ActCompleted,
    ActWithdrawn,
    ActCrossed,
    PermitIssued,
    PermitRefused,
    CallQueued,
    CallTaken,
    CallClosed,
    ContactRecorded,
    DeliveryProved,
    PaymentReceived,
    FactsReanchored,
    BrakePlaced,
    BrakeReleased,
    ArrangementMade,
    ArrangementEnded,
    DocumentMade,
    DocumentReceived,
    OriginalSeen,
    OriginalConfirmed,
    RecordingReferred,
    DebtAccelerated,
    OutsourcingTold,
    PlacementMade,
    PlacementRefused,
    PlacementRecalled,
    PlacementReturned,
    CertificateReceived,
    QuotaReserved,
    QuotaReturned,
    AgencyContacted,
    AgencyOverran,
    CollateralValued,
    GuarantorClaimed,
    MatterOpened,
    MatterStageReached,
    WrittenOff,
    RecoveryBooked,
    LegalOpinionSigned,
    FactsImported,
    NodeImported,
    ContactImported,
    ApprovalImported,
    ReleaseAgreed,
    ClockStarted,
    ClockStopped,
    ClockAlarmed,
    ClockRanOut,
    LimitationInterrupted,
    LimitationSuspended,
    LimitationResumed,
    MatterJoined,
    MatterAssigned,
    PaperServed,
    HearingSet,
    HearingHeld,
    MeasureTaken,
    MeasureRenewed,
    MeasureLifted,
    AssetClueFound,
    SuitDeclined,
    CostBooked,
    AuctionListed,
    AuctionEnded,
    ProceedsShared,
    AssetTaken,
    AssetDisposed,
    ChangeConsented,
    DebtReinstated,
    DebtKeptCalled,
    SetOffInstructed,
    SetOffMade,
    InsurerClaimed,
    InsurerAnswered,
    EstateFound,
    EstateClaimed,
    EstateClosed,
    BankruptcyAccepted,
    BankruptcyClaimed,
    BankruptcyMoved,
    CrimeReported,
    CrimeAnswered,
    BrakeEvidenced,
    ReleaseProposed,
    StepsCorrected,
    ComplaintReceived,
    ComplaintExtended,
    ComplaintReferred,
    ComplaintAnswered,
    ComplaintVerificationAsked,
    ComplaintClosed,
    HardshipApplied,
    HardshipEvidenced,
    HardshipReminded,
    HardshipDecided,
    DisputeRaised,
    DisputeAnswered,
    CreditNoticeGiven,
    CreditObjectionRaised,
    CreditObjectionAnswered,
    CreditCorrected,
    CreditStatementAttached,
    WriteOffInstructed,
    WriteOffRefused,
    AccountabilityConcluded,
    WriteOffReported,
    TerminationProposed,
    DebtTerminated,
    CauseFound,
    DebtorAssessed,
    EvasionProposed,
    EvasionFound,
    EvasionEnded,
    PlanMade,
    ClaimPooled,
    ClaimUnpooled,
    ClaimAwarded,
    ClaimTransferred,
    AssignmentNoticed,
    ReceiptForwarded,
    AgencyRegistered,
    AgencyPublished,
    AgencyContracted,
    AgencyContractEnded,
    AgencyReviewed,
    AgencyInspected,
    AgencySuspended,
    AgencyReinstated,
    AgencyStruck,
    ViolationFound,
    ViolationClosed,
    AgencyFileWritten,
    ResultsTaken,
    PoolProposed,
    PoolTaped,
    PoolAwarded,
    PoolUnsold,
    ContactTermSet,
    ContactTermLifted,
    PermitOverrun,
    LocateProposed,
    LocateQueued,
    LocateTaken,
    LocateRecorded,
    LocateEnded,
    FieldVisitProposed,
    FieldVisitPlanned,
    FieldVisitMade,
    FieldVisitDropped,
    CollectorEnrolled,
    CollectorCertified,
    SkillGiven,
    SkillTaken,
    CollectorEnded,
    CallAssigned,
    CallNoted,
    ScriptViolationFound,
    ScriptViolationClosed,
    PartyStatusLearned,
    DayOpened,
    DayClosed,
    BatchLoaded,
    PackActivated,
    StandingAuthorised,
    ActorEnrolled,
    TokenIssued,
    DelegationMade,
    ActorImpersonated,
    CodeIssued,
    CodeUsed,
    CodeRefused,
    PromiseKept,
    PromisePartKept,
    PromiseBroken,
    PromiseReleased,
    ArrangementProposed,
    InstalmentJudged,
    WaiverEarned,
    PlanDiffered,
    PaperDrafted,
    PaperReviewed,
    PaperSigned,
    PaperSealed,
    PaperIssued,
    PaperDelivered,
    PaperFiled,
    PaperDecided,
    PersonErased,
    PacketFrozen,
    PacketGapsFound,
    GapWaived,
)

BY_TYPE: Mapping[str, type[Event]] = {event.TYPE: event for event in ALL}

Body = dict[str, Any]
UPCASTERS: dict[tuple[str, int], Callable[[Body], Body]] = {
    (PlacementMade.TYPE, 1): lambda body: body,  # without the amount: it was not kept
    (PlacementReturned.TYPE, 1): lambda body: body,  # without the cause
    ("debt:account:written_off", 1): dict,  # version 2 adds the instruction and its base day
    ("recovery:account:booked", 1): dict,  # version 2 adds the core's allocation
}
"""(type, version) → the body one version later. Filled when a shape changes; never emptied."""


def lift(kind: str, version: int, body: bytes | str) -> Event:
    """The event of a stored body, lifted through :data:`UPCASTERS` when it is of an older version.

    Raises UserError for a type or version that this release does not know.
    """
    known = BY_TYPE.get(kind)
    if known is None or version > known.VERSION:
        raise UserError(f"event {kind} v{version} is unknown to this release", mend="use a newer release of Recourse")
    if version == known.VERSION:
        return msgspec.json.decode(body, type=known)
    lifted: Body = msgspec.json.decode(body)
    for step in range(version, known.VERSION):
        lifted = UPCASTERS[kind, step](lifted)
    return msgspec.convert(lifted, type=known)


def open_envelope(text: str) -> tuple[Envelope, Event]:
    """The envelope and event of a stored canonical text."""
    envelope = msgspec.json.decode(text, type=Envelope)
    return envelope, lift(envelope.type, envelope.v, bytes(envelope.body))
