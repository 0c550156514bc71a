"""The case file: what the journal of one case adds up to.

`recourse.fold` is the only way a file changes, so a file can always be rebuilt from the stream (`recourse verify` does)
and shown as it stood on any day. Position is the set of visits that are not left. Small by design: it is read and
written once for every decision.
"""

from __future__ import annotations

from datetime import date

import msgspec

from recourse.clocks import Alarmed, Obstacle, Timer
from recourse.money import Amounts
from recourse.offers import Offer


class Visit(msgspec.Struct, omit_defaults=True):
    """The latest visit of one node. `state`: queued · list · gate · released · open · left. `imported`: before Recourse."""

    n: int
    entered_on: date
    state: str
    left_on: date | None = None
    outcome: str = ""
    gate_id: str = ""
    imported: bool = False


class Hold(msgspec.Struct, frozen=True, omit_defaults=True):
    """A brake in force, until `until_on` inclusive (None = until released)."""

    kind: str
    from_on: date
    until_on: date | None = None
    own: bool = False
    """It came with a complaint, an application or a dispute of the same id, whose own clock its release does not stop."""


class Asked(msgspec.Struct, frozen=True):
    """A proposal to lift brakes of one kind, which a gate decides."""

    kind: str
    hold_ids: tuple[str, ...]
    on: date
    reason: str
    evidence: str
    node: str


Entry = tuple[date, int]
"""Money with its sign, by the day from which it counts."""


class Promise(msgspec.Struct, frozen=True, omit_defaults=True):
    """A promise to pay 承诺还款. `state`: "" while it runs, then kept, part_kept, broken or released, as last told."""

    made_on: date
    due_on: date
    amount: int | None
    state: str = ""


class Proposal(msgspec.Struct, omit_defaults=True):
    """An arrangement that waits for its gate, its signature or its end; money that comes in meanwhile counts for it.
    `consents`: what each guarantor said to it."""

    proposal_id: str
    node: str
    proposed_on: date
    offer: Offer
    consents: dict[str, bool] = {}
    received: list[Entry] = []


class Plan(msgspec.Struct, omit_defaults=True):
    """The plan of the arrangement in force, or of one that was performed: due day and sum of each row, what was last told
    of each (kept, late, missed), and the money that came in since it was reckoned."""

    arrangement_id: str
    kind: str
    rows: list[Entry]
    states: list[str]
    whole: bool
    waived: Amounts
    received: list[Entry] = []
    performed: bool = False


class Acknowledged(msgspec.Struct, omit_defaults=True):
    """The limitation as it stood before the debtor's first payment, and every link since that counts: day, ground and payment
    ("": none). A payment may be taken back, and then it is hung up anew without it."""

    from_on: date | None
    gap: tuple[date, date] | None
    links: list[tuple[date, str, str]] = []


class Valuation(msgspec.Struct, frozen=True):
    """What a piece of security was found to be worth, in minor units, and when."""

    value: int
    on: date


class OwnPlan(msgspec.Struct, frozen=True):
    """A plan that a person made for one case, in the place of the rule's (`recourse.initial_plan`)."""

    channels: tuple[str, ...]
    cadence_days: int
    floor_percent: int
    longest_months: int


ENDED_STAGES = frozenset(
    {
        *("", "withdrawn", "dismissed", "objected", "no_agreement", "settlement_reached", "ended_for_now", "concluded"),
        *("enforcement_terminated", "bankruptcy_closed"),
    }
)
"""Stages at which no court file runs."""


class CaseFile(msgspec.Struct, omit_defaults=True):
    """The fold of a case's events."""

    opened_on: date | None = None
    strategy_on: date | None = None
    episode: int = 0
    end: str = ""
    closed_on: date | None = None
    visits: dict[str, Visit] = {}
    holds: dict[str, Hold] = {}
    asked: Asked | None = None
    """Brakes that somebody proposed to lift."""
    makers: dict[str, str] = {}
    """Node → who proposed it: the maker of its gate, who never votes."""
    grade: str = ""
    said: str = ""
    unanswered: int = 0
    attempts: int = 0
    reached_on: date | None = None
    promises: dict[str, Promise] = {}
    """Those that run, and the last ones that were judged."""
    promised_money: list[Entry] = []
    """What came in since the first of these."""
    broken_promises: int = 0
    paid: int = 0
    last_paid_on: date | None = None
    limitation_from: date | None = None
    limitation_gap: tuple[date, date] | None = None
    """The widest gap between two links that count: had the period run out in it, nothing later brought it back."""
    acknowledged: Acknowledged | None = None
    accelerated_on: date | None = None
    claimed_guarantees: dict[str, date] = {}
    valued: dict[str, Valuation] = {}
    placement: str = ""
    placement_until_on: date | None = None
    recall_pending: bool = False
    told_of: str = ""
    """The agency that the notice of outsourcing named."""
    timers: dict[str, Timer] = {}
    obstacles: dict[str, Obstacle] = {}
    alarmed: dict[str, Alarmed] = {}
    matter: str = ""
    route: str = ""
    filed_on: date | None = None
    docketed: bool = False
    title: bool = False
    stage: str = ""
    stage_on: date | None = None
    clue_on: date | None = None
    no_suit_on: date | None = None
    cost: int = 0
    auction_round: int = 0
    auction_result: str = ""
    auctioned_on: date | None = None
    reserves: dict[str, int] = {}
    """The start price of each round announced, by piece of security and round: ``K1:2``."""
    lots: dict[str, tuple[int, str]] = {}
    """Where the sale of each piece stands: round, and what became of it (listed, failed, sold …)."""
    letters: dict[str, str] = {}
    """Of several letters of one visit, what became of each: node/visit/subject → status."""
    consents: dict[str, str] = {}
    """What guarantors said to changes of the main contract: consented, lighter, or heavier without consent."""
    kept_called_on: date | None = None
    packets: dict[str, tuple[int, str]] = {}
    """Node → visit and hash of the packet that its gate decides on."""
    gaps: dict[str, tuple[str, ...]] = {}
    """Node → the items that its packet lacks."""
    waived_gaps: dict[str, list[tuple[str, str, str]]] = {}
    """Node/item → seat, person and reason of each who waived it."""
    arrangement: str = ""
    arrangement_kind: str = ""
    arrangement_until_on: date | None = None
    proposal: Proposal | None = None
    plan: Plan | None = None
    restructured_on: date | None = None
    """The first new due day after the last concession for financial difficulty; kept for the observation."""
    recording: str = ""
    """Where the recording of an arrangement lies that was made by word of mouth; kept until the debt is paid."""
    waived: bool = False
    insurer: str = ""
    insurer_paid: int = 0
    set_off_asked: int = 0
    estate: str = ""
    estate_value: int | None = None
    estate_on: date | None = None
    bankruptcy: str = ""
    bankruptcy_on: date | None = None
    bankruptcy_declared_on: date | None = None
    crime: str = ""
    opinion: bool = False
    instruction: str = ""
    written_off_on: date | None = None
    base_on: date | None = None
    """核销基准日 of the write-off that is instructed or booked: what comes in after it is recovered."""
    accountable_on: date | None = None
    recovered: int = 0
    pool: str = ""
    claim: str = ""
    """The id of this debt's place in its pool."""
    pooled_on: date | None = None
    cut_off_on: date | None = None
    buyer: str = ""
    transferred_on: date | None = None
    ending_ground: str = ""
    ending_proof: str = ""
    ending_on: date | None = None
    """What a person proposed to end the claim for good on, and when."""
    terminated: str = ""
    taken_over_on: date | None = None
    """The day on which a delivery first told of what was done before Recourse."""
    locate: str = ""
    """The third-party contact that was proposed, and not answered or overtaken yet."""
    locate_contact: str = ""
    locate_number: str = ""
    locate_grounds: tuple[str, ...] = ()
    locate_on: date | None = None
    trip_on: date | None = None
    """When a person last proposed a field visit, and why."""
    trip_reason: str = ""
    release: dict[str, str] = {}
    """Seats that agreed to let a parked case go on, and who sat in each."""
    cause: str = ""
    """逾期原因, as somebody found it."""
    ability: str = ""
    willingness: str = ""
    evasion_signs: tuple[str, ...] = ()
    """What a proposal to find evasion 逃废债 rests on, while its gate has not answered: sign and where its paper lies."""
    evasion_proposed_on: date | None = None
    evasion_asks: tuple[str, int] = ("", 0)
    """The node whose gate answers the proposal, and how often it had been visited before."""
    evasion_until_on: date | None = None
    """The review date of a finding of evasion: in force through this day."""
    planned_for: str = ""
    """The grade and cause that the initial plan was made for."""
    own_plan: OwnPlan | None = None

    def visit(self, node: str) -> Visit | None:
        return self.visits.get(node)

    @property
    def promise(self) -> Promise | None:
        """Of the promises that run, the one that falls due last."""
        running = [promise for promise in self.promises.values() if not promise.state]
        return max(running, key=lambda promise: promise.due_on, default=None)

    @property
    def matter_open(self) -> bool:
        """Whether a court file is running: paying then ends nothing by itself, a person withdraws, settles or goes on."""
        return self.stage not in ENDED_STAGES

    @property
    def evasion_waits(self) -> bool:
        """Whether a proposal to find evasion has not been answered yet; one that was refused is history."""
        if self.evasion_proposed_on is None:
            return False
        node, before = self.evasion_asks
        visit = self.visits.get(node)
        if visit is None or visit.n <= before:
            return True
        return visit.n == before + 1 and visit.state != "left"

    @property
    def leased_until(self) -> date | None:
        """Last day of a placement that runs and was not called back; None while there is none."""
        return self.placement_until_on if self.placement and not self.recall_pending else None

    def open_visits(self) -> list[tuple[str, Visit]]:
        """The position: every visit that is not left, in order of entry."""
        return [(node, visit) for node, visit in self.visits.items() if visit.state != "left"]
