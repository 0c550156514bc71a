"""What collecting costs."""

from __future__ import annotations

from typing import Annotated

import typer

from desk import costs
from desk.commands.book import opened
from desk.commands.matter import book
from desk.console_text import AsJson, optional_day, print_json, print_table
from recourse.money import to_text

app = typer.Typer(help="Costs of pursuing debts.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Costs of pursuing debts."""


app.command("book")(book)


@app.command("report")
def report(
    from_: Annotated[str, typer.Option("--from", metavar="DAY")] = "",
    to: Annotated[str, typer.Option("--to", metavar="DAY")] = "",
    by: Annotated[str, typer.Option("--by", help="node, matter or account (default: in all)")] = "",
    json: AsJson = False,
) -> None:
    """Costs booked, cash collected, and what a hundred of cash cost, per currency."""
    rows = costs.report(opened(), optional_day(from_, "--from"), optional_day(to, "--to"), by)
    if json:
        print_json(rows)
        return
    print_table(
        ("currency", by or "in all", "kinds", "costs", "collected", "cost to collect, %"),
        [
            (
                row.currency, row.of, ", ".join(f"{kind} {to_text(n, row.currency)}" for kind, n in row.kinds.items()),
                to_text(row.costs, row.currency, grouped=True),
                "" if row.collected is None else to_text(row.collected, row.currency, grouped=True),
                "" if row.per_ten_thousand is None else f"{row.per_ten_thousand // 100}.{row.per_ten_thousand % 100:02d}",
            )
            for row in rows
        ],
    )  # fmt: skip
