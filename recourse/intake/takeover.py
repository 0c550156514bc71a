"""Taking over a live book: debts that are being collected already get their cases, told of their past.

A debt gets a case when it is late, or lies in court or with an agency, or is off the books. What its past lacks parks it:
the brake `parked` and a work item that names the gaps. A debt that is new to the ledger and late for longer than
`takeover.history_from_dpd` says, without a history, is parked too. Everything is journaled in the name of
``import:<batch>``, effective on the day it happened and known on the day of the delivery. Statements do not grow with
the accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from recourse import events as ev
from recourse.climb.arrivals import PERSONAL, brake_id
from recourse.intake.job import Job
from recourse.intake.past_events import Past, Telling, in_order
from recourse.intake.past_gaps import PARKED, gaps_of, gaps_of_news, live
from recourse.intake.past_rows import PastRow, kept_row
from recourse.intake.reconcile import ITEM_COLUMNS, item_of
from recourse.ledger import bulk, sets, store
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import accounts, agencies, cases, instalments, parties, past_rows, work_items

HISTORY_RULE = "takeover.history_from_dpd"
NOTHING_OWED = "written_off_without_balance"


class _Book(msgspec.Struct):
    """What is known of the accounts concerned. `rows`: all that was told of the past, by account; `new`: of it, what this
    delivery told; `planned`: accounts that have a repayment plan; `status`: in the core, by account."""

    rows: dict[str, list[PastRow]]
    new: dict[str, list[PastRow]]
    planned: set[str]
    status: dict[str, str]
    agencies: set[str]

    def off_books(self, account: str) -> bool:
        return self.status.get(account) == "written_off"


def take_over(job: Job, past: Past | None, told: Sequence[PastRow], newcomers: Collection[str]) -> list[str]:
    """Open and complete the cases that this delivery takes over; the accounts that are parked now.

    `told`: rows that say something new; `newcomers`: accounts that the ledger did not have. Called when the delivery
    is written, in its transaction.
    """
    concerned = {row.account_id for row in told if row.account_id} | _late_newcomers(job, newcomers) | _fallen_late(job)
    persons = {row.party_id for row in told if not row.account_id}
    if persons:
        _learn_statuses(job, [row for row in told if row.name == "past_statuses"])
        concerned |= _accounts_of(job, persons)
    if not concerned:
        return []
    book = _book(job, sorted(concerned), told)
    dossiers, unopened = _dossiers(job, concerned, book)
    pen = Pen(job.pen.day, job.pen.at, f"import:{job.batch_id}")
    items = [_item(job, account, NOTHING_OWED) for account in unopened]
    parked = []
    for dossier in dossiers:
        _tell(job, dossier, past, book, pen)
        gaps = _gaps(job, dossier, book)
        _park(dossier, gaps, pen)
        items += [_item(job, dossier.facts.account_id, ", ".join(gaps))] if gaps else []
        parked += [dossier.facts.account_id] if gaps else []
        dossier.wake(pen.day)
    store.save(job.connection, dossiers)
    _keep_items(job, items, concerned)
    return parked


# --- which accounts ---------------------------------------------------------------------------------------------------


def _late_newcomers(job: Job, newcomers: Collection[str]) -> set[str]:
    """Debts that are new here and late for long, or off the books: somebody has worked them."""
    if not newcomers:
        return set()
    columns = (accounts.c.account_id, accounts.c.oldest_unpaid_due_on, accounts.c.book_status, accounts.c.jurisdiction,
               accounts.c.product)  # fmt: skip
    found = set()
    for account, due_on, status, law, product in job.kept_rows(columns, accounts.c.account_id, newcomers):
        late = due_on is not None and (job.pen.day - due_on).days >= _history_from(job, law, product)
        if status == "written_off" or (status == "active" and late):
            found.add(account)
    return found


def _history_from(job: Job, jurisdiction: str, product: str) -> int:
    return job.book.at(job.pen.day, jurisdiction, product).number(HISTORY_RULE)


def _fallen_late(job: Job) -> set[str]:
    """Accounts whose past was told while they were current, and that are late now for the first time; and those off the
    books that owe something after all."""
    owes = (
        select(work_items.c.account_id)
        .join(accounts, accounts.c.account_id == work_items.c.account_id)
        .where(work_items.c.kind == PARKED, work_items.c.closed_on.is_(None), work_items.c.what == NOTHING_OWED)
        .where(accounts.c.principal + accounts.c.interest > 0)
    )
    query = (
        select(past_rows.c.account_id)
        .distinct()
        .join(accounts, accounts.c.account_id == past_rows.c.account_id)
        .outerjoin(cases, cases.c.account_id == past_rows.c.account_id)
        .where(cases.c.case_id.is_(None), accounts.c.oldest_unpaid_due_on < job.pen.day)
    )
    return {*job.connection.execute(query).scalars(), *job.connection.execute(owes).scalars()}


def _accounts_of(job: Job, persons: Collection[str]) -> set[str]:
    """Accounts of persons that have an open case or call for one, or whose past was told."""
    query = select(accounts.c.account_id).where(
        sets.among(accounts.c.person_id, persons),
        (accounts.c.oldest_unpaid_due_on < job.pen.day)
        | accounts.c.account_id.in_(select(cases.c.account_id).where(cases.c.closed_on.is_(None)))
        | accounts.c.account_id.in_(select(past_rows.c.account_id)),
    )
    return set(job.connection.execute(query).scalars())


def _learn_statuses(job: Job, rows: Iterable[PastRow]) -> None:
    """What is known of persons binds from the first moment, for debts without a case too."""
    told: dict[str, list[PastRow]] = defaultdict(list)
    for row in rows:
        told[row.party_id].append(row)
    kept = dict(job.kept_rows((parties.c.party_id, parties.c.status), parties.c.party_id, told))
    changed = []
    for party, status in kept.items():
        known = [each for each in PERSONAL if each in {status, *(row.cells["status"] for row in told[party])}]
        if known and known[0] != status:
            changed.append((party, known[0]))
    bulk.update(job.connection, parties, ("party_id",), ("status",), changed)
    pen = Pen(job.pen.day, job.pen.at, f"import:{job.batch_id}")
    streams: dict[str, store.Recorded] = {
        f"party:{party}": [
            (ev.PartyStatusLearned(row.cells["status"], row.get("proof") or f"batch:{job.batch_id}"), row.happened_on)
            for row in told[party]
        ]
        for party in sorted(kept)
    }
    if streams:
        store.append_all(job.connection, streams, pen)


# --- what is known of them --------------------------------------------------------------------------------------------


def _book(job: Job, concerned: Sequence[str], told: Sequence[PastRow]) -> _Book:
    connection = job.connection
    owed_by = {
        account: (person, status)
        for account, person, status in job.kept_rows(
            (accounts.c.account_id, accounts.c.person_id, accounts.c.book_status), accounts.c.account_id, concerned
        )
    }
    theirs = _kept(job, past_rows.c.account_id, concerned)
    of_persons = _kept(job, past_rows.c.party_id, {person for person, _ in owed_by.values()}, only_persons=True)
    said = {(row.name, row.key): row for row in told}
    rows: dict[str, list[PastRow]] = defaultdict(list)
    by_person: dict[str, list[PastRow]] = defaultdict(list)
    for row in (*theirs, *of_persons):
        mine = said.get((row.name, row.key), row)
        (rows[row.account_id] if row.account_id else by_person[row.party_id]).append(mine)
    for account, (person, _) in owed_by.items():
        rows[account] += by_person.get(person, [])
    new = {account: [row for row in each if (row.name, row.key) in said] for account, each in rows.items()}
    planned = select(instalments.c.account_id).distinct().where(sets.among(instalments.c.account_id, concerned))
    register = set(connection.execute(select(agencies.c.agency)).scalars())
    status = {account: status for account, (_, status) in owed_by.items()}
    return _Book(rows, new, set(connection.execute(planned).scalars()), status, register)


def _kept(job: Job, column: Any, ids: Collection[str], *, only_persons: bool = False) -> list[PastRow]:
    columns = (past_rows.c.name, past_rows.c.row_key, past_rows.c.row, past_rows.c.account_id)
    found = job.kept_rows(columns, column, ids)
    return [kept_row(name, key, text) for name, key, text, account in found if not (only_persons and account)]


def _dossiers(job: Job, concerned: Collection[str], book: _Book) -> tuple[list[Dossier], list[str]]:
    """Open cases of the accounts, and new ones for those that call for one, by case id; and the accounts that are off the
    books and owe nothing by the core, so that a case would end at once."""
    connection = job.connection
    open_ = store.open_case_ids(connection, concerned)
    found = list(store.load(connection, open_.values()).values()) if open_ else []
    unopened = []
    for dossier in store.open_taken_over(connection, set(concerned) - open_.keys(), job.pen):
        account = dossier.facts.account_id
        if _calls_for_a_case(job, dossier, book):
            found.append(dossier)
        elif book.off_books(account) or any(row.name == "past_write_offs" for row in book.rows.get(account, ())):
            unopened.append(account)
    return sorted(found, key=lambda dossier: dossier.case_id), unopened


def _calls_for_a_case(job: Job, dossier: Dossier, book: _Book) -> bool:
    facts, today = dossier.facts, job.pen.day
    rows, status = book.rows.get(facts.account_id, []), book.status.get(facts.account_id)
    if facts.owed is not None and facts.owed <= 0:
        return any(live(row) for row in rows if row.name == "past_matters")
    if status not in ("active", "written_off"):
        return False
    if status == "written_off" or any(live(row) for row in rows):
        return True
    late = facts.oldest_unpaid_due_on is not None and facts.oldest_unpaid_due_on < today
    unknown = facts.account_id not in book.planned and facts.overdue != 0
    return late or (unknown and any(row.account_id for row in rows))


# --- what they are told -----------------------------------------------------------------------------------------------


def _tell(job: Job, dossier: Dossier, past: Past | None, book: _Book, pen: Pen) -> None:
    """Everything of the past on a case that is taken over now; on one that was before, what is new."""
    account = dossier.facts.account_id
    whole = dossier.new and dossier.file.episode == 1
    rows = in_order((book.rows if whole else book.new).get(account, []))
    if not rows and not dossier.new:
        return
    keys: dict[str, tuple[str, ...]] = {}
    for row in rows:
        keys[row.name] = (*keys.get(row.name, ()), row.key)
    dossier.record(ev.FactsImported(job.batch_id, account, keys), pen)
    if past is None:
        return
    facts = dossier.facts
    policy = job.book.at(pen.day, facts.jurisdiction, facts.product, dossier.file.strategy_on)
    telling = Telling(facts, past, pen.day, policy.numbers)
    for row in rows:
        for event, on in telling.of(row):
            dossier.record(event, pen, on)
    for event, on in telling.first(rows):
        dossier.record(event, pen, on)


def _gaps(job: Job, dossier: Dossier, book: _Book) -> tuple[str, ...]:
    """What it lacks. Where a person has looked, or Recourse opened the case itself, only what news lack counts."""
    facts, account = dossier.facts, dossier.facts.account_id
    if not dossier.new and not is_parked(dossier):
        return gaps_of_news(dossier.file, book.new.get(account, []), job.pen.day, book.agencies)
    return gaps_of(
        facts,
        book.rows.get(account, []),
        job.pen.day,
        has_plan=account in book.planned,
        off_books=book.off_books(account),
        history_from_dpd=_history_from(job, facts.jurisdiction, facts.product),
        agencies=book.agencies,
    )


def is_parked(dossier: Dossier) -> bool:
    return any(hold.kind == PARKED for hold in dossier.file.holds.values())


def _park(dossier: Dossier, gaps: Sequence[str], pen: Pen) -> None:
    """Brake a case that lacks something, once."""
    if gaps and not is_parked(dossier):
        hold_id = brake_id(dossier.case_id, PARKED, pen.day)
        dossier.record(ev.BrakePlaced(hold_id, PARKED, None, ", ".join(gaps)), pen)


def _item(job: Job, account: str, what: str) -> tuple[Any, ...]:
    return (item_of(PARKED, account), PARKED, account, job.pen.day, None, what)


def _keep_items(job: Job, items: Sequence[tuple[Any, ...]], looked_at: Collection[str]) -> None:
    """Open and update work items; where nothing is lacking any more the item says so, and a person releases."""
    columns = (work_items.c.account_id, work_items.c.item_id, work_items.c.opened_on, work_items.c.what)
    open_ = {
        row[0]: row[1:]
        for row in job.connection.execute(
            select(*columns).where(work_items.c.kind == PARKED, work_items.c.closed_on.is_(None))
        )
        if row[0] in looked_at
    }
    lacking = {item[2]: item for item in items}
    rows = [
        (item, PARKED, account, open_[account][1] if account in open_ else on, None, what)
        for account, (item, _, _, on, _, what) in lacking.items()
    ]
    rows += [
        (item, PARKED, account, opened_on, None, "")
        for account, (item, opened_on, what) in open_.items()
        if account not in lacking and what
    ]
    bulk.upsert(job.connection, work_items, ITEM_COLUMNS, rows)
