"""The core banking system: every account's balance, day by day, and the entries of money in and out.

The truth about money in the town. It knows no debtor: what is paid and when is decided elsewhere. Days are ordinals.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import msgspec

from recourse.intake.layout import COMPONENTS
from recourse.money import Amounts
from recourse.simulate.book import Account, Book
from recourse.simulate.cards import Card
from recourse.simulate.loans import NEVER, Debt, Loan


class Entry(msgspec.Struct, frozen=True):
    """One entry: `paid_on` is its value date, `booked_on` the day on which the balance moved."""

    payment_id: str
    account_id: str
    paid_on: int
    booked_on: int
    split: Amounts
    kind: str
    payer: str
    refers_to: str = ""


TOLD_SETTLED_DAYS = 120
"""So long is an account told of that owes nothing: a court file is closed on the bank's word of today."""
TOLD_CURRENT_DAYS = 3
"""So long after its last movement is an account told of on which nothing is late; then at month ends only."""

BalanceRow = tuple[str, ...]
"""account_id, as_of, the six components, overdue_total, status: a row of the table ``balances``, as text."""


class MonthEnd(msgspec.Struct, frozen=True):
    """The book at the end of a month: `totals` by branch and product (accounts, balance), and the balances then."""

    on: date
    totals: dict[tuple[str, str], tuple[int, int]]
    balances: list[BalanceRow]


class Core:
    """All accounts. `entries` are those since the last delivery, which takes them out."""

    def __init__(self, book: Book) -> None:
        self.accounts = book.accounts
        begins = book.history_from.toordinal()
        self.debts: dict[str, Debt] = {key: _debt(account, begins) for key, account in book.accounts.items()}
        self.written_off: set[str] = set()
        self.sold: set[str] = set()
        self.entries: list[Entry] = []
        self.today = begins - 1
        self._cells: dict[str, tuple[str, ...]] = {}
        self._changed_on: dict[str, int] = {}
        self._calendar: defaultdict[int, list[str]] = defaultdict(list)
        for key, debt in self.debts.items():
            self._calendar[debt.next_event_on].append(key)

    def open(self, on: int) -> list[str]:
        """Begin a day: bills, statements and fees of that day; the accounts on which something falls due today."""
        self.today = on
        due = []
        for key in sorted(self._calendar.pop(on, ())):
            debt = self.debts[key]
            if debt.next_event_on != on:
                continue
            if debt.event(on):
                due.append(key)
            if debt.next_event_on != NEVER:
                self._calendar[debt.next_event_on].append(key)
        return due

    def overdue(self, account_id: str) -> int:
        """What must be paid now to be current, all charges included."""
        debt = self.debts[account_id]
        debt.accrue(self.today)
        return debt.overdue(self.today)

    def days_late(self, account_id: str) -> int:
        """Days past due today."""
        since = self.debts[account_id].late_since(self.today)
        return 0 if since is None else self.today - since

    def pay(self, account_id: str, amount: int, payer: str, paid_on: int = 0) -> Entry:
        """Book money that came in today (`paid_on`: its value date, if that lies back)."""
        debt = self.debts[account_id]
        split = debt.pay(self.today, amount)
        kind = "recovery" if account_id in self.written_off else "payment"
        entry = Entry(
            f"{account_id}-{debt.payments:04d}", account_id, paid_on or self.today, self.today, split, kind, payer
        )
        self.entries.append(entry)
        if not debt.total:
            debt.next_event_on = NEVER
        return entry

    def take_back(self, entry: Entry) -> None:
        """Book a chargeback of an earlier payment."""
        debt = self.debts[entry.account_id]
        debt.take_back(self.today, entry.split)
        number = f"{entry.account_id}-{debt.payments:04d}"
        self.entries.append(
            Entry(
                number,
                entry.account_id,
                self.today,
                self.today,
                entry.split,
                "chargeback",
                entry.payer,
                entry.payment_id,
            )
        )

    def waive(self, account_id: str) -> None:
        """The bank gives up what is left, as an arrangement that was performed says."""
        self.debts[account_id].waive(self.today)

    def charge(self, account_id: str, costs: int) -> None:
        """Costs of pursuing the debt that the bank has laid out."""
        debt = self.debts[account_id]
        debt.owed["costs"] += costs
        debt.changed = True

    def accelerate(self, account_id: str) -> None:
        """The whole debt is due from today on."""
        self.debts[account_id].accelerate(self.today)

    def status(self, account_id: str) -> str:
        """The status code of the layout."""
        if account_id in self.sold:
            return "transferred"
        if account_id in self.written_off:
            return "written_off"
        return "active" if self.debts[account_id].total else "settled"

    def balances(self, *, whole_book: bool = False) -> list[BalanceRow]:
        """What is owed at the end of today, by account: of those late or moved lately, or of the whole book.

        An account that owes nothing is told of for some time yet.
        """
        as_of, rows = date.fromordinal(self.today).isoformat(), []
        for key, debt in self.debts.items():
            debt.accrue(self.today)
            if debt.changed:
                debt.changed = False
                self._cells[key] = self._row(key, debt)
                self._changed_on[key] = self.today
            elif self._is_quiet(key, debt, whole_book):
                continue
            cells = self._cells[key]
            rows.append((cells[0], as_of, *cells[1:]))
        return rows

    def _is_quiet(self, key: str, debt: Debt, whole_book: bool) -> bool:
        """Whether nobody asks about an account today: nothing late on it, and nothing moved for some days."""
        days = self.today - self._changed_on[key]
        if not debt.total:
            return days > TOLD_SETTLED_DAYS
        return not whole_book and days > TOLD_CURRENT_DAYS and not debt.overdue(self.today)

    def _row(self, key: str, debt: Debt) -> tuple[str, ...]:
        late = max(debt.overdue(self.today) - debt.instalment(self.today), 0)
        amounts = [*(debt.owed[name] for name in COMPONENTS), late]
        return (key, *(f"{amount // 100}.{amount % 100:02d}" for amount in amounts), self.status(key))

    def month_end(self) -> MonthEnd:
        """The balances of today, and their totals by branch and product over accounts that are on the books."""
        totals: dict[tuple[str, str], tuple[int, int]] = {}
        balances = self.balances(whole_book=True)
        for key, account in self.accounts.items():
            total = self.debts[key].total
            if total and key not in self.written_off and key not in self.sold:
                accounts, balance = totals.get((account.branch, account.product), (0, 0))
                totals[account.branch, account.product] = (accounts + 1, balance + total)
        return MonthEnd(date.fromordinal(self.today), totals, balances)

    def sell(self, account_id: str) -> None:
        """The claim belongs to somebody else and leaves the books."""
        self.sold.add(account_id)
        self.debts[account_id].changed = True

    def write_off(self, account_id: str) -> None:
        """The account is off the books 账销案存; it is still owed, and all of a loan is due."""
        self.written_off.add(account_id)
        if isinstance(self.debts[account_id], Loan):
            self.accelerate(account_id)
        self.debts[account_id].changed = True


def _debt(account: Account, begins: int) -> Debt:
    if account.first_on is not None:
        return Card(account.account_id, account.drawn, account.spends, account.first_on)
    overdue_rate = account.rate * (10 + account.uplift_tenths) // 10
    principal = account.original - account.paid_before
    return Loan(account.account_id, account.rate, overdue_rate, account.plan, principal, begins)
