"""Deposits of debtors into the ledger, and beside each account what its debtor has in deposits in its currency.

A deposit is a person's: every debt of the person in the same currency sees it, and what is taken for one is gone for
the others once the core says so. What stands nearest in time counts; a row of an older day changes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date

import msgspec
import polars as pl

from recourse.canonical import encode
from recourse.days import later
from recourse.facts import DepositFact
from recourse.intake.job import Job, fresh, replaced
from recourse.ledger.tables import deposits
from recourse.policy.thresholds import thresholds

COLUMNS = ("deposit_id", "party_id", "source", "currency", "balance", "as_of")
_rows = msgspec.json.Decoder(tuple[DepositFact, ...])


def load_deposits(job: Job, state: pl.DataFrame) -> tuple[pl.DataFrame, set[str]]:
    """Deposits taken up, and condensed into the accounts of their owners; accounts of which some sum passed a number
    that a rule tests."""
    rows = job.rows("deposits")
    persons = set() if rows is None else set(rows["party_id"].to_list())
    persons |= set(state.filter(~pl.col("account_id").is_in(list(job.known)))["person_id"].to_list())
    if not persons:
        return state, set()
    kept = job.kept([deposits.c[name] for name in COLUMNS], deposits.c.party_id, persons)
    news = _news(job, rows, kept) if rows is not None else None
    all_of = kept if news is None else pl.concat([kept, news]).unique("deposit_id", keep="last", maintain_order=True)
    return _condensed(job, state, persons, all_of)


def _news(job: Job, rows: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    new = fresh(rows.select(COLUMNS), kept, ("deposit_id",))
    before = kept.select("deposit_id", known=pl.col("as_of"))
    dated = new.join(before, on="deposit_id", how="left", maintain_order="left")
    new = dated.filter(pl.col("known").is_null() | (pl.col("as_of") >= pl.col("known"))).select(COLUMNS)
    job.counted("deposits", new.height, rows.height)
    job.upsert(deposits, (*COLUMNS, "known_on"), [(*row, job.pen.day) for row in new.iter_rows()])
    return new


def _condensed(job: Job, state: pl.DataFrame, persons: set[str], rows: pl.DataFrame) -> tuple[pl.DataFrame, set[str]]:
    of: defaultdict[tuple[str, str], list[DepositFact]] = defaultdict(list)
    for deposit_id, party, source, currency, balance, as_of in rows.sort("deposit_id").iter_rows():
        if balance > 0:
            of[party, currency].append(DepositFact(deposit_id, source, balance, as_of))
    marks, crossed = thresholds(job.book).deposits, set()
    changes: dict[str, tuple[int | None, str]] = {}
    about = state.filter(pl.col("person_id").is_in(list(persons)))
    for account, person, currency, before in about.select(
        "account_id", "person_id", "currency", "deposit_rows"
    ).iter_rows():
        found = tuple(of.get((person, currency), ()))
        changes[account] = sum(each.balance for each in found) if found or before != "[]" else None, encode(found)
        old = _rows.decode(before)
        if _spans(found, marks) != _spans(old, marks) or _told_again(found, old, marks, later(job.pen.day, -1)):
            crossed.add(account)
    schema = {"account_id": pl.String, "deposits": pl.Int64, "deposit_rows": pl.String}
    table = pl.DataFrame([(account, *each) for account, each in changes.items()], schema=schema, orient="row")
    return replaced(state, table), crossed


def _told_again(
    found: tuple[DepositFact, ...], old: tuple[DepositFact, ...], marks: tuple[int, ...], yesterday: date
) -> bool:  # fmt: skip
    """Whether sums that a rule may test stand on deposits of which nothing was told yesterday: a decision made meanwhile
    may have found them too old, and has to be made anew."""
    told = {row.deposit_id: row.as_of for row in old}
    again = any(row.as_of > told.get(row.deposit_id, row.as_of) < yesterday for row in found)
    return again and any(_spans(found, marks).values())


def _spans(rows: tuple[DepositFact, ...], marks: tuple[int, ...]) -> dict[str, int]:
    """The span in which each source's sum lies, and the whole."""
    sums: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        sums[row.source] += row.balance
        sums[""] += row.balance
    return {source: bisect_right(marks, amount) for source, amount in sums.items()}
