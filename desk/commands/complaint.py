"""Complaints 投诉: take in, answer, extend, refer, verify, close."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk import complaints
from desk.commands.hold import Account, All, clerk, looking
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from recourse.errors import UserError
from tasks.complaints import AUTHORITIES, CATEGORIES, CAUSES, CHANNELS, OUTCOMES, Complaint

app = typer.Typer(help="Complaints: each brakes its case until it is answered.", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", metavar="ACTOR", help="demo mode only: act as somebody")]
Proof = Annotated[str, typer.Option("--proof", help="where the proof lies")]
OnDay = Annotated[str, typer.Option("--on", metavar="DAY", help="when it came in (default: the business day)")]


@app.command("add")
def add(
    account: str,
    channel: Annotated[str, typer.Option("--channel", help=", ".join(CHANNELS))],
    about: Annotated[str, typer.Option("--about", metavar="CATEGORY", help=", ".join(CATEGORIES))],
    text_file: Annotated[Path, typer.Option("--text-file", help="its words; they are sealed, and never journaled")],
    received_on: Annotated[str, typer.Option("--received-on", metavar="DAY", help="default: the business day")] = "",
    complex_: Annotated[bool, typer.Option("--complex", help="thirty days instead of fifteen")] = False,
    staff: Annotated[str, typer.Option("--staff", metavar="ID", help="staff or agency complained about")] = "",
    contact: Annotated[
        str, typer.Option("--contact", metavar="ID", help="permit or agency contact complained about")
    ] = "",
    referred_by: Annotated[str, typer.Option("--referred-by", help=", ".join(AUTHORITIES))] = "",
    as_: As = "",
) -> None:
    """Take in a complaint."""
    at = clerk(as_)
    on = optional_day(received_on, "--received-on") or at.day
    said = Complaint(channel, about, on, complex_, referred_by, staff, contact)
    done = complaints.add(at, account, said, _text(text_file))
    say(f"{account}: complaint {done.id[:12]} {'is there already' if done.already else 'taken in; the case is braked'}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError("no such file", where=str(path), mend="give the file with the complaint's words") from None
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", where=str(path), mend="save it as UTF-8") from None


@app.command("list")
def list_(account: Account = "", all_: All = False, json: AsJson = False) -> None:
    """Complaints that are not closed, the next due first."""
    found = complaints.listed(looking(), account=account, all_=all_)
    if json:
        print_json(found)
        return
    rows = [
        (line.complaint_id[:12], line.account, line.received_on, line.channel, line.category, line.state, line.outcome,
         line.due_on or "", line.about)
        for line in found
    ]  # fmt: skip
    print_table(("complaint", "account", "received", "channel", "about", "state", "outcome", "due", "who"), rows)


@app.command("show")
def show(complaint: str, json: AsJson = False) -> None:
    """One complaint; its words lie sealed among the account's papers."""
    line = complaints.show(looking(), complaint)
    if json:
        print_json(line)
        return
    say(
        f"Complaint {line.complaint_id}   account {line.account}   {line.category} by {line.channel}, {line.received_on}"
    )
    say(f"{line.state} {line.outcome}".rstrip() + (f"; due {line.due_on}" if line.due_on else ""))
    say(f"text {line.text}" + (f"; reply {line.reply}" if line.reply else ""))


@app.command("ask")
def ask(
    complaint: str,
    paper: Annotated[str, typer.Option("--paper", metavar="KIND", help="such as loan_contract")],
    as_: As = "",
) -> None:
    """Whether the complainant may be asked for a paper: never for one that the bank holds."""
    held = complaints.ask(clerk(as_), complaint, paper)
    say(f"{paper} may be asked for; the bank holds: {', '.join(sorted(held)) or 'no paper'}")


@app.command("answer")
def answer(
    complaint: str,
    outcome: Annotated[str, typer.Argument(help=", ".join(OUTCOMES))],
    reply: Annotated[Path, typer.Option("--reply", help="the written answer: PDF, JPEG, PNG or OFD")],
    violation: Annotated[str, typer.Option("--violation", metavar="CODE", help="the agency's breach, if another")] = "",
    as_: As = "",
) -> None:
    """Answer in writing: the brake falls, and an upheld one about a contact becomes a violation."""
    at = clerk(as_)
    done, breach = complaints.answer(at, complaint, outcome, at.reply(reply), violation=violation)
    say(f"{done.account}: complaint {done.id[:12]} answered: {outcome}" + (f"; violation {breach}" if breach else ""))


@app.command("extend")
def extend(
    complaint: str,
    step: Annotated[str, typer.Option("--step", help="complex, approved or verification")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT")],
    approved_by: Annotated[
        str, typer.Option("--approved-by", metavar="NAME", help="who of the higher level agreed")
    ] = "",
    as_: As = "",
) -> None:
    """Give more time: as complex, 30 days more with approval, or for a verification."""
    done = complaints.extend(clerk(as_), complaint, step, approved_by, reason)
    line = complaints.show(looking(), done.id)
    say(f"{done.account}: complaint {done.id[:12]} is now due on {line.due_on}")


@app.command("escalate")
def escalate(
    complaint: str, by: Annotated[str, typer.Option("--by", help=", ".join(AUTHORITIES))], proof: Proof, on: OnDay = "",
    as_: As = "",
) -> None:  # fmt: skip
    """An authority referred it to the bank, or head office took it: a clock of its own runs."""
    done = complaints.refer(clerk(as_), complaint, by, proof, optional_day(on, "--on"))
    say(f"{done.account}: complaint {done.id[:12]} referred by {by}")


@app.command("verify")
def verify(complaint: str, proof: Proof, on: OnDay = "", as_: As = "") -> None:
    """The complainant asked the higher level to verify the answer 核查."""
    done = complaints.verify(clerk(as_), complaint, proof, optional_day(on, "--on"))
    say(f"{done.account}: complaint {done.id[:12]} goes to the higher level to be verified")


@app.command("close")
def close(
    complaint: str,
    cause: Annotated[str, typer.Option("--cause", help=", ".join(CAUSES))],
    proof: Proof = "",
    as_: As = "",
) -> None:
    """Settled after its answer, or withdrawn by who made it."""
    done = complaints.close(clerk(as_), complaint, cause, proof)
    say(f"{done.account}: complaint {done.id[:12]} closed: {cause}")
