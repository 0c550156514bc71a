"""Load one delivery into the ledger: read, judge, and write it whole or not at all.

What is the same as before changes nothing, row by row; the same folder again writes nothing at all. The statements are
the same number however many accounts there are. What is read is in `read`; what happens to each table in the modules
`people_load`, `account_load`, `balance_load`, `plan_load`; what cases learn of it in `rewake`; what is held against the
bank's own figures in `reconcile`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from sqlalchemy import Connection, Engine, func, select

from recourse import events as ev
from recourse.canonical import derived_id
from recourse.documents.store import DocumentStore
from recourse.errors import UserError
from recourse.intake import credit, interest_check, reconcile, rewake, sold
from recourse.intake.account_load import load_accounts
from recourse.intake.balance_load import crossings, load_balances, with_exposure, with_statuses
from recourse.intake.classes import check_classes
from recourse.intake.deposit_load import load_deposits
from recourse.intake.files import find_files
from recourse.intake.job import Job, fresh
from recourse.intake.layout import TABLES
from recourse.intake.past import PAST
from recourse.intake.past_events import Past
from recourse.intake.past_load import accounts_told, load_past
from recourse.intake.people_load import DECEASED, Learned, load_people
from recourse.intake.plan_load import load_plans
from recourse.intake.read import Delivery, read_delivery
from recourse.intake.sift import sift
from recourse.intake.standing import ARREARS, COLUMNS, CONDENSED, DEPOSITS, MONEY, TOLD, standing
from recourse.intake.takeover import take_over
from recourse.intake.totals import ControlTotal
from recourse.ledger import sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import accounts, batches, last_files, parties, quarantine
from recourse.ledger.tables import documents as papers
from recourse.ledger.vault import Vault
from recourse.policy.book import PolicyBook

STREAM = "portfolio:intake"
WRITTEN = ((*TOLD, *CONDENSED), ARREARS, MONEY, DEPOSITS)
"""Columns of an account that are written together."""
MATERIAL = ("product", "jurisdiction", "entity", "branch", *CONDENSED, "book_status", "oldest_unpaid_due_on")
"""Columns of an account whose change wakes its case, whatever the change; amounts wake by thresholds."""

PAPER_COLUMNS = ("document_id", "account_id", "party_id", "kind", "dated_on", "sha256", "original_at", "known_on")
NAMING_PARTIES = frozenset(
    name for name, table in TABLES.items() if any(column.refers_to == "parties" for column in table.columns)
)


class Loaded(msgspec.Struct, frozen=True):
    """What came of a delivery, in rows by table: `accepted` said something new, `unchanged` nothing new, `quarantined`
    were set aside. `reanchored`: accounts whose past has moved. `work_items`: ids of the work items opened."""

    as_of: date
    accepted: dict[str, int]
    quarantined: dict[str, int]
    unchanged: dict[str, int]
    totals_off: tuple[ControlTotal, ...] = ()
    warnings: tuple[str, ...] = ()
    reanchored: tuple[str, ...] = ()
    work_items: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
    """Accounts that were taken over and wait for a person to look at them."""
    batch_id: str = ""
    """Empty when nothing was written."""


def load(
    engine: Engine,
    vault: Vault,
    book_of_rules: PolicyBook,
    folder: Path,
    pen: Pen,
    *,
    as_of: date | None = None,
    documents: DocumentStore | None = None,
    past: Past | None = None,
) -> Loaded:
    """Load the delivery in `folder`; `pen.day` is the business day on which the bank learned it.

    `documents`: where scans are kept; without it only their digests are. `past`: which steps the rows of the past stand
    for; without it no delivery with such rows is loaded. UserError, with nothing written: as `read_delivery`, and when
    the delivery describes a day after the business day.
    """
    with writing_on(engine, pen.day) as connection:
        if connection.dialect.name == "postgresql":  # one loading at a time; SQLite has one writer anyway
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (STREAM,))
        before = {row.name: row for row in connection.execute(select(last_files))}
        currencies = sets.frame(connection, (accounts.c.account_id, accounts.c.currency))
        delivery = _read(connection, folder, as_of, currencies, before)
        if delivery.as_of > pen.day:
            raise UserError(
                f"describes {delivery.as_of}, after the business day {pen.day}",
                where=str(folder),
                mend="open that day first",
            )
        job = Job(connection, vault, book_of_rules, pen, delivery, frozenset(currencies["account_id"].to_list()))
        count, newest = connection.execute(select(func.count(), func.max(batches.c.as_of))).one()
        job.batch_id = derived_id("batch", count, delivery.as_of, *sorted(delivery.file_hashes.values()))
        if newest is not None and delivery.as_of < newest:
            job.warnings.append(
                f"describes {delivery.as_of}, and {newest} is loaded already: it replaces all but newer balances"
            )
        if past is None and any(table.name in delivery.tables for table in PAST):
            raise UserError("tells of the past, and no ladder is given", where=str(folder), mend="load it at the desk")
        return _load(job, currencies, before, folder, documents, past)


def _read(
    connection: Connection, folder: Path, as_of: date | None, currencies: pl.DataFrame, before: dict[str, Any]
) -> Delivery:
    """Judge the files; those that are the last ones of their table, and had no row set aside, are not read again."""
    known = None
    if NAMING_PARTIES & find_files(folder)[0].keys():
        known = sets.frame(connection, (parties.c.party_id,))["party_id"]
    same = [row.sha256 for row in before.values() if row.clean]
    return read_delivery(folder, known_accounts=currencies, known_parties=known, as_of=as_of, known_hashes=same)


def _load(
    job: Job, currencies: pl.DataFrame, before: dict[str, Any], folder: Path, documents: DocumentStore | None,
    past: Past | None,
) -> Loaded:  # fmt: skip
    sift(job, currencies)
    was, state = standing(job)
    owed_by = dict(state.select("account_id", "person_id").rows())
    debtors = {} if job.rows("accounts") is None else owed_by
    learned = load_people(job, debtors)
    state, statuses = load_accounts(job, state, learned.fields)
    state, told, balanced = load_balances(job, state)
    state = with_exposure(with_statuses(state, statuses | told)) if state.height else state
    state, plans = load_plans(job, state, balanced)
    state, saved = load_deposits(job, state)
    _papers(job, folder, documents)
    happened = load_past(job, owed_by)
    reconcile.load_totals(job)
    reported = credit.load_reports(job)
    items = reconcile.check_overdue(job, state, {*balanced, *plans.by_account}, plans.least)
    interest = interest_check.check(job, state, balanced, plans)
    now = state.head(was.height)
    changed = _changed(was, now, (MATERIAL, *WRITTEN))
    woken = {*now["account_id"].filter(changed[0]), *crossings(job, was, now), *plans.new_money, *saved} & job.known
    woken |= accounts_told(job, happened)
    with_events = (plans.new_money.keys() | interest.accounts) & job.known
    concerned = rewake.lock(job, woken | interest.accounts, with_events, learned.dead)
    _accounts(job, was, now, changed[1:], state.tail(state.height - was.height))
    news = _quarantined(job, before) or job.changes_something or _other_files(job, before)
    if not news:
        return _loaded(job, before, (), ())
    _batch(job, before)
    job.write()
    paid = was.filter(pl.col("account_id").is_in(list(plans.new_money)))
    due_before = dict(paid.select("account_id", "oldest_unpaid_due_on").rows())
    interest.tell(job, concerned.told.values())
    reanchored = rewake.tell(job, concerned, plans, due_before, learned.dead)
    rewake.bump(job, concerned)
    parked = take_over(job, past, happened, state.tail(state.height - was.height)["account_id"].to_list())
    items += (
        *interest.items,
        *reconcile.check_totals(job, reconcile.month_ends(job)),
        *sold.to_forward(job, plans.new_money),
        *check_classes(job),
    )
    job.write()
    items += tuple(credit.check_told(job.connection, job.book, job.pen, reported))
    _journal(job, learned)
    loaded = _loaded(job, before, reanchored, items)
    return msgspec.structs.replace(loaded, batch_id=job.batch_id, parked=tuple(sorted(parked)))


# --- accounts and papers ----------------------------------------------------------------------------------------------


def _changed(was: pl.DataFrame, now: pl.DataFrame, groups: Sequence[Sequence[str]]) -> list[pl.Series]:
    """For each group of columns: which accounts differ in some of them, as far as they were read.

    The rows of both frames are in one order.
    """
    moved = {name for name in was.columns if not was[name].equals(now[name])}
    both = pl.concat([was, now.rename(_now)], how="horizontal")
    differ = both.select(
        pl.any_horizontal(
            pl.lit(False), *(pl.col(name).ne_missing(pl.col(_now(name))) for name in names if name in moved)
        ).alias(str(n))
        for n, names in enumerate(groups)
    )
    return [each if each.len() == was.height else each.new_from_index(0, was.height) for each in differ]


def _now(name: str) -> str:
    return f"{name}_now"


def _accounts(job: Job, was: pl.DataFrame, now: pl.DataFrame, changes: Sequence[pl.Series], new: pl.DataFrame) -> None:
    for names, changed in zip(WRITTEN, changes, strict=True):
        if changed.any():
            job.update(accounts, ("account_id",), names, now.filter(changed).select("account_id", *names).rows())
    # A write-off of ours that comes in meanwhile stands: the status is changed only from the one that was read.
    if not was["book_status"].equals(now["book_status"]):
        moved = now.select("account_id", was["book_status"], pl.col("book_status").alias("status"))
        job.update_from(
            accounts, "account_id", "book_status", moved.filter(pl.col("book_status") != pl.col("status")).rows()
        )
    if new.height:
        job.insert(accounts, COLUMNS, new.rows())


def _papers(job: Job, folder: Path, documents: DocumentStore | None) -> None:
    rows = job.rows("documents")
    if rows is None:
        return
    told = rows.select(
        "document_id", "account_id", pl.col("party_id").fill_null(""), "kind", pl.col("on").alias("dated_on"),
        pl.col("sha256").fill_null(""), pl.col("original_at").fill_null(""), "file",
    )  # fmt: skip
    kept = job.kept(
        [papers.c[name] for name in PAPER_COLUMNS[:-1]], papers.c.document_id, set(rows["document_id"].to_list())
    )
    new = fresh(told, kept, ("document_id",))
    job.counted("documents", new.height, rows.height)
    if documents is not None:
        for file, kind in new.drop_nulls("file").select("file", "kind").iter_rows():
            documents.put((folder / file).read_bytes(), kind)
    job.upsert(papers, PAPER_COLUMNS, [(*row, job.pen.day) for row in new.drop("file").iter_rows()])


# --- the batch --------------------------------------------------------------------------------------------------------


def _other_files(job: Job, before: dict[str, Any]) -> bool:
    """Whether some file is not the last one that was loaded of its table."""
    return any(_last(before, file) != sha256 for file, sha256 in job.delivery.file_hashes.items())


def _last(before: dict[str, Any], file: str) -> str:
    row = before.get(file.rsplit(".", 1)[0])
    return "" if row is None else str(row.sha256)


def _quarantined(job: Job, before: dict[str, Any]) -> bool:
    """Keep the rows set aside, sealed; those of a file that is sent again and has the same faults are kept already."""
    if not job.faults:
        return False
    reasons: dict[tuple[str, int, str], list[str]] = {}
    raws: dict[tuple[str, int], str] = {}
    for file, row, field, reason, raw in job.faults:
        reasons.setdefault((file, row, field), []).append(reason)
        raws[file, row] = raw
    kept = _kept_faults(job, before)
    cipher = job.vault.document_cipher()
    sealed = {
        (file, row): cipher.encrypt(raw.encode(), quarantine_aad(job.batch_id, file, row))
        for (file, row), raw in raws.items()
        if file not in kept or kept[file] != {key for key in reasons if key[0] == file}
    }
    rows = [
        (job.batch_id, file, row, field, "; ".join(why), sealed[file, row])
        for (file, row, field), why in reasons.items()
        if (file, row) in sealed
    ]
    job.insert(quarantine, ("batch_id", "file", "row", "field", "reason", "raw"), rows)
    return bool(rows)


def quarantine_aad(batch_id: str, file: str, row: int) -> bytes:
    """What the sealed text of a quarantined row is bound to."""
    return f"{batch_id}/{file}/{row}".encode()


def _kept_faults(job: Job, before: dict[str, Any]) -> dict[str, set[tuple[str, int, str]]]:
    """Faults kept of files that are sent again byte for byte, by file."""
    again = {file for file, sha256 in job.delivery.file_hashes.items() if _last(before, file) == sha256}
    ids = {before[file.rsplit(".", 1)[0]].batch_id for file in again}
    columns = (quarantine.c.file, quarantine.c.row, quarantine.c.field)
    found: dict[str, set[tuple[str, int, str]]] = {file: set() for file in again}
    for key in job.kept(columns, quarantine.c.batch_id, ids).iter_rows():
        if key[0] in again:
            found[key[0]].add(key)
    return found


def _batch(job: Job, before: dict[str, Any]) -> None:
    job.insert(batches, ("batch_id", "as_of", "known_on"), [(job.batch_id, job.as_of, job.pen.day)])
    quarantined = job.quarantined()
    rows = []
    for file, sha256 in job.delivery.file_hashes.items():
        name = file.rsplit(".", 1)[0]
        if name in job.delivery.unchanged:
            continue
        wrong = quarantined.get(name, 0)
        batch_id = before[name].batch_id if wrong and _last(before, file) == sha256 else job.batch_id
        read = job.accepted.get(name, 0) + job.unchanged.get(name, 0) + wrong
        rows.append((name, sha256, read, not wrong, batch_id))
    job.upsert(last_files, ("name", "sha256", "rows", "clean", "batch_id"), rows)


def _journal(job: Job, learned: Learned) -> None:
    delivery = job.delivery
    event = ev.BatchLoaded(
        job.batch_id,
        delivery.as_of,
        dict(sorted(delivery.file_hashes.items())),
        {name: count for name, count in sorted(job.accepted.items()) if count},
        job.quarantined(),
        tuple(off_text(total) for total in delivery.totals_off),
    )
    died = ev.PartyStatusLearned(DECEASED, f"batch:{job.batch_id}")
    streams: dict[str, store.Recorded] = {f"party:{party}": [(died, None)] for party in learned.dead}
    streams[STREAM] = [(event, delivery.as_of)]
    store.append_all(job.connection, streams, job.pen)


def off_text(total: ControlTotal) -> str:
    """A control total that is off, in one line."""
    unit = f" {total.currency}" if total.currency else ""
    return f"{total.table}.{total.field}: declared {total.declared}{unit}, found {total.found}{unit}"


def _loaded(job: Job, before: dict[str, Any], reanchored: Sequence[str], items: Sequence[str]) -> Loaded:
    same = {name: before[name].rows for name in job.delivery.unchanged if name in before}
    return Loaded(
        as_of=job.as_of,
        accepted=job.accepted,
        quarantined=job.quarantined(),
        unchanged=job.unchanged | same,
        totals_off=tuple(job.delivery.totals_off),
        warnings=tuple(job.warnings),
        reanchored=tuple(reanchored),
        work_items=tuple(items),
    )
