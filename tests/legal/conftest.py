"""The shipped policy of one day, once for all tests of the calculators; and a book with some rules taken out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from recourse.policy.book import Policy, PolicyBook
from recourse.policy.load import load_book, shipped_packs

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def book() -> PolicyBook:
    return load_book([shipped_packs()])


@pytest.fixture(scope="session")
def policy(book: PolicyBook) -> Policy:
    return book.at(TODAY, "cn", "consumer_loan")


@pytest.fixture(scope="session")
def without(book: PolicyBook) -> Callable[..., Policy]:
    """The policy of today from a book in which some rules do not stand; a topic alone takes out all its rules."""

    def made(*rules: str) -> Policy:
        kept = [
            (f"{name}/{rule.rule}", rule)
            for name, rule in book.rules("cn")
            if rule.rule not in rules and rule.rule.split(".")[0] not in rules
        ]
        return PolicyBook(kept).at(TODAY, "cn", "consumer_loan")

    return made
