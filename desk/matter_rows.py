"""Court files as people read them: the list, and one with its debts, stages, measures, hearings, costs and papers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from desk.court_files import CourtFiles
from desk.open_desk import Desk
from recourse import events as ev
from recourse.acts import Entry
from recourse.clocks import ends_on
from recourse.facts import Facts
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import cases, costs, documents_made, hearings, matter_cases, matters, measures


class MatterLine(msgspec.Struct, frozen=True):
    """A court file as a list shows it. `hearing_on`: its next hearing; `frozen_until_on`: the measure that ends first."""

    matter_id: str
    route: str
    stage: str
    stage_on: date
    number: str
    court: str
    counsel: str
    accounts: tuple[str, ...]
    hearing_on: date | None
    frozen_until_on: date | None


class Frozen(msgspec.Struct, frozen=True):
    """A measure, its amount in minor units; `until_on`: its last day by the ruling or by law, None when it was lifted or
    neither is known."""

    measure_id: str
    kind: str
    asset: str
    amount: int
    currency: str
    taken_on: date
    until_on: date | None
    lifted_on: date | None
    proof: str


class Cost(msgspec.Struct, frozen=True):
    """A cost in minor units; negative when money came back."""

    account: str
    kind: str
    amount: int
    currency: str
    booked_on: date
    proof: str


class MatterView(msgspec.Struct, frozen=True):
    """Everything of one court file. `parties`: (role, party id); `stages`: (day, stage, number, proof);
    `served`: (day, paper, on whom, proof); `hearings`: (id, day, time, place, result); `documents`: (day, kind, hash)."""

    line: MatterLine
    parties: tuple[tuple[str, str], ...]
    stages: tuple[tuple[date, str, str, str], ...]
    served: tuple[tuple[date, str, str, str], ...]
    measures: tuple[Frozen, ...]
    hearings: tuple[tuple[str, date, str, str, str], ...]
    costs: tuple[Cost, ...]
    documents: tuple[tuple[date, str, str], ...]

    @property
    def cost(self) -> int:
        return sum(each.amount for each in self.costs)


def listed(desk: Desk, *, stage: str = "", court: str = "") -> list[MatterLine]:
    """Court files by the day of their stage, the oldest first: a fixed number of queries."""
    query = select(matters).order_by(matters.c.stage_on, matters.c.matter_id)
    query = query.where(matters.c.stage == stage) if stage else query
    query = query.where(matters.c.court == court) if court else query
    day = desk.business_day()
    with reading(desk.engine) as connection:
        rows = connection.execute(query).all()
        return _lines(connection, rows, day)


def _lines(connection: Connection, rows: Sequence[Any], day: date) -> list[MatterLine]:
    ids = {"ids": [row.matter_id for row in rows]}
    accounts: defaultdict[str, list[str]] = defaultdict(list)
    joined = select(matter_cases.c.matter_id, cases.c.account_id).join(cases, cases.c.case_id == matter_cases.c.case_id)
    of = sets.one_of(matter_cases.c.matter_id, "ids")
    for matter_id, account in connection.execute(joined.where(of).order_by(cases.c.account_id), ids):
        accounts[matter_id].append(account)
    coming = _first(connection, select(hearings.c.matter_id, hearings.c.held_on).where(
        sets.one_of(hearings.c.matter_id, "ids"), hearings.c.held_on >= day, hearings.c.result == ""
    ), ids)  # fmt: skip
    frozen = _first(connection, select(measures.c.matter_id, measures.c.until_on).where(
        sets.one_of(measures.c.matter_id, "ids"), measures.c.until_on.is_not(None), measures.c.lifted_on.is_(None)
    ), ids)  # fmt: skip
    return [
        MatterLine(
            row.matter_id, row.route, row.stage, row.stage_on, row.number, row.court, row.counsel,
            tuple(accounts[row.matter_id]), coming.get(row.matter_id), frozen.get(row.matter_id),
        )
        for row in rows
    ]  # fmt: skip


def _first(connection: Connection, query: Any, ids: Mapping[str, Any]) -> dict[str, date]:
    found: dict[str, date] = {}
    for matter_id, on in connection.execute(query, ids):
        found[matter_id] = min(on, found.get(matter_id, on))
    return found


def shown(files: CourtFiles, given: str) -> MatterView:
    """One court file; refused when there is none. Its debts may have ended."""
    desk = files.work.desk
    matter_id = files.id_of(given)
    with reading(desk.engine) as connection:
        row = connection.execute(select(matters).where(matters.c.matter_id == matter_id)).one()
        line = _lines(connection, [row], desk.business_day())[0]
        joined = select(cases.c.case_id, cases.c.account_id).join(
            matter_cases, matter_cases.c.case_id == cases.c.case_id
        )
        rows = connection.execute(joined.where(matter_cases.c.matter_id == matter_id).order_by(cases.c.account_id))
        case_of = {case_id: account for case_id, account in rows}
        debts = [dossier.facts for dossier in store.load(connection, case_of, lock=False).values()]
        seats = connection.execute(select(hearings).where(hearings.c.matter_id == matter_id)
                                   .order_by(hearings.c.held_on)).all()  # fmt: skip
        frozen = connection.execute(select(measures).where(measures.c.matter_id == matter_id)
                                    .order_by(measures.c.taken_on, measures.c.measure_id)).all()  # fmt: skip
        booked = connection.execute(select(costs).where(costs.c.matter_id == matter_id)
                                    .order_by(costs.c.booked_on, costs.c.cost_id)).all()  # fmt: skip
        papers = connection.execute(select(documents_made).where(documents_made.c.case_id.in_(sorted(case_of)))
                                    .order_by(documents_made.c.made_on, documents_made.c.kind)).all()  # fmt: skip
    journal = [e for entries in HistoryReader(desk.engine).of(list(case_of)).values() for e in entries]
    return MatterView(
        line,
        _parties(debts, msgspec.json.decode(row.parties, type=list[str])),
        _told(journal, matter_id, ev.MatterStageReached),
        _told(journal, matter_id, ev.PaperServed),
        _frozen(files, debts, frozen),
        tuple((each.hearing_id, each.held_on, each.time, each.place, each.result) for each in seats),
        tuple(
            Cost(case_of.get(c.case_id, ""), c.kind, c.amount, c.currency, c.booked_on, c.proof) for c in booked
        ),
        tuple((each.made_on, each.kind, each.sha256) for each in papers),
    )  # fmt: skip


def _told(journal: Sequence[Entry], matter_id: str, kind: type[Any]) -> tuple[tuple[date, str, str, str], ...]:
    """Stages, or papers served; what reached several debts once."""
    found: dict[tuple[date, str, str, str], None] = {}
    for entry in journal:
        event = entry.event
        if isinstance(event, kind) and event.matter_id == matter_id:
            words = (event.stage, event.number, event.proof) if hasattr(event, "stage") else (
                event.paper, event.on_whom, event.proof
            )  # fmt: skip
            found[(entry.envelope.effective_on, *words)] = None
    return tuple(sorted(found))


def _parties(debts: Sequence[Facts], ids: Sequence[str]) -> tuple[tuple[str, str], ...]:
    roles = {(party.role, party.party_id) for facts in debts for party in facts.security.parties}
    named = {party for _, party in roles}
    return tuple(sorted(roles | {("", party) for party in ids if party not in named}))


def _frozen(files: CourtFiles, debts: Sequence[Facts], rows: Sequence[Any]) -> tuple[Frozen, ...]:
    """Measures of the matter; the last day is that of the clock that runs, by the ruling or by law."""
    ends = {
        key.partition(":")[2]: ends_on(timer, files.work.strategy.policy_of(facts).numbers)
        for facts in debts
        for key, timer in facts.file.timers.items()
        if timer.kind.startswith("freeze_")
    }
    currency = debts[0].currency if debts else ""
    return tuple(
        Frozen(row.measure_id, row.kind, row.asset, row.amount, currency, row.taken_on,
               None if row.lifted_on else ends.get(row.measure_id, row.until_on), row.lifted_on, row.proof)
        for row in rows
    )  # fmt: skip
