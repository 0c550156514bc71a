"""Balances into the ledger: what is owed by component as the core says, the newest of each account, and the exposure.

The exposure is what the bank claims of one person over all accounts of one currency that the person owes: a credit on one
account pays nothing on another, and a debt that was transferred is no longer claimed. Unknown while no balance is known.
"""

from __future__ import annotations

import polars as pl

from recourse.intake.job import Job, fresh, latest, replaced
from recourse.intake.layout import COMPONENTS
from recourse.ledger.tables import balances
from recourse.policy.thresholds import thresholds

NEVER_BACK = "active"
"""The status that an account which was written off cannot take again."""

COLUMNS = ("account_id", "as_of", *COMPONENTS, "overdue")
OWED = pl.sum_horizontal(pl.col(COMPONENTS), ignore_nulls=False)


def load_balances(job: Job, state: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str], list[str]]:
    """Balances taken up; account → status, where a newest balance says one; and the accounts that have a newer balance."""
    rows = job.rows("balances")
    if rows is None:
        return state, {}, []
    rows = rows.select(*COLUMNS[:-1], pl.col("overdue_total").alias("overdue"), "status")
    dated = rows.join(state.select("account_id", "balance_as_of"), on="account_id", how="left", maintain_order="left")
    ahead = dated.select(pl.col("balance_as_of").is_null() | (pl.col("as_of") > pl.col("balance_as_of"))).to_series()
    later, newest, written = dated.filter(ahead), dated.filter(ahead), (*COLUMNS, "known_on")
    job.insert(balances, written, later.select(*COLUMNS, pl.lit(job.pen.day)).rows())
    job.counted("balances", later.height, rows.height)
    if later.height < rows.height:
        other = dated.filter(~ahead)
        moved = fresh(other, _kept(job, other), ("account_id", "as_of"))
        job.upsert(balances, written, moved.select(*COLUMNS, pl.lit(job.pen.day)).rows())
        job.counted("balances", later.height + moved.height, rows.height)
        newest = pl.concat([later, moved.filter(pl.col("as_of") == pl.col("balance_as_of"))])
    if not newest.height:
        return state, {}, []
    if newest["account_id"].n_unique() < newest.height:
        newest = newest.sort("as_of").unique("account_id", keep="last", maintain_order=True)
    changes = newest.select("account_id", *COMPONENTS, "overdue", pl.col("as_of").alias("balance_as_of"))
    statuses = newest.filter(pl.col("status").is_not_null()).select("account_id", "status")
    return replaced(state, changes), dict(statuses.iter_rows()), newest["account_id"].to_list()


def _kept(job: Job, rows: pl.DataFrame) -> pl.DataFrame:
    """What the ledger has of days that it may have: the last word on each."""
    columns = [balances.c[name] for name in (*COLUMNS, "known_on")]
    days = balances.c.as_of.in_(rows["as_of"].unique().to_list())
    kept = job.kept(columns, balances.c.account_id, set(rows["account_id"]), days)
    return latest(kept, ("account_id", "as_of")).select(COLUMNS)


def with_statuses(state: pl.DataFrame, statuses: dict[str, str]) -> pl.DataFrame:
    """The book status as the bank changed it; a debt that was written off never becomes an active one again."""
    if not statuses:
        return state
    told = pl.DataFrame({"account_id": list(statuses), "told": list(statuses.values())})
    both = state.join(told, on="account_id", how="left", maintain_order="left")
    stays = pl.col("told").is_null() | ((pl.col("told") == NEVER_BACK) & (pl.col("book_status") == "written_off"))
    status = pl.when(stays).then(pl.col("book_status")).otherwise(pl.col("told")).alias("book_status")
    return both.with_columns(status).select(state.columns)


def with_exposure(state: pl.DataFrame) -> pl.DataFrame:
    """The exposure of each account's person in its currency."""
    claim = pl.when(pl.col("book_status") != "transferred").then(OWED.clip(lower_bound=0))
    person = ["person_id", "currency"]
    total, known = claim.sum().over(person), claim.count().over(person)
    return state.with_columns(pl.when(known > 0).then(total).alias("exposure"))


def crossings(job: Job, before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """Ids of accounts of which some amount passed a number that a rule tests; rows of both are in one order."""
    marks = thresholds(job.book)
    measured = (OWED.alias("owed"), "overdue", "exposure")
    was, now = before.select(measured), after.select(measured)
    crossed = pl.repeat(False, before.height, dtype=pl.Boolean, eager=True)
    for name, firsts in (("owed", marks.owed), ("overdue", marks.overdue), ("exposure", marks.exposure)):
        if not was[name].equals(now[name]):
            crossed |= _spans(firsts, was[name]).ne_missing(_spans(firsts, now[name]))
    return after["account_id"].filter(crossed)


def _spans(firsts: tuple[int, ...], amounts: pl.Series) -> pl.Series:
    """The span in which each amount lies; null where it is unknown."""
    spans = pl.Series(firsts, dtype=pl.Int64).search_sorted(amounts.fill_null(0), side="right")
    return spans if not amounts.null_count() else spans.set(amounts.is_null(), None)
