"""Credit reporting 征信: notices before negative information, the record, objections, corrections, the person's statement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from desk import credit_records
from desk.commands.complaint import As, OnDay, Proof
from desk.commands.hold import Account, All, clerk, looking
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from recourse.credit_months import Month
from tasks.credit_record import GROUNDS, OUTCOMES, STEPS

app = typer.Typer(help="Credit reporting of a debt.", no_args_is_help=True)
objection_app = typer.Typer(help="Objections to the record: twenty days to answer.", no_args_is_help=True)
app.add_typer(objection_app, name="objection")
COLUMNS = ("objection_id", "months", "ground", "raised_on", "state", "outcome", "answered_on", "corrected_on")


@app.command("notice")
def notice(
    account: str,
    proof: Proof,
    channel: Annotated[str, typer.Option("--channel", help="such as post, sms, app")] = "post",
    party: Annotated[str, typer.Option("--party", help="who was told (default: the borrower)")] = "",
    on: OnDay = "",
    as_: As = "",
) -> None:
    """The person was told before negative information is reported 不良信息报送告知."""
    done = credit_records.notice(clerk(as_), account, channel, proof, optional_day(on, "--on"), party)
    say(f"{account}: notice {'is there already' if done.already else 'recorded'}")


@app.command("status")
def status(account: str, json: AsJson = False) -> None:
    """The record as the bank reported it, the notice before each negative month, and how long it is kept."""
    found = credit_records.status(looking(), account)
    if json:
        print_json(found)
        return
    rows = [
        (month.month, month.status, month.reported_on, _told(month), month.keep_until_on or "")
        for month in found.months
    ]
    print_table(("month", "status", "reported", "told before", "kept until"), rows)
    if found.flagged:
        say(f"objected to: {', '.join(each[:12] for each in found.flagged)}")


def _told(month: Month) -> object:
    return (month.told_on or "NO") if month.negative else ""


@app.command("statement")
def statement(account: str, file: Annotated[Path, typer.Argument(help="PDF, JPEG, PNG or OFD")], as_: As = "") -> None:
    """Attach the person's own statement to the record."""
    done = credit_records.statement(clerk(as_), account, file)
    say(f"{account}: statement {done.id[:12]} attached")


@objection_app.command("add")
def objection(
    account: str,
    months: Annotated[list[str], typer.Option("--month", metavar="YYYY-MM", help="may be given several times")],
    ground: Annotated[str, typer.Option("--ground", help=", ".join(GROUNDS))],
    proof: Proof = "",
    on: OnDay = "",
    as_: As = "",
) -> None:
    """The person objects to months of the record; they are flagged while it is checked."""
    done = credit_records.objection(clerk(as_), account, months, ground, proof, optional_day(on, "--on"))
    say(
        f"{account}: objection {done.id[:12]} {'is there already' if done.already else 'taken in; the months are flagged'}"
    )


@objection_app.command("answer")
def answer(
    objection: str,
    outcome: Annotated[str, typer.Argument(help=", ".join(OUTCOMES))],
    reply: Annotated[Path, typer.Option("--reply", help="the written answer: PDF, JPEG, PNG or OFD")],
    as_: As = "",
) -> None:
    """Answer an objection in writing."""
    at = clerk(as_)
    done = credit_records.answer(at, objection, outcome, at.reply(reply))
    say(f"{done.account}: objection {done.id[:12]} answered: {outcome}")


@objection_app.command("correct")
def correct(
    objection: str, step: Annotated[str, typer.Option("--step", help=", ".join(STEPS))], proof: Proof, as_: As = ""
) -> None:
    """A correction was sent to the registry, or confirmed by it."""
    done = credit_records.correct(clerk(as_), objection, step, proof)
    say(f"{done.account}: correction {step}")


@objection_app.command("list")
def list_(account: Account = "", all_: All = False, json: AsJson = False) -> None:
    """Objections that are not at an end."""
    found = credit_records.listed(looking(), account=account, all_=all_)
    rows = [(name, *(_cell(row, column) for column in COLUMNS)) for name, row in found]
    if json:
        print_json([dict(zip(("account", *COLUMNS), row, strict=True)) for row in rows])
        return
    print_table(("account", "objection", *COLUMNS[1:]), [(name, str(of)[:12], *more) for name, of, *more in rows])


def _cell(row: Any, column: str) -> object:
    value = getattr(row, column)
    return ", ".join(msgspec.json.decode(value, type=list[str])) if column == "months" else value or ""
