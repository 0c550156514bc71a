"""What has to be seen to each morning of brakes, complaints, hardship and objections: work items, reminders, applications that
lapse. A fixed number of statements; run twice, it does nothing anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec
from sqlalchemy import Connection, Engine, func, select

from recourse import events as ev
from recourse.acts import Entry
from recourse.canonical import derived_id
from recourse.climb import arrivals
from recourse.climb.arrivals import PERSONAL, Arrival
from recourse.climb.strategy import Strategy
from recourse.climb.visit_watch import drop_braked
from recourse.clocks import Running, running
from recourse.events import open_envelope
from recourse.ledger import sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import (
    BRAKING,
    accounts,
    cases,
    complaints,
    credit_objections,
    disputes,
    events,
    hardships,
    holds,
    parties,
)
from recourse.ledger.work_list import keep, open_items
from recourse.under_hold import WrongStep, wrong_steps

UNDER_HOLD, HOLD_ENDS, DUE = "step_under_hold", "hold_ends", "answer_due"
REVIEW, EVIDENCE, CORRECTION = "hardship_review", "hardship_evidence", "dispute_correction"
LOOKED_BACK = timedelta(days=7)
"""Back-dated brakes that became known so long ago at most are looked at: a morning may have been missed."""
DUE_WITHIN_DAYS = 3
SHOWN = 6
DUTIES = frozenset({"complaint", "complaint_complex", "complaint_extension", "complaint_referral", "complaint_verification",
                    "dispute", "credit_objection"})  # fmt: skip
"""Clocks of what has to be answered."""


class Watched(msgspec.Struct, frozen=True):
    """What a morning came to: work items opened, debtors to be reminded, applications that lapsed."""

    under_hold: int = 0
    ending: int = 0
    due: int = 0
    reminded: int = 0
    lapsed: int = 0


def watch(engine: Engine, strategy: Strategy, pen: Pen) -> Watched:
    """See to everything of a morning."""
    with writing_on(engine, pen.day) as connection:
        drop_braked(connection, strategy, pen)
    with writing_on(engine, pen.day) as connection:
        _lift_of_persons(connection, pen)
        note_corrections(connection, pen)
        reminded, lapsed = _hardships(connection, strategy, pen)
        return Watched(
            note_steps(connection, strategy, pen), _ending(connection, strategy, pen), _due(connection, strategy, pen),
            reminded, lapsed,
        )  # fmt: skip


# --- steps under a brake that was not known -----------------------------------------------------------------------------


def note_steps(connection: Connection, strategy: Strategy, pen: Pen) -> int:
    """Open a work item for each case that has steps under a back-dated brake; one that was closed stays closed."""
    late = (
        select(events.c.stream)
        .where(BRAKING, events.c.known_on >= pen.day - LOOKED_BACK, events.c.effective_on < events.c.known_on)
        .distinct()
    )
    ids = sorted(stream.removeprefix("case:") for stream in connection.execute(late).scalars())
    if not ids:
        return 0
    dossiers = store.load(connection, ids, lock=False)
    journals = _journals(connection, ids)
    found: dict[str, tuple[str, str]] = {}
    for case_id, dossier in dossiers.items():
        steps = wrong_steps(journals[case_id], strategy.ladder, strategy.policy_of(dossier.facts))
        for known_on in sorted({step.known_on for step in steps}):
            item = derived_id("work_item", UNDER_HOLD, case_id, known_on)
            told = [step for step in steps if step.known_on == known_on]
            found[item] = (dossier.facts.account_id, told_of(told))
    return len(open_items(connection, UNDER_HOLD, found, pen))


def told_of(steps: list[WrongStep]) -> str:
    """Steps in one line, such as ``complaint since 2025-03-10: reminder 2025-03-12 [brake.complaint]``."""
    lines = [f"{step.what} {step.on} [{step.rule or step.kind}]" for step in steps[:SHOWN]]
    more = f" and {len(steps) - SHOWN} more" if len(steps) > SHOWN else ""
    first = steps[0]
    return f"{first.kind} since {first.since_on}, known {first.known_on}: {', '.join(lines)}{more}"


def _journals(connection: Connection, case_ids: list[str]) -> Mapping[str, list[Entry]]:
    query = select(events.c.stream, events.c.pos, events.c.text).where(
        sets.among(events.c.stream, [f"case:{case_id}" for case_id in case_ids])
    )
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for stream, pos, text in connection.execute(query.order_by(events.c.stream, events.c.pos)):
        found[stream.removeprefix("case:")].append(Entry(*open_envelope(text), pos))
    return found


# --- brakes about a person ------------------------------------------------------------------------------------------------


def _lift_of_persons(connection: Connection, pen: Pen) -> None:
    """A brake about a person that a gate lifted on one case falls on all of them, and off the person; unless it was learned anew
    since."""
    lifted = (
        select(
            cases.c.person_id,
            holds.c.kind,
            func.max(holds.c.released_on).label("on"),
            func.max(holds.c.reason).label("why"),
        )
        .join(cases, cases.c.case_id == holds.c.case_id)
        .where(holds.c.kind.in_(PERSONAL), holds.c.released_on >= pen.day - LOOKED_BACK)
        .group_by(cases.c.person_id, holds.c.kind)
    ).subquery()
    left = (
        select(lifted.c.person_id, lifted.c.kind, lifted.c.on, lifted.c.why, parties.c.status,
               func.min(holds.c.from_on).label("first"), func.max(holds.c.from_on).label("last"))
        .join(parties, parties.c.party_id == lifted.c.person_id)
        .outerjoin(cases, (cases.c.person_id == lifted.c.person_id) & cases.c.closed_on.is_(None))
        .outerjoin(holds, (holds.c.case_id == cases.c.case_id) & (holds.c.kind == lifted.c.kind) & holds.c.released_on.is_(None))
        .group_by(lifted.c.person_id, lifted.c.kind, lifted.c.on, lifted.c.why, parties.c.status)
        .order_by(lifted.c.person_id, lifted.c.kind)
    )  # fmt: skip
    for row in connection.execute(left).all():
        stands = row.first is not None or row.status == row.kind
        if stands and (row.last is None or row.last <= row.on):
            arrivals.lift(connection, pen, row.person_id, row.kind, row.why)


# --- brakes that end by themselves ----------------------------------------------------------------------------------------


def _ending(connection: Connection, strategy: Strategy, pen: Pen) -> int:
    """Warn on the last work day before the one on which a brake holds for the last time."""
    query = (
        select(holds.c.hold_id, holds.c.kind, holds.c.until_on, accounts.c.account_id, accounts.c.jurisdiction)
        .join(cases, cases.c.case_id == holds.c.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
        .where(holds.c.released_on.is_(None), holds.c.until_on >= pen.day, cases.c.closed_on.is_(None))
        .where(holds.c.until_on <= pen.day + timedelta(days=14))
        .order_by(holds.c.hold_id)
    )
    found: dict[str, tuple[str, str]] = {}
    for row in connection.execute(query):
        if strategy.calendar_of(row.jurisdiction).add(row.until_on, -1) <= pen.day:
            what = f"{row.kind} holds until {row.until_on} and ends by itself: prolong it, or let it end"
            found[derived_id("work_item", HOLD_ENDS, row.hold_id)] = (row.account_id, what)
    return len(keep(connection, HOLD_ENDS, found, pen))


# --- what has to be answered ----------------------------------------------------------------------------------------------


def _due(connection: Connection, strategy: Strategy, pen: Pen) -> int:
    """An item for each answer that is due within three days or late, of open cases and of ended ones; closed once given."""
    waiting = [
        select(table.c.case_id).where(table.c.state.in_(states))
        for table, states in (
            (complaints, ("open", "verifying")),
            (disputes, ("open",)),
            (credit_objections, ("flagged",)),
        )
    ]
    ids = list(connection.execute(waiting[0].union(*waiting[1:])).scalars())
    found: dict[str, tuple[str, str]] = {}
    for case_id, dossier in store.load(connection, ids, lock=False).items():
        numbers = strategy.policy_of(dossier.facts).numbers
        for clock in running(dossier.facts, numbers):
            if clock.kind in DUTIES and (clock.ends_on - pen.day).days <= DUE_WITHIN_DAYS:
                item = derived_id("work_item", DUE, case_id, clock.key)
                found[item] = (dossier.facts.account_id, _due_text(clock, pen.day))
    return len(keep(connection, DUE, found, pen))


def _due_text(clock: Running, today: date) -> str:
    late = (today - clock.ends_on).days
    return f"{clock.kind} {clock.subject[:8]}: due {clock.ends_on}" + (f", {late} days late" if late > 0 else "")


# --- disputes that were upheld --------------------------------------------------------------------------------------------


def note_corrections(connection: Connection, pen: Pen) -> int:
    """An item for each dispute in which the debtor was right, until its brake is lifted: the core has to correct the debt."""
    query = (
        select(disputes.c.dispute_id, disputes.c.kind, disputes.c.outcome, cases.c.account_id)
        .join(holds, holds.c.hold_id == disputes.c.dispute_id)
        .join(cases, cases.c.case_id == disputes.c.case_id)
        .where(disputes.c.state == "answered", disputes.c.outcome != "rejected")
        .where(holds.c.released_on.is_(None), cases.c.closed_on.is_(None))
    )
    found = {
        derived_id("work_item", CORRECTION, row.dispute_id): (
            row.account_id,
            f"dispute {row.dispute_id[:8]} ({row.kind}) was answered as {row.outcome}: the core has to correct the debt, "
            "then propose to lift the brake",
        )
        for row in connection.execute(query)
    }
    return len(keep(connection, CORRECTION, found, pen))


# --- hardship -------------------------------------------------------------------------------------------------------------


def _hardships(connection: Connection, strategy: Strategy, pen: Pen) -> tuple[int, int]:
    """Remind of papers that are lacking, let lapse what was reminded of and never came, and ask for reviews."""
    query = (
        select(hardships, accounts.c.account_id, accounts.c.jurisdiction, accounts.c.product)
        .join(cases, cases.c.case_id == hardships.c.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
        .where(hardships.c.state.in_(("applied", "accepted")), cases.c.closed_on.is_(None))
        .order_by(hardships.c.application_id)
    )
    reminded: list[Arrival] = []
    lapsed: list[Arrival] = []
    to_bring: dict[str, tuple[str, str]] = {}
    to_review: dict[str, tuple[str, str]] = {}
    for row in connection.execute(query):
        lacking = msgspec.json.decode(row.lacking, type=tuple[str, ...])
        numbers = strategy.book.at(pen.day, row.jurisdiction, row.product).numbers
        if row.state == "accepted":
            if row.review_on is not None and row.review_on <= pen.day:
                item = derived_id("work_item", REVIEW, row.application_id, row.review_on)
                to_review[item] = (row.account_id, f"hardship ({row.cause}) is to be reviewed, due {row.review_on}")
            continue
        if not lacking or "hardship.evidence_days" not in numbers:
            continue
        until_on = row.applied_on + timedelta(days=numbers["hardship.evidence_days"])
        lead = timedelta(days=numbers.get("hardship.remind_days", 0))
        if row.reminded_on is None and pen.day >= until_on - lead:
            reminded.append(Arrival(row.case_id, ev.HardshipReminded(row.application_id, lacking, until_on)))
        elif row.reminded_on is not None and pen.day > max(until_on, row.reminded_on + lead):
            why = f"not brought: {', '.join(lacking)}"
            lapsed.append(Arrival(row.case_id, ev.HardshipDecided(row.application_id, "lapsed", why)))
            continue
        if row.reminded_on is not None or pen.day >= until_on - lead:
            item = derived_id("work_item", EVIDENCE, row.application_id)
            to_bring[item] = (row.account_id, f"remind the debtor: {', '.join(lacking)} until {until_on}")
    if reminded or lapsed:
        arrivals.record(connection, pen, [*reminded, *lapsed])
    keep(connection, REVIEW, to_review, pen)
    keep(connection, EVIDENCE, to_bring, pen)
    return len(reminded), len(lapsed)
