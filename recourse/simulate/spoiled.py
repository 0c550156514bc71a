"""Rows that a bank's interface gets wrong now and then: they end in the quarantine and never touch a balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from recourse.simulate.draws import Draws

PaymentRow = tuple[str, ...]
SPOILED_PERCENT = 22
KINDS = ("repeated", "unknown account", "not a number", "below zero", "no date", "day to come", "parts do not add up")


def spoiled(draws: Draws, day: date, rows: Sequence[PaymentRow]) -> list[PaymentRow]:
    """At most one wrong row for a day: `rows` are the sound ones, their cells those of the payments file."""
    if not rows or not draws.chance(SPOILED_PERCENT, day, "spoiled"):
        return []
    kind = draws.pick(KINDS, day, "spoiled how")
    source = draws.pick(rows, day, "spoiled which")
    if kind == "repeated":
        return [source]
    cells = [*source]
    cells[0] = f"X{day:%Y%m%d}"
    match kind:
        case "unknown account":
            cells[1] = "Z9999999"
        case "not a number":
            cells[3] = cells[3].replace(".", ",")
        case "below zero":
            cells[3] = f"-{cells[3]}"
        case "no date":
            cells[2] = ""
        case "day to come":
            cells[2] = (day + timedelta(days=31)).isoformat()
        case _:
            cells[3] = f"{int(cells[3].split('.')[0]) + 1}.{cells[3].split('.')[1]}"
    return [tuple(cells)]
