"""Arrangements at the desk: reckoned, shown beforehand, proposed, signed, ended; and the list of those in force.

Amounts come from the core's last balance and from the contract's instalments; what may be agreed to is the business of
`tasks.arrangement` and `recourse.arrangements`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, select, union_all

from desk.clerk import Clerk
from desk.open_desk import Desk
from desk.operations import Operations
from recourse.arrangements import shown, split
from recourse.authority import amount_of
from recourse.climb.arrivals import Arrival
from recourse.days import months_later
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.gate_rows import rule_of
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, arrangement_dues, arrangements, cases, documents, instalments, papers
from recourse.money import Amounts
from recourse.offers import Offer
from recourse.schedules import DayCount, Method, Terms, beside, schedule
from recourse.seats import seats_of
from tasks import arrangement
from tasks.arrangement import NODES

CHARGES = ("penalty", "compound", "fees", "costs")
Waived = int | Literal["all"]


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person wants to agree on. `waive`: component → minor units, or all of it. `first_due_on` None: in a month.
    `listed`: the rows of a free plan. The rest as in `recourse.offers.Offer` and `recourse.schedules.Terms`."""

    kind: str
    times: int = 1
    whole: bool = True
    method: Method = "equal_principal"
    rate: str = ""
    count: DayCount = "30/360"
    days: int = 0
    end_of_month: bool = False
    first_due_on: date | None = None
    listed: tuple[tuple[date, int], ...] = ()
    waive: Mapping[str, Waived] = {}
    applied_on: date | None = None
    above_ability: str = ""
    willing: str = ""
    no_new_cards: bool = False
    terms: str = ""


class Line(msgspec.Struct, frozen=True):
    """One arrangement. Amounts in minor units; `met`, `missed`: instalments."""

    account: str
    kind: str
    state: str
    made_on: date
    until_on: date
    currency: str
    total: int
    waived: int
    instalments: int
    met: int
    missed: int
    next_due_on: date | None
    restructured: bool
    proof: str
    ended_on: date | None


def offer_of(work: Operations, facts: Facts, draft: Draft) -> Offer:
    """The offer that a draft comes to by the core's last balance; UserError where it comes to none."""
    where = f"account {facts.account_id}"
    if facts.amounts is None or facts.balance_as_of is None:
        raise UserError("the core has told no balance", where=where, mend="an arrangement needs what is owed")
    begun_on, plan_overdue, contract = _contract(work, facts)
    waived = _waived(facts.amounts, draft, where)
    if draft.whole:
        principal, charges = split(facts.amounts, waived)
    else:
        principal, charges = _arrears(facts, waived, plan_overdue, where)
    first = draft.first_due_on or months_later(work.pen.day, 1)
    rows = schedule(
        Terms(principal, charges, work.pen.day, first, draft.times, draft.method, draft.rate, draft.count, 1, draft.days,
              draft.end_of_month, draft.listed)
    )  # fmt: skip
    if not draft.whole:
        rows = beside(rows, contract)
    return Offer(
        draft.kind, rows, waived, facts.amounts, facts.balance_as_of, draft.whole, draft.method, draft.rate,
        draft.applied_on, begun_on, draft.above_ability, draft.willing, draft.no_new_cards, draft.terms,
    )  # fmt: skip


def _waived(owed: Amounts, draft: Draft, where: str) -> Amounts:
    """What is given up, by component; never more than is owed."""
    found = {}
    for name, wanted in draft.waive.items():
        if name not in Amounts.__struct_fields__:
            known = ", ".join(Amounts.__struct_fields__)
            raise UserError(f"no component {name!r}", where=where, mend=f"use one of {known}")
        has = getattr(owed, name)
        found[name] = has if wanted == "all" else wanted
        if not 0 <= found[name] <= has:
            raise UserError(f"{found[name]} minor units of {name}, of which {has} are owed", where=where)
    return Amounts(**found)


def _arrears(facts: Facts, waived: Amounts, plan_overdue: int | None, where: str) -> tuple[int, int]:
    """What is overdue of the instalments, and the charges that came on top and are not waived."""
    overdue = plan_overdue if plan_overdue is not None else facts.overdue
    if overdue is None or facts.amounts is None:
        raise UserError("what is overdue is not known", where=where, mend="a plan over the whole claim: --whole")
    if waived.principal or waived.interest:
        raise UserError("principal and interest are waived over the whole claim", where=where, mend="give --whole")
    charges = sum(getattr(facts.amounts, name) - getattr(waived, name) for name in CHARGES)
    return overdue, charges


def _contract(work: Operations, facts: Facts) -> tuple[date | None, int | None, list[tuple[date, int]]]:
    """When the loan began, what is overdue by its plan, and the instalments to come."""
    newest = (
        select(instalments.c.number, func.max(instalments.c.known_on).label("known_on"))
        .where(instalments.c.account_id == facts.account_id)
        .group_by(instalments.c.number)
        .subquery()
    )
    query = (
        select(instalments.c.due_on, instalments.c.amount)
        .join(newest, (newest.c.number == instalments.c.number) & (newest.c.known_on == instalments.c.known_on))
        .where(instalments.c.account_id == facts.account_id, instalments.c.due_on >= work.pen.day)
        .order_by(instalments.c.due_on)
    )
    with reading(work.desk.engine) as connection:
        row = connection.execute(
            select(accounts.c.opened_on, accounts.c.plan_overdue).where(accounts.c.account_id == facts.account_id)
        ).one()
        return row.opened_on, row.plan_overdue, [(due_on, amount) for due_on, amount in connection.execute(query)]


def preview(work: Operations, account_id: str, draft: Draft) -> dict[str, Any]:
    """What the gate would see, and in `against` what stands against it ("" = nothing)."""
    facts = work.one(account_id)
    policy, offer = work.strategy.policy_of(facts), offer_of(work, facts, draft)
    return {**shown(facts, offer, {}, policy, work.pen.day), "who": _who(work, facts, offer)}


def _who(work: Operations, facts: Facts, offer: Offer) -> str:
    """The seats that would have to agree, and the tier that says so."""
    policy = work.strategy.policy_of(facts)
    row = work.strategy.gate_book.authority(facts, work.strategy.ladder.by_name[NODES[offer.concedes]].action)
    amount = offer.waived.total if row.basis == "waived" else amount_of(facts, row.basis)
    tier = policy.tier_of(facts.currency, amount)
    return f"{row.action} {tier}: {', '.join(seats_of(rule_of(row, tier)))}"


def propose(work: Operations, account_id: str, draft: Draft) -> str:
    """Put an offer to its gate, which opens with the next sweep; the node."""
    facts = work.one(account_id)
    event = arrangement.proposed(facts, offer_of(work, facts, draft), work.strategy.policy_of(facts), work.pen.day)
    work.record([Arrival(facts.case_id, event)])
    return event.node


def sign(work: Operations, account_id: str, document: str = "", recording: str = "") -> date:
    """It was signed, or agreed on a recorded line: the arrangement is in force; its last day."""
    facts = work.one(account_id)
    if document:
        _refuse_unknown_paper(work.desk, facts, document)
    events = arrangement.signed(facts, work.strategy.policy_of(facts), document, recording, work.pen.day)
    work.record([Arrival(facts.case_id, event) for event in events])
    proposal = facts.file.proposal
    assert proposal is not None, "signed refuses a case without one"
    return proposal.offer.until_on


def _refuse_unknown_paper(desk: Desk, facts: Facts, sha256: str) -> None:
    """The signed paper lies in the file before it is relied on."""
    with reading(desk.engine) as connection:
        found = union_all(
            select(papers.c.sha256).where(papers.c.case_id == facts.case_id, papers.c.sha256 == sha256),
            select(documents.c.sha256).where(documents.c.account_id == facts.account_id, documents.c.sha256 == sha256),
        )
        if connection.execute(found).first() is None:
            raise UserError(
                f"no document {sha256[:12]!r} in the file", where=f"account {facts.account_id}",
                mend="`recourse documents add` it first",
            )  # fmt: skip


def end(clerk: Clerk, account_id: str, how: str, document: str = "") -> None:
    """Somebody who may ends the arrangement in force; by agreement on the signed paper in the file."""
    clerk.require("arrangement_ending")
    facts = clerk.case(account_id)
    if document:
        _refuse_unknown_paper(clerk.desk, facts, document)
    if document and document in {line.proof for line in lines(clerk.desk, account_id)}:
        raise UserError(
            "this is the paper by which it was made", where=f"account {account_id}", mend="give the one that ends it"
        )
    clerk.work.record([Arrival(facts.case_id, event) for event in arrangement.ended(facts, how, document)])


def lines(desk: Desk, account_id: str = "", *, all_: bool = False) -> list[Line]:
    """Arrangements in force, or `all_`; of one account, or of every: two queries."""
    query = (
        select(arrangements, accounts.c.account_id, accounts.c.currency)
        .join(cases, cases.c.case_id == arrangements.c.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
        .order_by(arrangements.c.made_on, arrangements.c.arrangement_id)
    )
    if account_id:
        query = query.where(accounts.c.account_id == account_id)
    if not all_:
        query = query.where(arrangements.c.state == "running")
    with reading(desk.engine) as connection:
        rows = connection.execute(query).all()
        dues = _dues(connection, query.with_only_columns(arrangements.c.arrangement_id).order_by(None))
    return [_line(row, dues.get(row.arrangement_id, [])) for row in rows]


def _dues(connection: Connection, wanted: Any) -> dict[str, list[Any]]:
    query = select(arrangement_dues).where(arrangement_dues.c.arrangement_id.in_(wanted))
    found: dict[str, list[Any]] = {}
    for due in connection.execute(query.order_by(arrangement_dues.c.arrangement_id, arrangement_dues.c.number)):
        found.setdefault(due.arrangement_id, []).append(due)
    return found


def _line(row: Any, dues: Sequence[Any]) -> Line:
    open_ = [due.due_on for due in dues if due.state in ("", "missed")]
    return Line(
        row.account_id, row.kind, row.state, row.made_on, row.until_on, row.currency, row.total, row.waived, len(dues),
        sum(due.state in ("kept", "late") for due in dues), sum(due.state == "missed" for due in dues),
        min(open_, default=None) if row.state == "running" else None, row.restructured, row.proof, row.ended_on,
    )  # fmt: skip


class Shown(msgspec.Struct, frozen=True):
    """An account's arrangements: the proposal that waits with what its gate sees, the plan in force, all there were.
    `recording`: one that has to be kept until the debt is paid."""

    proposal: Mapping[str, Any] | None
    proposal_id: str
    node: str
    state: str
    rows: Sequence[tuple[date, int, str]]
    received: int
    recording: str
    lines: Sequence[Line]


def show(work: Operations, account_id: str) -> Shown:
    """Everything of one account."""
    facts = work.one(account_id)
    file, policy = facts.file, work.strategy.policy_of(facts)
    waiting = file.proposal
    seen = shown(facts, waiting.offer, waiting.consents, policy, work.pen.day) if waiting is not None else None
    visit = file.visits.get(waiting.node) if waiting is not None else None
    plan = file.plan
    rows = [(due, amount, state) for (due, amount), state in zip(plan.rows, plan.states, strict=True)] if plan else []
    received = sum(amount for _, amount in plan.received) if plan is not None else 0
    at = (waiting.proposal_id, waiting.node) if waiting is not None else ("", "")
    state = visit.state if visit is not None else ""
    return Shown(seen, *at, state, rows, received, file.recording, lines(work.desk, account_id, all_=True))
