"""Papers: add a document to a case's file, preview a template, build and verify packets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from desk.commands.book import opened
from desk.commands.case import operations
from desk.console_text import AsJson, day_of, optional_day, print_json, say
from desk.open_desk import open_desk
from desk.packets import build, write_file, write_packets
from desk.settings import read
from recourse import events as ev
from recourse.climb.arrivals import Arrival
from recourse.documents.packet import verify
from recourse.documents.render import render
from recourse.documents.templates import Templates
from recourse.errors import UserError

document_app = typer.Typer(help="Papers of a case.", no_args_is_help=True)
documents_app = typer.Typer(help="Templates.", no_args_is_help=True)
packet_app = typer.Typer(help="Finished packets.", no_args_is_help=True)
Out = Annotated[Path, typer.Option("-o", "--out", help="file or folder to write")]


@document_app.command("add")
def add(
    account: str, file: Path, kind: Annotated[str, typer.Option("--kind", help="such as judgment, legal_opinion")],
    signed_by: Annotated[str, typer.Option("--signed-by", help="for a legal opinion: counsel")] = "",
    as_: Annotated[str, typer.Option("--as", help="demo mode only")] = "",
) -> None:  # fmt: skip
    """Put a paper into a case's file; it is kept encrypted under its content hash."""
    desk = opened()
    if not file.is_file():
        raise UserError("no such file", where=str(file), mend="give the path of the paper")
    if kind == "legal_opinion" and not signed_by:
        raise UserError("a legal opinion needs its signer", mend="give --signed-by NAME")
    work = operations(desk, as_)
    facts = work.one(account)
    kept = desk.documents.put(file.read_bytes(), kind)
    events: list[ev.Event] = [ev.DocumentMade(kept.sha256, kind)]
    if kind == "legal_opinion":
        events.append(ev.LegalOpinionSigned(kept.sha256, signed_by))
    work.record([Arrival(facts.case_id, event) for event in events])
    say(f"{kind} {kept.sha256}")


@documents_app.command("preview")
def preview(
    name: str, on: Annotated[str, typer.Option("--on", metavar="DAY")],
    out: Annotated[Path, typer.Option("-o", "--out", help="PDF to write")] = Path("preview.pdf"),
    jurisdiction: Annotated[str, typer.Option("--jurisdiction")] = "cn",
) -> None:  # fmt: skip
    """Print a template in force on a day with its sample facts."""
    desk = open_desk(read(os.environ), check=False)
    templates: Templates = desk.templates
    template = templates.in_force(jurisdiction, name, day_of(on, "--on"))
    write_file(out, render(template.document(templates.sample(jurisdiction, name)), desk.press.fonts))
    say(f"{template.version} → {out}")


@packet_app.command("build")
def build_(account: str, out: Out, on: Annotated[str, typer.Option("--on", metavar="DAY")] = "") -> None:
    """Build the write-off packet of an account as its file stands."""
    desk = opened()
    day = optional_day(on, "--on") or desk.business_day()
    write_file(out, build(desk, account, day))
    say(f"{account} → {out}")


@packet_app.command("verify")
def verify_(file: Path, json: AsJson = False) -> None:
    """Check a packet: unchanged since it was written, and pages and data belong together. Exit 1 when not."""
    if not file.is_file():
        raise UserError("no such file", where=str(file), mend="give the path of a packet")
    found = verify(file.read_bytes())
    if json:
        print_json(found)
    else:
        say(f"file    {found.file_sha256}")
        say(f"content {found.content_sha256}")
        for problem in found.problems:
            say(f"FAULT {problem}")
        say("the packet is intact" if found.intact else "the packet is not intact")
    raise typer.Exit(0 if found.intact else 1)


@packet_app.command("batch")
def batch(on: Annotated[str, typer.Option("--on", metavar="DAY")], out: Out) -> None:
    """Write the packets of all write-offs of a day into a folder."""
    desk = opened()
    written = write_packets(desk, day_of(on, "--on"), out)
    say(f"{len(written)} packets → {out}")
