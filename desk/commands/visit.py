"""Field visits 外访: proposed, agreed to at a gate, planned under a permit, reported on a form."""

from __future__ import annotations

from typing import Annotated

import typer

from desk.commands.book import opened
from desk.commands.case import As, OnDay, Reason, operations
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from desk.field_visits import FieldVisits
from desk.operations import Operations
from tasks.visit import Form

app = typer.Typer(help="Field visits 外访.", no_args_is_help=True)


def _work(as_: str) -> FieldVisits:
    return FieldVisits(operations(opened(), as_))


@app.command("list")
def list_(json: AsJson = False) -> None:
    """Visits that are planned."""
    desk = opened()
    day = desk.business_day()
    trips = FieldVisits(Operations(desk, desk.strategy(day), desk.pen(day))).trips()
    if json:
        print_json(trips)
        return
    print_table(("account", "on", "at", "place", "collectors"),
                [(t.account, t.planned_on, t.time, t.place, ", ".join(t.collectors)) for t in trips])  # fmt: skip


@app.command("propose")
def propose(account: str, reason: Reason, as_: As = "") -> None:
    """Propose to go; a gate agrees to it."""
    _work(as_).propose(account, reason)
    say("proposed; its gate opens with the next sweep")


@app.command("plan")
def plan(
    account: str,
    collector: Annotated[list[str], typer.Option("--collector", metavar="ACTOR", help="who goes; two at least")],
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="the day of the visit")],
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="hour on the debtor's own clock")] = "10:00",
    place: Annotated[str, typer.Option("--place", help="home, work or other")] = "home",
    as_: As = "",
) -> None:
    """Plan an agreed visit; the permit is asked for that hour."""
    plan_id = _work(as_).plan(account, day_of(on, "--on"), at, collector, place)
    say(f"planned: {plan_id}")


@app.command("record")
def record(
    account: str, outcome: Annotated[str, typer.Argument(help="met, promise, refused, not_there or moved_away")],
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="hour on the debtor's own clock at which it was made")],
    recording: Annotated[str, typer.Option("--recording", metavar="REF", help="where the recording lies")] = "",
    identified: Annotated[bool, typer.Option("--identified", help="the collectors showed who they are")] = False,
    entered: Annotated[bool, typer.Option("--entered", help="they went into a home or workplace")] = False,
    consent: Annotated[str, typer.Option("--consent", metavar="WHERE", help="where the consent to that lies")] = "",
    on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """Report a planned visit. What it broke is recorded with it."""
    form = Form(outcome, identified, recording, at, entered, consent)
    broke = _work(as_).record(account, form, optional_day(on, "--on"))
    say(f"recorded: {outcome}" + (f"; broke {', '.join(broke)}" if broke else ""))


@app.command("drop")
def drop(account: str, reason: Reason, as_: As = "") -> None:
    """A planned visit is not made; its permit goes back."""
    _work(as_).drop(account, reason)
    say("dropped; the permit went back")
