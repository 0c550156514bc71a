"""The past and the bank's own acts into the ledger: source rows, and contacts into the budget of the caps.

What happened after Recourse opened a case is no past: such a row is set aside, and is reported as it happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import polars as pl
from sqlalchemy import select

from recourse.canonical import derived_id
from recourse.intake.files import ROW
from recourse.intake.job import Job, fresh
from recourse.intake.past import HAPPENED, PAST
from recourse.intake.past_rows import COLUMNS, PastRow, decoded, delivered, kept_texts, stored
from recourse.ledger import sets
from recourse.ledger.tables import bank_actions, cases, past_rows, permits
from recourse.permits import COLUMNS as PERMIT_COLUMNS

ACTION_COLUMNS = ("action_no", "account_id", "person_id", "done_on", "at", "node", "action", "channel", "done_by",
                  "known_on")  # fmt: skip
IMPORTED = "imported"
"""The purpose of a permit that stands for a contact which the bank made itself."""
OF_A_MATTER = ("past_measures", "past_costs")


def load_past(job: Job, debtors: Mapping[str, str]) -> list[PastRow]:
    """Take up every table of the past; the rows that say something new, corrections with what they said before.

    `debtors`: account → the person who owes it.
    """
    found: list[PastRow] = []
    opened_on = _opened_on(job)
    for table in PAST:
        if job.rows(table.name) is not None:
            _sift(job, table.name, opened_on)
            found += _new(job, table.name)
    job.upsert(permits, PERMIT_COLUMNS, [_contact(row) for row in found if row.name == "past_contacts"])
    _actions(job, debtors)
    return found


def _new(job: Job, name: str) -> list[PastRow]:
    rows = [row for _, row in delivered(job, name)]
    kept = kept_texts(job, name, [row.key for row in rows])
    new = [
        msgspec.structs.replace(row, old=decoded(name, kept[row.key]) if row.key in kept else None)
        for row in rows
        if kept.get(row.key) != row.text
    ]
    job.counted(name, len(new), len(rows))
    job.upsert(past_rows, COLUMNS, [stored(row, job) for row in new])
    return new


# --- what cannot be loaded --------------------------------------------------------------------------------------------


def _opened_on(job: Job) -> dict[str, date]:
    """Account → the day on which its open case was opened, of the accounts named in tables of the past."""
    named: set[str] = set()
    for table in PAST:
        rows = job.rows(table.name)
        if rows is not None and "account_id" in rows.columns:
            named.update(rows["account_id"].drop_nulls())
    columns = (cases.c.account_id, cases.c.opened_on, cases.c.closed_on)
    kept = job.kept_rows(columns, cases.c.account_id, named & job.known)
    return {account: on for account, on, closed_on in kept if closed_on is None}


def _sift(job: Job, name: str, opened_on: Mapping[str, date]) -> None:
    rows = list(delivered(job, name))
    kept = kept_texts(job, name, [row.key for _, row in rows])
    late = [
        n
        for n, row in rows
        if row.account_id in opened_on and row.key not in kept and row.happened_on > opened_on[row.account_id]
    ]
    _aside(job, name, late, HAPPENED[name], "happened after the case was opened: report it as it happens")
    if name in OF_A_MATTER:
        known = _matters(job, [row for _, row in rows])
        lost = [n for n, row in rows if (no := row.get("matter_no")) and f"{no},{row.account_id}" not in known]
        _aside(job, name, lost, "matter_no", "not known in past_matters for this account")


def _matters(job: Job, rows: Sequence[PastRow]) -> set[str]:
    """Keys of the court files that the ledger or this delivery has, of those that rows name."""
    wanted = sorted({f"{row.get('matter_no')},{row.account_id}" for row in rows if row.get("matter_no")})
    return {row.key for _, row in delivered(job, "past_matters")} | kept_texts(job, "past_matters", wanted).keys()


def _aside(job: Job, name: str, numbers: Sequence[int], field: str, reason: str) -> None:
    rows = job.rows(name)
    if numbers and rows is not None:
        job.set_aside(name, rows.filter(pl.col(ROW).is_in(list(numbers))), field, reason)


# --- the budget of contacts -------------------------------------------------------------------------------------------


def _contact(row: PastRow) -> tuple[Any, ...]:
    """A contact of the past as a permit that was used: it counts in every window that it falls into."""
    on, used = row.happened_on, row.get("outcome") or ""
    return (derived_id("permit", "past", row.key), row.party_id, row.get("number_id") or "", row.get("channel"),
            IMPORTED, "", on, _instant(on, row.get("at")), used)  # fmt: skip


def _instant(on: date, at: str | None) -> str:
    return f"{on}T{at or '12:00'}"


def _actions(job: Job, debtors: Mapping[str, str]) -> None:
    """What the bank did on shadow days; those that contacted somebody count against the caps as well."""
    rows = job.rows("bank_actions")
    if rows is None:
        return
    told = rows.select(
        "action_no", "account_id", pl.col("party_id").alias("person_id"), pl.col("on").alias("done_on"),
        *(pl.col(name).fill_null("") for name in ("at", "node", "action", "channel")),
        pl.col("by").fill_null("").alias("done_by"),
    )  # fmt: skip
    owed_by = pl.Series([debtors.get(account, "") for account in told["account_id"]], dtype=pl.String)
    told = told.with_columns(pl.col("person_id").fill_null(owed_by))
    columns = [bank_actions.c[name] for name in ACTION_COLUMNS[:-1]]
    new = fresh(told, job.kept(columns, bank_actions.c.action_no, set(told["action_no"])), ("action_no",))
    job.counted("bank_actions", new.height, rows.height)
    job.upsert(bank_actions, ACTION_COLUMNS, [(*row, job.pen.day) for row in new.iter_rows()])
    made = [
        (derived_id("permit", "bank", row["action_no"]), row["person_id"], "", row["channel"], IMPORTED, "",
         row["done_on"], _instant(row["done_on"], row["at"]), row["action_no"])
        for row in new.iter_rows(named=True)
        if row["channel"]
    ]  # fmt: skip
    job.upsert(permits, PERMIT_COLUMNS, made)


def accounts_told(job: Job, rows: Sequence[PastRow]) -> set[str]:
    """Accounts of which something was told; of what reaches all debts of a person, those that have an open case."""
    named = {row.account_id for row in rows if row.account_id} & job.known
    persons = {row.party_id for row in rows if not row.account_id}
    if not persons:
        return named
    query = select(cases.c.account_id).where(cases.c.closed_on.is_(None), sets.among(cases.c.person_id, persons))
    return named | set(job.connection.execute(query).scalars())
