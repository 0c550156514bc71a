"""The callers' queue: whose call each is, and what comes next."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from desk import script_watch
from desk.callers import CallerDesk, CallLine
from desk.commands.book import opened
from desk.commands.case import As, calls_app, operations
from desk.commands.collector import looking, supervising
from desk.console_text import AsJson, print_json, print_table, say
from recourse.errors import UserError

app = calls_app


@calls_app.command("list")
def calls_list(
    mine: Annotated[bool, typer.Option("--mine", help="only your own")] = False,
    collector: Annotated[str, typer.Option("--collector", metavar="NAME", help="only this caller's")] = "",
    unassigned: Annotated[bool, typer.Option("--unassigned", help="only what is nobody's")] = False,
    as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """The open queue, in the order of calling."""
    if sum((mine, bool(collector), unassigned)) > 1:
        raise UserError("--mine, --collector and --unassigned say different things", mend="give one of them")
    work = _mine(as_) if mine else looking()
    _show(work.lines(work.pen.actor if mine else collector or None, unassigned=unassigned), json)


@calls_app.command("next")
def calls_next(as_: As = "", json: AsJson = False) -> None:
    """Your next call, with how often its debtor may still be dialled today."""
    work = _mine(as_)
    line = work.next(work.pen.actor)
    if json:
        print_json(line)
    elif line is None:
        say("nothing left to dial today")
    else:
        say(
            f"{line.call}  account {line.account}, {line.queue}, script {line.script}, {line.dials_left} dials left today"
        )


@calls_app.command("assign")
def calls_assign(
    call: Annotated[str, typer.Argument(metavar="[CALL]", help="one call, to move it by hand")] = "",
    collector: Annotated[str, typer.Argument(metavar="[COLLECTOR]")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="why it moves")] = "",
    as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Give every open call to a caller, as each day's run does; or, for supervisors, one debtor's calls to another."""
    if bool(call) != bool(collector):
        raise UserError("a call and a caller go together", mend="recourse calls assign CALL COLLECTOR --reason TEXT")
    work = supervising(as_)
    if call:
        moved = work.reassign(call, collector, reason)
        say(f"{moved} calls of the debtor are {collector}'s")
        return
    done = work.assign()
    if json:
        print_json(done)
        return
    say(f"{done.assigned} of {done.calls} calls are assigned")
    for title, counts in (("moved", done.moved), ("unassigned", done.unassigned)):
        for cause, number in sorted(counts.items()):
            say(f"  {title}, {cause}: {number}")


@calls_app.command("note")
def calls_note(call: str, text: str, as_: As = "") -> None:
    """Write a line about a call. It is kept whatever it says; a phrase that may not be said is a matter for QA."""
    found = script_watch.note_call(operations(opened(), as_), call, text)
    say("noted" + (f"; {found} phrases that may not be said go to quality assurance" if found else ""))


def _mine(as_: str) -> CallerDesk:
    desk = opened()
    day = desk.business_day()
    return CallerDesk(desk, desk.strategy(day), desk.pen(day, desk.actor(as_, day=day).name))


def _show(lines: list[CallLine], json: bool) -> None:
    if json:
        print_json(lines)
        return
    fields = ("call", "account", "queue", "collector", "lost_on", "grade", "queued_on", "dials", "state", "script")
    print_table(fields, [[msgspec.structs.asdict(line)[name] for name in fields] for line in lines])
