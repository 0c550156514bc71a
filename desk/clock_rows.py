"""Clocks for people: every right that is about to be lost, and of one debt the limitation's chain and each guarantee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec
from sqlalchemy import select

from desk.open_desk import Desk
from recourse import events as ev
from recourse.acts import Entry
from recourse.clocks import GROUPS, KINDS, Numbers, guarantee_ends_on, limitation_ends_on, running
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import cases, gates
from recourse.limitation import GROUND_NAMES, Link, chain

CHUNK = 5_000
"""Cases whose clocks are read at once."""


class Ending(msgspec.Struct, frozen=True):
    """A right and its last day. `owed`: the money at stake, in minor units; `kept_by`: the step that keeps it; `standing`: how
    that step stands now ("" = it was not entered); `gate_id`: its open gate, if any."""

    account: str
    kind: str
    zh: str
    en: str
    subject: str
    ends_on: date
    days_left: int
    owed: int | None
    currency: str
    kept_by: str
    standing: str
    gate_id: str


class Kept(msgspec.Struct, frozen=True):
    """One guarantee: its period, and by what it was kept (None: it was not), with the proof."""

    guarantee_id: str
    kind: str
    period_ends_on: date | None
    days_left: int | None
    kept_on: date | None
    kept_by: str
    proof: str


class Chain(msgspec.Struct, frozen=True):
    """The limitation of a debt, link by link. `ends_on` None: it does not run, or is not known; `why`: which of these."""

    account: str
    links: tuple[Link, ...]
    ends_on: date | None
    why: str
    guarantees: tuple[Kept, ...]


def endings(desk: Desk, day: date, within: int | None = None, kind: str = "") -> list[Ending]:
    """Rights that are lost next, the soonest first, as of each case's last decision: a fixed number of queries a chunk.

    Raises UserError for a kind or group of clocks that is none of rights.
    """
    wanted = frozenset(code for code in GROUPS.get(kind or "any", ()) if KINDS[code].right)
    if not wanted:
        rights = ", ".join(sorted(code for code, each in KINDS.items() if each.right))
        raise UserError(f"{kind!r} is no clock of a right", where="--kind", mend=f"use one of {rights}")
    until = None if within is None else day + timedelta(days=within)
    found: list[Ending] = []
    for members in _chunks(desk, until):
        found += [each for facts, open_ in members for each in _of(desk, facts, open_, day, until, wanted)]
    return sorted(found, key=lambda each: (each.ends_on, each.account, each.kind, each.subject))


def _chunks(desk: Desk, until: date | None) -> Iterator[list[tuple[Facts, dict[str, str]]]]:
    """Open cases with a right to lose, with their open gates by node."""
    soon = select(cases.c.case_id).where(cases.c.closed_on.is_(None), cases.c.lost_on.is_not(None))
    soon = soon if until is None else soon.where(cases.c.lost_on <= until)
    waiting = select(gates.c.case_id, gates.c.node, gates.c.gate_id).where(
        gates.c.status == "open", sets.one_of(gates.c.case_id, "cases")
    )
    last = ""
    while True:
        with reading(desk.engine) as connection:
            query = soon.where(cases.c.case_id > last).order_by(cases.c.case_id).limit(CHUNK)
            ids = list(connection.execute(query).scalars())
            dossiers = store.load(connection, ids, lock=False)
            open_: dict[str, dict[str, str]] = {}
            for case_id, node, gate_id in connection.execute(waiting, {"cases": ids}):
                open_.setdefault(case_id, {})[node] = gate_id
        yield [(dossiers[case_id].facts, open_.get(case_id, {})) for case_id in ids]
        if len(ids) < CHUNK:
            return
        last = ids[-1]


def _of(
    desk: Desk, facts: Facts, open_: dict[str, str], day: date, until: date | None, wanted: frozenset[str]
) -> Iterator[Ending]:
    numbers = desk.strategy(day).policy_of(facts).numbers
    for clock in running(facts, numbers):
        if clock.kind not in wanted or clock.ends_on < day or (until is not None and clock.ends_on > until):
            continue
        known = KINDS[clock.kind]
        visit = facts.file.visits.get(known.kept_by)
        standing = visit.state if visit is not None and visit.state != "left" else ""
        yield Ending(facts.account_id, clock.kind, known.zh, known.en, clock.subject, clock.ends_on,
                     (clock.ends_on - day).days, facts.owed, facts.currency, known.kept_by, standing,
                     open_.get(known.kept_by, ""))  # fmt: skip


def chain_of(desk: Desk, facts: Facts, day: date) -> Chain:
    """The limitation's chain of a debt, with what does not count and why, and each guarantee."""
    journal = HistoryReader(desk.engine).of([facts.case_id])[facts.case_id]
    numbers = desk.strategy(day).policy_of(facts).numbers
    ends_on = limitation_ends_on(facts, numbers)
    links = tuple(chain((entry.event, entry.envelope.effective_on) for entry in journal))
    return Chain(
        facts.account_id, links, ends_on, _why_not(facts, ends_on), tuple(_guarantees(facts, journal, day, numbers))
    )


def _why_not(facts: Facts, ends_on: date | None) -> str:
    if ends_on is not None:
        return ""
    if facts.file.title:
        return "there is a title: the time to apply for enforcement runs instead"
    if facts.file.docketed and facts.file.matter_open:
        return "a court file that is docketed keeps the claim"
    return "the day to count from is not known"


def _guarantees(facts: Facts, journal: Sequence[Entry], day: date, numbers: Numbers) -> Iterator[Kept]:
    claims = [(entry.envelope.effective_on, entry.event) for entry in journal]
    for guarantee in facts.security.guarantees:
        mine = [
            (on, event)
            for on, event in claims
            if isinstance(event, ev.GuarantorClaimed) and event.guarantee_id == guarantee.guarantee_id
        ]
        on, by, proof = None, "", ""
        if mine:
            on, last = mine[-1]
            kept = guarantee.guarantee_id in facts.file.claimed_guarantees
            on, by, proof = (on if kept else None), last.by if last.in_time else f"{last.by}: not kept", last.proof
        ends = guarantee_ends_on(guarantee, facts, numbers)
        yield Kept(guarantee.guarantee_id, guarantee.kind.value, ends, None if ends is None else (ends - day).days,
                   on, by, proof)  # fmt: skip


def ground_name(ground: str) -> str:
    """A ground in both languages; one that is not known stands as it was recorded."""
    zh, en = GROUND_NAMES.get(ground, ("", ground))
    return f"{zh} {en}".strip()
