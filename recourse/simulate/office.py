"""The door between the made-up town and the running system: what the town asks of it and what it tells it.

The desk implements `Office`. Everything of volume comes in batches. Accounts are named by account id, never by case; an
account whose case was closed meanwhile, or which has none, is passed over without an error. The business day is the
office's own; `on` is the day on which something took effect and never lies after it. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Literal, Protocol

import msgspec

from recourse.simulate.counter import Counter
from recourse.simulate.counter import ToSign as ToSign

Verdict = Literal["approve", "reject", "return"]


class Sent(msgspec.Struct, frozen=True):
    """A message or letter that went out on a day. `person_id`: whom it went to; `channel`: sms, email, post …"""

    account_id: str
    person_id: str
    node: str
    channel: str


class CallItem(msgspec.Struct, frozen=True):
    """A call that stands open in the callers' queue. `collector`: whose it is ("" = nobody's, so that nobody dials);
    None where the office does not assign."""

    call_id: str
    account_id: str
    person_id: str
    script: str
    collector: str | None = None


class CallOutcome(msgspec.Struct, frozen=True):
    """What came of a dial: one of the outcome codes of the call node. A promise names its day and amount.

    The office brings about what follows from the code (the brake of a complaint, a dispute, a hardship, a death).
    """

    call_id: str
    code: str
    promise_on: date | None = None
    promise_amount: int | None = None
    note: str = ""
    """What the caller wrote about it."""
    collector: str = ""
    """Who dialled and wrote."""
    cause: str = ""
    """Why it is not paid, where the debtor said so."""


class Judged(msgspec.Struct, frozen=True):
    """What a person found of a debtor: `attribute` cause, ability or willingness, on which evidence."""

    account_id: str
    attribute: str
    value: str
    evidence: str


class Delivery(msgspec.Struct, frozen=True):
    """What became of the letter of a node: delivered or returned, on which day, and where the proof lies."""

    account_id: str
    node: str
    status: Literal["delivered", "returned"]
    on: date
    proof: str


class OpenGate(msgspec.Struct, frozen=True):
    """A gate that waits. `seats`: names of the seats still free, as the ledger has them (``SUP``, ``DRC#2``,
    ``then:HVP``); `accounts`: of its members, or its one account; `choices`: what an approval has to choose from."""

    gate_id: str
    kind: str
    action: str
    node: str
    seats: tuple[str, ...]
    maker: str
    opened_on: date
    due_on: date
    choices: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


class OpenVisit(msgspec.Struct, frozen=True):
    """A node visit whose act went out and which waits for the world outside (visit state ``open``)."""

    account_id: str
    node: str
    entered_on: date


class Valuation(msgspec.Struct, frozen=True):
    """A value that was found for a piece of security, and how."""

    account_id: str
    collateral_id: str
    value: int
    method: str


class Recall(msgspec.Struct, frozen=True):
    """A placement that was called back and that the agency has not confirmed yet."""

    account_id: str
    recalled_on: date


class OpenMatter(msgspec.Struct, frozen=True):
    """A court file that is running; `route`: suit or security_realisation."""

    account_id: str
    route: str
    stage: str
    stage_on: date


class StageReached(msgspec.Struct, frozen=True):
    """A stage that a court file reached, with the court's number and paper."""

    account_id: str
    stage: str
    number: str
    on: date


class CourtNews(msgspec.Struct, frozen=True):
    """What a court, or the bank's people at a court, did on a day beside a stage. `what`: hearing_set (for `later_on`),
    hearing_held, frozen and renewed (`amount` in minor units), served and served_debtor (`detail`: the paper), enforcing (the
    number of it), appealed, filed (`detail`: the route), clue, nothing_found. `number`: the paper that shows it."""

    account_id: str
    what: str
    on: date
    detail: str = ""
    number: str = ""
    amount: int = 0
    later_on: date | None = None


class Instruction(msgspec.Struct, frozen=True):
    """An instruction to write off that the general ledger has not answered."""

    account_id: str
    instructed_on: date


class PacketLacks(msgspec.Struct, frozen=True):
    """What the packet of an account lacks: item → the kinds of paper that serve it; `core`: items nobody may waive."""

    account_id: str
    items: Mapping[str, tuple[str, ...]]
    core: frozenset[str]


class LedgerAnswer(msgspec.Struct, frozen=True):
    """The general ledger's answer: booked or refused; `off_by`: minor units by which it booked another principal."""

    account_id: str
    booked: bool
    reason: str = ""
    off_by: int = 0


class Told(msgspec.Struct, frozen=True):
    """Something that happened beside the suit: `what` (see `desk.beside_office`), with an amount, a number (a round, of
    heirs), a code and a day, where it has them."""

    account_id: str
    what: str
    amount: int = 0
    number: int = 0
    code: str = ""
    on: date | None = None


class Office(Counter, Protocol):
    """What the town needs of the system. Whatever raises UserError has changed nothing; the town then moves on."""

    def sent(self, day: date) -> Sequence[Sent]:
        """Messages and letters that went out on the day."""
        ...

    def calls(self) -> Sequence[CallItem]:
        """The open queue of the callers."""
        ...

    def dial(self, call_ids: Sequence[str], caller: str, at: str) -> Mapping[str, str]:
        """Take items and ask a permit for one dial each: call id → "" (dial) or the rule that refuses.

        `at` is an instant, UTC text. Items that are no longer open are absent from the answer.
        """
        ...

    def record_calls(self, outcomes: Sequence[CallOutcome]) -> None:
        """What came of dials that had a permit."""
        ...

    def prove_delivery(self, deliveries: Sequence[Delivery]) -> None:
        """Proof of what became of letters."""
        ...

    def open_gates(self) -> Sequence[OpenGate]:
        """Every gate that is open."""
        ...

    def answer(
        self, gate_id: str, actor: str, verdict: Verdict, reason: str, *, choice: str = "", strike: Sequence[str] = ()
    ) -> str:
        """Answer one seat; `strike`: accounts to be struck from the list with it. Returns the gate's status now."""
        ...

    def see_debtor(self, account_id: str, code: str, identified: bool) -> None:
        """Two collectors go today, and what came of it; refused by a rule: passed over."""
        ...

    def search(self, account_id: str) -> None:
        """Propose to ask the relative whose number the debtor left; not lost, or none known: passed over."""
        ...

    def questions(self) -> Sequence[str]:
        """Questions to third parties that may be asked."""
        ...

    def asked(self, question: str, code: str) -> None:
        """A question is asked today, under a permit; refused by a rule: passed over."""
        ...

    def opts_out(self, account_id: str, channel: str) -> None:
        """The debtor wants no more messages of this kind."""
        ...

    def open_visits(self, node: str) -> Sequence[OpenVisit]:
        """Visits of a node that wait for the outside."""
        ...

    def record_values(self, values: Sequence[Valuation]) -> None:
        """Valuations that were made."""
        ...

    def sold(self, account_id: str, amount: int) -> None:
        """An agreed sale was closed at this price; the money comes with a later delivery."""
        ...

    def tell_beside(self, told: Sequence[Told]) -> None:
        """What happened beside the suit, in this order; what does not fit where the case stands is passed over."""
        ...

    def set_off_asked(self, account_ids: Sequence[str]) -> Mapping[str, int]:
        """Account → how much the core was asked to set off, of those that wait for it."""
        ...

    def recalls(self) -> Sequence[Recall]:
        """Recalled placements that wait for the agency."""
        ...

    def confirm_return(self, account_ids: Sequence[str]) -> None:
        """The agency gives debts back with its certificate: after a recall, or because the term ran out."""
        ...

    def matters(self) -> Sequence[OpenMatter]:
        """Court files that are running or ended for now."""
        ...

    def reach_stages(self, stages: Sequence[StageReached]) -> None:
        """Stages that court files reached."""
        ...

    def court_news(self, news: Sequence[CourtNews]) -> None:
        """What courts did beside stages; what does not fit the file meanwhile is passed over."""
        ...

    def sign_opinions(self, account_ids: Sequence[str], signed_by: str) -> None:
        """Counsel signed the legal opinion 法律意见书 of these accounts."""
        ...

    def packets_lack(self) -> Sequence[PacketLacks]:
        """Accounts whose write-off waits for papers of its packet."""
        ...

    def bring_papers(self, brought: Sequence[tuple[str, str]]) -> None:
        """Papers were brought into the file: (account, kind)."""
        ...

    def waive_item(self, account_id: str, item: str, by: str, reason: str) -> None:
        """Somebody waives an item in a seat of the authority matrix, where the tier gives that seat."""
        ...

    def written_off(self, day: date) -> Collection[str]:
        """Accounts whose write-off took effect on the day."""
        ...

    def instructions(self) -> Sequence[Instruction]:
        """Instructions to write off that wait for the general ledger."""
        ...

    def ledger_answers(self, answers: Sequence[LedgerAnswer]) -> None:
        """The general ledger's receipts of today."""
        ...

    def conclude(self, account_id: str, result: str, proof: str) -> None:
        """Accountability for a write-off was concluded."""
        ...

    def report_year(self, year: int, what: Literal["audit", "report"], proof: str) -> None:
        """The audit or report on a year's write-offs was done; a year without any: passed over."""
        ...

    def propose_pool(self, pool_id: str, account_ids: Sequence[str], cut_off_on: date) -> int:
        """Put a pool together; how many of the accounts may be sold and are in it."""
        ...

    def award_pool(self, pool_id: str, buyer: str, kind: str, percent: int) -> bool:
        """Write the tape and award the pool at so much of its claims, once its gates are answered; False until then."""
        ...

    def drop_pool(self, pool_id: str, reason: str) -> None:
        """The pool was not sold."""
        ...

    def claims_sold(self, day: date) -> Collection[str]:
        """Accounts whose sale took effect on the day."""
        ...

    def to_tell(self, pool_id: str) -> Sequence[tuple[str, str]]:
        """(account, party) of everybody who has not been told of the assignment."""
        ...

    def told(self, account_id: str, party_id: str, proof: str, on: date) -> None:
        """A notice of assignment arrived."""
        ...

    def to_forward(self) -> Sequence[str]:
        """Payments that are the buyer's and lie with the bank."""
        ...

    def forward(self, payment_id: str, proof: str) -> None:
        """A payment was passed on."""
        ...

    def learn(self, person_id: str, status: str, on: date, proof: str) -> None:
        """Something about a person that reaches all its cases, such as deceased."""
        ...

    def judge(self, judged: Sequence[Judged]) -> None:
        """What people found of debtors; a case that has ended is passed over."""
        ...

    def propose_evasion(self, account_id: str, papers: Mapping[str, str]) -> None:
        """A proposal to find evasion: sign → its paper; one that does not stand is passed over."""
        ...
