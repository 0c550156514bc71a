"""The back office of the town: what a packet lacks is brought, signed or waived, each by whose business it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from recourse.simulate.books import BROUGHT_AFTER_DAYS, Books
from recourse.simulate.draws import Draws
from recourse.simulate.office import Office, PacketLacks
from recourse.simulate.staff import LEGAL_COUNSEL

TOLD = date(2025, 3, 3)


class Branch:
    """An office in which some packets lack something, and nothing else happens."""

    def __init__(self, *lacking: PacketLacks) -> None:
        self.lacking = lacking
        self.brought: list[tuple[str, str]] = []
        self.signed: list[tuple[str, str]] = []

    def packets_lack(self) -> Sequence[PacketLacks]:
        return self.lacking

    def bring_papers(self, brought: Sequence[tuple[str, str]]) -> None:
        self.brought += brought

    def sign_opinions(self, accounts: Sequence[str], signed_by: str) -> None:
        self.signed += [(account, signed_by) for account in accounts]


def test_counsel_signs_the_opinion_and_the_branch_brings_the_rest() -> None:
    """An opinion counts when counsel signed it: a page that says so would be brought in vain, day after day."""
    lacks = PacketLacks(
        "A1", {"legal_opinion": ("legal_opinion",), "disbursement": ("disbursement",)}, frozenset({"legal_opinion"})
    )
    branch = Branch(lacks)
    nobody = cast(Any, None)
    books = Books(Draws(1), nobody, nobody, TOLD)
    for days in range(BROUGHT_AFTER_DAYS[0]):
        books._complete(TOLD + timedelta(days), cast(Office, branch))
    assert (branch.brought, branch.signed) == ([], [])
    books._complete(TOLD + timedelta(BROUGHT_AFTER_DAYS[1]), cast(Office, branch))
    assert branch.brought == [("A1", "disbursement")]
    assert branch.signed == [("A1", LEGAL_COUNSEL)]
