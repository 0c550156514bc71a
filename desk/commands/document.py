"""Papers of a case: bring them in one by one or by the folder, check originals, refer to recordings, list them all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk import papers
from desk.commands.book import opened
from desk.commands.case import As, operations
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from desk.papers import CaseFiles, Listed, Said
from recourse.errors import UserError
from recourse.events import RecordingReferred

app = typer.Typer(help="Papers and recordings of a case.", no_args_is_help=True)
OriginalAt = Annotated[str, typer.Option("--original-at", metavar="PLACE", help="where the original is kept")]


@app.command("add")
def add(
    account: str, file: Path, kind: Annotated[str, typer.Option("--kind", help="such as judgment, legal_opinion")],
    node: Annotated[str, typer.Option("--node", help="the step of the ladder that it belongs to")] = "",
    dated: Annotated[str, typer.Option("--dated", metavar="DAY", help="the day that the paper bears")] = "",
    original_at: OriginalAt = "",
    source: Annotated[str, typer.Option("--from", help="from whom, by kind: debtor, court, notary …")] = "",
    signed_by: Annotated[str, typer.Option("--signed-by", help="for a legal opinion: counsel")] = "",
    as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Put a paper (PDF, JPEG, PNG or OFD) into a case's file; it is kept encrypted under its content hash."""
    said = Said(kind, node, optional_day(dated, "--dated"), original_at, source, signed_by)
    done = papers.add(operations(opened(), as_), account, file, said)
    if json:
        print_json(done)
    else:
        say(f"already there, as {done.kind} {done.sha256}" if done.already else f"{done.kind} {done.sha256}")


@app.command("import")
def import_(folder: Path, as_: As = "", json: AsJson = False) -> None:
    """Take in a folder of papers by its manifest.csv (docs/papers.md): all of it, or nothing when one row is wrong."""
    done = papers.import_folder(operations(opened(), as_), folder)
    if json:
        print_json(done)
    elif done.faults:
        rows = [(each.file, each.row, each.field, each.what, each.mend) for each in done.faults]
        print_table(("file", "row", "field", "fault", "mend"), rows)
    else:
        more = f"; {done.unnamed} files that no row names" if done.unnamed else ""
        say(f"{done.taken} taken, {done.already} already there{more}")
    if done.faults:
        rows_wrong = len({each.row for each in done.faults})
        what = f"{len(done.faults)} faults in {rows_wrong} of {done.rows} rows, nothing was taken in"
        raise UserError(what, where=str(folder / "manifest.csv"), mend="mend them and import it again")


@app.command("check")
def check(
    account: str, sha256: Annotated[str, typer.Argument(help="the paper's hash, or its first 8 digits or more")],
    original_at: OriginalAt,
    beside: Annotated[str, typer.Option("--with", metavar="ACTOR", help="the other person, who has to say so too")] = "",
    as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Say that you have seen the original at a place 原件双人核验; it is checked when a second person says so."""
    done = papers.check(operations(opened(), as_), account, sha256, original_at, beside)
    if json:
        print_json(done)
    elif done.state == "seen":
        say(f"seen by {done.seen_by} at {done.original_at}; {beside or 'a second person'} has to confirm it")
        if done.earlier:
            say(f"before: {done.earlier}")
    else:
        before = "already checked" if done.state == "already" else "checked"
        say(f"{before} by {done.seen_by} and {done.confirmed_by} at {done.original_at}")


@app.command("recording")
def recording(
    account: str,
    system: Annotated[str, typer.Option("--system", help="where the recording lies")],
    ref: Annotated[str, typer.Option("--ref", metavar="ID", help="its reference there; never a person's number")],
    call: Annotated[str, typer.Option("--call", help="the call that was recorded")] = "",
    contact: Annotated[str, typer.Option("--contact", metavar="PERMIT", help="or the permit of the contact")] = "",
    seconds: Annotated[int | None, typer.Option("--seconds", help="its length")] = None,
    sha256: Annotated[str, typer.Option("--sha256", help="of its bytes")] = "",
    as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Refer to the recording of a contact; nothing but the reference is kept."""
    given = RecordingReferred(system, ref, contact, call, seconds, sha256)
    new = papers.refer(operations(opened(), as_), account, given)
    print_json({"already": not new}) if json else say("referred to" if new else "already referred to")


@app.command("list")
def list_(account: str, json: AsJson = False) -> None:
    """All papers of an account: made by us, delivered by the bank, brought in; and its recordings."""
    found = papers.listed(opened(), account)
    print_json(found) if json else _show(found)


def _show(found: CaseFiles) -> None:
    print_table(
        ("kind", "from", "dated", "in the file", "sha256", "original at", "original"),
        [
            (each.paper.kind, each.paper.source or each.paper.origin, each.paper.dated_on, each.paper.on,
             each.paper.sha256[:16], each.paper.original_at, _original(each))
            for each in found.papers
        ],
    )  # fmt: skip
    if found.recordings:
        say()
        rows = [(each.system, each.reference, each.permit_id, each.call_id, each.seconds, each.on)
                for each in found.recordings]  # fmt: skip
        print_table(("system", "reference", "permit", "call", "seconds", "since"), rows, title="Recordings")


def _original(each: Listed) -> str:
    seen = each.paper.original
    if seen is None:
        return ""
    return f"checked: {seen.seen_by}, {seen.confirmed_by}" if each.checked else f"seen by {seen.seen_by}"
