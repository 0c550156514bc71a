"""How accounts stand: one row an account, as the ledger has it before a delivery and as it will be after.

The delivery's tables are taken up one after the other, each changing some columns; at the end the two are compared.
The rows are those of every account of every person that the delivery touches, since the exposure is a person's.
"""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import ColumnElement, or_, select

from recourse.intake.job import Job
from recourse.intake.layout import COMPONENTS, TABLES
from recourse.intake.sift import DEBTOR
from recourse.ledger import sets
from recourse.ledger.store import slot_of
from recourse.ledger.tables import accounts

IDENTITY = ("account_id", "person_id", "shard", "currency")
TOLD = ("product", "jurisdiction", "entity", "branch", "opened_on", "known_on")
"""What the bank's account row says directly."""
CONDENSED = ("terms", "security", "pauses")
ARREARS = ("oldest_unpaid_due_on", "plan_as_of", "plan_overdue", "plan_next_on")
MONEY = (*COMPONENTS, "overdue", "balance_as_of", "exposure")
DEPOSITS = ("deposits", "deposit_rows")
COLUMNS = (*IDENTITY, *TOLD, *CONDENSED, "book_status", *ARREARS, *MONEY, *DEPOSITS)
DAILY = ("account_id", "person_id", "currency", "product", "book_status", *ARREARS, *MONEY, *DEPOSITS)
"""All that payments, balances, statements and deposits look at and change."""

EMPTY = {"terms": "{}", "security": "{}", "pauses": "[]", "deposit_rows": "[]", "book_status": "active"}

_COLUMNS = tuple(accounts.c[name] for name in COLUMNS)
_DAILY_COLUMNS = tuple(accounts.c[name] for name in DAILY)
_DAILY_TABLES = frozenset({"payments", "balances", "statements", "deposits", "documents", "book_totals"})
MOST = 2
"""From half the book on, the whole book is read: cheaper than to look for each."""


def standing(job: Job) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The accounts of the ledger that this delivery touches, and those with the delivery's new accounts after them.

    Both have `COLUMNS`, or only `DAILY` when nothing else can change.
    """
    added, touched = _added(job), _touched(job)
    persons = [] if added is None else added["person_id"].unique().to_list()
    saved = job.rows("deposits")
    persons += [] if saved is None else saved["party_id"].unique().to_list()
    columns = _DAILY_COLUMNS if _DAILY_TABLES.issuperset(job.names()) else _COLUMNS
    if touched or (persons and job.known):
        kept = sets.frame(job.connection, columns, *_which(job, touched, persons))
    else:
        kept = sets.empty(columns)
    return kept, kept if added is None else pl.concat([kept, added])


def _touched(job: Job) -> set[str]:
    named: set[str] = set()
    for name in job.names():
        rows = job.rows(name)
        if rows is not None and "account_id" in TABLES[name].names:
            named.update(rows["account_id"].to_list())
    return named & job.known


def _which(job: Job, touched: set[str], persons: list[str]) -> list[ColumnElement[bool]]:
    if len(touched) * MOST >= len(job.known):
        return []
    of_touched = select(accounts.c.person_id).where(sets.among(accounts.c.account_id, touched))
    theirs = accounts.c.person_id.in_(of_touched)
    return [or_(theirs, sets.among(accounts.c.person_id, persons)) if persons else theirs]


def _added(job: Job) -> pl.DataFrame | None:
    """A row for each account that the ledger does not have; of several borrowers the first by id is its debtor."""
    rows, roles = job.rows("accounts"), job.rows("roles")
    if rows is None or roles is None:
        return None
    schema = sets.empty(_COLUMNS).schema
    new = rows.filter(~pl.col("account_id").is_in(list(job.known))) if job.known else rows
    debtors = roles.filter(pl.col("role") == DEBTOR).group_by("account_id").agg(person_id=pl.col("party_id").min())
    new = new.select("account_id", "currency", *_told(job.pen.day)).join(
        debtors, on="account_id", how="inner", maintain_order="left"
    )
    shards = pl.Series("shard", [slot_of(person) for person in new["person_id"]], dtype=pl.Int64)
    filled = new.with_columns(shards, *(pl.lit(text).alias(name) for name, text in EMPTY.items()))
    return filled.select(
        pl.col(name) if name in filled.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in schema.items()
    )


def _told(day: date) -> list[pl.Expr]:
    return [
        pl.col("product"),
        pl.col("jurisdiction").str.to_lowercase(),
        pl.col("entity").fill_null(""),
        pl.col("branch"),
        pl.col("opened_on"),
        pl.lit(day).alias("known_on"),
    ]


def told(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Account rows as columns of a standing; a law that is not named keeps the one before."""
    return rows.select("account_id", *_told(day))
