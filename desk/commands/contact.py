"""Contacts: what is left, what binds them, the whole file for an inspector; a permit for a machine and what came of it."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

import typer

from desk import contact_file
from desk.commands.book import opened
from desk.commands.case import As, operations
from desk.commands.hold import clerk
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from desk.contact_desk import ContactTerms
from desk.operations import Operations
from recourse.contact_law import Permit
from recourse.errors import UserError

app = typer.Typer(help="Contacts 联系: budget, consents and refusals, the contact file.", no_args_is_help=True)
Proof = Annotated[str, typer.Option("--proof", metavar="WHERE", help="where the proof lies")]
Contact = Annotated[str, typer.Option("--contact", metavar="ID", help="a contact point, or how its id begins")]
Channel = Annotated[str, typer.Option("--channel", help="call, sms, email, post, visit or app")]
Until = Annotated[str, typer.Option("--until", metavar="DAY", help="last day (default: until withdrawn)")]


def _work(as_: str = "") -> Operations:
    return operations(opened(), as_)


def _terms(as_: str) -> ContactTerms:
    """What binds contacts, in the name of somebody whose roles count."""
    at = clerk(as_)
    return ContactTerms(at.work, at.actor.roles)


def _reading() -> Operations:
    """Operations for reading only: no person is asked for."""
    desk = opened()
    day = desk.business_day()
    return Operations(desk, desk.strategy(day), desk.pen(day))


@app.command("file")
def file(
    account: str,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="write contacts.csv and .json")] = None,
    person: Annotated[bool, typer.Option("--person", help="of the debtor, over all accounts")] = False,
    json: AsJson = False,
) -> None:
    """Every contact of an account, permitted or refused, with the rule of that day and what came of it."""
    told = contact_file.contact_file(_reading(), account, person=person)
    if out is not None:
        contact_file.write(told, out)
        say(f"{len(told)} contacts: {out}/contacts.csv, {out}/contacts.json")
        return
    if json:
        print_json(told)
        return
    headers = ("account", "on", "at", "channel", "decision", "number", "by", "rule", "outcome", "recording", "broke")
    rows = [
        (t.account, t.on, t.at[11:16], t.channel, t.decision, t.number, t.by, t.rule, t.outcome, t.recording,
         ", ".join(t.broke))
        for t in told
    ]  # fmt: skip
    print_table(headers, rows)


@app.command("budget")
def budget(
    account: str,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="day (default: the business day)")] = "",
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="hour on the debtor's own clock")] = "10:00",
    json: AsJson = False,
) -> None:
    """What is left for an account's debtor at an hour, by channel and number, and the rule that binds."""
    work = _reading()
    found = contact_file.budget(work, account, optional_day(on, "--on") or work.pen.day, _hour(at))
    if json:
        print_json(found)
        return
    say(f"{found.account}, {found.on} {found.at} in {found.zone}")
    headers = ("channel", "contact", "number", "left", "binds", "all that refuse")
    print_table(headers, [(e.channel, e.contact_id[:12], e.number, "no cap" if e.left is None else e.left, e.binds,
                           ", ".join(e.matches)) for e in found.left])  # fmt: skip
    for each in found.agencies:
        say(f"set aside for agency {each.agency}: {each.contacts}")


@app.command("terms")
def terms(account: str, json: AsJson = False) -> None:
    """What binds contacts with an account's debtor beside the law: agreed hours, consents, refusals …"""
    found = ContactTerms(_reading()).said(account)
    if json:
        print_json(found)
        return
    headers = ("kind", "number", "channel", "hours", "until", "rule", "since")
    print_table(headers, [(t.kind, t.number, t.channel, t.hours, t.until_on, t.rule, t.since) for t in found])


@app.command("consent")
def consent(
    account: str, proof: Proof, contact: Contact = "", channel: Channel = "",
    from_: Annotated[str, typer.Option("--from", metavar="HH:MM", help="agreed hours begin")] = "",
    to: Annotated[str, typer.Option("--to", metavar="HH:MM", help="agreed hours end")] = "",
    until: Until = "", as_: As = "",
) -> None:  # fmt: skip
    """The debtor agreed: to a number, or (--from, --to) to be contacted at these hours."""
    hours = (from_, to) if from_ or to else None
    kind = "agreed_time" if hours else "consent"
    _terms(as_).say(account, kind, proof, contact=contact, channel=channel, hours=hours,
                    until_on=optional_day(until, "--until"))  # fmt: skip
    say(f"{kind} recorded")


@app.command("refuse")
def refuse(
    account: str, proof: Proof, contact: Contact = "", channel: Channel = "",
    person: Annotated[bool, typer.Option("--person", help="the person is not to be contacted at all")] = False,
    as_: As = "",
) -> None:  # fmt: skip
    """The debtor refused: a number (--contact), a medium (--channel), or every contact (--person)."""
    if sum((bool(contact), bool(channel), person)) != 1:
        raise UserError(
            "refused what?", where=f"account {account}", mend="one of --contact ID, --channel NAME, --person"
        )
    kind = "refused" if contact else "opt_out" if channel else "do_not_contact"
    ContactTerms(_work(as_)).say(account, kind, proof, contact=contact, channel=channel)
    say(f"{kind} recorded")


@app.command("note")
def note(account: str, kind: Annotated[str, typer.Argument(help="ceased, represented, work_refused or minor")],
         proof: Proof, until: Until = "", as_: As = "") -> None:  # fmt: skip
    """Something else that binds: a written wish to cease, a lawyer, an employer's word, a minor."""
    allowed = ("ceased", "represented", "work_refused", "minor")
    if kind not in allowed:
        raise UserError(f"unknown {kind!r}", where=f"account {account}", mend=f"use one of {', '.join(allowed)}")
    ContactTerms(_work(as_)).say(account, kind, proof, until_on=optional_day(until, "--until"))
    say(f"{kind} recorded")


@app.command("withdraw")
def withdraw(account: str, kind: str, proof: Proof, contact: Contact = "", channel: Channel = "", as_: As = "") -> None:
    """What was said is withdrawn: an agreed time, a consent, a refusal …"""
    ended = _terms(as_).withdraw(account, kind, proof, contact=contact, channel=channel)
    say(f"{ended} withdrawn" if ended else "nothing of the kind was in force")


@app.command("override")
def override(
    account: str, rule: str, reason: Annotated[str, typer.Option("--reason", metavar="TEXT")], contact: Contact = "",
    as_: As = "",
) -> None:  # fmt: skip
    """A supervisor lets one contact more through today than a rule that says 不宜 allows."""
    desk = opened()
    work = operations(desk, as_)
    roles = desk.actor(as_, day=work.pen.day).roles
    ContactTerms(work).override(account, rule, reason, sorted(roles), contact=contact)
    say(f"one more today beyond {rule}")


@app.command("ask")
def ask(
    account: str, channel: Channel = "call",
    voice: Annotated[str, typer.Option("--voice", help="human, robot or notice")] = "human",
    contact: Contact = "", as_: As = "",
) -> None:  # fmt: skip
    """A permit for a contact made now, by a machine too, out of the one budget; refused with every rule that refuses."""
    answer = ContactTerms(_work(as_)).ask(account, channel, voice, contact=contact)
    if isinstance(answer, Permit):
        say(f"permit {answer.permit_id}")
        return
    say(f"no: {', '.join(answer.matches or (answer.rule,))}")
    raise typer.Exit(1)


@app.command("used")
def used(
    permit: str, outcome: str,
    at: Annotated[str, typer.Option("--at", metavar="INSTANT", help="when it was made, with its offset")] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """What came of a contact made under a permit; a permit is used once."""
    broken = ContactTerms(_work(as_)).used(permit, outcome, at)
    say(f"recorded: {outcome}" + (f"; made outside its permit: {broken}" if broken else ""))


def _hour(text: str) -> str:
    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError:
        raise UserError(f"not an hour: {text!r}", where="--at", mend="such as 21:59") from None
