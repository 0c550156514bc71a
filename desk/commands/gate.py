"""Gates: list, show, code, approve, reject, return, strike. Every answer goes through the one function that answers."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from desk import forms, inbox
from desk.commands.book import opened
from desk.console_text import AsJson, print_json, print_table, say
from recourse.gate_rows import Verdict

app = typer.Typer(help="Approval gates: a named person agrees before anything that can hurt.", no_args_is_help=True)

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="why; mandatory")]
As = Annotated[str, typer.Option("--as", metavar="ACTOR", help="demo mode only: act as somebody")]


@app.command("list")
def list_(
    status: Annotated[
        str, typer.Option("--status", help="open, approved, rejected, returned, withdrawn, void")
    ] = "open",
    json: AsJson = False,
) -> None:
    """Gates by the day on which a right is lost, then the urgent ones, then by their place in the queue."""
    desk = opened()
    lines = inbox.waiting(desk, status)
    if json:
        print_json(lines)
        return
    print_table(
        ("gate", "node", "what", "tier", "waiting for", "opened", "due", "right lost", "urgent"),
        [
            (line.gate_id[:12], line.node, line.account or f"{line.members} accounts", line.tier,
             ", ".join(line.waiting_for), line.opened_on, line.due_on, line.lost_on or "", line.urgent)
            for line in lines
        ],
        title=f"{len(lines)} gates {status}",
    )  # fmt: skip


@app.command()
def show(gate: str, json: AsJson = False) -> None:
    """One gate: evidence, members, votes, who still has to answer."""
    it = inbox.view(opened(), gate)
    if json:
        shown = msgspec.structs.asdict(it)
        evidence, cast, members, choices = (shown.pop(name) for name in ("raw", "votes", "members", "choices"))
        shown.pop("evidence")
        print_json({"gate": shown, "evidence": evidence, "votes": cast, "members": members, "choices": choices})
        return
    say(f"Gate {it.gate_id}  {it.zh} {it.en} ({it.action}, tier {it.tier}) — {it.status}")
    say(f"opened {it.opened_on}, due {it.due_on}" + (f", escalated {it.level} times" if it.level else ""))
    if it.urgent:
        say(f"RED LANE: {it.urgent}")
    say(f"evidence hash {it.evidence_hash}")
    print_table(("evidence", ""), it.evidence)
    if it.before:
        print_table(("account", "approved before Recourse: information only, it counts for nothing here"), it.before)
    if it.packet_hash:
        say(f"packet hash   {it.packet_hash}")
    if it.packets:
        rows = [(each.account, each.state, each.sha256, ", ".join(each.waived)) for each in it.packets]
        print_table(("member", "state", "packet", "waived"), rows, title=f"{len(rows)} members")
    elif it.members:
        print_table(("member", "state"), it.members, title=f"{len(it.members)} members")
    cast_rows = [msgspec.structs.astuple(vote) for vote in it.votes]
    print_table(("seat", "voter", "for", "verdict", "choice", "reason"), cast_rows, title="Votes")
    if it.status == "open":
        say("waiting for " + ", ".join(it.waiting_for))
        if it.choices:
            say(f"a yes has to choose: --choice {'|'.join(it.choices)}")


def _answer(
    gate: str, verdict: Verdict, reason: str, as_: str, choice: str = "", strike: list[str] | None = None
) -> None:
    desk = opened()
    actor = desk.actor(as_, day=desk.business_day())
    done = inbox.answer(desk, gate, actor, verdict, reason, choice=choice, strike=strike or ())
    if done.status == "void":
        say(f"the evidence has changed since this gate was opened; it stands anew as {done.reopened_as[:12]}:")
        for change in done.changes:
            say(f"  {change}")
        raise typer.Exit(1)
    left = f"; {len(done.approved)} may go ahead" if done.approved else ""
    say(f"{verdict}: the gate is {done.status}{left}" + (f" ({done.choice})" if done.choice else ""))


@app.command()
def code(gate: str, as_: As = "", json: AsJson = False) -> None:
    """A one-time code for you to answer this gate with where nobody knows you: on a form of Prefect. Shown once."""
    desk = opened()
    made = forms.code(desk, gate, desk.actor(as_, day=desk.business_day()))
    if json:
        print_json(made)
        return
    say(f"{made.code}  good for one answer to gate {made.gate_id[:12]}, until the end of {made.good_until_on}")


@app.command()
def approve(
    gate: str, reason: Reason, choice: Annotated[str, typer.Option("--choice")] = "",
    strike: Annotated[list[str] | None, typer.Option("--strike", metavar="ACCOUNT", help="leave this one out")] = None,
    as_: As = "",
) -> None:  # fmt: skip
    """Say yes for one seat."""
    _answer(gate, "approve", reason, as_, choice, strike)


@app.command()
def reject(gate: str, reason: Reason, as_: As = "") -> None:
    """Say no."""
    _answer(gate, "reject", reason, as_)


@app.command("return")
def return_(gate: str, reason: Reason, as_: As = "") -> None:
    """Send it back to the maker for better evidence."""
    _answer(gate, "return", reason, as_)


@app.command()
def strike(gate: str, accounts: list[str], reason: Reason, as_: As = "") -> None:
    """Strike members from a list; the rest of it stands and still waits for an answer."""
    _answer(gate, "strike", reason, as_, strike=accounts)
