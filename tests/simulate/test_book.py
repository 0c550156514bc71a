"""The full delivery: the intake takes all of it, it holds what a demo needs, and nobody in it can be anybody."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from pypdf import PdfReader

from recourse.arrears import Instalment, Receipt, dpd, oldest_unpaid
from recourse.intake.layout import TABLES
from recourse.intake.read import Delivery
from recourse.simulate import names
from recourse.simulate.book import compose
from recourse.simulate.draws import Draws
from recourse.simulate.personas import MIX
from tests.simulate.conftest import START, Played

BEFORE = {"past_contacts", "past_demands"}
"""Of the past, what a book of this size is sure to have."""
ALWAYS = {name for name in TABLES if not name.startswith("past_")} - {
    "pauses",
    "bank_actions",
    "credit_reports",
} | BEFORE


@pytest.fixture(scope="module")
def book(deliveries: list[Delivery]) -> Delivery:
    return deliveries[0]


def test_the_intake_takes_every_row_and_every_total_agrees(book: Delivery) -> None:
    assert book.quarantine.height == 0, book.quarantine
    assert book.totals_off == []
    assert book.warnings == ()
    assert set(book.tables) >= ALWAYS
    assert set(book.tables) <= TABLES.keys()


def test_days_late_follow_from_the_files_alone(book: Delivery, played: Played) -> None:
    """Instalments against what was paid of principal and interest, oldest first; cards against all that was paid."""
    plans: dict[str, list[Instalment]] = {key: [] for key in played.town.book.accounts}
    paid: dict[str, list[Receipt]] = {key: [] for key in played.town.book.accounts}
    for account_id, due_on, amount in book.tables["instalments"].select("account_id", "due_on", "amount").iter_rows():
        plans[account_id].append(Instalment(due_on, amount))
    for account_id, paid_on, amount, principal, interest in (
        book.tables["payments"].select("account_id", "paid_on", "amount", "principal", "interest").iter_rows()
    ):
        paid[account_id].append(Receipt(paid_on, amount if account_id.startswith("K") else principal + interest))
    found = {
        key: dpd(oldest_unpaid(plans[key], paid[key], as_of=START), (), START) for key in played.town.book.accounts
    }
    assert found == played.late[0]


def test_the_mix_is_worth_a_demo() -> None:
    book = compose(Draws(5), 1000, START)
    debtors = book.debtors.values()
    assert 770 <= len(debtors) <= 840
    owners = Counter(account.person_id for account in book.accounts.values())
    assert Counter(owners.values())[2] > 80
    assert Counter(owners.values())[3] > 10
    kinds = Counter(debtor.persona for debtor in debtors)
    assert all(abs(kinds[persona] / len(debtors) - share / 100) < 0.035 for persona, share in MIX.items())
    accounts = book.accounts.values()
    assert {guarantee.kind for account in accounts for guarantee in account.guarantees} == {
        "joint",
        "general",
        "unknown",
    }
    assert sum(1 for account in accounts if account.co_borrower) > 40
    assert {account.pledge.kind for account in accounts if account.pledge} == {"real_estate", "vehicle"}
    assert 5 < sum(account.arbitration for account in accounts) < 50
    assert sum(account.acceleration is True for account in accounts) > 900


def test_a_fifth_is_late_on_the_first_day_and_none_longer_than_a_quarter(played: Played) -> None:
    late = [days for days in played.late[0].values() if days]
    assert 0.15 < len(late) / len(played.late[0]) < 0.35
    assert max(late) <= 93
    assert sum(days > 60 for days in late) > 5


def test_a_larger_book_begins_with_the_smaller() -> None:
    small, large = compose(Draws(3), 40, START), compose(Draws(3), 90, START)
    assert list(small.accounts.items()) == list(large.accounts.items())[:40]
    assert compose(Draws(4), 40, START).accounts != small.accounts


def test_nobody_is_anybody(book: Delivery) -> None:
    """No identity number passes its own check, none is of a real area; no mobile number can ring."""
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    people = book.tables["parties"].filter(pl.col("kind") == "natural")
    for number in people["id_number"]:
        right = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True)) % 11]
        assert len(number) == 18
        assert number[17] != right
        assert number.startswith("9901")
    numbers = book.tables["contacts"].filter(pl.col("channel").is_in(["sms", "phone"]))["value"]
    assert all(number.startswith("154") and len(number) == 11 for number in numbers)
    assert all(
        value.endswith(".example") for value in book.tables["contacts"].filter(pl.col("channel") == "email")["value"]
    )


def test_some_names_are_rare_and_all_else_is_in_the_common_set() -> None:
    book = compose(Draws(9), 1500, START)
    named = [party.name for party in book.parties.values()]
    rare = [name for name in named if set(name) & set(names.RARE)]
    assert 0.008 < len(rare) / len(named) < 0.035
    assert any(ord(character) > 0xFFFF for name in rare for character in name)
    plain = "".join(named) + "".join(party.address for party in book.parties.values())
    for character in set(plain) - set(names.RARE):
        character.encode("gb2312")


def test_papers_can_be_opened(book: Delivery, played: Played) -> None:
    papers = book.tables["documents"]
    assert papers.filter(pl.col("kind") == "loan_contract").height > 40
    first = papers.row(0, named=True)
    text = PdfReader(played.folders[0] / first["file"]).pages[0].extract_text()
    assert first["account_id"] in text
    assert "SPECIMEN" in text
