"""The comparison of shadow days as tables for a person, and as lines for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from desk.console_text import print_table, say
from desk.open_desk import Desk
from recourse.climb.comparison import CELLS, ONLY_BANK, ONLY_US, Compared, Line, compare
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.money import to_text

SHOWN = 20
HEADERS = ("node", "cell", "account", "on", "owed", "currency", "why", "seen", "rule", "citation", "action")


def compared(desk: Desk, from_on: date, to_on: date) -> Compared:
    """The comparison of the shadow days between two days."""
    if to_on < from_on:
        raise UserError(f"{to_on} is before {from_on}", where="--to", mend="give a day on or after --from")
    with reading(desk.engine) as connection:
        return compare(connection, desk.strategy(to_on), desk.settings.jurisdiction, from_on, to_on)


def show(found: Compared) -> None:
    """Per step the three cells with counts and what is owed, then why, line by line (the first ones)."""
    if not found.days:
        say(f"no shadow day between {found.from_on} and {found.to_on}")
        return
    say(f"{found.days} shadow days from {found.from_on} to {found.to_on}; acts match within {found.match_days} days")
    rows = []
    for node, cells in found.nodes.items():
        row: list[object] = [node]
        for cell in CELLS:
            row += [cells[cell].count, _amounts(cells[cell].owed)]
        rows.append(row)
    print_table(("node", "both", "owed", "only Recourse", "owed", "only the bank", "owed"), rows)
    if found.forbidden:
        say()
        print_table(("rule of ours that forbids it", "acts of the bank"), list(found.forbidden.items()))
    for cell, title in ((ONLY_US, "Only Recourse would have"), (ONLY_BANK, "Only the bank did")):
        lines = [line for line in found.lines if line.cell == cell]
        say()
        print_table(
            ("node", "account", "on", "why", "seen", "rule"),
            [(line.node, line.account, line.on, line.why, line.seen, _rule(line)) for line in lines[:SHOWN]],
            title=f"{title}: {len(lines):,}",
        )
        if len(lines) > SHOWN:
            say(f"… and {len(lines) - SHOWN:,} more: --json or --csv has all")


def _rule(line: Line) -> str:
    return f"{line.rule}: {line.citation}" if line.citation else line.rule


def _amounts(owed: Mapping[str, int]) -> str:
    return ", ".join(f"{to_text(amount, currency, grouped=True)} {currency}" for currency, amount in owed.items())


def write_csv(found: Compared, path: Path) -> int:
    """Every line, amounts in units of their currency; returns how many."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS)
            for line in found.lines:
                owed = "" if line.owed is None else to_text(line.owed, line.currency)
                writer.writerow(
                    (line.node, line.cell, line.account, line.on, owed, line.currency, line.why, line.seen, line.rule,
                     line.citation, line.action)
                )  # fmt: skip
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(path), mend="name another file") from None
    return len(found.lines)
