"""What was taken over in flight, and how it stands: for the report of a migration. A fixed number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import msgspec
from sqlalchemy import Connection, select

from desk.open_desk import Desk
from recourse.climb import parking
from recourse.climb.strategy import Strategy
from recourse.errors import UserError
from recourse.explain import Clock, clocks
from recourse.facts import Facts
from recourse.intake.past_events import matter_id
from recourse.intake.past_gaps import GAPS
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases, matter_cases, matters, measures, past_rows, taken_over

AT_RISK_DAYS = 90
CHUNK = 5_000
STATES = ("parked", "ended", "written_off", "in_court", "with_agency", "arranged", "braked", "climbing")
"""Where an account that was taken over can be; the first that fits."""


class AtRisk(msgspec.Struct, frozen=True):
    """A right that is lost soon."""

    account: str
    clock: Clock


class MatterLine(msgspec.Struct, frozen=True):
    """A court file that was taken over."""

    matter_id: str
    accounts: tuple[str, ...]
    route: str
    court: str
    number: str
    stage: str
    stage_on: date
    currency: str


class MeasureLine(msgspec.Struct, frozen=True):
    """A measure of such a file, amount in minor units of `currency`."""

    measure_id: str
    matter_id: str
    kind: str
    amount: int
    currency: str
    taken_on: date
    until_on: date | None


class TakenOver(msgspec.Struct, frozen=True):
    """The report. `parked`: account → what it lacks; `parked_by_gap`: how many lack what."""

    on: date
    accounts: int
    states: Mapping[str, int]
    parked: Mapping[str, tuple[str, ...]]
    parked_by_gap: Mapping[str, int]
    at_risk: tuple[AtRisk, ...]
    matters: tuple[MatterLine, ...]
    measures: tuple[MeasureLine, ...]


def report(desk: Desk, day: date) -> TakenOver:
    """How everything that was taken over stands on a business day."""
    strategy = desk.strategy(day)
    with reading(desk.engine) as connection:
        waiting = parking.parked(connection)
        states: Counter[str] = Counter()
        at_risk: list[AtRisk] = []
        count = 0
        for facts in _facts(connection):
            count += 1
            states[_state(facts)] += 1
            at_risk += _risks(facts, strategy, day)
        files = _matters(connection)
        frozen = _measures(connection, {file.matter_id: file.currency for file in files})
    return TakenOver(
        on=day,
        accounts=count,
        states={state: states[state] for state in STATES if states[state]},
        parked=waiting,
        parked_by_gap={gap: n for gap in GAPS if (n := sum(gap in gaps for gaps in waiting.values()))},
        at_risk=tuple(sorted(at_risk, key=lambda each: (each.clock.ends_on, each.account, each.clock.what))),
        matters=files,
        measures=frozen,
    )


def _facts(connection: Connection) -> Iterator[Facts]:
    """Every case that was taken over, in chunks."""
    query = select(taken_over.c.case_id).distinct().order_by(taken_over.c.case_id)
    ids = list(connection.execute(query).scalars())
    for start in range(0, len(ids), CHUNK):
        for dossier in store.load(connection, ids[start : start + CHUNK], lock=False).values():
            yield dossier.facts


def _state(facts: Facts) -> str:
    file = facts.file
    so = {
        "parked": any(hold.kind == parking.PARKED for hold in file.holds.values()),
        "ended": bool(file.end),
        "written_off": file.written_off_on is not None,
        "in_court": file.matter_open,
        "with_agency": bool(file.placement),
        "arranged": bool(file.arrangement),
        "braked": bool(file.holds),
        "climbing": True,
    }
    if file.end:
        return "ended"
    return next(state for state in STATES if so[state])


def _risks(facts: Facts, strategy: Strategy, day: date) -> Iterator[AtRisk]:
    if facts.file.end:
        return
    until = day + timedelta(days=AT_RISK_DAYS)
    for clock in clocks(facts, day, strategy.policy_of(facts).numbers):
        if clock.right and day <= clock.ends_on <= until:
            yield AtRisk(facts.account_id, clock)


def _matters(connection: Connection) -> tuple[MatterLine, ...]:
    """The court files that deliveries told of; what Recourse filed since is not among them."""
    told = connection.execute(select(past_rows.c.row_key).where(past_rows.c.name == "past_matters")).scalars()
    ids = sorted({matter_id(key.split(",")[0]) for key in told})
    query = (
        select(matters, cases.c.account_id, accounts.c.currency)
        .join(matter_cases, matter_cases.c.matter_id == matters.c.matter_id)
        .join(cases, cases.c.case_id == matter_cases.c.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
        .where(sets.among(matters.c.matter_id, ids))
        .order_by(matters.c.matter_id, cases.c.account_id)
    )
    found: dict[str, MatterLine] = {}
    for row in connection.execute(query):
        known = found.get(row.matter_id)
        theirs = (*(known.accounts if known else ()), row.account_id)
        found[row.matter_id] = MatterLine(
            row.matter_id, theirs, row.route, row.court, row.number, row.stage, row.stage_on, row.currency
        )
    return tuple(found.values())


def _measures(connection: Connection, currencies: Mapping[str, str]) -> tuple[MeasureLine, ...]:
    query = (
        select(measures)
        .where(sets.among(measures.c.matter_id, currencies), measures.c.lifted_on.is_(None))
        .order_by(measures.c.until_on, measures.c.measure_id)
    )
    return tuple(
        MeasureLine(
            row.measure_id, row.matter_id, row.kind, row.amount, currencies[row.matter_id], row.taken_on, row.until_on
        )
        for row in connection.execute(query)
    )


def chosen(desk: Desk, account: str, gap: str) -> list[str]:
    """The accounts that a release names: one, or all that are parked for one gap and nothing else."""
    if bool(account) is bool(gap):
        raise UserError("what is to be released is not said", mend="give one ACCOUNT, or --all-of KIND")
    if account:
        return [account]
    if gap not in GAPS:
        raise UserError(f"unknown kind {gap!r}", where="--all-of", mend=f"use one of {', '.join(GAPS)}")
    with reading(desk.engine) as connection:
        found = parking.only_for(parking.parked(connection), gap)
    if not found:
        raise UserError(f"no account is parked for {gap} alone", mend="see `recourse takeover report`")
    return found
