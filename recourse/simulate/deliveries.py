"""What the bank's interface delivers: the full book once, then each business day what moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from recourse.intake.layout import COMPONENTS
from recourse.intake.manifest import Sent, write_manifest
from recourse.intake.write import write_table
from recourse.money import MINOR_DIGITS
from recourse.simulate.book import ENTITY, Book
from recourse.simulate.book_files import book_tables, frame
from recourse.simulate.cards import Card
from recourse.simulate.core import BalanceRow, Core, Entry, MonthEnd
from recourse.simulate.draws import Draws
from recourse.simulate.spoiled import PaymentRow, spoiled
from recourse.simulate.troubles import Pause

CURRENCY = "CNY"
_BALANCES = ("account_id", "as_of", *COMPONENTS, "overdue_total", "status")
_PAYMENTS = ("payment_id", "account_id", "paid_on", "amount", *COMPONENTS, "kind", "booked_on", "refers_to", "payer")
_UNIT = 10 ** MINOR_DIGITS[CURRENCY]


class Deliveries:
    """Writes deliveries, each with what is new since the one before."""

    def __init__(self, draws: Draws, book: Book, core: Core) -> None:
        self._draws, self._book, self._core = draws, book, core
        self._stated: dict[str, int] = {}

    def full(self, day: date, folder: Path, month_ends: list[MonthEnd]) -> None:
        """The book as of a day, with what was paid and stated since the history began."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = dict(book_tables(self._draws, self._book, self._core, folder))
        tables["instalments"] = self._instalments(self._plans())
        tables |= self._moved(day, month_ends[-1:], [])
        cards = tables.pop("card instalments", None)
        if cards is not None:
            tables["instalments"] = pl.concat([tables["instalments"], cards])
        self._write(day, folder, tables)

    def daily(self, day: date, folder: Path, month_ends: list[MonthEnd], pauses: list[Pause]) -> None:
        """What moved since the delivery before."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = self._moved(day, month_ends, pauses)
        cards = tables.pop("card instalments", None)
        if cards is not None:
            tables["instalments"] = cards
        self._write(day, folder, tables)

    def _moved(self, day: date, month_ends: list[MonthEnd], pauses: list[Pause]) -> dict[str, pl.DataFrame]:
        entries, self._core.entries = self._core.entries, []
        rows = [row for month_end in month_ends if month_end.on < day for row in month_end.balances]
        tables = {
            "payments": self._payments(day, entries),
            "balances": _balances(rows + self._core.balances()),
        }
        if month_ends:
            tables["book_totals"] = _totals(month_ends)
        if pauses:
            tables["pauses"] = frame(
                "pauses", ({name: getattr(pause, name) for name in pause.__struct_fields__} for pause in pauses)
            )
        return tables | self._statements()

    def _payments(self, day: date, entries: list[Entry]) -> pl.DataFrame:
        sound = [_payment(entry) for entry in entries]
        rows = sound + spoiled(self._draws, day, sound, len(_PAYMENTS))
        return pl.DataFrame(rows, schema=dict.fromkeys(_PAYMENTS, pl.String), orient="row")

    def _statements(self) -> dict[str, pl.DataFrame]:
        """Statements of cards since the delivery before, and the minimum payments that they ask for."""
        stated, asked = [], []
        for key, debt in self._core.debts.items():
            if isinstance(debt, Card) and len(debt.statements) > (told := self._stated.get(key, 0)):
                for statement in debt.statements[told:]:
                    on = date.fromordinal(statement.on)
                    row = statement.row
                    asked.append((key, row.number, date.fromordinal(row.due_on), row.principal, None, None))
                    stated.append(
                        {"account_id": key, "month": f"{on:%Y-%m}", "statement_on": on, "due_on": date.fromordinal(row.due_on),
                         "balance": statement.balance, "minimum_due": statement.shown_minimum}
                    )  # fmt: skip
                self._stated[key] = len(debt.statements)
        if not stated:
            return {}
        return {"statements": frame("statements", stated), "card instalments": self._instalments(asked)}

    def _plans(self) -> Iterable[tuple[str, int, date, int, int | None, int | None]]:
        for key, account in self._book.accounts.items():
            for row in account.plan:
                yield (
                    key,
                    row.number,
                    date.fromordinal(row.due_on),
                    row.principal + row.interest,
                    row.principal,
                    row.interest,
                )

    def _instalments(self, rows: Iterable[tuple[str, int, date, int, int | None, int | None]]) -> pl.DataFrame:
        schema = {"account_id": pl.String, "number": pl.Int64, "due_on": pl.Date}
        money = dict.fromkeys(("amount", "principal", "interest"), pl.Int64)
        return pl.DataFrame(list(rows), schema=schema | money, orient="row")

    def _write(self, day: date, folder: Path, tables: dict[str, pl.DataFrame]) -> None:
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


def _text(amount: int) -> str:
    return f"{amount // _UNIT}.{amount % _UNIT:02d}"


def _payment(entry: Entry) -> PaymentRow:
    parts = tuple(_text(amount) for _, amount in entry.split.items())
    paid_on, booked_on = date.fromordinal(entry.paid_on).isoformat(), date.fromordinal(entry.booked_on).isoformat()
    return (entry.payment_id, entry.account_id, paid_on, _text(entry.split.total), *parts,
            entry.kind, booked_on, entry.refers_to, entry.payer)  # fmt: skip


def _balances(rows: list[BalanceRow]) -> pl.DataFrame:
    kinds = {"as_of": pl.Date, **dict.fromkeys((*COMPONENTS, "overdue_total"), pl.Int64)}
    schema = {name: kinds.get(name, pl.String) for name in _BALANCES}
    columns = zip(*rows, strict=True) if rows else ((),) * len(_BALANCES)
    return pl.DataFrame(
        [pl.Series(name, column, dtype=kind) for (name, kind), column in zip(schema.items(), columns, strict=True)]
    )


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
