"""The core banking system of the stories: plans, payments, balances, and the files that it delivers each morning.

Arithmetic as small as it can be: no interest runs; a payment pays the oldest instalment. It is the truth about money.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from desk.settings import ZONES
from recourse.intake.manifest import write_manifest
from recourse.intake.write import write_table
from recourse.simulate.book_files import frame

Row = dict[str, Any]
Sum = int | Literal["arrears", "all"]
"""An amount in fen, or as much as it takes on the day on which the bank books it."""


class Due(msgspec.Struct, frozen=True):
    """A payment on its way: `paid_on` is its value date, `known_on` the morning on which the bank's file shows it."""

    account_id: str
    amount: Sum
    paid_on: date
    known_on: date
    kind: str
    payer: str


class Core:
    """Accounts by number; everything in minor units of the currency. `jurisdiction`: where the bank is at home."""

    def __init__(self, jurisdiction: str = "cn") -> None:
        self.jurisdiction, self.zone = jurisdiction.upper(), ZONES[jurisdiction]
        self.currency = {"cn": "CNY", "tw": "TWD", "us": "USD"}[jurisdiction]
        self.plans: dict[str, list[tuple[date, int]]] = {}
        self.debtor_of: dict[str, str] = {}
        self.booked: dict[str, int] = {}
        self.penalty: dict[str, int] = {}
        """Penalty interest that the bank has booked on top."""
        self.coming: list[Due] = []
        self.silent_on: set[date] = set()
        self.deposits: dict[str, Row] = {}
        """What lies in deposits, told anew with every file."""
        self._news: dict[str, list[Row]] = {}
        self._count = 0

    def tell(self, table: str, **row: Any) -> None:
        """A row for the next delivery."""
        self._news.setdefault(table, []).append(row)

    def open(self, account_id: str, debtor: str, plan: list[tuple[date, int]]) -> None:
        """An account and its plan: due date and amount of each instalment."""
        self.plans[account_id], self.debtor_of[account_id], self.booked[account_id] = plan, debtor, 0
        for number, (due_on, amount) in enumerate(plan, start=1):
            self.tell("instalments", account_id=account_id, number=number, due_on=due_on, amount=amount)

    def owed(self, account_id: str) -> int:
        """The whole claim by what is booked."""
        return max(sum(amount for _, amount in self.plans[account_id]) - self.booked[account_id], 0)

    def overdue(self, account_id: str, on: date) -> int:
        """What fell due before a day and is not paid."""
        return max(sum(amount for due, amount in self.plans[account_id] if due < on) - self.booked[account_id], 0)

    def deliver(self, day: date, folder: Path) -> Path | None:
        """Write what is new by a day, and every balance; None on a day on which no file comes."""
        if day in self.silent_on:
            return None
        self._book(day)
        for account_id in self.plans:
            rest = dict.fromkeys(("interest", "penalty", "compound", "fees", "costs"), 0)
            rest["penalty"] = self.penalty.get(account_id, 0)
            overdue = self.overdue(account_id, day)
            self.tell("balances", account_id=account_id, as_of=day, principal=self.owed(account_id), **rest,
                      overdue_total=overdue)  # fmt: skip
        for row in self.deposits.values():
            self.tell("deposits", **row, as_of=day)
        news, self._news = self._news, {}
        self._count += 1
        place = folder / f"{day}-{self._count:03d}"
        place.mkdir(parents=True)
        sent = {
            name: write_table(place, name, frame(name, rows), currency=self.currency) for name, rows in news.items()
        }
        write_manifest(place, as_of=day, entity="9001", jurisdiction=self.jurisdiction, currency=self.currency,
                       time_zone=self.zone, files=sent)  # fmt: skip
        return place

    def _book(self, day: date) -> None:
        for each in [due for due in self.coming if due.known_on <= day]:
            self.coming.remove(each)
            amount = each.amount
            if amount == "arrears":
                amount = self.overdue(each.account_id, day)
            elif amount == "all":
                amount = self.owed(each.account_id)
            self.booked[each.account_id] += -amount if each.kind == "chargeback" else amount
            self._count += 1
            self.tell("payments", payment_id=f"T{self._count:05d}", account_id=each.account_id, paid_on=each.paid_on,
                      amount=amount, principal=amount, kind=each.kind, booked_on=day, payer=each.payer)  # fmt: skip
