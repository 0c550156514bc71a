"""The words in which a delivery's layout is written: kinds of cell, columns, tables.

This is vocabulary only: the layout is in `layout.py`, the rules for a cell in `rules.py`, reading in `read.py`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "key",
    "text",
    "date",
    "money",
    "rate",
    "count",
    "flag",
    "code",
    "currency",
    "clock",
    "zone",
    "month",
    "sha256",
    "path",
]

KINDS: dict[Kind, tuple[str, str]] = {
    "key": ("1–64 characters without white space or commas", "str"),
    "text": ("free text, at most 2,000 characters, no control characters", "str"),
    "date": ("YYYY-MM-DD, a real day from 1900-01-01 on", "date"),
    "money": (
        "such as 1234.50: at most 14 digits, no more places than the currency has, no separators",
        "int, minor units",
    ),
    "rate": ("fraction of one per year, such as 0.0485; at most 6 places", "int, millionths"),
    "count": ("a whole number, not negative", "int"),
    "flag": ("yes, no or unknown; empty is unknown", "bool or none"),
    "code": ("one of the codes listed", "str"),
    "currency": ("ISO 4217 code that recourse.money knows: CNY, TWD, USD, HKD, GBP, EUR, JPY", "str"),
    "clock": ("HH:MM, 00:00 to 23:59, local time of the person", "str"),
    "zone": ("IANA time zone, such as Asia/Shanghai", "str"),
    "month": ("YYYY-MM", "str"),
    "sha256": ("64 hex digits", "str, lower case"),
    "path": ("path inside the delivery folder; no .. and not absolute", "str"),
}
"""Every kind of cell: how it is written in a file, and what it is in the frame that is read from it."""


class Column(msgspec.Struct, frozen=True):
    """One column of a file.

    `required`: the column must be in the file and no cell may be empty. An optional column may be missing; missing and
    empty both mean unknown (a null in the frame) unless `default` names a value; a default that starts with ``@`` is
    the manifest's field of that name. `personal`: the ledger encrypts it. `past`: the day may not lie after the
    delivery's as-of. `signed`: a negative amount is allowed.
    `refers_to`: the table whose key the cell must be, in this delivery or in the ledger.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    required: bool = False
    codes: tuple[str, ...] = ()
    personal: bool = False
    past: bool = False
    signed: bool = False
    refers_to: str = ""
    default: str = ""


class Table(msgspec.Struct, frozen=True):
    """One file of a delivery.

    `key`: the columns that name a row. `currency_of`: where the currency of its money comes from, the account's or the
    row's own column (``none``: the manifest's). `in_order`: pairs of days of which the first may not lie later.
    `adds_up`: (total, parts): equal where every part is given; where some are, they may not exceed the total.
    `positive`: money columns that must be above zero. `either`: columns of which one at least must be filled.
    """

    name: str
    zh: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    currency_of: Literal["account", "row", "none"] = "none"
    in_order: tuple[tuple[str, str], ...] = ()
    adds_up: tuple[str, tuple[str, ...]] | None = None
    positive: tuple[str, ...] = ()
    either: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name; StopIteration if the table has none."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def money(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.kind == "money")

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


ACCOUNT = Column("account_id", "key", "账号(借据号)", "account", required=True, refers_to="accounts")
PARTY = Column("party_id", "key", "客户编号", "person or company", required=True, refers_to="parties")
AS_OF = Column("as_of", "date", "数据日期", "day on which this was so", required=True, past=True)
SOURCE = Column("source", "text", "来源", "where the bank has it from")
CURRENCY = Column("currency", "currency", "币种", "currency", default="@currency")
"""Columns that many tables share."""
