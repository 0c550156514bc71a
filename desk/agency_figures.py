"""What the ledger counts of an agency: its scorecard, and the fee of each placement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from desk.agencies import AgencyDesk
from recourse import events as ev
from recourse.agencies import recalls
from recourse.agencies.fees import Fee, fee_due, quality_bp
from recourse.agencies.files import CALL, INCOMING
from recourse.agencies.scorecard import Counted, Figure, figures
from recourse.canonical import derived_id
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.fold_imported import UNANSWERED
from recourse.ledger import agency_rows, sets
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.tables import accounts, agency_contacts, agency_violations, cases, costs, payments, placements

SOMEBODY_ELSE = frozenset({"third_party_answered", "deceased_reported"})
"""Outcomes in which somebody spoke, but not the debtor."""
COMPLAINT = "complaint_made"
AGENCY_FEE = "agency_fee"


class PlacementFee(msgspec.Struct, frozen=True):
    """The fee of one placement over a span, in minor units: a cost of the case."""

    placement_id: str
    case_id: str
    account: str
    currency: str
    recovered: int
    fee: Fee

    @property
    def total(self) -> int:
        return self.fee.total


def scorecard(work: AgencyDesk, agency: str, from_on: date, to_on: date) -> tuple[Figure, ...]:
    """How the agency did in a span of days, with the formula of each figure."""
    _refuse_backwards(from_on, to_on)
    with reading(work.desk.engine) as connection:
        entry = agency_rows.entry_of(connection, agency)
        currency = entry.contract.fee.currency if entry.contract is not None else "CNY"
        held = _held(connection, agency, from_on, to_on, currency)
        money = _recovered(connection, held, from_on, to_on)
        spoken = _contacts(connection, agency, from_on, to_on)
        broken = _violations(connection, agency, from_on, to_on)
        complaints = _complaints(connection, agency, from_on, to_on)
    kept, due = _recalls(work, held, from_on, to_on)
    certified, to_certify = _certificates(work, held, from_on, to_on)
    return figures(
        Counted(
            placements=len(held), placed=sum(row.amount or 0 for row in held), recovered=sum(money.values()),
            contacts=spoken["contacts"], reached=spoken["reached"], faulty=spoken["faulty"], complaints=complaints,
            conversations=spoken["conversations"], unrecorded=spoken["unrecorded"], violations=broken,
            open_serious=len(entry.breaches), recalls_due=due, recalls_kept=kept, certificates_due=to_certify,
            certificates_kept=certified,
        )
    )  # fmt: skip


def fees(work: AgencyDesk, agency: str, from_on: date, to_on: date) -> list[PlacementFee]:
    """The fee of every placement that ended in the span; each placement is paid for once, when it has ended.

    Recovered is what came in on the account while it was placed, from the first day of the lease to its last.
    """
    _refuse_backwards(from_on, to_on)
    with reading(work.desk.engine) as connection:
        entry = agency_rows.entry_of(connection, agency)
        if entry.contract is None:
            raise UserError("there is no contract to pay by", where=agency, mend="`recourse agency contract` first")
        terms = entry.contract.fee
        ended = [row for row in _held(connection, agency, from_on, to_on, terms.currency)
                 if row.returned_on is not None and from_on <= row.returned_on <= to_on]  # fmt: skip
        money = _recovered(connection, ended, date.min, to_on)
        spoken = _contacts(connection, agency, from_on, to_on)
    quality = quality_bp(spoken["contacts"], spoken["faulty"])
    return [
        PlacementFee(row.placement_id, row.case_id, row.account_id, terms.currency, money.get(row.placement_id, 0),
                     fee_due(terms, money.get(row.placement_id, 0), quality))
        for row in ended
    ]  # fmt: skip


def confirm(work: AgencyDesk, agency: str, from_on: date, to_on: date, proof: str) -> int:
    """The bank agrees to the fees of a span: each is booked on its case, once; returns how many were not booked before."""
    if not proof.strip():
        raise UserError("a fee is booked on the agency's bill", mend="give --proof")
    due = {_cost_id(each): each for each in fees(work, agency, from_on, to_on) if each.total}
    with writing_on(work.desk.engine, work.pen.day) as connection:
        known = select(costs.c.cost_id).where(sets.among(costs.c.cost_id, sorted(due)))
        booked = set(connection.execute(known).scalars())
        arrived = [
            Arrival(each.case_id, ev.CostBooked(cost_id, AGENCY_FEE, each.total, each.currency, "", proof))
            for cost_id, each in due.items()
            if cost_id not in booked
        ]
        arrivals.record(connection, work.pen, arrived)
    return len(arrived)


def _cost_id(fee: PlacementFee) -> str:
    """A placement is paid for once: the key of its cost."""
    return derived_id("cost", fee.case_id, AGENCY_FEE, fee.placement_id)


def _refuse_backwards(from_on: date, to_on: date) -> None:
    if to_on < from_on:
        raise UserError(f"{to_on} is before {from_on}", where="--to", mend="give a day on or after --from")


def _held(connection: Connection, agency: str, from_on: date, to_on: date, currency: str) -> Sequence[Any]:
    """Placements that the agency had on any day of the span, of accounts in one currency."""
    p = placements.c
    query = (
        select(p.placement_id, p.case_id, p.placed_on, p.until_on, p.recalled_on, p.returned_on, p.cause, p.amount,
               p.certified_on, cases.c.account_id)
        .join(cases, cases.c.case_id == p.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
        .where(p.agency == agency, p.placed_on <= to_on, p.returned_on.is_(None) | (p.returned_on >= from_on))
        .where(accounts.c.currency == currency)
        .order_by(p.placement_id)
    )  # fmt: skip
    return connection.execute(query).all()


def _recovered(connection: Connection, held: Sequence[Any], from_on: date, to_on: date) -> Mapping[str, int]:
    """Placement → what came in on its account while it was placed, within the span."""
    by_account: dict[str, list[Any]] = {}
    for row in held:
        by_account.setdefault(row.account_id, []).append(row)
    c = payments.c
    query = select(c.account_id, c.paid_on, c.amount).where(sets.among(c.account_id, sorted(by_account)))
    found: dict[str, int] = {}
    for account, paid_on, amount in connection.execute(query):
        for row in by_account[account]:
            if max(from_on, row.placed_on) <= paid_on <= min(to_on, row.returned_on or to_on):
                found[row.placement_id] = found.get(row.placement_id, 0) + amount
                break
    return found


def _contacts(connection: Connection, agency: str, from_on: date, to_on: date) -> Mapping[str, int]:
    c = agency_contacts.c
    query = (
        select(c.channel, c.code, c.recorded, c.violations > 0, func.count())
        .where(c.agency == agency, c.on.between(from_on, to_on))
        .group_by(c.channel, c.code, c.recorded, c.violations > 0)
    )
    found = dict.fromkeys(("contacts", "reached", "faulty", "conversations", "unrecorded"), 0)
    for channel, code, recorded, faulty, number in connection.execute(query):
        if channel == INCOMING:
            continue
        found["contacts"] += number
        found["faulty"] += number if faulty else 0
        found["reached"] += number if code not in UNANSWERED | SOMEBODY_ELSE else 0
        if channel == CALL and code not in UNANSWERED:
            found["conversations"] += number
            found["unrecorded"] += 0 if recorded else number
    return found


def _complaints(connection: Connection, agency: str, from_on: date, to_on: date) -> int:
    """Debts on which somebody complained: to the agency, or to the bank, which then called the debt back."""
    c, p = agency_contacts.c, placements.c
    told = select(c.case_id).where(c.agency == agency, c.code == COMPLAINT, c.on.between(from_on, to_on))
    called_back = select(p.case_id).where(
        p.agency == agency, p.cause == "complaint", p.recalled_on.between(from_on, to_on)
    )
    return len(set(connection.execute(told.union(called_back)).scalars()))


def _violations(connection: Connection, agency: str, from_on: date, to_on: date) -> Mapping[str, int]:
    c = agency_violations.c
    query = (
        select(c.violation, func.count())
        .where(c.agency == agency, c.found_on.between(from_on, to_on))
        .group_by(c.violation)
    )
    return {name: number for name, number in connection.execute(query)}


def _recalls(work: AgencyDesk, held: Sequence[Any], from_on: date, to_on: date) -> tuple[int, int]:
    """(confirmed in time, whose time is up or that were confirmed) of the recalls of a span."""
    calendar = work.strategy.calendar_of(work.desk.settings.jurisdiction)
    kept = due = 0
    for row in held:
        if row.recalled_on is None or not from_on <= row.recalled_on <= to_on:
            continue
        by = recalls.confirm_by(row.recalled_on, row.cause, work.policy, calendar)
        in_time = row.returned_on is not None and row.returned_on <= by
        kept, due = kept + in_time, due + (in_time or by < work.pen.day)
    return kept, due


def _certificates(work: AgencyDesk, held: Sequence[Any], from_on: date, to_on: date) -> tuple[int, int]:
    kept = due = 0
    for row in held:
        if row.returned_on is None or not from_on <= row.returned_on <= to_on:
            continue
        by = recalls.certify_by(row.returned_on, work.policy)
        in_time = row.certified_on is not None and row.certified_on <= by
        kept, due = kept + in_time, due + (in_time or by < work.pen.day)
    return kept, due
