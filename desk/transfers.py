"""Selling claims in bulk, from the proposal of a pool to what is left to do after the sale. Set-based.

A pool is a stream of its own, ``portfolio:pool:<id>``; what it does to a debt stands in the journal of the debt's case.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from desk.operations import Operations
from recourse import events as ev
from recourse.arrears import dpd
from recourse.canonical import digest
from recourse.climb import arrivals
from recourse.climb.arrivals import Arrival
from recourse.clocks import limitation_ends_on
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.ledger import projections, sets, store
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import accounts, balances, cases, pool_claims, pools
from recourse.money import Amounts, to_text
from tasks.npl_transfer import Refusal, claim_id, objections, shared

POOL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
COMPONENTS = Amounts.__struct_fields__
GATES = ("npl_pool", "npl_transfer")


class Proposed(msgspec.Struct, frozen=True):
    """What came of a proposal: the accounts in the pool, and every refusal with its reason and rule."""

    pool_id: str
    pooled: tuple[str, ...]
    refused: tuple[Refusal, ...]


def candidates(work: Operations, product: str, days_late: int) -> list[str]:
    """Accounts with an open case, of a product ("" = any), that are behind by so many days at least."""
    query = (
        select(accounts.c.account_id, accounts.c.oldest_unpaid_due_on)
        .join(cases, cases.c.account_id == accounts.c.account_id)
        .where(cases.c.closed_on.is_(None), accounts.c.oldest_unpaid_due_on.is_not(None))
        .order_by(accounts.c.account_id)
    )
    if product:
        query = query.where(accounts.c.product == product)
    with reading(work.desk.engine) as connection:
        return [account for account, due_on in connection.execute(query) if (work.pen.day - due_on).days >= days_late]


def propose(work: Operations, pool_id: str, cut_off_on: date, account_ids: Sequence[str]) -> Proposed:
    """Put a pool together of those accounts that may be sold; none may: nothing is recorded.

    The amounts are those of the newest balance on or before the cut-off day.
    """
    day = work.pen.day
    if not POOL_ID.fullmatch(pool_id):
        raise UserError(f"not a pool's name: {pool_id!r}", mend="letters, digits, - and _, 40 at most")
    if cut_off_on > day:
        raise UserError(
            f"the cut-off {cut_off_on} lies after {day}", mend="claims are sold as they stood on a day past"
        )
    if not account_ids:
        raise UserError("no accounts to sell", mend="name some")
    found = work.facts(account_ids)
    refused = [Refusal(account, "no such account, or no case of it") for account in account_ids if account not in found]
    with writing_on(work.desk.engine, day) as connection:
        if connection.execute(select(pools.c.pool_id).where(pools.c.pool_id == pool_id)).first():
            raise UserError(f"pool {pool_id!r} is there already", mend="give another name")
        sold = _amounts_on(connection, list(found), cut_off_on)
        eligible: list[Facts] = []
        for facts in sorted(found.values(), key=lambda each: each.account_id):
            against = _objections(work, facts, sold)
            refused += against
            eligible += [] if against else [facts]
        _one_currency(eligible)
        if eligible:
            _record_pool(connection, work, pool_id, cut_off_on, eligible, sold)
    return Proposed(pool_id, tuple(facts.account_id for facts in eligible), tuple(refused))


def _objections(work: Operations, facts: Facts, sold: Mapping[str, Amounts]) -> list[Refusal]:
    against = objections(facts, work.strategy.policy_of(facts), work.pen.day)
    if facts.file.pool:
        against.append(Refusal(facts.account_id, f"in pool {facts.file.pool}"))
    if facts.account_id not in sold or sold[facts.account_id].total <= 0:
        against.append(Refusal(facts.account_id, "no balance on or before the cut-off day"))
    return against


def _amounts_on(connection: Connection, account_ids: Sequence[str], day: date) -> dict[str, Amounts]:
    """By account, what was owed on a day: the last word on its newest balance up to then. One query."""
    b = balances.c
    newest = (
        select(b.account_id, func.max(b.as_of).label("as_of"))
        .where(sets.among(b.account_id, account_ids), b.as_of <= day)
        .group_by(b.account_id)
        .subquery()
    )
    query = (
        select(b.account_id, *(b[name] for name in COMPONENTS))
        .join(newest, (newest.c.account_id == b.account_id) & (newest.c.as_of == b.as_of))
        .order_by(b.account_id, b.known_on)
    )
    return {account: Amounts(*parts) for account, *parts in connection.execute(query)}


def _one_currency(eligible: Sequence[Facts]) -> None:
    currencies = sorted({facts.currency for facts in eligible})
    if len(currencies) > 1:
        raise UserError(f"claims in {' and '.join(currencies)}", mend="one pool, one currency")


def _record_pool(
    connection: Connection, work: Operations, pool_id: str, cut_off_on: date, eligible: Sequence[Facts],
    sold: Mapping[str, Amounts],
) -> None:  # fmt: skip
    total = sum((sold[facts.account_id] for facts in eligible), Amounts())
    allowed = work.strategy.policy_of(eligible[0]).eligibility
    rule = allowed[0].rule if allowed is not None else ""
    _append(
        connection, work.pen,
        ev.PoolProposed(pool_id, cut_off_on, eligible[0].currency, len(eligible), total, rule),
    )  # fmt: skip
    joined = [
        Arrival(
            facts.case_id,
            ev.ClaimPooled(claim_id(pool_id, facts.case_id), pool_id, cut_off_on, sold[facts.account_id]),
        )
        for facts in eligible
    ]
    arrivals.record(connection, work.pen, joined)


PoolEvent = ev.PoolProposed | ev.PoolTaped | ev.PoolAwarded | ev.PoolUnsold


def _append(connection: Connection, pen: Pen, event: PoolEvent) -> None:
    """An event of a pool, in its stream, with the row that follows from it."""
    store.append(connection, f"portfolio:pool:{event.pool_id}", [(event, None)], pen)
    projections.project(connection, [("", "", event, pen.day)])


# --- tape and award -------------------------------------------------------------------------------------------------


def pool_of(connection: Connection, pool_id: str, *states: str) -> Any:
    """A pool's row, locked where it has to be in one of some states; one that is not there, or in none, is refused."""
    query = select(pools).where(pools.c.pool_id == pool_id)
    row = connection.execute(query.with_for_update() if states else query).first()
    if row is None:
        raise UserError(f"no pool {pool_id!r}", mend="see `recourse transfer list`")
    if states and row.state not in states:
        raise UserError(
            f"pool {pool_id!r} is {row.state}", mend=f"this is done with a pool that is {' or '.join(states)}"
        )
    return row


def claims_of(connection: Connection, pool_id: str, *states: str) -> dict[str, Any]:
    """Case → claim of a pool, those in the given states, or all."""
    query = (
        select(pool_claims, cases.c.account_id)
        .join(cases, cases.c.case_id == pool_claims.c.case_id)
        .where(pool_claims.c.pool_id == pool_id)
        .order_by(cases.c.account_id)
    )
    if states:
        query = query.where(pool_claims.c.state.in_(states))
    return {row.case_id: row for row in connection.execute(query)}


class Tape(msgspec.Struct, frozen=True):
    """A pool's data tape: the file, its hash, and the claims that it lists in its order (case, claim in minor units)."""

    data: bytes
    sha256: str
    claims: tuple[tuple[str, int], ...]


def write_tape(work: Operations, pool_id: str) -> Tape:
    """The data tape of a pool whose gates are all answered; its hash is recorded and binds the award."""
    with writing_on(work.desk.engine, work.pen.day) as connection:
        row = pool_of(connection, pool_id, "proposed", "taped")
        members = _members(connection, work, pool_id)
        tape = _tape(work, row, members)
        if tape.sha256 != row.tape:
            _append(
                connection, work.pen,
                ev.PoolTaped(pool_id, tape.sha256, len(tape.claims), sum(amount for _, amount in tape.claims)),
            )  # fmt: skip
        return tape


def _members(connection: Connection, work: Operations, pool_id: str) -> list[tuple[Dossier, Any]]:
    """Claims whose gate said yes. One whose case ended leaves; while some still wait there is no tape."""
    claims = claims_of(connection, pool_id, "in")
    dossiers = store.load(connection, claims)
    members, gone, waiting = [], [], 0
    for case_id, claim in claims.items():
        dossier = dossiers[case_id]
        visit = dossier.file.visits.get("npl_pool")
        if dossier.file.end:
            gone.append(Arrival(case_id, ev.ClaimUnpooled(claim.claim_id, pool_id, dossier.file.end)))
        elif visit is not None and visit.state == "left" and visit.outcome == "pooled":
            members.append((dossier, claim))
        else:
            waiting += 1
    if waiting:
        raise UserError(f"{waiting} claims of pool {pool_id!r} wait at their gate", mend="see `recourse gates list`")
    if gone:
        arrivals.record(connection, work.pen, gone)
    if not members:
        raise UserError(f"pool {pool_id!r} has no claim left", mend="drop it: `recourse transfer unsold`")
    return members


TAPE = (
    "claim", "product", "branch", "currency", "opened_terms_amount", "matures_on", "cut_off_on", *COMPONENTS, "total",
    "days_late", "five_tier", "written_off", "stage", "guarantees", "last_paid_on", "limitation_ends_on",
)  # fmt: skip
"""Columns of a tape: no name, no number of a person or an account; `claim` is the key to ask the bank by."""


def _tape(work: Operations, row: Any, members: Sequence[tuple[Dossier, Any]]) -> Tape:
    out = io.StringIO()
    written = csv.writer(out, lineterminator="\r\n")
    written.writerow(TAPE)
    ordered = sorted(members, key=lambda each: str(each[1].claim_id))
    for dossier, claim in ordered:
        written.writerow(_tape_row(work, row, dossier.facts, claim))
    data = out.getvalue().encode()
    listed = tuple((dossier.case_id, total_of(claim)) for dossier, claim in ordered)
    return Tape(data, digest(data), listed)


def total_of(claim: Any) -> int:
    """What a claim is sold for as owed, in minor units."""
    return sum(getattr(claim, name) for name in COMPONENTS)


def _tape_row(work: Operations, row: Any, facts: Facts, claim: Any) -> tuple[object, ...]:
    file, terms = facts.file, facts.terms
    numbers = work.strategy.policy_of(facts).numbers
    return (
        claim.claim_id, facts.product, facts.branch, facts.currency,
        "" if terms.original_amount is None else to_text(terms.original_amount, facts.currency), terms.matures_on or "",
        row.cut_off_on, *(to_text(getattr(claim, name), facts.currency) for name in COMPONENTS),
        to_text(total_of(claim), facts.currency), dpd(facts.oldest_unpaid_due_on, facts.pauses, row.cut_off_on),
        terms.five_tier or "", "yes" if file.written_off_on else "no", file.stage, len(facts.security.guarantees),
        file.last_paid_on or "", limitation_ends_on(facts, numbers) or "",
    )  # fmt: skip


def award(work: Operations, pool_id: str, buyer: str, buyer_kind: str, price: int) -> int:
    """Award a taped pool: the price is shared over its claims, exactly, and the second gate opens for each.

    Returns how many claims were awarded.
    """
    if not buyer.strip() or price <= 0:
        raise UserError("an award needs a buyer and a price above zero", mend="--buyer NAME --price AMOUNT")
    with writing_on(work.desk.engine, work.pen.day) as connection:
        row = pool_of(connection, pool_id, "taped")
        members = _members(connection, work, pool_id)
        tape = _tape(work, row, members)
        if tape.sha256 != row.tape:
            raise UserError(f"pool {pool_id!r} has changed since its tape", mend="write the tape anew")
        allowed = work.strategy.policy_of(members[0][0].facts).eligibility
        if allowed is None or buyer_kind not in allowed[1].buyers:
            known = ", ".join(allowed[1].buyers) if allowed is not None else "nobody: no rule is in force"
            raise UserError(f"a buyer of kind {buyer_kind!r} may not buy", mend=f"use one of: {known}")
        _append(connection, work.pen, ev.PoolAwarded(pool_id, buyer, buyer_kind, price, allowed[1].binds))
        parts = shared(price, [amount for _, amount in tape.claims])
        claims = {dossier.case_id: claim for dossier, claim in members}
        awarded = [
            Arrival(case_id, ev.ClaimAwarded(claims[case_id].claim_id, pool_id, buyer, part))
            for (case_id, _), part in zip(tape.claims, parts, strict=True)
        ]
        return arrivals.record(connection, work.pen, awarded)


def unsold(work: Operations, pool_id: str, reason: str) -> int:
    """A pool was not sold: every claim leaves it and its tracks resume. Returns how many left."""
    if not reason.strip():
        raise UserError("say why the pool was not sold", mend="give --reason TEXT")
    with writing_on(work.desk.engine, work.pen.day) as connection:
        pool_of(connection, pool_id, "proposed", "taped", "awarded")
        if claims_of(connection, pool_id, "transferred"):
            raise UserError(f"claims of pool {pool_id!r} are sold already", mend="what is sold stays sold")
        _append(connection, work.pen, ev.PoolUnsold(pool_id, reason))
        claims = claims_of(connection, pool_id, "in", "awarded")
        dossiers = store.load(connection, claims)
        left: list[Arrival] = []
        for case_id, claim in claims.items():
            left.append(Arrival(case_id, ev.ClaimUnpooled(claim.claim_id, pool_id, "unsold")))
            left += [
                Arrival(case_id, ev.VisitLeft(node, "withdrawn", "unsold"))
                for node, _ in dossiers[case_id].file.open_visits()
                if node in GATES
            ]
        arrivals.record(connection, work.pen, left)
        return len(claims)
