"""Papers that we make: preview a template, build and verify packets."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from desk.commands.book import opened
from desk.commands.case import As, operations
from desk.console_text import AsJson, day_of, optional_day, print_json, say
from desk.open_desk import open_desk
from desk.packets import build, ledger_at_hand, verified, waive, write_file, write_packets
from desk.settings import read
from desk.signed_packets import Verified, examined, file_bytes, signed, signer, trust_in
from recourse.documents.render import render
from recourse.documents.templates import Templates
from recourse.errors import UserError
from recourse.free_text import one_line

documents_app = typer.Typer(help="Templates.", no_args_is_help=True)
packet_app = typer.Typer(help="Finished packets.", no_args_is_help=True)
Out = Annotated[Path, typer.Option("-o", "--out", help="file or folder to write")]
TRUST = {"trusted": "trusted", "not_trusted": "not trusted", "not_asked": "trust not asked: no --trust"}


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
def verify_(
    file: Path, trust: Annotated[Path | None, typer.Option("--trust", help="certificates that signers must lead to")] = None,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="certificates as of that day, else now")] = "",
    json: AsJson = False,
) -> None:  # fmt: skip
    """Check a packet: unchanged since it was bound, and if not, which page and exhibit differ; who signed it; with a
    ledger at hand also whether it is the one that we made. Exit 1 when not."""
    if not file.is_file():
        raise UserError("no such file", where=str(file), mend="give the path of a packet")
    day = optional_day(on, "--on")
    at = datetime.combine(day, time(12), UTC) if day else datetime.now(UTC)
    desk = ledger_at_hand()
    found = verified(desk, file.read_bytes(), trust_in(trust, at) if trust else None)
    if json:
        print_json(found)
    else:
        _say_verified(found, bool(desk))
    raise typer.Exit(0 if found.intact else 1)


def _say_verified(found: Verified, with_ledger: bool) -> None:
    say(f"number  {found.number or '—'}")
    say(f"file    {found.file_sha256}")
    say(f"content {found.content_sha256 or '—'}")
    for each in found.signatures:
        at = each.at.isoformat(timespec="seconds") if each.at else "—"
        capacity = f", {each.capacity}" if each.capacity else ""
        say(f"signed  {each.by}{capacity}, {at} ({'sound' if each.sound else 'not sound'}, {TRUST[each.trust]})")
    for problem in found.problems:
        say(f"FAULT {problem}")
    beside = "" if with_ledger else " (no ledger at hand to compare it with)"
    say(f"the packet is intact{beside}" if found.intact else "the packet is not intact")


@packet_app.command("sign")
def sign_(
    file: Path, out: Out, key: Annotated[Path, typer.Option("--pkcs12", metavar="FILE", help="key with its certificate")],
    password_env: Annotated[str, typer.Option("--password-env", metavar="NAME", help="where the password is")] = "",
    capacity: Annotated[str, typer.Option("--capacity", help="in what capacity, for whom by delegation")] = "",
) -> None:  # fmt: skip
    """Sign a packet (PAdES): a signature is put behind it, and what was approved keeps its hash."""
    pdf = file_bytes(file, "the path of a packet")
    done = signed(pdf, str(file), signer(key, password_env), datetime.now(UTC), one_line(capacity, "--capacity"))
    write_file(out, done)
    say(f"{file} → {out}, signed by {examined(done).signatures[-1].by}")


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


@packet_app.command("batch")
def batch(on: Annotated[str, typer.Option("--on", metavar="DAY")], out: Out) -> None:
    """Write the packets of all write-offs of a day into a folder."""
    desk = opened()
    written = write_packets(desk, day_of(on, "--on"), out)
    say(f"{len(written)} packets → {out}")
