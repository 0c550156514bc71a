"""The bank's callers: who they are, what they hold, what they can."""

from __future__ import annotations

from typing import Annotated

import typer

from desk.callers import CallerDesk
from desk.commands.book import opened
from desk.commands.case import As, Reason
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from recourse.callers.register import OWN
from recourse.errors import UserError

app = typer.Typer(help="Callers: certificates, skills, capacity.", no_args_is_help=True)
SUPERVISORS = frozenset({"SUP", "OSM", "ADM"})
"""Roles that vouch for callers and move debtors between them; others only look."""


def looking() -> CallerDesk:
    """For those who only look: nobody is asked who they are."""
    desk = opened()
    day = desk.business_day()
    return CallerDesk(desk, desk.strategy(day), desk.pen(day))


def supervising(as_: str) -> CallerDesk:
    """In the name of a supervisor at the keyboard; anybody else is refused."""
    desk = opened()
    day = desk.business_day()
    actor = desk.actor(as_, day=day)
    if not SUPERVISORS & set(actor.roles):
        mend = f"ask somebody with the role {', '.join(sorted(SUPERVISORS))}"
        raise UserError(f"{actor.name} is no supervisor", mend=mend)
    return CallerDesk(desk, desk.strategy(day), desk.pen(day, actor.name))


@app.command("enrol")
def enrol(
    collector: str,
    employer: Annotated[str, typer.Option("--employer", help="own, or the agency")] = OWN,
    started: Annotated[str, typer.Option("--started", metavar="DAY", help="first day (default: today)")] = "",
    capacity: Annotated[int, typer.Option("--capacity", help="calls in a day")] = 100,
    as_: As = "",
) -> None:
    """Enter a caller, under the name that the caller is enrolled with (`recourse token enrol`)."""
    work = supervising(as_)
    work.enrol(collector, employer, optional_day(started, "--started") or work.pen.day, capacity)
    say(f"{collector}: enrolled; next certify, skill")


@app.command("certify")
def certify(
    collector: str, certificate: str,
    issued: Annotated[str, typer.Option("--issued", metavar="DAY")],
    proof: Annotated[str, typer.Option("--proof", help="where the paper lies")],
    expires: Annotated[str, typer.Option("--expires", metavar="DAY", help="its last day, where it names one")] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """A certificate was issued or renewed; `recourse collector show` tells which are asked for."""
    work = supervising(as_)
    work.certify(collector, certificate, day_of(issued, "--issued"), optional_day(expires, "--expires"), proof)
    say(f"{collector}: {certificate} from {issued}")


@app.command("skill")
def skill(
    collector: str, skill: Annotated[str, typer.Argument(help="senior, language:yue, product:mortgage, hardship …")],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="last day (default: none)")] = "",
    drop: Annotated[bool, typer.Option("--drop", help="take it away, with --reason")] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT")] = "", as_: As = "",
) -> None:  # fmt: skip
    """A caller has a skill, or no longer."""
    work = supervising(as_)
    if drop:
        work.take_skill(collector, skill, reason)
    else:
        work.give_skill(collector, skill, optional_day(until, "--until"))
    say(f"{collector}: {skill} {'taken away' if drop else 'given'}")


@app.command("end")
def end(
    collector: str, reason: Reason,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="last day (default: today)")] = "", as_: As = "",
) -> None:  # fmt: skip
    """A caller leaves; the calls go to others with the next assignment."""
    work = supervising(as_)
    last_on = optional_day(on, "--on") or work.pen.day
    work.end(collector, last_on, reason)
    say(f"{collector}: until {last_on}")


@app.command("list")
def list_(json: AsJson = False) -> None:
    """The register, with the rule that keeps a caller from dialling today."""
    work = looking()
    rows = [
        (name, entry.employer, entry.started_on, entry.ended_on, entry.capacity,
         ", ".join(sorted(entry.skills_on(work.pen.day))), work.may_dial(entry))
        for name, entry in work.register().items()
    ]  # fmt: skip
    headers = ("collector", "employer", "started", "ended", "capacity", "skills", "refused_by")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)


@app.command("show")
def show(collector: str, json: AsJson = False) -> None:
    """One caller: every certificate that the rules ask for and how it stands, skills, history."""
    work = looking()
    entry = work.entry(collector)
    asked = work.standings(entry)
    if json:
        print_json({"entry": entry, "certificates": asked, "refused_by": work.may_dial(entry)})
        return
    say(f"{collector}: {entry.employer}, from {entry.started_on} {f'to {entry.ended_on}' if entry.ended_on else ''}")
    rows = [(each.certificate, each.state, each.until_on, each.rule) for each in asked]
    print_table(("certificate", "state", "until", "rule"), rows, title="Asked for")
    print_table(("skill", "until"), sorted(entry.skills.items()), title="Skills")
    refused = work.may_dial(entry)
    say(f"May not dial today: {refused}" if refused else "May dial today")
