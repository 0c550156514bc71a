"""Gates: list, show, approve, reject, return, strike. Every answer goes through the one function that answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
import typer
from sqlalchemy import bindparam, select

from desk.commands.book import opened
from desk.console_text import AsJson, print_json, print_table, say
from recourse.climb import lists
from recourse.errors import UserError
from recourse.gate_rows import Verdict
from recourse.ledger.database import reading
from recourse.ledger.tables import accounts, cases, gate_members, gates, votes
from recourse.money import to_text

app = typer.Typer(help="Approval gates: a named person agrees before anything that can hurt.", no_args_is_help=True)

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="why; mandatory")]
As = Annotated[str, typer.Option("--as", metavar="ACTOR", help="demo mode only: act as somebody")]

MONEY_PARTS = frozenset({"overdue", "exposure", "paid", "owed"})
"""Parts of an evidence that are amounts in minor units."""
_MEMBERS = select(gate_members.c.case_id).where(gate_members.c.gate_id == bindparam("gate"))
_CURRENCY = (
    select(accounts.c.currency)
    .join(cases, cases.c.account_id == accounts.c.account_id)
    .where((cases.c.case_id == bindparam("case")) | cases.c.case_id.in_(_MEMBERS))
    .limit(1)
)
"""Currency of what a gate is about; the members of a list have one currency."""


class Line(msgspec.Struct, frozen=True):
    """A gate as the list shows it."""

    gate_id: str
    node: str
    kind: str
    action: str
    tier: str
    waiting_for: tuple[str, ...]
    opened_on: date
    due_on: date
    level: int
    urgent: str
    members: int
    account: str


def _lines(connection: Any, status: str) -> list[Line]:
    rows = connection.execute(
        select(gates, cases.c.account_id)
        .outerjoin(cases, cases.c.case_id == gates.c.case_id)
        .where(gates.c.status == status)
        .order_by(gates.c.urgent == "", gates.c.queued_from, gates.c.gate_id)
    ).all()
    ids = [row.gate_id for row in rows]
    taken: dict[str, set[str]] = {}
    for gate_id, seat in connection.execute(select(votes.c.gate_id, votes.c.seat).where(votes.c.gate_id.in_(ids))):
        taken.setdefault(gate_id, set()).add(seat)
    members: dict[str, int] = {}
    for (gate_id,) in connection.execute(
        select(gate_members.c.gate_id).where(gate_members.c.gate_id.in_(ids), gate_members.c.state == "in")
    ):
        members[gate_id] = members.get(gate_id, 0) + 1
    return [
        Line(
            row.gate_id, row.node, row.kind, row.action, row.tier,
            tuple(s for s in msgspec.json.decode(row.seats) if s not in taken.get(row.gate_id, set())),
            row.opened_on, row.due_on, row.level, row.urgent, members.get(row.gate_id, 1), row.account_id or "",
        )
        for row in rows
    ]  # fmt: skip


@app.command("list")
def list_(
    status: Annotated[
        str, typer.Option("--status", help="open, approved, rejected, returned, withdrawn, void")
    ] = "open",
    json: AsJson = False,
) -> None:
    """Gates, the most urgent first, then by their place in the queue."""
    desk = opened()
    with reading(desk.engine) as connection:
        lines = _lines(connection, status)
    if json:
        print_json(lines)
        return
    print_table(
        ("gate", "node", "what", "tier", "waiting for", "opened", "due", "urgent"),
        [
            (line.gate_id[:12], line.node, line.account or f"{line.members} accounts", line.tier,
             ", ".join(line.waiting_for), line.opened_on, line.due_on, line.urgent)
            for line in lines
        ],
        title=f"{len(lines)} gates {status}",
    )  # fmt: skip


def _id(connection: Any, given: str) -> str:
    """A gate by its id or an unambiguous beginning of it."""
    found = connection.execute(
        select(gates.c.gate_id).where(gates.c.gate_id.startswith(given, autoescape=True)).limit(2)
    ).scalars()
    ids = list(found)
    if len(ids) != 1:
        raise UserError(f"{'several gates' if ids else 'no gate'} {given!r}", mend="see `recourse gates list`")
    return str(ids[0])


@app.command()
def show(gate: str, json: AsJson = False) -> None:
    """One gate: evidence, members, votes, who still has to answer."""
    desk = opened()
    with reading(desk.engine) as connection:
        gate_id = _id(connection, gate)
        row = connection.execute(select(gates).where(gates.c.gate_id == gate_id)).one()
        currency = connection.execute(_CURRENCY, {"gate": gate_id, "case": row.case_id}).scalar() or ""
        cast = [tuple(vote) for vote in connection.execute(
            select(votes.c.seat, votes.c.voter, votes.c.on_behalf_of, votes.c.verdict, votes.c.choice, votes.c.reason)
            .where(votes.c.gate_id == gate_id).order_by(votes.c.voted_on, votes.c.seat)
        )]  # fmt: skip
        members = [tuple(member) for member in connection.execute(
            select(cases.c.account_id, gate_members.c.state).join(cases, cases.c.case_id == gate_members.c.case_id)
            .where(gate_members.c.gate_id == gate_id).order_by(cases.c.account_id)
        )]  # fmt: skip
    node = desk.ladder.by_name[row.node]
    evidence = msgspec.json.decode(row.evidence)
    if json:
        print_json({
            "gate": {name: value for name, value in row._mapping.items() if name != "evidence"},
            "evidence": evidence, "votes": cast, "members": members, "choices": node.choices,
        })  # fmt: skip
        return
    say(f"Gate {row.gate_id}  {node.zh} {node.en} ({row.action}, tier {row.tier}) — {row.status}")
    say(f"opened {row.opened_on}, due {row.due_on}" + (f", escalated {row.level} times" if row.level else ""))
    if row.urgent:
        say(f"RED LANE: {row.urgent}")
    say(f"evidence hash {row.evidence_hash}")
    print_table(("evidence", ""), [(name, _plain(name, value, currency)) for name, value in evidence.items()])
    if members:
        print_table(("member", "state"), members, title=f"{len(members)} members")
    print_table(("seat", "voter", "for", "verdict", "choice", "reason"), cast, title="Votes")
    if row.status == "open":
        taken = {vote[0] for vote in cast}
        say("waiting for " + ", ".join(s for s in msgspec.json.decode(row.seats) if s not in taken))
        if node.choices:
            say(f"a yes has to choose: --choice {'|'.join(node.choices)}")


def _plain(name: str, value: object, currency: str) -> str:
    """A part of the evidence as a person reads it: amounts in units, nothing for what is unknown."""
    if name in MONEY_PARTS and isinstance(value, int) and currency:
        return f"{to_text(value, currency, grouped=True)} {currency}"
    if name == "amounts" and isinstance(value, dict) and currency:
        return ", ".join(f"{part} {to_text(amount, currency, grouped=True)}" for part, amount in value.items())
    if value is None or value == []:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _answer(
    gate: str, verdict: Verdict, reason: str, as_: str, choice: str = "", strike: list[str] | None = None
) -> None:
    desk = opened()
    day = desk.business_day()
    actor = desk.actor(as_, day=day)
    with reading(desk.engine) as connection:
        gate_id = _id(connection, gate)
    done = lists.answer(
        desk.engine, desk.strategy(day), desk.pen(day, actor.name), gate_id, actor, verdict, reason,
        choice=choice, strike=strike or (),
    )  # fmt: skip
    if done.status == "void":
        say(f"the evidence has changed since this gate was opened; it stands anew as {done.reopened_as[:12]}:")
        for change in done.changes:
            say(f"  {change}")
        raise typer.Exit(1)
    left = f"; {len(done.approved)} may go ahead" if done.approved else ""
    say(f"{verdict}: the gate is {done.status}{left}" + (f" ({done.choice})" if done.choice else ""))


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
