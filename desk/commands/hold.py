"""Brakes 暂停: place them with evidence and from the day on which they took effect, lift them, list them."""

from __future__ import annotations

from typing import Annotated

import typer

from desk import holds, script_watch
from desk.clerk import Clerk
from desk.commands.book import opened
from desk.commands.case import As, Reason
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from desk.holds import Hold, HoldLine
from desk.open_desk import Desk

app = typer.Typer(help="Brakes that stop contact, adverse or protective acts.", no_args_is_help=True)
Evidence = Annotated[str, typer.Option("--evidence", help="a paper's digest, or where the evidence lies")]
Account = Annotated[str, typer.Argument(help="of one account; default: of all")]
All = Annotated[bool, typer.Option("--all", help="those that are over as well")]


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.command("hold")(hold)
    app.command("release")(release)


def clerk(as_: str) -> Clerk:
    """Who is at the keyboard, with the roles that count."""
    desk = opened()
    return Clerk(desk, desk.actor(as_, day=desk.business_day()))


def looking() -> Desk:
    """For those who only look: nobody is asked who they are."""
    return opened()


def hold(
    account: str,
    kind: str,
    reason: Reason,
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="since when (default: the business day)")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="last day (default: until released)")] = "",
    evidence: Evidence = "",
    as_: As = "",
) -> None:
    """Put a brake on a case: dispute, hardship, legal, fraud, deceased, incapable, bankruptcy_stay …

    One that took effect before today leaves a work item with the steps that should not have happened.
    """
    at = clerk(as_)
    said = Hold(kind, reason, optional_day(from_, "--from"), optional_day(until, "--until"), evidence)
    for each in holds.place(at, account, said):
        say(f"{each.account}: {kind} brake {'is in force already' if each.already else 'placed'}, {each.id[:12]}")
    script_watch.watch(at.work, account, script_watch.HOLD_REASON, reason, kind)


def release(
    account: str,
    kind: str,
    reason: Reason,
    evidence: Evidence = "",
    hold_id: Annotated[str, typer.Option("--hold", metavar="ID", help="one of several of a kind")] = "",
    as_: As = "",
) -> None:
    """Lift the brakes of a kind from a case; of those that the pack gives to a gate, propose it."""
    done = holds.lift(clerk(as_), account, kind, reason, evidence, hold_id)
    if done.proposed:
        say(f"proposed to lift {done.proposed} {kind} brake(s): the gate hold_release decides")
    else:
        say(f"{kind} brake released" if done.lifted else f"no {kind} brake is in force")


@app.command("list")
def list_(
    account: Account = "",
    kind: Annotated[str, typer.Option("--kind")] = "",
    all_: All = False,
    json: AsJson = False,
) -> None:
    """Brakes in force, or all that there ever were."""
    found = holds.listed(looking(), account=account, kind=kind, all_=all_)
    if json:
        print_json(found)
        return
    print_table(("hold", "account", "kind", "from", "until", "ground", "evidence", "lifted"), list(map(_row, found)))


def _row(line: HoldLine) -> tuple[object, ...]:
    return (line.hold_id[:12], line.account, line.kind, line.from_on, line.until_on or "", line.ground, line.evidence,
            line.released_on or "")  # fmt: skip


@app.command("show")
def show(hold_id: str, json: AsJson = False) -> None:
    """One brake: its evidence, its history, and the steps that it should have stopped."""
    page = holds.show(looking(), hold_id)
    if json:
        print_json(page)
        return
    line = page.line
    say(f"Hold {line.hold_id}   account {line.account}   {line.kind}")
    say(f"from {line.from_on} until {line.until_on or 'released'}; {line.ground}; evidence: {line.evidence or 'none'}")
    if line.released_on:
        say(f"lifted on {line.released_on}: {line.reason}")
    print_table(("known on", "by", "what"), list(page.history))
    for step in page.wrong:
        say(f"Should not have happened: {step.what} on {step.on}  [{step.rule}]")


@app.command("evidence")
def evidence_(hold_id: str, evidence: Evidence, as_: As = "") -> None:
    """File evidence with a brake."""
    done = holds.evidence(clerk(as_), hold_id, evidence)
    say(f"{done.account}: evidence filed with {done.id[:12]}")


@app.command("corrected")
def corrected(
    account: str,
    how: Annotated[str, typer.Option("--how", metavar="TEXT", help="what was done about it")],
    as_: As = "",
) -> None:
    """Say how steps under a back-dated brake were put right; closes the work items."""
    say(f"{account}: {holds.corrected(clerk(as_), account, how)} work item(s) closed")
