"""The made-up town: a bank's book, its debtors, its staff, its courts, played one business day at a time.

The caller drives: `write_book` once, then for each business day `write_day`, the system's own work on that delivery,
and `react`. Nothing here reads a clock or draws from a global source; the same seed gives the same files and the same
calls, whatever order the office lists things in. A town lives in memory only: to go on after a stop, play it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from recourse.simulate.approvals import Approvals
from recourse.simulate.beside import Beside
from recourse.simulate.book import compose
from recourse.simulate.books import Books
from recourse.simulate.callers import Callers
from recourse.simulate.core import Core, MonthEnd
from recourse.simulate.courts import Courts, scale_of_fees
from recourse.simulate.credit import Credit
from recourse.simulate.debtors import Debtors
from recourse.simulate.deliveries import Deliveries
from recourse.simulate.detectives import Detectives
from recourse.simulate.draws import Draws
from recourse.simulate.office import Office, Sent
from recourse.simulate.outside import Agencies, Post, Preservation
from recourse.simulate.searches import Searches
from recourse.simulate.troubles import Troubles
from recourse.simulate.wallets import Planned, Wallets
from recourse.workdays import Calendar

DAY = timedelta(days=1)
RECOVERED_PERCENT = 22
MOVED_AT_ONCE = frozenset({"reminder", "outsourcing_notice"})
"""Messages whose arrival is not proved: they work on the day they go out."""


class Town:
    """A town of `accounts` accounts whose first day is `start_on`.

    `ends_on`: the last day that will be played, if known; some gates of the last days are then left open.
    """

    def __init__(self, seed: int, accounts: int, start_on: date, *, ends_on: date | None = None) -> None:
        draws, calendar = Draws(seed), Calendar("cn")
        self.book = compose(draws, accounts, start_on)
        self.core = Core(self.book)
        self._draws, self._start_on = draws, start_on
        self._wallets = Wallets(draws, self.book, self.core)
        self._debtors = Debtors(draws, self.book, self.core, self._wallets)
        self._troubles = Troubles(draws, self.book, self.core, self._debtors, self._wallets)
        self._preservation = Preservation(draws, self.book, self.core, self._wallets)
        self._post = Post(draws, self.core, self._debtors)
        self._agencies = Agencies(draws, self._debtors)
        self._courts = Courts(
            draws, self.core, self._debtors, self._wallets, self._preservation, calendar, scale_of_fees()
        )
        self._callers = Callers(draws, self.core, self._debtors, self._troubles)
        self._searches = Searches(draws, self._debtors)
        self._approvals = Approvals(draws, calendar, ends_on)
        self._books = Books(draws, self.core, self._wallets, start_on)
        self._beside = Beside(draws, self.book, self.core, self._wallets, self._preservation)
        self._detectives = Detectives(draws, self.book, self.core)
        self._credit = Credit(draws, self.core)
        self._deliveries = Deliveries(draws, self.book, self.core, self._beside.deposits, self._credit)
        self._month_ends: list[MonthEnd] = []
        self._play_to(start_on)

    def write_book(self, folder: Path) -> None:
        """The full delivery as of `start_on`, before any other day is written."""
        if self.core.today != self._start_on.toordinal():
            raise ValueError("the book is written before the first day")
        self._deliveries.full(self._start_on, folder, self._month_ends)
        self._month_ends = []

    def write_day(self, day: date, folder: Path) -> None:
        """The daily delivery of a business day later than the one before: what was paid since, and every balance."""
        if day.toordinal() <= self.core.today:
            raise ValueError(f"{day} was played already")
        self._play_to(day)
        self._deliveries.daily(day, folder, self._month_ends, self._troubles.pauses)
        self._month_ends, self._troubles.pauses = [], []

    def react(self, day: date, at: str, office: Office) -> None:
        """How the town answers what the system did on `day`, the day delivered last; `at`: the instant, as UTC text."""
        if day.toordinal() != self.core.today:
            raise ValueError(f"{day} is not the day that was delivered last")
        self._books.work(day, office)
        for account_id in sorted(office.written_off(day)):
            self._written_off(account_id)
            self._books.written_off(account_id, day)
        self._receive(office.sent(day), day, office)
        self._post.deliver(day, office)
        self._callers.work(day, at, office)
        self._searches.work(day, office.sent(day), office)
        self._preservation.work(day, office)
        self._agencies.work(day, office)
        self._courts.sit(day, office)
        self._beside.work(day, office)
        self._troubles.work(day, office)
        self._detectives.work(day, office)
        self._credit.work(day, office)
        self._approvals.answer(day, office)

    def mix(self) -> dict[str, int]:
        """Accounts by the kind of their debtor."""
        return dict(Counter(self._debtors.persona_of(key).value for key in self.book.accounts).most_common())

    def _written_off(self, account_id: str) -> None:
        """Few pay after a write-off, and little."""
        self.core.write_off(account_id)
        if self._draws.chance(RECOVERED_PERCENT, account_id, "recovered"):
            share = self._draws.between(2, 25, account_id, "recovers")
            amount = self.core.debts[account_id].total * share // 100
            on = self.core.today + self._draws.between(20, 160, account_id, "recovers after")
            self._wallets.plan(on, Planned(account_id, "fixed", "court", amount))

    def _receive(self, sent: Sequence[Sent], day: date, office: Office) -> None:
        self._post.take(sent, day)
        for account_id, node in sorted({(each.account_id, each.node) for each in sent if each.node in MOVED_AT_ONCE}):
            if not self._debtors.moved_by(node, account_id, day) and node == "reminder":
                self._troubles.complains_by_letter(account_id, day, office)

    def _play_to(self, day: date) -> None:
        for on in range(self.core.today + 1, day.toordinal() + 1):
            self._troubles.bury(on)
            self._wallets.play(on)
            if (date.fromordinal(on) + DAY).day == 1:
                self._month_ends.append(self.core.month_end())
