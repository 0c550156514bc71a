"""What the bank's interface delivers: the full book once, then each business day what moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl
from msgspec.structs import asdict

from recourse.intake.layout import COMPONENTS
from recourse.intake.manifest import Sent, write_manifest
from recourse.intake.write import write_table
from recourse.money import MINOR_DIGITS
from recourse.simulate.beside import Deposits
from recourse.simulate.book import ENTITY, Book
from recourse.simulate.book_files import book_tables, frame, reclassified
from recourse.simulate.cards import Card
from recourse.simulate.core import BalanceRow, Core, Entry, MonthEnd
from recourse.simulate.credit import Credit
from recourse.simulate.draws import Draws
from recourse.simulate.inflight import past_tables
from recourse.simulate.plans import PlanRow
from recourse.simulate.spoiled import PaymentRow, spoiled
from recourse.simulate.troubles import Pause

CURRENCY = "CNY"
AGENCIES = ("agency-a", "agency-b")
"""Agencies that the bank worked with before; both are on its register."""
STATED_EVERY_DAYS = 7
"""Minimum payments fall due twenty days after the statement, so a week's wait is early enough."""

_BALANCES = ("account_id", "as_of", *COMPONENTS, "overdue_total", "status")
_PAYMENTS = ("payment_id", "account_id", "paid_on", "amount", *COMPONENTS, "kind", "booked_on", "refers_to", "payer")
DueRow = tuple[str, int, date, int, int | None, int | None]
Tables = dict[str, pl.DataFrame]
_UNIT = 10 ** MINOR_DIGITS[CURRENCY]


class Deliveries:
    """Writes deliveries, each with what is new since the one before."""

    def __init__(self, draws: Draws, book: Book, core: Core, deposits: Deposits, credit: Credit) -> None:
        self._draws, self._book, self._core, self._deposits, self._credit = draws, book, core, deposits, credit
        self._stated: dict[str, int] = {}
        self._classes: dict[str, str] = {}
        self._stated_on = date.min

    def full(self, day: date, folder: Path, month_ends: list[MonthEnd]) -> None:
        """The book as of a day, with what was paid and stated since the history began, and what was done about it."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = dict(book_tables(self._draws, self._book, self._core, folder))
        tables["instalments"] = _instalments(self._plans())
        reclassified(self._draws, self._book, self._core, self._classes)
        past = past_tables(self._draws, self._book, self._core, day, AGENCIES)
        tables |= {name: frame(name, rows) for name, rows in past.items()}
        self._write(day, folder, _joined(tables, self._moved(day, month_ends[-1:], [])))

    def daily(self, day: date, folder: Path, month_ends: list[MonthEnd], pauses: list[Pause]) -> None:
        """What moved since the delivery before."""
        folder.mkdir(parents=True, exist_ok=True)
        reported = [row for month_end in month_ends[-1:] for row in self._credit.reports(day, month_end.on)]
        tables = self._moved(day, month_ends, pauses)
        self._write(day, folder, tables | ({"credit_reports": frame("credit_reports", reported)} if reported else {}))

    def _moved(self, day: date, month_ends: list[MonthEnd], pauses: list[Pause]) -> Tables:
        entries, self._core.entries = self._core.entries, []
        rows = [row for month_end in month_ends if month_end.on < day for row in month_end.balances]
        owed = self._core.balances(whole_book=any(each.on == day for each in month_ends))
        tables = {"payments": self._payments(day, entries), "balances": _balances(rows + owed)}
        if saved := self._deposits.told((row[0] for row in owed), day):
            tables["deposits"] = frame("deposits", saved)
        if month_ends:
            tables["book_totals"] = _totals(month_ends)
            anew = reclassified(self._draws, self._book, self._core, self._classes)
            if anew is not None:
                tables["accounts"] = anew
        if pauses:
            tables["pauses"] = frame("pauses", map(asdict, pauses))
        return _joined(_joined(tables, self._restated()), self._statements(day))

    def _restated(self) -> Tables:
        """Plans that ended before their time: the loan was called, or paid off."""
        rows: list[DueRow] = []
        for key, debt in self._core.debts.items():
            if debt.restated:
                rows += [_due(key, row) for row in debt.restated]
                debt.restated = []
        return {"instalments": _instalments(rows)} if rows else {}

    def _payments(self, day: date, entries: list[Entry]) -> pl.DataFrame:
        sound = [_payment(entry) for entry in entries]
        rows = sound + spoiled(self._draws, day, sound)
        return pl.DataFrame(rows, schema=dict.fromkeys(_PAYMENTS, pl.String), orient="row")

    def _statements(self, day: date) -> Tables:
        """Once a week: new statements of cards, and the minimum payments that they ask for, numbered by month."""
        if (day - self._stated_on).days < STATED_EVERY_DAYS:
            return {}
        self._stated_on = day
        stated, asked = [], []
        for key, debt in self._core.debts.items():
            if isinstance(debt, Card) and len(debt.statements) > (told := self._stated.get(key, 0)):
                for statement in debt.statements[told:]:
                    on = date.fromordinal(statement.on)
                    due_on = date.fromordinal(statement.due_on)
                    asked.append((key, on.year * 100 + on.month, due_on, statement.minimum, None, None))
                    stated.append(
                        {
                            "account_id": key,
                            "month": f"{on:%Y-%m}",
                            "statement_on": on,
                            "due_on": due_on,
                            "balance": statement.balance,
                            "minimum_due": statement.shown_minimum,
                        }
                    )
                self._stated[key] = len(debt.statements)
        return {"statements": frame("statements", stated), "instalments": _instalments(asked)} if stated else {}

    def _plans(self) -> Iterable[DueRow]:
        for key, account in self._book.accounts.items():
            for row in account.plan:
                yield _due(key, row)

    def _write(self, day: date, folder: Path, tables: Tables) -> None:
        files: dict[str, Sent] = {
            name: write_table(folder, name, table, currency=CURRENCY) for name, table in tables.items()
        }
        write_manifest(
            folder,
            as_of=day,
            entity=ENTITY,
            jurisdiction="CN",
            currency=CURRENCY,
            time_zone="Asia/Shanghai",
            files=files,
        )


def _joined(tables: Tables, more: Tables) -> Tables:
    """Both; a table that is in both has the rows of both."""
    both = {name: pl.concat([tables[name], rows]) for name, rows in more.items() if name in tables}
    return tables | more | both


def _due(key: str, row: PlanRow) -> DueRow:
    return key, row.number, date.fromordinal(row.due_on), row.principal + row.interest, row.principal, row.interest


def _instalments(rows: Iterable[DueRow]) -> pl.DataFrame:
    kinds = {"account_id": pl.String, "due_on": pl.Date}
    names = ("account_id", "number", "due_on", "amount", "principal", "interest")
    return pl.DataFrame(list(rows), schema={name: kinds.get(name, pl.Int64) for name in names}, orient="row")


def _text(amount: int) -> str:
    return f"{amount // _UNIT}.{amount % _UNIT:02d}"


def _payment(entry: Entry) -> PaymentRow:
    parts = tuple(_text(amount) for _, amount in entry.split.items())
    paid_on, booked_on = date.fromordinal(entry.paid_on).isoformat(), date.fromordinal(entry.booked_on).isoformat()
    return (entry.payment_id, entry.account_id, paid_on, _text(entry.split.total), *parts,
            entry.kind, booked_on, entry.refers_to, entry.payer)  # fmt: skip


def _balances(rows: list[BalanceRow]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ((),) * len(_BALANCES)
    series = (pl.Series(name, column, dtype=pl.String) for name, column in zip(_BALANCES, columns, strict=True))
    return pl.DataFrame(list(series))


def _totals(month_ends: list[MonthEnd]) -> pl.DataFrame:
    return frame(
        "book_totals",
        (
            {"month_end": month_end.on, "branch": branch, "product": product, "currency": CURRENCY,
             "accounts": accounts, "balance": balance}
            for month_end in month_ends
            for (branch, product), (accounts, balance) in sorted(month_end.totals.items())
        ),
    )  # fmt: skip
