"""Ledger and book: init, intake, verify, journal export, kpi."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import make_url

from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from desk.figures import figures
from desk.open_desk import Desk, open_desk
from desk.settings import read
from recourse.errors import UserError
from recourse.ledger import setup
from recourse.ledger.database import open_engine, parse_url, reading
from recourse.ledger.export import export
from recourse.verify import check_visits, verify

journal_app = typer.Typer(help="The journal.", no_args_is_help=True)


def opened() -> Desk:
    """The desk on the ledger that the environment names."""
    return open_desk(read(os.environ))


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.command("init")(init)
    app.command("intake")(intake)
    app.command("verify")(verify_command)
    app.command("kpi")(kpi)


def init(
    app_role: Annotated[str, typer.Option("--app-role", help="PostgreSQL role that the application connects as")] = "",
) -> None:
    """Create or migrate the ledger ($RECOURSE_LEDGER)."""
    settings = read(os.environ)
    url = parse_url(settings.ledger)
    if url.get_backend_name() == "sqlite" and url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError("cannot make the ledger's folder", where=url.database, mend=error.strerror or "") from None
    engine = open_engine(settings.ledger)
    revision = setup.migrate(engine, app_role=app_role)
    say(f"ledger {make_url(settings.ledger).render_as_string()} is at revision {revision}")


def intake(
    folder: Path,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DAY", help="day that the delivery describes")] = "",
    known_on: Annotated[str, typer.Option("--known-on", metavar="DAY", help="business day of the intake")] = "",
    json: AsJson = False,
) -> None:
    """Take in a delivery of the bank; exit 1 when a control total is off."""
    from recourse.intake.load import load
    from tasks.takeover import PAST

    desk = opened()
    described = optional_day(as_of, "--as-of")
    day = desk.intake_day(optional_day(known_on, "--known-on"), described)
    done = load(
        desk.engine, desk.vault, desk.book, folder, desk.pen(day), as_of=described, documents=desk.documents, past=PAST
    )
    if json:
        print_json(done)
    else:
        tables = sorted({*done.accepted, *done.quarantined, *done.unchanged})
        print_table(
            ("table", "accepted", "quarantined", "unchanged"),
            [
                (t, done.accepted.get(t, 0), done.quarantined.get(t, 0), "yes" if t in done.unchanged else "")
                for t in tables
            ],
            title=f"Delivery as of {done.as_of}",
        )
        for line in (*done.warnings, *(f"control total off: {total}" for total in done.totals_off)):
            say(line)
        if done.parked:
            say(f"{len(done.parked):,} accounts are parked: `recourse takeover report` says why")
    raise typer.Exit(1 if done.totals_off else 0)


def verify_command(
    since: Annotated[str, typer.Option("--since", metavar="DAY", help="check seals from this day on")] = "",
    shard: Annotated[str, typer.Option("--shard", metavar="k/n", help="only this share of the cases")] = "",
    json: AsJson = False,
) -> None:
    """Prove the ledger: chains, heads, seals, projections. Exit 1 when something does not hold."""
    desk = opened()
    with reading(desk.engine) as connection:
        found = verify(connection, since=optional_day(since, "--since"), shard=shard)
        if not shard:
            check_visits(connection, found)
    if json:
        print_json(found)
    else:
        say(f"{found.streams:,} streams, {found.events:,} events, {found.seals:,} seals, {found.cases:,} cases checked")
        for fault in found.faults:
            say(f"FAULT {fault}")
        say("the ledger is sound" if found.sound else f"{len(found.faults)} faults")
    raise typer.Exit(0 if found.sound else 1)


@journal_app.command("export")
def journal_export(
    out: Annotated[Path, typer.Option("-o", "--out", help="folder to write to")],
    canonical: Annotated[bool, typer.Option("--canonical", help="without run ids, wall times and hashes")] = True,
) -> None:
    """Write the canonical journal, one file per kind of stream."""
    desk = opened()
    with reading(desk.engine) as connection:
        for kind, lines in export(connection, out).items():
            say(f"{out / kind}.jsonl: {lines:,} events")


def kpi(
    from_: Annotated[str, typer.Option("--from", metavar="DAY")] = "",
    to: Annotated[str, typer.Option("--to", metavar="DAY")] = "",
    json: AsJson = False,
) -> None:
    """Funnel, money, gates, refusals and documents between two days (default: everything)."""
    desk = opened()
    span = (day_of(from_, "--from") if from_ else None, day_of(to, "--to") if to else None)
    found = figures(desk, *span)
    if json:
        print_json(found)
        return
    found.show()
