"""Brakes 暂停 by hand: placed with evidence and from the day on which they took effect, listed, lifted, or proposed for it.

A brake about a person reaches every open case of the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Select, select

from desk.clerk import Clashed, Clerk, Entered, refuse_unknown
from desk.open_desk import Desk
from recourse import events as ev
from recourse.acts import Entry
from recourse.canonical import derived_id
from recourse.climb import arrivals, brake_watch
from recourse.climb.arrivals import PERSONAL, Arrival
from recourse.climb.parking import PARKED
from recourse.errors import UserError
from recourse.free_text import one_line
from recourse.ledger import sets, store, work_list
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import accounts, cases, holds
from recourse.policy.book import Policy
from recourse.under_hold import WrongStep, placed_by, wrong_steps
from tasks import hold_release

OWN_DOOR = {PARKED: "`recourse takeover release ACCOUNT`"}
"""Kinds that only their own command lifts."""


class Hold(msgspec.Struct, frozen=True):
    """What somebody says of a brake. `from_on`: since when (None: the business day); `key`: the caller's own, for one sending."""

    kind: str
    reason: str
    from_on: date | None = None
    until_on: date | None = None
    evidence: str = ""
    key: str = ""


class HoldLine(msgspec.Struct, frozen=True):
    """One brake of one case."""

    hold_id: str
    account: str
    kind: str
    from_on: date
    until_on: date | None
    ground: str
    evidence: str
    released_on: date | None
    reason: str


class HoldPage(msgspec.Struct, frozen=True):
    """One brake with its history: (day, actor, what) of everything the journal says of it, and what went wrong under it."""

    line: HoldLine
    history: tuple[tuple[date, str, str], ...]
    wrong: tuple[WrongStep, ...]


class Lifted(msgspec.Struct, frozen=True):
    """What became of a wish to lift brakes: how many fell at once, or how many a gate will decide on."""

    lifted: int = 0
    proposed: int = 0


def place(clerk: Clerk, account: str, said: Hold) -> tuple[Entered, ...]:
    """Place a brake on an account's case, or on all open cases of the person that it is about; the same again changes nothing.

    A brake that took effect before today leaves a work item for every case with steps that it would have stopped.
    """
    clerk.require("hold_placing")
    facts = clerk.case(account)
    policy = clerk.policy(facts)
    said = _checked(said, policy, clerk.day)
    desk, pen, on = clerk.desk, clerk.pen, said.from_on or clerk.day
    personal = said.kind in PERSONAL
    with writing_on(desk.engine, pen.day) as connection:
        ids = store.person_case_ids(connection, facts.person_id) if personal else [facts.case_id]
        dossiers = store.load(connection, ids)
        if not ids or (not personal and dossiers[facts.case_id].file.end):
            raise UserError(f"the case has ended: {facts.file.end}", where=f"account {account}")
        known = {row.hold_id: row for row in connection.execute(_of_cases(ids))}
        entered, arrived = [], []
        for case_id, dossier in dossiers.items():
            hold_id = _free_id(case_id, said, on, clerk, known)
            theirs = dossier.facts.account_id
            if hold_id in known:
                _refuse_another(known[hold_id], said, on)
                entered.append(Entered(hold_id, theirs, already=True))
                continue
            arrived.append(Arrival(case_id, ev.BrakePlaced(hold_id, said.kind, said.until_on, said.reason), on))
            if said.evidence:
                arrived.append(Arrival(case_id, ev.BrakeEvidenced(hold_id, said.kind, said.evidence), on))
            entered.append(Entered(hold_id, theirs))
        if arrived:
            arrivals.record(connection, pen, arrived)
        if personal and arrived and said.until_on is None:  # cases before the person, as a dispatch locks them
            arrivals.keep_status(connection, pen, facts.person_id, said.kind, said.evidence or said.reason, on)
        if on < pen.day:
            brake_watch.note_steps(connection, clerk.work.strategy, pen)
    return tuple(entered)


def _checked(said: Hold, policy: Policy, today: date) -> Hold:
    known = policy.brakes.get(said.kind)
    if known is None or said.kind in _NOT_BY_HAND:
        raise _not_by_hand(said.kind, policy)
    reason, evidence = one_line(said.reason, "reason"), one_line(said.evidence, "evidence")
    if not reason:
        raise UserError("a brake needs its ground", mend="give --reason TEXT")
    if known[1].evidence and not evidence:
        raise UserError(f"a {said.kind} brake needs evidence [{known[0].rule}]", mend="give --evidence WHERE")
    if said.from_on is not None and said.from_on > today:
        raise UserError(f"{said.from_on} lies after the business day {today}", mend="give the day it took effect")
    if said.until_on is not None and said.until_on < (said.from_on or today):
        raise UserError(f"it would end on {said.until_on}, before it begins", mend="give a later last day")
    return msgspec.structs.replace(said, reason=reason, evidence=evidence)


_FOLLOWS = {
    "promise": "`recourse calls record` records one",
    "arrangement": "`recourse arrangement propose` makes one",
    "placed": "the gate of `agency_referral` places a debt",
    "recall_pending": "`recourse agency recall` calls a debt back",
    "arrears_cleared": "the core's payments say so",
    "pooled": "`recourse transfer` makes up pools",
    "subrogated": "`recourse insurer answered` records what was paid",
    PARKED: "debts that are taken over are parked by what they lack",
}
"""Kinds that follow from facts → where the fact comes from."""
_NOT_BY_HAND = frozenset(_FOLLOWS)


def _not_by_hand(kind: str, policy: Policy) -> UserError:
    """Why no person places a brake of this kind, where it comes from if it is one, and the kinds that people place."""
    names = ", ".join(sorted(set(policy.brakes) - _NOT_BY_HAND))
    if kind in _FOLLOWS:
        return UserError(f"a {kind} brake is placed by no person", mend=f"{_FOLLOWS[kind]}; by hand use one of {names}")
    return UserError(f"unknown kind of brake {kind[:40]!r}", mend=f"use one of {names}")


def _of_cases(case_ids: Sequence[str]) -> Select[Any]:
    return select(holds).where(sets.among(holds.c.case_id, list(case_ids)))


def _free_id(case_id: str, said: Hold, on: date, clerk: Clerk, known: Mapping[str, Any]) -> str:
    """The id of a brake: by the caller's key, else by what it says; one that was lifted makes room for another."""
    if said.key:
        return derived_id("brake", case_id, clerk.actor.name, said.key)
    about = (case_id, said.kind, clerk.day, on, said.until_on, said.reason, said.evidence)
    for n in range(len(known) + 1):
        hold_id = derived_id("brake", *about, n)
        row = known.get(hold_id)
        if row is None or row.released_on is None:
            return hold_id
    raise AssertionError("more brakes of one kind than brakes")


def _refuse_another(row: Any, said: Hold, on: date) -> None:
    if (row.kind, row.from_on, row.until_on, row.ground) != (said.kind, on, said.until_on, said.reason):
        raise Clashed("something else was sent under this key", mend="use a key of its own for each")


def evidence(clerk: Clerk, hold_id: str, where: str) -> Entered:
    """File evidence with a brake that is there."""
    clerk.require("hold_placing")
    proof = one_line(where, "evidence")
    if not proof:
        raise UserError("evidence lies somewhere", mend="give --evidence WHERE")
    row, facts = clerk.move(holds, hold_id, lambda row, _: [ev.BrakeEvidenced(row.hold_id, row.kind, proof)])
    return Entered(row.hold_id, facts.account_id)


def lift(clerk: Clerk, account: str, kind: str, reason: str, evidence_: str = "", hold_id: str = "") -> Lifted:
    """Lift the brakes of a kind, or one of them. What the pack gives to a gate is proposed; all else falls at once."""
    if kind in OWN_DOOR:
        raise UserError(f"a {kind} case goes on when two agree", mend=OWN_DOOR[kind])
    why = one_line(reason, "reason")
    if not why:
        raise UserError("lifting a brake needs a reason", mend="give --reason TEXT")
    facts = clerk.case(account)
    policy = clerk.policy(facts)
    if kind in policy.brakes and policy.brakes[kind][1].lifted_by == "fact":
        raise UserError(f"no person lifts a {kind} brake: it falls with what it came of", where=f"account {account}",
                        mend="see `recourse holds list`")  # fmt: skip
    gated = hold_release.gated(policy, kind)
    clerk.require("hold_proposing" if gated else "hold_lifting")
    with writing_on(clerk.desk.engine, clerk.day) as connection:
        dossier = store.load(connection, [facts.case_id])[facts.case_id]
        theirs = [name for name, hold in dossier.file.holds.items() if hold.kind == kind]
        chosen = [name for name in theirs if name.startswith(hold_id)]
        if not chosen:
            return Lifted()
        if gated:
            event = hold_release.proposed(
                dossier.facts, kind, chosen, why, one_line(evidence_, "evidence"), clerk.actor.name
            )
            arrivals.record(connection, clerk.pen, [Arrival(facts.case_id, event)])
            return Lifted(proposed=len(chosen))
        if kind not in PERSONAL:
            arrived = [Arrival(facts.case_id, ev.BrakeReleased(name, kind, why)) for name in chosen]
            arrivals.record(connection, clerk.pen, arrived)
            return Lifted(lifted=len(chosen))
    return Lifted(lifted=arrivals.lift_status(clerk.desk.engine, clerk.pen, facts.person_id, kind, why))


def corrected(clerk: Clerk, account: str, how: str) -> int:
    """Say how steps under a back-dated brake were put right; their work items are closed."""
    clerk.require("hold_placing")
    said = one_line(how, "how")
    if not said:
        raise UserError("how was it put right?", mend="give --how TEXT")
    facts = clerk.case(account)
    with writing_on(clerk.desk.engine, clerk.day) as connection:
        closed = work_list.close(connection, (brake_watch.UNDER_HOLD,), account, clerk.pen)
        if not closed:
            raise UserError("nothing is to be put right", where=f"account {account}", mend="see `recourse work list`")
        arrivals.record(connection, clerk.pen, [Arrival(facts.case_id, ev.StepsCorrected(said, clerk.actor.name))])
    return closed


def listed(desk: Desk, *, account: str = "", kind: str = "", all_: bool = False) -> list[HoldLine]:
    """Brakes in force, or all that there ever were; of one account, of one kind."""
    query = select(holds, cases.c.account_id).join(cases, cases.c.case_id == holds.c.case_id)
    if account:
        query = query.where(cases.c.account_id == account)
    if kind:
        query = query.where(holds.c.kind == kind)
    if not all_:
        query = query.where(holds.c.released_on.is_(None), cases.c.closed_on.is_(None))
    with reading(desk.engine) as connection:
        if account:
            refuse_unknown(connection, account)
        found = connection.execute(query.order_by(cases.c.account_id, holds.c.from_on, holds.c.hold_id)).all()
    day = desk.business_day()
    lines = [_line(row) for row in found]
    return [line for line in lines if all_ or line.until_on is None or line.until_on >= day]


def _line(row: Any) -> HoldLine:
    return HoldLine(row.hold_id, row.account_id, row.kind, row.from_on, row.until_on, row.ground, row.evidence,
                    row.released_on, row.reason)  # fmt: skip


def show(desk: Desk, hold_id: str) -> HoldPage:
    """One brake: what the journal says of it, and the steps that it should have stopped."""
    with reading(desk.engine) as connection:
        row = Clerk.row(connection, holds, hold_id)
        account = select(accounts.c.account_id).join(cases, cases.c.account_id == accounts.c.account_id)
        name = connection.execute(account.where(cases.c.case_id == row.case_id)).scalar_one()
        facts = store.load(connection, [row.case_id], lock=False)[row.case_id].facts
    journal = HistoryReader(desk.engine).of([row.case_id])[row.case_id]
    strategy = desk.strategy(desk.business_day())
    wrong = wrong_steps(journal, desk.ladder, strategy.policy_of(facts))
    line = HoldLine(row.hold_id, name, row.kind, row.from_on, row.until_on, row.ground, row.evidence, row.released_on,
                    row.reason)  # fmt: skip
    told = tuple(
        (entry.envelope.known_on, entry.envelope.actor, entry.envelope.type)
        for entry in journal
        if _speaks_of(entry, row.hold_id)
    )
    return HoldPage(line, told, tuple(step for step in wrong if step.hold_id == row.hold_id))


def _speaks_of(entry: Entry, hold_id: str) -> bool:
    event = entry.event
    placed = placed_by(event)
    if placed is not None:
        return placed.hold_id == hold_id
    if isinstance(event, ev.ReleaseProposed):
        return hold_id in event.hold_ids
    names = ("hold_id", "complaint_id", "application_id", "dispute_id")
    return any(getattr(event, name, "") == hold_id for name in names)
