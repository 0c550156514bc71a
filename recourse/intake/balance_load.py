"""Balances into the ledger: what is owed by component as the core says, the newest of each account, and the exposure.

The exposure is what the bank claims of one person over all accounts of one currency that the person owes: a credit on
one account pays nothing on another, and a debt that was transferred is no longer claimed. Unknown while no balance is.
"""

from __future__ import annotations

import polars as pl

from recourse.intake.job import Job, fresh, latest, replaced
from recourse.intake.layout import COMPONENTS
from recourse.ledger.tables import balances
from recourse.policy.thresholds import thresholds

NEVER_BACK = "active"
"""The status that an account which was written off cannot take again."""

GONE = ("transferred", "terminated")
"""Statuses that are the end of a debt here, whatever the core goes on to say."""

COLUMNS = ("account_id", "as_of", *COMPONENTS, "overdue")
WRITTEN = (*COLUMNS, "known_on")
OWED = pl.sum_horizontal(pl.col(COMPONENTS), ignore_nulls=False)


def load_balances(job: Job, state: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str], list[str]]:
    """Balances taken up; account → status, where a newest balance says one; and the accounts with a newer balance."""
    rows = job.rows("balances")
    if rows is None:
        return state, {}, []
    rows = rows.select(*COLUMNS[:-1], pl.col("overdue_total").alias("overdue"), "status")
    dated = rows.join(state.select("account_id", "balance_as_of"), on="account_id", how="left", maintain_order="left")
    ahead = dated.select(pl.col("balance_as_of").is_null() | (pl.col("as_of") > pl.col("balance_as_of"))).to_series()
    later, moved = (dated, None) if ahead.all() else (dated.filter(ahead), _moved(job, dated.filter(~ahead)))
    job.insert(balances, WRITTEN, later.select(*COLUMNS, pl.lit(job.pen.day)).rows())
    job.counted("balances", later.height + (0 if moved is None else moved.height), rows.height)
    newest = later
    if moved is not None:
        newest = pl.concat([later, moved.filter(pl.col("as_of") == pl.col("balance_as_of"))])
    if len(set(newest["account_id"].to_list())) < newest.height:
        newest = newest.sort("as_of").unique("account_id", keep="last", maintain_order=True)
    changes = newest.select("account_id", *COMPONENTS, "overdue", pl.col("as_of").alias("balance_as_of"))
    statuses = newest.select("account_id", "status").drop_nulls()
    return replaced(state, changes), dict(statuses.iter_rows()), newest["account_id"].to_list()


def _moved(job: Job, rows: pl.DataFrame) -> pl.DataFrame:
    """Balances of days that the ledger may have, where they say something else than its last word on them."""
    columns = [balances.c[name] for name in WRITTEN]
    days = balances.c.as_of.in_(rows["as_of"].unique().to_list())
    kept = latest(
        job.kept(columns, balances.c.account_id, set(rows["account_id"].to_list()), days), ("account_id", "as_of")
    )
    moved = fresh(rows, kept.select(COLUMNS), ("account_id", "as_of"))
    job.upsert(balances, WRITTEN, moved.select(*COLUMNS, pl.lit(job.pen.day)).rows())
    return moved


def with_statuses(state: pl.DataFrame, statuses: dict[str, str]) -> pl.DataFrame:
    """The book status as the bank changed it; a debt that was written off never becomes an active one again, and one
    that was sold or whose claim is at an end stays so."""
    if not statuses:
        return state
    told = pl.DataFrame({"account_id": list(statuses), "told": list(statuses.values())})
    both = state.join(told, on="account_id", how="left", maintain_order="left")
    back = (pl.col("told") == NEVER_BACK) & (pl.col("book_status") == "written_off")
    stays = pl.col("told").is_null() | back | pl.col("book_status").is_in(GONE)
    status = pl.when(stays).then(pl.col("book_status")).otherwise(pl.col("told")).alias("book_status")
    return both.with_columns(status).select(state.columns)


def with_exposure(state: pl.DataFrame) -> pl.DataFrame:
    """The exposure of each account's person in its currency."""
    claim = pl.when(~pl.col("book_status").is_in(GONE)).then(OWED.clip(lower_bound=0))
    person = ["person_id", "currency"]
    total, known = claim.sum().over(person), claim.count().over(person)
    return state.with_columns(pl.when(known > 0).then(total).alias("exposure"))


def crossings(job: Job, before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """Ids of accounts of which some amount passed a number that a rule tests; the rows of both are in one order."""
    marks = thresholds(job.book)
    spans = [
        _span("owed", OWED, marks.owed),
        _span("overdue", pl.col("overdue"), marks.overdue),
        _span("exposure", pl.col("exposure"), marks.exposure),
    ]
    was, now = before.select(spans), after.select("account_id", *(span.name.suffix("_now") for span in spans))
    both = pl.concat([was, now], how="horizontal")
    crossed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in was.columns)
    return both.filter(crossed)["account_id"].to_list()


def _span(name: str, amount: pl.Expr, firsts: tuple[int, ...]) -> pl.Expr:
    """The span in which each amount lies; null where it is unknown."""
    found = pl.lit(pl.Series(firsts, dtype=pl.Int64)).search_sorted(amount.fill_null(0), side="right")
    return pl.when(amount.is_not_null()).then(found).alias(name)
