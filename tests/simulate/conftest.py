"""Towns that have been played for a while against the clerk, with all that they delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from recourse.intake.read import Delivery, read_delivery
from recourse.simulate.town import Town
from recourse.workdays import Calendar
from tests.simulate.clerk import Clerk

START = date(2024, 11, 4)


class Played:
    """A town that was played: `deliveries` as the intake reads them, the full one first."""

    def __init__(self, seed: int, accounts: int, workdays: int, folder: Path, *, shuffled: bool = False) -> None:
        self.days = list(Calendar("cn").between(START, START + timedelta(days=2 * workdays)))[:workdays]
        self.town = Town(seed, accounts, START, ends_on=self.days[-1])
        self.clerk = Clerk(self.town, shuffled=shuffled)
        self.folders = [folder / str(day) for day in self.days]
        self.late: list[dict[str, int]] = []
        for day, place in zip(self.days, self.folders, strict=True):
            if day == START:
                self.town.write_book(place)
            else:
                self.town.write_day(day, place)
            self.late.append({key: self.town.core.days_late(key) for key in self.town.book.accounts})
            self.clerk.work(day)
            self.town.react(day, f"{day}T02:00:00+00:00", self.clerk)

    def deliveries(self) -> list[Delivery]:
        book = read_delivery(self.folders[0])
        known = book.tables["accounts"].select("account_id", "currency")
        parties = book.tables["parties"]["party_id"]
        return [book, *(read_delivery(each, known_accounts=known, known_parties=parties) for each in self.folders[1:])]


def together(deliveries: Sequence[Delivery], table: str) -> pl.DataFrame:
    """The rows of a table over several deliveries."""
    return pl.concat([each.tables[table] for each in deliveries if table in each.tables], how="vertical")


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """160 accounts over 60 business days."""
    return Played(11, 160, 60, tmp_path_factory.mktemp("played"))


@pytest.fixture(scope="session")
def deliveries(played: Played) -> list[Delivery]:
    return played.deliveries()
