"""The tables of the full delivery that do not move from day to day: people, accounts, security, papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from recourse.canonical import digest
from recourse.intake.layout import TABLES
from recourse.simulate.book import YUAN, Account, Book, Party
from recourse.simulate.core import Core
from recourse.simulate.draws import Draws
from recourse.simulate.names import EMPLOYERS, mobile
from recourse.simulate.papers import page, papers_of
from recourse.simulate.personas import Persona

Row = dict[str, Any]
_TYPES = {"date": pl.Date, "money": pl.Int64, "rate": pl.Int64, "count": pl.Int64, "flag": pl.Boolean}


def frame(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Rows as a frame with those of the layout's columns that any row has, all for no rows."""
    given = list(rows)
    named = {name for row in given for name in row}
    schema = {
        column.name: _TYPES.get(column.kind, pl.String)
        for column in TABLES[table].columns
        if column.name in named or not given
    }
    return pl.DataFrame([tuple(row.get(name) for name in schema) for row in given], schema=schema, orient="row")


def book_tables(draws: Draws, book: Book, core: Core, folder: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and frame of each table; writes the papers' files below `folder`."""
    accounts = list(book.accounts.values())
    yield "parties", frame("parties", map(_party, book.parties.values()))
    yield "accounts", frame("accounts", (_account(draws, core, account) for account in accounts))
    yield "roles", frame("roles", (role for account in accounts for role in _roles(account)))
    yield (
        "contacts",
        frame("contacts", (row for party in book.parties.values() for row in _contacts(draws, party, book))),
    )
    yield "collateral", frame("collateral", (_collateral(book, account) for account in accounts if account.pledge))
    yield "guarantees", frame("guarantees", (row for account in accounts for row in _guarantees(account)))
    people = [party for party in book.parties.values() if party.kind == "natural"]
    for name, rows in _circumstances(draws, book, people).items():
        yield name, frame(name, rows)
    yield "documents", frame("documents", _documents(accounts, folder))


def _party(party: Party) -> Row:
    natural = party.kind == "natural"
    return {
        "party_id": party.party_id,
        "kind": party.kind,
        "name": party.name,
        "id_type": "resident_id" if natural else "uscc",
        "id_number": party.id_number,
        "birth_on": party.birth_on,
        "language": "zh-CN",
        "address": party.address,
        "region": party.region,
    }


def _account(draws: Draws, core: Core, account: Account) -> Row:
    return {
        "account_id": account.account_id,
        "product": account.product,
        "branch": account.branch,
        "opened_on": account.opened_on,
        "original_amount": account.original,
        "matures_on": account.matures_on,
        "contract_no": account.contract_no,
        "annual_rate": account.rate,
        "penalty_uplift": account.uplift_tenths * 100_000,
        "acceleration_clause": account.acceleration,
        "dispute_clause": "arbitration" if account.arbitration else "court",
        "dispute_forum": "临澜仲裁委员会" if account.arbitration else "临澜市东湖区人民法院",
        "service_address_clause": draws.chance(80, account.account_id, "service address"),
        "notarised": account.notarised,
        "originator": account.originator,
        "insurer": "INS-01" if _insured(draws, account) else None,
        "secured": account.pledge is not None,
        "guaranteed": bool(account.guarantees),
        "small_business": account.product == "business_loan",
        "status": core.status(account.account_id),
        "five_tier": five_tier(core.days_late(account.account_id)),
        "transfer_bar": _transfer_bar(draws, account),
        "credit_score": _known(draws, account, "score", 480, 760),
        "debt_ratio": _known(draws, account, "debt ratio", 15, 85),
    }


CLASSES = ((361, "loss"), (271, "doubtful"), (91, "substandard"), (1, "special_mention"))
"""From how many days past due the risk department sets which class at a month's end (风险分类办法: DPD alone)."""


def five_tier(days_late: int) -> str:
    """The five-tier class by days past due."""
    return next((name for least, name in CLASSES if days_late >= least), "pass")


def _known(draws: Draws, account: Account, what: str, low: int, high: int) -> int | None:
    """A number that the bank has for most of its debtors, and not for all."""
    return (
        draws.between(low, high, account.account_id, what)
        if draws.chance(76, account.account_id, what, "known")
        else None
    )


def _transfer_bar(draws: Draws, account: Account) -> str:
    weights = {"none": 96, "state_organ": 2, "poverty_relief": 1, "false_loan": 1}
    return draws.weighted(weights, account.account_id, "transfer bar")


def reclassified(draws: Draws, book: Book, core: Core, told: dict[str, str]) -> pl.DataFrame | None:
    """Rows of accounts whose class has changed since it was told last, which is noted; None when there are none."""
    rows = []
    for key, account in book.accounts.items():
        now = five_tier(core.days_late(key))
        if told.get(key) != now:
            told[key] = now
            rows.append(_account(draws, core, account))
    return frame("accounts", rows) if rows else None


def _insured(draws: Draws, account: Account) -> bool:
    """Some loans that were granted online are insured."""
    return account.product == "online_consumer_loan" and draws.chance(26, account.account_id, "insured")


def _roles(account: Account) -> Iterator[Row]:
    def row(party_id: str, role: str, basis: str | None) -> Row:
        named: Row = {"account_id": account.account_id, "party_id": party_id, "role": role}
        if basis is None:
            return named
        return {**named, "basis": basis, "evidence": account.contract_no, "from_on": account.opened_on}

    yield row(account.person_id, "borrower", "contract")
    if account.co_borrower:
        yield row(account.co_borrower, "co_borrower", "joint_signature")
    if account.spouse:
        yield row(account.spouse, "spouse", None)
    for guarantee in account.guarantees:
        role = "joint_guarantor" if guarantee.kind == "joint" else "general_guarantor"
        yield row(guarantee.party_id, role, "contract")
    if account.pledge is not None and account.pledge.owner_id != account.person_id:
        yield row(account.pledge.owner_id, "mortgagor", "contract")


def _contacts(draws: Draws, party: Party, book: Book) -> Iterator[Row]:
    key = party.party_id
    gone = key in book.debtors and book.debtors[key].persona is Persona.UNREACHABLE

    def row(channel: str, value: str, weights: dict[bool | None, int]) -> Row:
        return {
            "party_id": key,
            "channel": channel,
            "value": value,
            "contractual": True if channel == "post" or draws.chance(85, key, channel, "contractual") else None,
            "consent": draws.weighted(weights, key, channel, "consent"),
            "source": "contract",
            "whose": "own",
            "valid_from": book.history_from - timedelta(days=draws.between(30, 900, key, "contact since")),
        }

    yield row("post", party.address, {True: 100})
    if not (gone and draws.chance(30, key, "no number")):
        yield row("phone", party.phone, {True: 70, None: 29, False: 1})
        if party.kind == "natural":
            yield row("sms", party.phone, {True: 74, None: 24, False: 2})
    if key in book.debtors and (gone or draws.chance(20, key, "left a relative's number")):
        number = mobile(draws, f"{key} relative")
        yield {**row("phone", number, {None: 100}), "contractual": None, "whose": "relative", "source": "pre_left"}
    if party.email:
        yield row("email", party.email, {True: 60, None: 40})


def _collateral(book: Book, account: Account) -> Row:
    pledge = account.pledge
    assert pledge is not None
    real = pledge.kind == "real_estate"
    return {
        "collateral_id": pledge.collateral_id,
        "account_id": account.account_id,
        "owner_id": pledge.owner_id,
        "kind": pledge.kind,
        "registered": True,
        "registration_no": f"模（{pledge.registered_on.year}）不动产证明第{account.account_id[1:]}号"
        if real
        else f"抵登{account.account_id}",
        "rank": 1,
        "registered_on": pledge.registered_on,
        "secured_amount": account.original,
        "value": pledge.value,
        "valued_on": pledge.valued_on,
        "dwelling": real or None,
        "only_home": pledge.only_home if real else None,
        "address": book.parties[pledge.owner_id].address if real else f"小型轿车，识别代号{account.account_id}",
        "seized_by_others": None,
    }


def _guarantees(account: Account) -> Iterator[Row]:
    for guarantee in account.guarantees:
        yield {
            "guarantee_id": guarantee.guarantee_id,
            "account_id": account.account_id,
            "party_id": guarantee.party_id,
            "kind": guarantee.kind,
            "period_ends_on": guarantee.period_ends_on,
            "contract_no": f"保字{account.opened_on.year}第{guarantee.guarantee_id}号",
            "signed_on": account.opened_on,
        }


def _circumstances(draws: Draws, book: Book, people: list[Party]) -> dict[str, list[Row]]:
    """Work, household, income and clues to assets, of those of whom the bank knows them; the rest is unknown."""
    found: dict[str, list[Row]] = {"employment": [], "household": [], "income": [], "assets": []}
    for party in people:
        key = party.party_id
        known = {
            "party_id": key,
            "as_of": book.start_on - timedelta(days=draws.between(20, 700, key, "asked")),
            "source": "贷款申请表",
        }
        if draws.chance(55, key, "work known"):
            status = draws.weighted({"employed": 70, "self_employed": 18, "unemployed": 5, "retired": 7}, key, "work")
            employer = party.address[: party.address.index("市") + 1] + draws.pick(EMPLOYERS, key, "employer")
            found["employment"].append(
                {**known, "status": status, "employer": employer if status == "employed" else None}
            )
        if draws.chance(40, key, "household known"):
            marital = draws.weighted({"married": 62, "single": 28, "divorced": 10}, key, "marital")
            found["household"].append(
                {**known, "marital_status": marital, "dependants": draws.below(4, key, "dependants")}
            )
        if draws.chance(38, key, "income known"):
            monthly = draws.between(28, 260, key, "income") * 100 * YUAN
            spending = monthly * draws.between(35, 80, key, "spending") // 100
            found["income"].append({**known, "monthly": monthly, "spending": spending, "currency": "CNY"})
        if draws.chance(12, key, "asset known"):
            kind = draws.pick(("deposit", "wage", "vehicle", "equity"), key, "asset")
            found["assets"].append({**known, "asset_id": f"A{key}", "kind": kind, "currency": "CNY",
                                    "value": draws.between(5, 300, key, "asset value") * 1000 * YUAN})  # fmt: skip
    return found


def _documents(accounts: list[Account], folder: Path) -> Iterator[Row]:
    (folder / "papers").mkdir(exist_ok=True)
    for account in accounts:
        for kind in papers_of(account):
            content, file = page(account, kind), f"papers/{account.account_id}-{kind}.pdf"
            (folder / file).write_bytes(content)
            yield {
                "document_id": f"D{account.account_id}-{kind}",
                "account_id": account.account_id,
                "kind": kind,
                "on": account.opened_on,
                "file": file,
                "sha256": digest(content),
                "original_at": f"{account.branch}档案室",
            }
