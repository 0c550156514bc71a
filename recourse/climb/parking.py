"""Letting parked cases go on: every seat of the authority row `hold_release` agrees, each by another person.

A case is parked when it was taken over and lacks what a decision needs (`recourse.intake.past_gaps`). What was agreed is
journaled on the case; with the last seat the brake falls, its work item is closed and the case is decided again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, Engine, select

from recourse import events as ev
from recourse.actors import Actor
from recourse.climb.strategy import Strategy
from recourse.ending import ending
from recourse.errors import UserError
from recourse.gate_rows import role_of, rule_of
from recourse.ledger import sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import cases, work_items
from recourse.seats import seats_of

PARKED = "parked"
ACTION = "hold_release"


class Agreed(msgspec.Struct, frozen=True):
    """What an agreement came to: `left` are the seats that still have to agree; none: the case goes on."""

    account: str
    seat: str
    left: tuple[str, ...]

    @property
    def released(self) -> bool:
        return not self.left


def parked(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Account → what it lacks, of every account that is parked (nothing: all that was lacking has come in)."""
    query = (
        select(work_items.c.account_id, work_items.c.what)
        .where(work_items.c.kind == PARKED, work_items.c.closed_on.is_(None))
        .order_by(work_items.c.account_id)
    )
    return {account: tuple(filter(None, what.split(", "))) for account, what in connection.execute(query)}


def only_for(found: dict[str, tuple[str, ...]], gap: str) -> list[str]:
    """Accounts that are parked for one gap and for nothing else."""
    return [account for account, gaps in found.items() if gaps == (gap,)]


def agree(
    engine: Engine, strategy: Strategy, pen: Pen, actor: Actor, accounts: Collection[str], reason: str
) -> list[Agreed]:  # fmt: skip
    """One person agrees that parked accounts go on. All of them or none: UserError when one is not parked, when the
    person has no seat or has agreed already, or when a case would end at once for want of a plan."""
    if not reason.strip():
        raise UserError("a release needs a reason", mend="give --reason TEXT")
    with writing_on(engine, pen.day) as connection:
        query = select(cases.c.case_id).where(cases.c.closed_on.is_(None), sets.among(cases.c.account_id, accounts))
        dossiers = store.load(connection, list(connection.execute(query).scalars()))
        _refuse_unparked(accounts, list(dossiers.values()))
        done = [_agreed(dossier, strategy, pen, actor, reason) for dossier in dossiers.values()]
        store.save(connection, list(dossiers.values()))
        released = [each.account for each in done if each.released]
        connection.execute(
            work_items.update()
            .where(work_items.c.kind == PARKED, sets.among(work_items.c.account_id, released))
            .values(closed_on=pen.day)
        )
        return sorted(done, key=lambda each: each.account)


def _refuse_unparked(accounts: Collection[str], dossiers: Sequence[Dossier]) -> None:
    waiting = {dossier.facts.account_id for dossier in dossiers if _holds(dossier)}
    for account in sorted(set(accounts) - waiting):
        raise UserError(f"account {account!r} is not parked", mend="see `recourse takeover report`")


def _holds(dossier: Dossier) -> list[str]:
    return [hold_id for hold_id, hold in dossier.file.holds.items() if hold.kind == PARKED]


def _agreed(dossier: Dossier, strategy: Strategy, pen: Pen, actor: Actor, reason: str) -> Agreed:
    facts, taken = dossier.facts, dossier.file.release
    book = strategy.gate_book
    names = seats_of(rule_of(book.authority(facts, ACTION), book.tier(facts, ACTION)))
    free = [seat for seat in names if seat not in taken]
    where = f"account {facts.account_id}"
    if actor.name in taken.values():
        raise UserError(f"{actor.name} has agreed already", where=where, mend="another person has to agree")
    seat = next((seat for seat in free if role_of(seat) in actor.roles), None)
    if seat is None:
        raise UserError(f"{actor.name} has no seat here", where=where, mend=f"still to agree: {', '.join(free)}")
    _refuse_an_end(dossier, pen)
    holds = _holds(dossier)
    dossier.record(ev.ReleaseAgreed(holds[0], seat, actor.name, reason), pen)
    left = tuple(name for name in free if name != seat)
    if not left:
        for hold_id in holds:
            dossier.record(ev.BrakeReleased(hold_id, PARKED, reason), pen)
        dossier.wake(pen.day)
    return Agreed(facts.account_id, seat, left)


def _refuse_an_end(dossier: Dossier, pen: Pen) -> None:
    """Without a plan nothing is late, and a case that is let go on would end as cured."""
    file = dossier.file
    others = {hold_id: hold for hold_id, hold in file.holds.items() if hold.kind != PARKED}
    free = msgspec.structs.replace(dossier.facts, file=msgspec.structs.replace(file, holds=others))
    if ending(free, pen.day)[0] == "cured":
        raise UserError(
            "nothing is known to be late on it, so it would end as cured",
            where=f"account {dossier.facts.account_id}",
            mend="deliver its repayment plan first",
        )
