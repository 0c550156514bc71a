"""What people of the bank report: values, sales, returned placements, what became known of a person."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from desk.commands.book import opened
from desk.commands.case import As, Reason, operations
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from desk.side_tracks import SideTracks
from recourse.climb import arrivals
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import work_items

app = typer.Typer(help="What became known: each report is journaled and wakes its case.", no_args_is_help=True)
work_app = typer.Typer(help="Work items: what waits for a person to settle it.", no_args_is_help=True)

STATUSES = ("deceased", "incapable", "bankruptcy_stay", "do_not_contact", "missing")


@app.command("value")
def value(
    account: str,
    collateral: str,
    amount: Annotated[int, typer.Argument(help="minor units")],
    method: Annotated[str, typer.Option("--method", help="such as market_price, appraisal")],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="last day that the report itself names")] = "",
    proof: Annotated[str, typer.Option("--proof", help="where the report lies")] = "",
    as_: As = "",
) -> None:
    """A valuation of security was made."""
    work = SideTracks(operations(opened(), as_))
    touched = work.value(account, collateral, amount, method, until_on=optional_day(until, "--until"), proof=proof)
    say("valuation recorded" if touched else "the case has ended")


@app.command("set-off")
def set_off(
    account: str,
    amount: Annotated[int, typer.Argument(help="minor units; 0: nothing could be taken")],
    proof: Annotated[str, typer.Option("--proof", help="the core's entry")],
    as_: As = "",
) -> None:
    """The core confirmed how much it set off of what it was told to take."""
    touched = SideTracks(operations(opened(), as_)).confirm_set_off(account, amount, proof)
    say("set-off recorded" if touched else "the case has ended")


@app.command("returned")
def returned(account: str, as_: As = "") -> None:
    """The agency confirmed that it gave a debt back; the certificate of deletion follows (`agency certificate`)."""
    work = operations(opened(), as_)
    work.one(account)
    say("placement ended" if work.confirm_return([account]) else "nothing is placed")


@app.command("person")
def person(
    party: str,
    status: Annotated[str, typer.Argument(help=", ".join(STATUSES))],
    proof: Reason,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="since when (default: the business day)")] = "",
    as_: As = "",
) -> None:
    """Something about a person: it is kept on the person and brakes all its open cases."""
    if status not in STATUSES:
        raise UserError(f"unknown status {status!r}", mend=f"use one of {', '.join(STATUSES)}")
    work = operations(opened(), as_)
    since = day_of(on, "--on") if on else work.pen.day
    touched = arrivals.learn_status(work.desk.engine, work.pen, party, status, since, proof)
    say(f"{status}: {touched} open cases braked")


@work_app.command("list")
def work_list(
    kind: Annotated[str, typer.Option("--kind", help="one kind only, such as write_to_another")] = "",
    json: AsJson = False,
) -> None:
    """Open work items, of one kind or of all."""
    desk = opened()
    query = (
        select(work_items.c.account_id, work_items.c.kind, work_items.c.opened_on, work_items.c.what)
        .where(work_items.c.closed_on.is_(None))
        .order_by(work_items.c.opened_on, work_items.c.item_id)
    )
    kinds = select(work_items.c.kind).where(work_items.c.closed_on.is_(None)).distinct().order_by(work_items.c.kind)
    with reading(desk.engine) as connection:
        rows = [tuple(row) for row in connection.execute(query.where(work_items.c.kind == kind) if kind else query)]
        known = list(connection.execute(kinds).scalars()) if kind and not rows else []
    if kind and not rows and not json:
        say(f"no open work of the kind {kind!r}; open are: {', '.join(known) or 'none'}")
        return
    headers = ("account", "kind", "opened", "what")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)
