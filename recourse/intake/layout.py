"""The layout of a bank's delivery: one folder, one file per table, CSV or Parquet. The one list of them.

The tables stand in `people.py`, `debts.py`, `security.py` and, for what was done before, `past.py`. `docs/intake.md`
prints them and a test holds the two together. Reader, writer, converters and simulator take names, kinds and codes from
here. Nothing here reads a file.
"""

from __future__ import annotations

from recourse.intake.columns import Table
from recourse.intake.credit_table import CREDIT_REPORTS
from recourse.intake.debts import (
    ACCOUNT_STATUSES,
    ACCOUNTS,
    BALANCES,
    BOOK_TOTALS,
    COMPONENTS,
    INSTALMENTS,
    PAUSES,
    PAYMENTS,
    PRODUCTS,
    STATEMENTS,
)
from recourse.intake.past import BANK_ACTIONS, PAST
from recourse.intake.people import ASSETS, CONTACTS, DEPOSITS, EMPLOYMENT, HOUSEHOLD, INCOME, PARTIES, ROLE_ROWS, ROLES
from recourse.intake.security import COLLATERAL, DOCUMENTS, GUARANTEES

__all__ = ["ACCOUNT_STATUSES", "COMPONENTS", "PRODUCTS", "ROLES", "TABLES"]

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        PARTIES,
        ACCOUNTS,
        ROLE_ROWS,
        CONTACTS,
        INSTALMENTS,
        PAYMENTS,
        BALANCES,
        PAUSES,
        COLLATERAL,
        GUARANTEES,
        EMPLOYMENT,
        HOUSEHOLD,
        INCOME,
        ASSETS,
        DEPOSITS,
        DOCUMENTS,
        BOOK_TOTALS,
        STATEMENTS,
        CREDIT_REPORTS,
        *PAST,
        BANK_ACTIONS,
    )
}
"""Every file of a delivery by name, in the order in which it is read: what is referred to comes first."""
