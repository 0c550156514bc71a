"""Disputes of a debt 异议: amount, identity theft, card fraud."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk import dispute_desk
from desk.commands.complaint import As
from desk.commands.hold import Account, All, clerk, looking
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from tasks.disputes import HOLDS, OUTCOMES

app = typer.Typer(help="Disputes: marked at once, verified, answered in writing.", no_args_is_help=True)
COLUMNS = ("dispute_id", "kind", "raised_on", "state", "outcome", "answered_on")


@app.command("raise")
def raise_(
    account: str,
    kind: Annotated[str, typer.Option("--kind", help=", ".join(HOLDS))],
    proof: Annotated[str, typer.Option("--proof", help="what the debtor brought")] = "",
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="when it was raised (default: the business day)")] = "",
    as_: As = "",
) -> None:
    """The debtor disputes the debt."""
    done = dispute_desk.raise_(clerk(as_), account, kind, proof, optional_day(on, "--on"))
    say(f"{account}: dispute {done.id[:12]} {'is there already' if done.already else 'marked; nothing presses'}")


@app.command("answer")
def answer(
    dispute: str,
    outcome: Annotated[str, typer.Argument(help=", ".join(OUTCOMES))],
    reply: Annotated[Path, typer.Option("--reply", help="the written answer: PDF, JPEG, PNG or OFD")],
    proof: Annotated[str, typer.Option("--proof", help="the bank's proof; without it the debtor is right")] = "",
    as_: As = "",
) -> None:
    """Answer in writing. Rejected: a gate decides whether the brake falls. Upheld: the core corrects the debt first."""
    at = clerk(as_)
    done = dispute_desk.answer(at, dispute, outcome, proof, at.reply(reply))
    then = "the gate hold_release decides on the brake" if outcome == "rejected" else "the core has to correct the debt"
    say(f"{done.account}: dispute {done.id[:12]} answered: {outcome}; {then}")


@app.command("list")
def list_(account: Account = "", all_: All = False, json: AsJson = False) -> None:
    """Disputes that wait for an answer."""
    found = dispute_desk.listed(looking(), account=account, all_=all_)
    rows = [(name, *(getattr(row, column) or "" for column in COLUMNS)) for name, row in found]
    if json:
        print_json([dict(zip(("account", *COLUMNS), row, strict=True)) for row in rows])
        return
    print_table(("account", "dispute", *COLUMNS[1:]), [(name, str(of)[:12], *more) for name, of, *more in rows])
