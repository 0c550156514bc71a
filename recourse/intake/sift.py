"""Rows that are sound in themselves and still cannot be loaded: accounts without a debtor, and what hangs on them."""

from __future__ import annotations

import polars as pl

from recourse.intake.job import Job
from recourse.intake.layout import TABLES

DEBTOR = "borrower"


def sift(job: Job, currencies: pl.DataFrame) -> None:
    """Set aside accounts that have no debtor, no law or another currency than in the ledger, with all their rows.

    `currencies`: account_id and currency of the ledger's accounts.
    """
    rows = job.rows("accounts")
    if rows is None:
        return
    known = pl.col("account_id").is_in(currencies["account_id"].implode())
    roles = job.rows("roles")
    owed_by = [] if roles is None else roles.filter(pl.col("role") == DEBTOR)["account_id"].to_list()
    lost = [
        (rows.filter(~known & ~pl.col("account_id").is_in(owed_by)), "account_id", "no borrower in roles"),
        (rows.filter(~known & pl.col("jurisdiction").is_null()), "jurisdiction", "not known, and no default"),
        (_in_another(rows, currencies), "currency", "not the account's currency in the ledger"),
    ]
    gone: set[str] = set()
    for wrong, field, reason in lost:
        again = wrong.filter(~pl.col("account_id").is_in(list(gone)))
        job.set_aside("accounts", again, field, reason)
        gone.update(again["account_id"])
    if gone:
        _dependents(job, gone)


def _in_another(rows: pl.DataFrame, currencies: pl.DataFrame) -> pl.DataFrame:
    """Accounts whose amounts were read in a currency that is not theirs."""
    both = rows.join(currencies, on="account_id", how="left", suffix="_kept", maintain_order="left")
    return both.filter(pl.col("currency") != pl.col("currency_kept")).drop("currency_kept")


def _dependents(job: Job, gone: set[str]) -> None:
    for name in job.names():
        rows = job.rows(name)
        if name != "accounts" and rows is not None and "account_id" in TABLES[name].names:
            job.set_aside(
                name, rows.filter(pl.col("account_id").is_in(list(gone))), "account_id", "its account was set aside"
            )
