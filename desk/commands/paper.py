"""Papers that we make: preview a template, build and verify packets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from desk.commands.batch import batch
from desk.commands.book import opened
from desk.commands.case import As, operations
from desk.console_text import AsJson, day_of, optional_day, print_json, say
from desk.open_desk import open_desk
from desk.packets import build, ledger_at_hand, verified, waive, write_file
from desk.settings import read
from recourse.documents.render import render
from recourse.documents.templates import Templates
from recourse.errors import UserError

documents_app = typer.Typer(help="Templates.", no_args_is_help=True)
packet_app = typer.Typer(help="Finished packets.", no_args_is_help=True)
Out = Annotated[Path, typer.Option("-o", "--out", help="file or folder to write")]


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
    """Check a packet: unchanged since it was bound, and if not, which page and exhibit differ; with a ledger at hand also
    whether it is the one that we made. Exit 1 when not."""
    if not file.is_file():
        raise UserError("no such file", where=str(file), mend="give the path of a packet")
    desk = ledger_at_hand()
    found = verified(desk, file.read_bytes())
    if json:
        print_json(found)
    else:
        say(f"number  {found.number or '—'}")
        say(f"file    {found.file_sha256}")
        say(f"content {found.content_sha256 or '—'}")
        for problem in found.problems:
            say(f"FAULT {problem}")
        beside = "" if desk else " (no ledger at hand to compare it with)"
        say(f"the packet is intact{beside}" if found.intact else "the packet is not intact")
    raise typer.Exit(0 if found.intact else 1)


@packet_app.command("waive")
def waive_(
    account: str, item: Annotated[str, typer.Argument(help="the item by its code, as `recourse writeoff list` names it")],
    reason: Annotated[str, typer.Option("--reason", help="why the packet may do without it")], as_: As = "",
    json: AsJson = False,
) -> None:  # fmt: skip
    """Waive an item that the write-off packet lacks 豁免材料缺口, in your seat of the authority matrix."""
    desk = opened()
    actor = desk.actor(as_, day=desk.business_day())
    done = waive(operations(desk, as_), actor, account, item, reason)
    if json:
        print_json(done)
    else:
        left = f"; still to agree: {', '.join(done.open_seats)}" if done.open_seats else ""
        say(f"{done.item} waived in the seat {done.seat}{left}")


packet_app.command("batch")(batch)
