"""What may be said: texts held against the phrases of the pack, and what was found in notes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from desk import script_watch
from desk.caller_figures import collector_figures
from desk.commands.book import opened
from desk.commands.case import As, Reason, operations
from desk.commands.collector import looking
from desk.commands.report import app as report_app
from desk.console_text import AsJson, On, day_of, optional_day, print_json, print_table, say
from desk.open_desk import open_desk
from desk.operations import Operations
from desk.settings import read
from recourse.errors import UserError
from recourse.policy.calling_values import EVERYBODY, THIRD_PARTY
from recourse.speech.lexicon import Hit, check

app = typer.Typer(help="Phrases that may not be said.", no_args_is_help=True)
From = Annotated[str, typer.Option("--from", metavar="DAY")]
To = Annotated[str, typer.Option("--to", metavar="DAY")]
HIT_HEADERS = ("text", "place", "rule", "citation", "instead")


@app.command("check")
def check_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="a text in UTF-8; - is standard input")] = "",
    templates: Annotated[bool, typer.Option("--templates", help="every template in force, by its sample")] = False,
    third_party: Annotated[bool, typer.Option("--third-party", help="said to somebody who is not the debtor")] = False,
    product: Annotated[str, typer.Option("--product")] = "",
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="default: the bank's")] = "",
    on: On = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Hold a script, or every template, against the lexicons in force. Exit code 1 when something may not be said."""
    desk = open_desk(read(os.environ), check=False)
    day = optional_day(on, "--on") or desk.today()
    if bool(file) == templates:
        raise UserError("nothing to look at", mend="give a FILE, -, or --templates")
    if templates:
        hits = script_watch.templates_with_phrases(desk.templates, desk.book, day)
    else:
        where = (jurisdiction or desk.settings.jurisdiction).lower()
        if where not in desk.book.jurisdictions:
            known = ", ".join(desk.book.jurisdictions)
            raise UserError(f"no pack for {where!r}", where="--jurisdiction", mend=f"one of {known}")
        policy = desk.book.at(day, where, product)
        audience = THIRD_PARTY if third_party else EVERYBODY
        hits = [(file, hit) for hit in check(_text(file), policy, audience)]
    _show(hits, json)
    if hits:
        raise typer.Exit(1)


def _text(file: str) -> str:
    try:
        return sys.stdin.buffer.read().decode() if file == "-" else Path(file).read_bytes().decode()
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", where=file, mend="save it as UTF-8") from None
    except OSError as error:
        raise UserError("cannot be read", where=file, mend=error.strerror or "") from None


def _show(hits: list[tuple[str, Hit]], json: bool) -> None:
    if json:
        print_json([{"file": file, "hit": hit} for file, hit in hits])
    elif not hits:
        say("nothing that may not be said")
    else:
        rows = [(hit.text, f"{file}:{hit.start}-{hit.end}", hit.rule, hit.citation, hit.instead) for file, hit in hits]
        print_table(HIT_HEADERS, rows)


@app.command("close")
def close(
    violation: str, reason: Reason,
    result: Annotated[str, typer.Option("--result", help=" or ".join(script_watch.RESULTS))], as_: As = "",
) -> None:  # fmt: skip
    """A phrase that was found was looked into: it was said (upheld), or the note only tells what somebody said (quoted)."""
    say(f"closed; written by {script_watch.close(operations(opened(), as_), violation, result, reason)}")


@report_app.command("scripts")
def report_scripts(
    from_: From = "", to: To = "",
    open_: Annotated[bool, typer.Option("--open", help="only those nobody has looked into")] = False,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Phrases found in notes, reasons and texts of the bank's own people."""
    desk = opened()
    day = desk.business_day()
    work = Operations(desk, desk.strategy(day), desk.pen(day))
    span = optional_day(from_, "--from") or day.replace(day=1), day_of(to, "--to") if to else day
    found = script_watch.listed(work, *span, only_open=open_)
    if json:
        print_json(found)
        return
    headers = ("violation", "account", "rule", "phrase", "place", "by", "found", "closed", "result")
    print_table(headers, [(each.violation[:12], *msgspec.structs.astuple(each)[1:]) for each in found])


@report_app.command("collectors")
def report_collectors(from_: From = "", to: To = "", json: AsJson = False) -> None:
    """Callers side by side: contacts, right parties, promises kept, complaints, script violations. Never an amount."""
    work = looking()
    day = work.pen.day
    span = optional_day(from_, "--from") or day.replace(day=1), day_of(to, "--to") if to else day
    found = collector_figures(work, *span)
    if json:
        print_json(found)
    elif not found:
        say("no caller is enrolled, and nobody dialled")
    else:
        print_table(found[0].__struct_fields__, [msgspec.structs.astuple(each) for each in found])
