"""What reaches the bank from courts beside stages: hearings, freezes, papers served, numbers, and what searches for assets find.

What people of the bank have to file is filed here too, some days after the step was agreed to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from recourse.simulate.draws import Draws
from recourse.simulate.office import CourtNews, Office, OpenMatter, OpenVisit

FROZEN_PERCENT = 14
CLUE_PERCENT = 16
TAKES_DAYS = {
    "appeal": 1,
    "freeze_renewal": 6,
    "payment_order": 3,
    "mediation": 3,
    "asset_watch": 10,
    "preservation": 4,
}
"""Step that people work on → how many days it takes until its outcome is recorded."""


class Registry:
    """Notes what it has told of each court file; `due_on`: when a court file moves on, None when it does not."""

    def __init__(self, draws: Draws, due_on: Callable[[OpenMatter], date | None], owed: Callable[[str], int]) -> None:
        self._draws, self._due_on, self._owed = draws, due_on, owed
        self._told: set[tuple[str, str, date]] = set()

    def work(self, day: date, office: Office, matters: Sequence[OpenMatter]) -> None:
        """Everything of one day, in the order of the accounts."""
        news = [each for matter in matters for each in self._of(matter, day)]
        for node in TAKES_DAYS:
            for visit in sorted(office.open_visits(node), key=lambda visit: visit.account_id):
                if (day - visit.entered_on).days >= TAKES_DAYS[node]:
                    news.append(self._done(visit, day))
        if news:
            office.court_news(news)

    def _of(self, matter: OpenMatter, day: date) -> Iterator[CourtNews]:
        """What a stage brings, told once."""
        account_id, stage = matter.account_id, matter.stage
        key = (account_id, stage, matter.stage_on)
        if key in self._told:
            return
        self._told.add(key)
        suit = matter.route == "suit"
        if suit and stage == "docketed":
            yield CourtNews(account_id, "hearing_set", day, later_on=self._due_on(matter))
            if self._draws.chance(FROZEN_PERCENT, account_id, "frozen"):
                yield CourtNews(account_id, "frozen", day, "deposit", self._number(account_id, "保", day),
                                self._owed(account_id) * self._draws.between(5, 40, account_id, "share") // 100)  # fmt: skip
        elif suit and stage == "heard":
            yield CourtNews(account_id, "hearing_held", day, "held")
        elif suit and stage == "judged":
            yield CourtNews(account_id, "served", day, "judgment", self._number(account_id, "送", day))
        elif stage == "issued":
            yield CourtNews(account_id, "served_debtor", day, "payment_order", self._number(account_id, "送", day))
        elif stage == "enforcing" and (account_id, "numbered", matter.stage_on) not in self._told:
            self._told |= {(account_id, "numbered", day), (account_id, stage, day)}
            yield CourtNews(account_id, "enforcing", day, number=self._number(account_id, "执", day))

    def _done(self, visit: OpenVisit, day: date) -> CourtNews:
        """The outcome of a step that people worked on."""
        account_id, node = visit.account_id, visit.node
        number = self._number(account_id, "收", day)
        if node == "asset_watch":
            found = self._draws.chance(CLUE_PERCENT, account_id, visit.entered_on, "clue")
            kind = self._draws.pick(("deposit", "vehicle", "realty"), account_id, visit.entered_on, "clue is")
            return CourtNews(account_id, "clue" if found else "nothing_found", day, kind, number)
        what = {"appeal": "appealed", "freeze_renewal": "renewed", "preservation": "frozen"}.get(node, "filed")
        detail = "deposit" if node == "preservation" else node
        return CourtNews(account_id, what, day, detail, number, self._owed(account_id) // 4 or 1)

    def _number(self, account_id: str, kind: str, day: date) -> str:
        return f"（{day.year}）模9901{kind}{self._draws.between(100, 29_999, account_id, kind, day)}号"
