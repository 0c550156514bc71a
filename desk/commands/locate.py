"""Asking third parties where a debtor is 失联查找: proposed, agreed to at a gate, asked under a permit, recorded."""

from __future__ import annotations

from typing import Annotated

import typer

from desk.commands.book import opened
from desk.commands.case import As, Reason, operations
from desk.console_text import AsJson, print_json, print_table, say
from desk.locating import Locating
from desk.operations import Operations
from recourse.money import to_text

app = typer.Typer(help="Third parties 失联查找: one question, nothing of the debt.", no_args_is_help=True)


def _reading() -> Locating:
    desk = opened()
    day = desk.business_day()
    return Locating(Operations(desk, desk.strategy(day), desk.pen(day)))


@app.command("list")
def list_(
    account: Annotated[str, typer.Argument(help="of this account; none: the queue")] = "", json: AsJson = False
) -> None:
    """The questions to be asked; or, of an account, by which rules contact is lost and whom the bank might ask."""
    work = _reading()
    if not account:
        items = work.items()
        if json:
            print_json(items)
            return
        print_table(("question", "whose", "number", "script", "state"),
                    [(i.locate_id, i.whose, i.number, i.script, i.state) for i in items])  # fmt: skip
        return
    grounds, points = work.grounds(account), work.points(account)
    if json:
        print_json({"grounds": grounds, "points": points})
        return
    for ground in grounds:
        say(f"lost since {ground.since_on} by {ground.rule}: {ground.seen}")
    if not grounds:
        say("contact is not lost by any rule in force: nobody may be asked")
    print_table(("contact", "whose", "channel", "number", "source", "said"),
                [(p.contact_id, p.whose, p.channel, p.number, p.source, p.said) for p in points])  # fmt: skip


@app.command("propose")
def propose(
    account: str, contact: Annotated[str, typer.Argument(help="the contact point, or how its id begins")],
    reason: Reason, as_: As = "",
) -> None:  # fmt: skip
    """Propose to ask at one contact point; a gate agrees to it."""
    locate_id = Locating(operations(opened(), as_)).propose(account, contact, reason)
    say(f"proposed: {locate_id}; its gate opens with the next sweep")


@app.command("dial")
def dial(locate_id: str, as_: As = "") -> None:
    """Ask for the permit to ring once, and show the number and the words."""
    answer = Locating(operations(opened(), as_)).dial(locate_id)
    if answer.rule:
        say(f"no: {answer.rule}")
        raise typer.Exit(1)
    say(f"dial {answer.number}; permit {answer.permit_id}")
    for words in answer.words:
        say(words)


@app.command("record")
def record(
    locate_id: str, code: str,
    recording: Annotated[str, typer.Option("--recording", metavar="REF", help="where the recording lies")] = "",
    proof: Annotated[str, typer.Option("--proof", metavar="WHERE", help="where the proof lies")] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """Record what came of asking. One no is for good."""
    Locating(operations(opened(), as_)).record(locate_id, code, recording, proof)
    say(f"recorded: {code}")


@app.command("amounts")
def amounts(locate_id: str) -> None:
    """What is due, for a third party who offered to pay; refused for anybody else."""
    due, currency = _reading().amounts(locate_id)
    say("not known" if due is None else f"{to_text(due, currency, grouped=True)} {currency}")
