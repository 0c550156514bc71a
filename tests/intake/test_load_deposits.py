"""Deposits of debtors: kept by deposit, condensed into each account of the owner in the same currency."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from recourse.facts import DepositFact
from recourse.ledger.tables import deposits
from tests.database import Databases
from tests.intake.loading import Bank, opened_book, swept_book

HEAD = "deposit_id,party_id,deposit_no,source,balance,currency,as_of\n"


@pytest.fixture
def bank(databases: Databases, tmp_path: Path) -> Iterator[Bank]:
    """P1 owes A1 and A2; on SQLite and on PostgreSQL in turn."""
    made = Bank(databases.prepared(opened_book), tmp_path)
    yield made
    made.engine.dispose()


def row(deposit: str, balance: str, *, source: str = "other", currency: str = "", day: str = "2025-02-11") -> str:
    return f"{deposit},P1,62001,{source},{balance},{currency},{day}\n"


def seen(bank: Bank, account: str) -> dict[str, int]:
    found = msgspec.json.decode(bank.account(account).deposit_rows, type=tuple[DepositFact, ...])
    return {each.deposit_id: each.balance for each in found}


def test_every_debt_of_the_owner_sees_them_in_its_own_currency_only(bank: Bank) -> None:
    loaded = bank.deliver(
        "2025-02-11", deposits=HEAD + row("S1", "100.01") + row("S2", "7", currency="USD") + row("S3", "0")
    )
    assert loaded.accepted["deposits"] == 3
    for account in ("A1", "A2"):
        assert (seen(bank, account), bank.account(account).deposits) == ({"S1": 100_01}, 100_01)
    assert bank.sealed("P1", "deposit_no:S1") == "62001"


def test_an_older_day_changes_nothing_and_a_closed_one_is_gone(bank: Bank) -> None:
    bank.deliver("2025-02-12", deposits=HEAD + row("S1", "50", day="2025-02-12"))
    bank.deliver("2025-02-13", deposits=HEAD + row("S1", "90", day="2025-02-11") + row("S9", "1", day="2025-02-13"))
    assert seen(bank, "A1") == {"S1": 50_00, "S9": 1_00}
    bank.deliver("2025-02-14", deposits=HEAD + row("S1", "0", day="2025-02-14"))
    assert seen(bank, "A1") == {"S9": 1_00}
    with bank.reading() as connection:
        kept = connection.execute(select(deposits.c.balance).where(deposits.c.deposit_id == "S1")).scalar()
    assert kept == 0


def test_a_new_account_of_the_owner_sees_what_was_known(bank: Bank) -> None:
    bank.deliver("2025-02-11", deposits=HEAD + row("S1", "100"))
    bank.deliver(
        "2025-02-12",
        accounts="account_id,product,branch,opened_on,original_amount\nA3,credit_card,0101,2024-06-06,500.00\n",
        roles="account_id,party_id,role,basis\nA3,P1,borrower,contract\n",
    )
    assert seen(bank, "A3") == {"S1": 100_00}


def test_the_same_file_again_changes_nothing(bank: Bank) -> None:
    bank.deliver("2025-02-11", deposits=HEAD + row("S1", "100"))
    before = bank.dump()
    folder = bank.folder("2025-02-11", deposits=HEAD + row("S1", "100"))
    assert bank.load(folder, "2025-02-11").batch_id == ""
    assert bank.dump() == before


def test_a_case_wakes_when_a_sum_passes_a_number_of_a_rule_and_else_sleeps(
    databases: Databases, tmp_path: Path
) -> None:
    """2,000 yuan of money that is free is what the rule of set-off asks from; a fen more or less above it asks nothing."""
    bank = Bank(databases.prepared(swept_book), tmp_path)

    def version() -> int:
        return int(bank.case("A2").version)

    bank.deliver("2025-02-11", deposits=HEAD + row("S1", "1999.99"))
    asleep = version()
    bank.deliver("2025-02-12", deposits=HEAD + row("S1", "1999.98", day="2025-02-12"))
    assert version() == asleep
    bank.deliver("2025-02-13", deposits=HEAD + row("S1", "2000.00", day="2025-02-13"))
    assert version() > asleep
    awake = version()
    bank.deliver("2025-02-14", deposits=HEAD + row("S1", "2000.00", source="wages", day="2025-02-14"))
    assert version() > awake
    awake = version()
    bank.deliver("2025-02-15", deposits=HEAD + row("S1", "2000.01", source="wages", day="2025-02-15"))
    assert version() == awake, "told day by day: nobody found it too old"
    bank.deliver("2025-02-17", deposits=HEAD + row("S1", "2000.01", source="wages", day="2025-02-17"))
    assert version() > awake, "nothing was told on the 16th"
    bank.engine.dispose()
