"""Papers that we make: list and preview templates, draft documents, build and verify packets."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer

from desk import drafting, previews
from desk.commands.batch import batch
from desk.commands.book import opened
from desk.commands.case import As, operations
from desk.committee_books import accounts_in, book_of_accounts, book_of_gate
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from desk.open_desk import open_desk
from desk.operations import Operations
from desk.packet_kinds import KINDS, Built, build_kind, kept
from desk.packets import build, ledger_at_hand, verified, waive, write_file
from desk.settings import read
from desk.signed_packets import Verified, examined, file_bytes, signed, signer, trust_in
from recourse.documents.press import PACKET
from recourse.documents.templates import Template
from recourse.errors import UserError
from recourse.free_text import one_line

documents_app = typer.Typer(help="Documents by their templates: list, preview, draft.", no_args_is_help=True)
packet_app = typer.Typer(help="Finished packets.", no_args_is_help=True)
Out = Annotated[Path, typer.Option("-o", "--out", help="file or folder to write")]
TRUST = {"trusted": "trusted", "not_trusted": "not trusted", "not_asked": "trust not asked: no --trust"}


@documents_app.command("list")
def list_(
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="texts in force on this day (default: today)")] = "",
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="only of this one, such as cn")] = "",
    json: AsJson = False,
) -> None:
    """Every document there is a text for: since when, who issues it, whether it is a draft, whether the bank approved it."""
    desk = open_desk(read(os.environ), check=False)
    found = desk.templates.effective(optional_day(on, "--on") or desk.today(), jurisdiction)
    lines = [_listed(each) for each in found]
    if json:
        print_json(lines)
        return
    print_table(
        ("document", "title", "in force from", "issuer", "draft", "life", "approved by the bank"),
        [(line["name"], line["title"], line["effective_on"], line["issuer"], "draft" if line["draft"] else "",
          " → ".join(line["life_cycle"]), _approved(line)) for line in lines],
    )  # fmt: skip


def _listed(template: Template) -> dict[str, Any]:
    meta = template.meta
    approved = {"by": meta.approved.by, "on": meta.approved.on} if meta.approved else None
    return {"name": f"{template.jurisdiction}/{template.name}", "title": meta.title.zh, "title_en": meta.title.en,
            "effective_on": template.effective_on, "issuer": meta.issuer, "draft": meta.draft, "life_cycle": meta.life_cycle,
            "approved": approved, "approved_by_the_bank": meta.by_the_bank}  # fmt: skip


def _approved(line: dict[str, Any]) -> str:
    if line["approved_by_the_bank"]:
        return f"{line['approved']['by']}, {line['approved']['on']}"
    return "no: shipped default" if line["approved"] else "no"


@documents_app.command("preview")
def preview(
    name: str, on: Annotated[str, typer.Option("--on", metavar="DAY")],
    out: Annotated[Path, typer.Option("-o", "--out", help="PDF to write")] = Path("preview.pdf"),
    jurisdiction: Annotated[str, typer.Option("--jurisdiction")] = "cn",
    edited: Annotated[
        Path | None, typer.Option("--draft", metavar="FILE.md", help="an edited text, shown beside the one in force")
    ] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="open the PDF, where there is a display")] = True,
    as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Print a text in force on a day with invented facts; with --draft, an edited text on 20 masked cases beside it."""
    day = day_of(on, "--on")
    if edited is None:
        desk = open_desk(read(os.environ), check=False)
        template, data = previews.sample(desk, jurisdiction, name, day)
        write_file(out, data)
        say(f"{template.version} → {out}")
    else:
        compared = previews.compare(operations(opened(), as_), jurisdiction, name, edited, day)
        write_file(out, compared.data)
        print_json(_without_pages(compared)) if json else _show(compared, out)
    if open_ and _has_display():
        typer.launch(str(out.resolve()))


def _without_pages(compared: previews.Preview) -> dict[str, Any]:
    return {"template": compared.template, "cases": compared.cases}


def _show(compared: previews.Preview, out: Path) -> None:
    print_table(
        ("no", "case", "text in force", "edited text", "lines that differ"),
        [(each.number, each.what, each.old or "printed", each.new or "printed", len(each.changes)) for each in compared.cases],
    )  # fmt: skip
    for each in compared.cases[:1]:
        for line in each.changes:
            say(line)
    say(
        f"{len(compared.cases)} cases, {len(compared.failing)} of them fail under the edited text; {compared.template} → {out}"
    )


def _has_display() -> bool:
    """Whether somebody sits before a screen on which a page could open."""
    graphical = sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return graphical and sys.stdout.isatty()


@documents_app.command("draft")
def draft(
    name: str, account: str,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="PDF to write as well")] = None,
    said: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="a fact that the ledger does not know")
    ] = None,
    gate: Annotated[str, typer.Option("--gate", help="for minutes: the gate whose votes they tell")] = "",
    as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Draft a document for an account from what the ledger knows, and keep it in the account's file."""
    made = drafting.draft(operations(opened(), as_), name, account, said or (), gate)
    if out is not None:
        write_file(out, made.data)
    if json:
        told = ("account", "document", "template", "sha256", "open", "said", "already")
        print_json({each: getattr(made, each) for each in told})
        return
    still = f"; {made.open} facts to be verified 待核实" if made.open else ""
    say(f"{'already there, as' if made.already else 'drafted'} {made.document} {made.sha256}{still}")


@packet_app.command("build")
def build_(
    account: str, out: Out,
    kind: Annotated[str, typer.Option("--kind", help=", ".join(KINDS))] = "write_off",
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="of a write-off packet")] = "", as_: As = "",
) -> None:  # fmt: skip
    """Build a packet of an account as its file stands: the write-off packet, the collection file 催收档案, the filing bundle
    起诉材料, or the placement pack 委外资料. It is kept, and the journal says who had it made. The write-off packet that a gate
    decides on is bound by the nightly run."""
    desk = opened()
    if kind == "write_off":
        day = desk.business_day()
        work = operations(desk, as_) if as_ else Operations(desk, desk.strategy(day), desk.pen(day))
        pdf = build(desk, account, optional_day(on, "--on") or day)
        write_file(out, pdf)
        kept(work, pdf, PACKET, [work.one(account).case_id])
        say(f"{account} → {out}")
        return
    if on:
        raise UserError("such a packet is of the business day", where="--on", mend="leave the day out")
    _written(build_kind(operations(desk, as_), kind, account), account, out)


@packet_app.command("book")
def book_(
    out: Out, gate: Annotated[str, typer.Option("--gate", help="a list gate; its first characters will do")] = "",
    accounts: Annotated[Path | None, typer.Option("--accounts", help="account numbers, one a line")] = None,
    node: Annotated[str, typer.Option("--node", help="with --accounts: what is to be decided")] = "write_off", as_: As = "",
) -> None:  # fmt: skip
    """Bind the committee's book 审议材料 over a list's members, or over accounts that a file names: one page each."""
    if bool(gate) == (accounts is not None):
        raise UserError("the book of what?", mend="give --gate GATE or --accounts FILE")
    work = operations(opened(), as_)
    done = book_of_gate(work, gate) if accounts is None else book_of_accounts(work, accounts_in(accounts), node)
    _written(done, done.number, out)


def _written(done: Built, what: str, out: Path) -> None:
    write_file(out, done.pdf)
    say(f"{what} → {out}")
    if done.missing:
        say(f"missing: {', '.join(done.missing)}")


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


packet_app.command("batch")(batch)
