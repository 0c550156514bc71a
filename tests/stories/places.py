"""The places whose laws the stories compare, and a life that goes alike in each until the first call waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tests.stories.bank import Bank

BankIn = Callable[[str], Bank]
"""A bank that is at home in a place: cn, tw or us."""
PLACES = ("cn", "tw", "us")
QUIET = "contact.quiet_hours"
Came = TypeVar("Came")


def in_each(bank_in: BankIn, live: Callable[[Bank], Came]) -> dict[str, Came]:
    """What comes of a life in each place."""
    return {place: live(bank_in(place)) for place in PLACES}


def until_the_first_call(bank: Bank, *accounts: str) -> None:
    """Loans of one debtor fall due and nobody pays; whatever is written to him is agreed to and arrives. Then a call
    waits."""
    for account in accounts or ("A1",):
        bank.loan(account, due="2025-03-10")
    bank.staff_agrees("formal_notice")
    bank.post_arrives(after_days=2)
    bank.play(until="2025-03-21")
