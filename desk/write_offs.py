"""The write-off desk's lists and duties: what is under way and what its file lacks, what was booked, the year's reports.

Set-based: a handful of queries for any number of accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, exists, or_, select

from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.intake.plan_load import SIGN, allocation
from recourse.ledger import sets, store
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases, documents, documents_made, payments, visits, write_offs
from recourse.ledger.tables import papers as received
from recourse.letters.write_off import criterion_met
from recourse.money import Amounts
from recourse.policy.values import Criterion
from recourse.readiness import Gap, gaps, missing
from tasks import termination
from tasks.write_off import NODE, WriteOff, concluded, listed, traits_of

CHUNK = 5_000
REPORTS = ("audit", "report")
RULINGS = frozenset({"ended_for_now", "enforcement_suspended", "enforcement_terminated"})

Recovered = Mapping[str, tuple[int, int, date | None]]
"""account → recovered since the base day: principal, all else, the last day."""


class Line(msgspec.Struct, frozen=True):
    """One write-off, under way or booked. Amounts in minor units; `outstanding`: written off and not recovered since."""

    account: str
    state: str
    criterion: str
    currency: str
    base_on: date | None
    amount: int | None
    recovered: int
    outstanding: int | None
    instructed_on: date | None
    booked_on: date | None
    receipt: str
    missing: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    """What is missing, with its owner and how to fill or waive it."""


def lines(desk: Desk, day: date, month: str = "") -> list[Line]:
    """Write-offs under way; with a month (YYYY-MM) also what was instructed or booked in it."""
    first, after = _month(month) if month else (None, None)
    with reading(desk.engine) as connection:
        found = _latest(connection, _wanted(connection, first, after))
        dossiers = store.load(connection, found, lock=False)
        names = [dossier.facts.account_id for dossier in dossiers.values()]
        papers = _papers(connection, list(dossiers), names)
        money = recovered(connection, {row.account_id: row.base_on for row in found.values() if row is not None})
    strategy = desk.strategy(day)
    return sorted(
        (
            _line(dossier.facts, found[case_id], strategy.policy_of(dossier.facts), papers, money, day)
            for case_id, dossier in dossiers.items()
        ),
        key=lambda line: (line.state, line.account),
    )


def _month(text: str) -> tuple[date, date]:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise UserError(f"not a month: {text!r}", where="--month", mend="write YYYY-MM, such as 2026-03") from None
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _wanted(connection: Connection, first: date | None, after: date | None) -> list[str]:
    under_way = select(visits.c.case_id).where(visits.c.node == NODE, visits.c.state != "left")
    found = set(connection.execute(under_way).scalars())
    if first is not None:
        w = write_offs.c
        within = or_(
            (w.instructed_on >= first) & (w.instructed_on < after), (w.booked_on >= first) & (w.booked_on < after)
        )
        found |= set(connection.execute(select(w.case_id).where(within)).scalars())
    return sorted(found)


def _latest(connection: Connection, case_ids: Sequence[str]) -> dict[str, Any]:
    """Case → its latest instruction (None: none went out yet)."""
    query = booked_rows().where(sets.among(write_offs.c.case_id, case_ids))
    rows = connection.execute(query.order_by(write_offs.c.instructed_on, write_offs.c.instruction_id))
    found: dict[str, Any] = dict.fromkeys(case_ids)
    return found | {row.case_id: row for row in rows}


def booked_rows() -> Select[Any]:
    """Instructions with what the account is."""
    of_account = (
        accounts.c[name] for name in ("account_id", "person_id", "currency", "branch", "product", "book_status")
    )
    return (
        select(write_offs, *of_account)
        .join(cases, cases.c.case_id == write_offs.c.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
    )


def _papers(connection: Connection, case_ids: Sequence[str], account_ids: Sequence[str]) -> dict[str, set[str]]:
    """Case or account → kinds of the documents that lie in its file."""
    made = select(documents_made.c.case_id, documents_made.c.kind).where(sets.among(documents_made.c.case_id, case_ids))
    came = select(documents.c.account_id, documents.c.kind).where(sets.among(documents.c.account_id, account_ids))
    brought = select(received.c.case_id, received.c.kind).where(sets.among(received.c.case_id, case_ids))
    found: dict[str, set[str]] = {}
    for query in (made, came, brought):
        for owner, kind in connection.execute(query):
            found.setdefault(owner, set()).add(kind)
    return found


def recovered(connection: Connection, base: Mapping[str, date]) -> Recovered:
    """What came in after each account's base day, as the core allocated it; what it did not allocate is principal."""
    if not base:
        return {}
    p = payments.c
    query = select(p.account_id, p.paid_on, p.amount, p.kind, p.row).where(
        sets.among(p.account_id, list(base)), p.paid_on > min(base.values())
    )
    found: dict[str, tuple[int, int, date | None]] = {}
    for account, paid_on, amount, kind, rest in connection.execute(query.order_by(p.paid_on, p.payment_id)):
        if paid_on <= base[account]:
            continue
        signed = SIGN[kind] * amount
        parts = allocation(rest, SIGN[kind]) or Amounts(signed)
        principal, other, _ = found.get(account, (0, 0, None))
        found[account] = (principal + parts.principal, other + signed - parts.principal, paid_on)
    return found


def _line(
    facts: Facts, row: Any, policy: Any, papers: Mapping[str, set[str]], money: Recovered, day: date
) -> Line:  # fmt: skip
    visit = facts.file.visits.get(NODE)
    met = _criterion(facts, row, policy, day)
    kinds = frozenset(papers.get(facts.case_id, set()) | papers.get(facts.account_id, set()))
    amount = _total(row) if row is not None else facts.owed
    principal, other, _ = money.get(facts.account_id, (0, 0, None))
    state = visit.state if visit is not None and visit.state != "left" else ""
    lacking = missing(listed(facts, policy, traits_of(facts, met.papers), kinds).lines) if met is not None else ()
    return Line(
        facts.account_id,
        state if row is None or (state and row.state != "instructed") else row.state,
        met.name if met is not None else "",
        facts.currency,
        row.base_on if row is not None else facts.balance_as_of,
        amount,
        principal + other,
        None if amount is None else amount - principal - other,
        row.instructed_on if row is not None else None,
        row.booked_on if row is not None else None,
        row.receipt if row is not None else "",
        lacking,
        gaps(policy, WriteOff.packet, lacking, facts.account_id),
    )


def _criterion(facts: Facts, row: Any, policy: Any, day: date) -> Criterion | None:
    """The criterion it went out under, else the one that holds today."""
    if row is not None:
        return next((value for source, value in policy.criteria if source.rule == row.criterion), None)
    met = criterion_met(facts, policy, day)
    return None if met is None else met[1]


def _total(row: Any) -> int:
    return sum(getattr(row, name) for name in Amounts.__struct_fields__)


# --- other debts of the same borrower (art 9) -----------------------------------------------------------------------


def following(desk: Desk) -> list[tuple[str, str, str]]:
    """(account, person, because of account): debts that may follow (财金〔2017〕90号 9): another debt of the same borrower
    was written off after the court ended, suspended or terminated its enforcement, and this one has no security."""
    first = write_offs.join(cases, cases.c.case_id == write_offs.c.case_id)
    other = cases.alias()
    pending = exists().where(write_offs.c.case_id == other.c.case_id, write_offs.c.state != "refused").correlate(other)
    query = (
        select(other.c.case_id, cases.c.account_id, cases.c.file)
        .select_from(first.join(other, other.c.person_id == cases.c.person_id))
        .where(
            write_offs.c.state == "booked",
            other.c.closed_on.is_(None),
            other.c.account_id != cases.c.account_id,
            ~pending,
        )
    )
    with reading(desk.engine) as connection:
        because = {
            case_id: account
            for case_id, account, file in connection.execute(query.order_by(other.c.case_id, cases.c.account_id))
            if msgspec.json.decode(file).get("stage", "") in RULINGS
        }
        dossiers = store.load(connection, because, lock=False)
    return sorted(
        (dossier.facts.account_id, dossier.facts.person_id, because[case_id])
        for case_id, dossier in dossiers.items()
        if not dossier.facts.security.collateral
    )


# --- duties ---------------------------------------------------------------------------------------------------------


def conclude(work: Operations, account: str, result: str, proof: str) -> None:
    """责任认定 of one write-off was concluded."""
    facts = work.one(account)
    work.record([Arrival(facts.case_id, concluded(facts, result, proof))])


def report_year(work: Operations, year: int, what: str, proof: str) -> int:
    """The year's special audit or report was done: recorded on each of the year's write-offs that still lacks it."""
    if what not in REPORTS:
        raise UserError(f"{what!r} is no yearly duty", mend="audit or report")
    if not proof.strip():
        raise UserError("a report needs its proof", mend="give --proof WHERE")
    if work.pen.day <= date(year, 12, 31):
        raise UserError(f"the year {year} is not over", mend="report it when it is")
    w = write_offs.c
    with reading(work.desk.engine) as connection:
        within = (w.state == "booked", w.booked_on >= date(year, 1, 1), w.booked_on <= date(year, 12, 31))
        ids = list(connection.execute(select(w.case_id).where(*within).order_by(w.case_id)).scalars())
    if not ids:
        raise UserError(f"nothing was written off in {year}", mend="see `recourse writeoff list --month YYYY-MM`")
    done = 0
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with reading(work.desk.engine) as connection:
            open_ = [
                case_id
                for case_id, dossier in store.load(connection, part, lock=False).items()
                if f"write_off_{what}:{year}" in dossier.file.timers
            ]
        done += work.record([Arrival(case_id, ev.WriteOffReported(what, year, proof)) for case_id in open_])
    return done


def propose_end(work: Operations, account: str, ground: str, proof: str) -> None:
    """Propose to end a claim for good; its gate opens with the next sweep."""
    facts = work.one(account)
    event = termination.proposed(facts, work.strategy.policy_of(facts), ground, proof, work.pen.day)
    work.record([Arrival(facts.case_id, event)])
