"""Accounts into the ledger: the bank's row with its history, and beside it the terms and the security, condensed.

A guarantee whose period is not agreed, or ends no later than the debt matures, runs for the period that the policy
gives by law from maturity (民法典 692: six months); one whose mode is not agreed is a general one (686). A role that
has ended stands behind nothing any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import polars as pl

from recourse.arrears import Pause
from recourse.canonical import encode
from recourse.days import months_later
from recourse.facts import CollateralFact, GuaranteeFact, GuaranteeKind, PartyFact, Security
from recourse.intake.job import Job, fresh, latest, plain, replaced
from recourse.intake.standing import told
from recourse.ledger.tables import account_terms, collateral, guarantees, pauses, roles

GUARANTEE_PERIOD = "clock.guarantee_default_months"
ARBITRATION = {"arbitration": True, "court": False}
ROLE_COLUMNS = ("account_id", "party_id", "role", "basis", "evidence", "from_on", "to_on", "known_on")
PAUSE_COLUMNS = ("account_id", "from_on", "known_on", "to_on", "resumed_on", "reason")


def load_accounts(job: Job, state: pl.DataFrame, sealed: set[tuple[str, str]]) -> tuple[pl.DataFrame, dict[str, str]]:
    """Accounts, roles, guarantees, collateral and pauses taken up; and account → status, where the bank changed it.

    `sealed`: the personal fields that are new or changed.
    """
    state, changed, statuses = _accounts(job, state, {field for _, field in sealed if field.startswith("contract_no:")})
    parts = _roles(job), _things(job, "guarantees", sealed), _things(job, "collateral", sealed)
    about = changed.union(*parts)
    if about:
        state = replaced(state, _secured(job, state, about))
    return _pauses(job, state), statuses


# --- the account's own row --------------------------------------------------------------------------------------------


def _accounts(job: Job, state: pl.DataFrame, sealed: set[str]) -> tuple[pl.DataFrame, set[str], dict[str, str]]:
    rows = job.rows("accounts")
    if rows is None:
        return state, set(), {}
    columns = (account_terms.c.account_id, account_terms.c.known_on, account_terms.c.row)
    known = set(rows["account_id"].to_list()) & job.known
    before = latest(job.kept(columns, account_terms.c.account_id, known), ("account_id",))
    earlier: dict[str, str] = dict(before.select("account_id", "row").iter_rows())
    terms = dict(state.select("account_id", "terms").iter_rows())
    history, new_terms, statuses = [], {}, {}
    for row in rows.iter_rows(named=True):
        account, text = row["account_id"], encode(plain("accounts", row))
        if earlier.get(account) == text:
            continue
        history.append((account, job.pen.day, text))
        new_terms[account] = _terms(row, terms[account])
        old = msgspec.json.decode(earlier[account]) if account in earlier else {}
        if row["status"] != old.get("status"):
            statuses[account] = row["status"]
    job.upsert(account_terms, ("account_id", "known_on", "row"), history)
    changed = set(new_terms)
    own = {account for account in rows["account_id"] if f"contract_no:{account}" in sealed}
    job.counted("accounts", len(changed | own), rows.height)
    if not changed:
        return state, changed, statuses
    state = replaced(state, _column("terms", new_terms))
    return replaced(state, _told_anew(job, state, rows, changed)), changed, statuses


def _told_anew(job: Job, state: pl.DataFrame, rows: pl.DataFrame, changed: set[str]) -> pl.DataFrame:
    anew = told(rows.filter(pl.col("account_id").is_in(list(changed))), job.pen.day)
    both = anew.join(state.select("account_id", law="jurisdiction"), on="account_id", how="left", maintain_order="left")
    return both.with_columns(pl.col("jurisdiction").fill_null(pl.col("law"))).drop("law")


def _terms(row: dict[str, Any], before: str) -> str:
    """Terms as decisions and letters read them; the last due date is the plan's and stays."""
    known = {
        "matures_on": row["matures_on"],
        "last_due_on": msgspec.json.decode(before).get("last_due_on"),
        "acceleration_clause": row["acceleration_clause"],
        "arbitration": ARBITRATION.get(row["dispute_clause"]),
        "originator": row["originator"],
        "insurer": row["insurer"],
        "original_amount": row["original_amount"],
        "notarised": row["notarised"],
        "service_address": row["service_address_clause"],
        "forum": row["dispute_forum"],
        "province": row["province"],
        "five_tier": row["five_tier"],
        "transfer_bar": row["transfer_bar"],
        "secured": row["secured"],
        "guaranteed": row["guaranteed"],
        "credit_score": row["credit_score"],
        "debt_ratio": row["debt_ratio"],
        "impairment": row["impairment"],
        "restructured_on": row["restructured_on"],
        "restructured_times": row["restructured_times"],
        "annual_rate": row["annual_rate"],
        "penalty_uplift": row["penalty_uplift"],
        "day_count": int(row["day_count"]) if row["day_count"] is not None else None,
    }
    return encode({name: value for name, value in known.items() if value is not None})


# --- who and what stands behind it ------------------------------------------------------------------------------------


def _roles(job: Job) -> set[str]:
    """Roles that are new or changed; the accounts they are about."""
    rows = job.rows("roles")
    if rows is None:
        return set()
    rows = rows.select(ROLE_COLUMNS[:-1]).with_columns(pl.col("basis", "evidence").fill_null(""))
    key = ROLE_COLUMNS[:3]
    known = set(rows["account_id"].to_list()) & job.known
    new = fresh(rows, job.kept([roles.c[name] for name in ROLE_COLUMNS[:-1]], roles.c.account_id, known), key)
    job.counted("roles", new.height, rows.height)
    job.upsert(roles, ROLE_COLUMNS, [(*row, job.pen.day) for row in new.iter_rows()])
    return set(new["account_id"].to_list())


def _things(job: Job, name: str, sealed: set[tuple[str, str]]) -> set[str]:
    """Guarantees or collateral that are new or changed; the accounts they secure, before and now."""
    rows = _thing_rows(job, name)
    if rows is None:
        return set()
    table, key, secret = (
        (guarantees, "guarantee_id", "guarantee_no:")
        if name == "guarantees"
        else (collateral, "collateral_id", "collateral:")
    )
    kept = job.kept([table.c[column] for column in rows.columns], table.c[key], set(rows[key]))
    new = fresh(rows, kept, (key,))
    own = {field.removeprefix(secret) for _, field in sealed if field.startswith(secret)}
    job.counted(name, len(own.union(new[key].to_list())), rows.height)
    job.upsert(table, (*rows.columns, "known_on"), [(*row, job.pen.day) for row in new.iter_rows()])
    before = kept.filter(pl.col(key).is_in(new[key].implode()))
    return {*new["account_id"], *before["account_id"]}


def _thing_rows(job: Job, name: str) -> pl.DataFrame | None:
    """Rows as the ledger keeps them: ids, and the rest as JSON without anything personal."""
    rows = job.rows(name)
    if rows is None:
        return None
    texts = [
        encode({field: value for field, value in plain(name, row).items() if field not in ("account_id", "party_id")})
        for row in rows.iter_rows(named=True)
    ]
    ids = ("guarantee_id", "account_id", "party_id") if name == "guarantees" else ("collateral_id", "account_id")
    return rows.select(ids).with_columns(pl.Series("row", texts, dtype=pl.String))


def _secured(job: Job, state: pl.DataFrame, about: set[str]) -> pl.DataFrame:
    """The security of some accounts, condensed anew from all rows that the ledger has and will have."""
    parties: defaultdict[str, list[PartyFact]] = defaultdict(list)
    for account, party, role, to_on in _all(job, "roles", about, ("account_id", "party_id", "role", "to_on")):
        if to_on is None or to_on >= job.as_of:
            parties[account].append(PartyFact(party, role))
    given: defaultdict[str, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
    for guarantee, account, party, text in _all(
        job, "guarantees", about, ("guarantee_id", "account_id", "party_id", "row")
    ):
        given[account].append((guarantee, party, msgspec.json.decode(text)))
    things: defaultdict[str, list[CollateralFact]] = defaultdict(list)
    for thing, account, text in _all(job, "collateral", about, ("collateral_id", "account_id", "row")):
        things[account].append(msgspec.convert({"collateral_id": thing, **msgspec.json.decode(text)}, CollateralFact))
    rows = state.filter(pl.col("account_id").is_in(list(about))).select(
        "account_id", "jurisdiction", "product", "terms"
    )
    found = {}
    for account, jurisdiction, product, terms in rows.iter_rows():
        ends = _by_law(job, jurisdiction, product, terms) if account in given else (None, None)
        security = Security(
            tuple(sorted(parties[account], key=lambda fact: (fact.role, fact.party_id))),
            tuple(_guarantee(*each, *ends) for each in sorted(given[account], key=lambda each: each[0])),
            tuple(sorted(things[account], key=lambda fact: fact.collateral_id)),
        )
        found[account] = encode(security)
    return _column("security", found)


_KEYS = {"roles": ("account_id", "party_id", "role"), "guarantees": ("guarantee_id",), "collateral": ("collateral_id",)}
_KEPT = {"roles": roles, "guarantees": guarantees, "collateral": collateral}


def _all(job: Job, name: str, about: set[str], columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """What the ledger has of these accounts, and over it what is delivered."""
    table = _KEPT[name]
    parts = [job.kept([table.c[column] for column in columns], table.c.account_id, about & job.known)]
    rows = job.rows(name) if name == "roles" else _thing_rows(job, name)
    if rows is not None:
        parts.append(rows.select(columns))
    told_last = pl.concat(parts).unique(list(_KEYS[name]), keep="last", maintain_order=True)
    return told_last.filter(pl.col("account_id").is_in(list(about))).iter_rows()


def _by_law(job: Job, jurisdiction: str, product: str, terms: str) -> tuple[date | None, date | None]:
    """When the account matures, and when a guarantee ends whose period is not agreed; None where that is not known."""
    text = msgspec.json.decode(terms).get("matures_on")
    months = job.book.at(job.pen.day, jurisdiction, product).numbers.get(GUARANTEE_PERIOD)
    if text is None:
        return None, None
    matures_on = date.fromisoformat(text)
    return matures_on, None if months is None else months_later(matures_on, months)


def _guarantee(
    guarantee_id: str, party: str, row: dict[str, Any], matures_on: date | None, by_law: date | None
) -> GuaranteeFact:
    kind = GuaranteeKind.JOINT if row["kind"] == "joint" else GuaranteeKind.GENERAL
    agreed = date.fromisoformat(row["period_ends_on"]) if "period_ends_on" in row else None
    if agreed is None or (matures_on is not None and agreed <= matures_on and by_law is not None):
        return GuaranteeFact(
            guarantee_id, party, kind, by_law, row.get("secured_amount"), row.get("consents_to_changes"), True
        )
    return GuaranteeFact(guarantee_id, party, kind, agreed, row.get("secured_amount"), row.get("consents_to_changes"))


# --- pauses -----------------------------------------------------------------------------------------------------------


def _pauses(job: Job, state: pl.DataFrame) -> pl.DataFrame:
    rows = job.rows("pauses")
    if rows is None:
        return state
    key = ("account_id", "from_on")
    facts = (*key, "to_on", "resumed_on", "reason")
    known = set(rows["account_id"].to_list()) & job.known
    before = latest(job.kept([pauses.c[name] for name in PAUSE_COLUMNS], pauses.c.account_id, known), key).select(facts)
    new = fresh(rows.select(facts), before, key)
    job.counted("pauses", new.height, rows.height)
    job.upsert(pauses, ("account_id", "from_on", "to_on", "resumed_on", "reason", "known_on"),
               [(*row, job.pen.day) for row in new.iter_rows()])  # fmt: skip
    spells: defaultdict[str, list[Pause]] = defaultdict(list)
    both = pl.concat([before, new]).unique(list(key), keep="last").sort(key)
    for account, from_on, to_on, resumed_on, _ in both.iter_rows():
        spells[account].append(Pause(from_on, to_on, resumed_on))
    about = set(new["account_id"].to_list())
    return replaced(state, _column("pauses", {account: encode(tuple(spells[account])) for account in about}))


def _column(name: str, values: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"account_id": list(values), name: list(values.values())}, schema={"account_id": pl.String, name: pl.String}
    )
