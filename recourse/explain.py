"""Explaining an account: where it stands, why, by which rule, which clocks run, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from recourse import agreed_notes
from recourse.acts import Entry
from recourse.arrears import dpd
from recourse.authority import tier_of
from recourse.climb.strategy import Strategy
from recourse.clocks import KINDS, Numbers, running
from recourse.debtor_lines import debtor_lines, stage_of
from recourse.decide import Decision
from recourse.events import ApprovalImported, DecisionMade, DocumentReceived, FactsImported
from recourse.facts import Facts
from recourse.money import Amounts, to_text
from recourse.policy.book import Policy
from recourse.proposals import notes
from recourse.readiness import Gap, gaps, waived_items
from recourse.under_hold import WrongStep, wrong_steps


class Clock(msgspec.Struct, frozen=True):
    """A deadline: what, its last day, days left (negative: gone); `right`: missing it loses a right."""

    what: str
    ends_on: date
    days_left: int
    kind: str = ""
    subject: str = ""
    right: bool = True


class Where(msgspec.Struct, frozen=True):
    """One place the case stands at or has left."""

    node: str
    zh: str
    state: str
    entered_on: date
    left_on: date | None
    outcome: str
    visits: int
    imported: bool = False
    """Done before Recourse, as the bank told it."""


class Why(msgspec.Struct, frozen=True):
    """One reason, with the rule and its citation."""

    code: str
    seen: str
    rule: str
    citation: str


class Entered(msgspec.Struct, frozen=True):
    """Why the case came to a node: what the decision of that day saw, with the rule and its citation."""

    node: str
    on: date
    seen: str
    rule: str
    citation: str


class Explanation(msgspec.Struct, frozen=True):
    """Everything `recourse explain` says. Amounts in minor units."""

    account_id: str
    case_id: str
    on: date
    known_on: date
    law_of: date
    days_past_due: int
    due_since: date | None
    amounts: Amounts | None
    balance_as_of: date | None
    currency: str
    grade: str
    end: str
    where: tuple[Where, ...]
    stands_because: tuple[Entered, ...]
    next_steps: tuple[str, ...]
    why: tuple[Why, ...]
    clocks: tuple[Clock, ...]
    brakes: tuple[str, ...]
    look_again_on: date | None
    would_change: tuple[str, ...]
    provenance: tuple[str, ...] = ()
    """What of this was told by the bank when the debt was taken over; approvals of then open no act."""
    stage: str = ""
    """The M stage of the day."""
    debtor: tuple[str, ...] = ()
    """Who the debtor is, as far as it is known: the points of the grade, the cause, evasion, the plan."""
    notes: tuple[str, ...] = ()
    """What the law says of what stands behind the debt: sureties, homes, insurer, estate; what was promised and agreed."""
    under_hold: tuple[WrongStep, ...] = ()
    """What was done before the bank knew of a brake that would have stopped it."""
    gaps: tuple[Gap, ...] = ()
    """What the packet of a step that waits for its list lacked when it was last to be bound, but for papers that came in
    since."""


def explain(facts: Facts, strategy: Strategy, on: date, known_on: date, journal: Sequence[Entry] = ()) -> Explanation:
    """The explanation of a case's facts on a day; the decision shown is made afresh, it changes nothing.

    `journal`: of the case, oldest first; from it comes why the case stands where it stands.
    """
    decision = strategy.judge_of(facts).decide(facts, on)
    policy = strategy.policy_of(facts)
    file = facts.file
    names = strategy.ladder.by_name
    return Explanation(
        account_id=facts.account_id,
        case_id=facts.case_id,
        on=on,
        known_on=known_on,
        law_of=strategy.policy_as_of or on,
        days_past_due=dpd(facts.oldest_unpaid_due_on, facts.pauses, on),
        due_since=facts.oldest_unpaid_due_on,
        amounts=facts.amounts,
        balance_as_of=facts.balance_as_of,
        currency=facts.currency,
        grade=decision.grade,
        end=file.end,
        where=tuple(
            Where(
                node,
                names[node].zh if node in names else "",
                visit.state,
                visit.entered_on,
                visit.left_on,
                visit.outcome,
                visit.n,
                visit.imported,
            )
            for node, visit in sorted(file.visits.items(), key=lambda pair: (pair[1].entered_on, pair[0]))
        ),
        stands_because=tuple(_entered(facts, policy, [e for e in journal if _seen_by(e, on, known_on)])),
        next_steps=tuple(f"{step.node} ({step.how})" for step in decision.steps),
        why=tuple(
            Why(reason.code, reason.seen, reason.rule, policy.citations.get(reason.rule, ""))
            for reason in decision.reasons
        ),
        clocks=tuple(clocks(facts, on, policy.numbers)),
        brakes=tuple(f"{hold.kind} {hold.from_on}–{hold.until_on or ''}" for hold in file.holds.values()),
        look_again_on=decision.wake_on,
        would_change=tuple(_would_change(facts, decision)),
        provenance=tuple(provenance([e for e in journal if _seen_by(e, on, known_on)])),
        stage=stage_of(facts, policy, on),
        debtor=tuple(debtor_lines(facts, policy, on)),
        notes=(*notes(facts, policy, on), *agreed_notes.notes(facts, policy, on)),
        under_hold=wrong_steps([e for e in journal if _seen_by(e, on, known_on)], strategy.ladder, policy),
        gaps=tuple(_gaps(facts, policy, [e for e in journal if _seen_by(e, on, known_on)])),
    )


def _seen_by(entry: Entry, on: date, known_on: date) -> bool:
    return entry.envelope.effective_on <= on and entry.envelope.known_on <= known_on


def _gaps(facts: Facts, policy: Policy, journal: Sequence[Entry]) -> Iterator[Gap]:
    """The packet of a node is listed in the packs under the node's name."""
    came = {entry.event.kind for entry in journal if isinstance(entry.event, DocumentReceived)}
    for node, items in facts.file.gaps.items():
        visit = facts.file.visits.get(node)
        if visit is None or visit.state == "left":
            continue
        listed = policy.packets.get(node)
        filled = {item.item for item in (listed[1].items if listed else ()) if not came.isdisjoint(item.papers)}
        filled |= set(waived_items(facts, policy, node, tier_of(facts, policy, node)))
        yield from gaps(policy, node, [item for item in items if item not in filled], facts.account_id)


def _entered(facts: Facts, policy: Policy, journal: Sequence[Entry]) -> Iterator[Entered]:
    """Of every node where the case stands, or else of the one it entered last: why it was entered the last time."""
    found: dict[str, Entered] = {}
    for entry in journal:
        if isinstance(entry.event, DecisionMade):
            for reason in entry.event.reasons:
                kind, _, node = reason.code.partition(":")
                if kind == "enter":
                    citation = policy.citations.get(reason.rule, "")
                    found.pop(node, None)
                    found[node] = Entered(node, entry.envelope.effective_on, reason.seen, reason.rule, citation)
    standing = [node for node, visit in facts.file.visits.items() if visit.state != "left" and node in found]
    yield from (found[node] for node in standing or list(found)[-1:])


def provenance(journal: Sequence[Entry]) -> Iterator[str]:
    """One line for each delivery that told of the past, and one for each approval of then."""
    for entry in journal:
        event, envelope = entry.event, entry.envelope
        if isinstance(event, FactsImported):
            rows = ", ".join(f"{name} {len(keys)}" for name, keys in event.tables.items()) or "no history"
            yield f"taken over by batch {event.batch_id[:12]}, known on {envelope.known_on}: {rows}"
        elif isinstance(event, ApprovalImported):
            yield (
                f"approved before, for information only: {event.action} on {envelope.effective_on} by "
                f"{event.approved_by} {event.reference}".rstrip()
            )


def clocks(facts: Facts, on: date, numbers: Numbers) -> list[Clock]:
    """Every clock of the case with its last day, the next to end first."""
    found = [_clock(clock.kind, clock.subject, clock.ends_on, on) for clock in running(facts, numbers)]
    return sorted(found, key=lambda clock: clock.ends_on)


def _clock(kind: str, subject: str, ends_on: date, on: date) -> Clock:
    known = KINDS[kind]
    of = "" if subject == "debt" else f" {subject[:12]}"
    return Clock(f"{known.zh} {known.en}{of}", ends_on, (ends_on - on).days, kind, subject, known.right)


def _would_change(facts: Facts, decision: Decision) -> list[str]:
    codes = sorted({reason.code for reason in decision.reasons})
    named = {"missing": "a fact that is missing", "brake": "the end of the brake"}
    hints = [f"{named[kind]}: {what}" for kind, _, what in (code.partition(":") for code in codes) if kind in named]
    file = facts.file
    if file.end == "":
        whole = file.accelerated_on is not None or file.stage != "" or file.written_off_on is not None
        owed = facts.owed if whole else facts.overdue
        asked = to_text(owed, facts.currency, grouped=True) if owed is not None else "all that is due"
        hints.append(f"payment of {asked} {facts.currency} ends the case or pauses it")
    if decision.wake_on is not None:
        hints.append(f"the calendar, on {decision.wake_on}")
    return hints
