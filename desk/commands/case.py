"""One case: explain it, record proofs, stages and calls."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from desk import route_words, routes, script_watch
from desk.commands.book import opened
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from desk.open_desk import Desk
from desk.operations import Operations
from recourse.climb import arrivals
from recourse.errors import UserError
from recourse.explain import Explanation, explain
from recourse.facts import Facts
from recourse.free_text import one_line
from recourse.ledger import past, store
from recourse.ledger.database import reading
from recourse.ledger.history import HistoryReader
from recourse.ledger.tables import business_days
from recourse.money import to_text
from tasks import guarantor, litigation_route

MENDS = {
    "caller": " (a supervisor enrols and certifies callers: `recourse collector show NAME`)",
    "queue": " (see `recourse calls list --mine`; a supervisor moves calls: `recourse calls assign CALL COLLECTOR`)",
}
"""What helps when a dial is refused for who dials and not for whom."""
calls_app = typer.Typer(help="The callers' queue: one permit, one dial.", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", metavar="ACTOR", help="demo mode only: act as somebody")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT")]
OnDay = Annotated[
    str, typer.Option("--on", metavar="DAY", help="day on which it took effect (default: the business day)")
]


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.command("explain")(explain_command)
    app.command("routes")(routes_command)
    app.command("proof")(proof)
    app.command("stage")(stage)


def explain_command(
    account: str,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="as of this day")] = "",
    known_on: Annotated[str, typer.Option("--known-on", metavar="DAY", help="by what was known on this day")] = "",
    json: AsJson = False,
) -> None:
    """Where an account stands, why, by which rule, which clocks run, and what would change it."""
    desk = opened()
    day = optional_day(on, "--on") or desk.business_day()
    known = optional_day(known_on, "--known-on") or day
    with reading(desk.engine) as connection:
        case_id = store.latest_case_id(connection, account)
        facts = past.facts_as_of(connection, account, case_id, day, known)
        counterfactual = connection.execute(
            select(business_days.c.policy_as_of)
            .where(business_days.c.day <= day)
            .order_by(business_days.c.day.desc())
            .limit(1)
        ).scalar()
    journal = HistoryReader(desk.engine).of([case_id])[case_id]
    found = explain(facts, desk.strategy(day, counterfactual), day, known, journal)
    print_json(found) if json else _show(found)


def _show(found: Explanation) -> None:
    say(f"Account {found.account_id}   case {found.case_id[:8]}   as of {found.on}, known on {found.known_on}")
    if found.law_of != found.on:
        say(f"COUNTERFACTUAL: judged by the law of {found.law_of}")
    owed = to_text(found.amounts.total, found.currency, grouped=True) if found.amounts else "unknown"
    say(f"{found.days_past_due} days past due since {found.due_since}; owes {owed} {found.currency} "
        f"(balance of {found.balance_as_of}); grade {found.grade}, stage {found.stage}")  # fmt: skip
    for line in found.debtor:
        say(f"  {line}")
    if found.amounts:
        parts = [
            f"{name} {to_text(value, found.currency, grouped=True)}" for name, value in found.amounts.items() if value
        ]
        say("  " + ", ".join(parts))
    if found.end:
        say(f"The episode has ended: {found.end}")
    say()
    print_table(
        ("node", "", "state", "entered", "left", "outcome", "visits", "whose"),
        [
            (w.node, w.zh, w.state, w.entered_on, w.left_on, w.outcome, w.visits, "imported" if w.imported else "")
            for w in found.where
        ],
        title="Where",
    )
    say()
    for entered in found.stands_because:
        say(f"Why {entered.node}, since {entered.on}: {entered.seen}  [{entered.rule}: {entered.citation}]")
    say("Next: " + (", ".join(found.next_steps) or "nothing today"))
    for why in found.why:
        say(f"  {why.code} {why.seen}" + (f"  [{why.rule}: {why.citation}]" if why.rule else ""))
    say()
    for line in found.provenance:
        say(f"Imported: {line}")
    for clock in found.clocks:
        say(f"Clock: {clock.what} ends {clock.ends_on} ({clock.days_left} days left)")
    for brake in found.brakes:
        say(f"Brake: {brake}")
    for step in found.under_hold:
        say(f"Should not have happened: {step.what} on {step.on}, under a {step.kind} brake since {step.since_on} that was known "
            f"on {step.known_on}  [{step.rule}]")  # fmt: skip
    for note in found.notes:
        say(f"Note: {note}")
    for gap in found.gaps:
        owner = f" ({gap.owner_title} {gap.owner})" if gap.owner else ""
        say(f"Packet lacks: {gap.item} {gap.title}{owner}" + (": " + ", or ".join(gap.how) if gap.how else ""))
    say("What would change it:")
    for hint in found.would_change:
        say(f"  - {hint}")


def routes_command(account: str, json: AsJson = False) -> None:
    """Every route to a title or to the security, ranked: bars, fees, expected net, papers that are lacking."""
    desk = opened()
    day, facts = desk.business_day(), facts_of(desk, account)
    found = routes.ranked(desk, facts, day)
    if json:
        print_json(found)
        return
    if not found.routes:
        say(f"no routes are in force in {facts.jurisdiction} on {day}")
        return
    for number, route in enumerate(found.routes, start=1):
        for line in route_words.lines(number, litigation_route.line_of(route), facts.currency):
            say(line)
        for caution in route.cautions:
            say(f"   – mind: {caution.en} [{caution.source}]")
    pays = {True: "suing pays", False: "no route is expected to bring more than it costs", None: "not known"}
    say(f"Expected: {pays[found.sue_pays]}")


def facts_of(desk: Desk, account: str) -> Facts:
    """Facts of an account's latest case, for reading only: no person is asked for."""
    day = desk.business_day()
    return Operations(desk, desk.strategy(day), desk.pen(day)).one(account)


def operations(desk: Desk, as_: str) -> Operations:
    """Operations of the business day in the name of who is at the keyboard."""
    day = desk.business_day()
    actor = desk.actor(as_, day=day)
    return Operations(desk, desk.strategy(day), desk.pen(day, actor.name))


def proof(
    account: str, node: str, status: Annotated[str, typer.Argument(help="delivered or returned")],
    evidence: Annotated[str, typer.Option("--proof", help="where the proof lies")], on: OnDay = "",
    guarantee: Annotated[str, typer.Option("--guarantee", help="of one demand of several")] = "", as_: As = "",
) -> None:  # fmt: skip
    """Record proof of what became of a letter. Of demands on several guarantors each has its own proof."""
    desk = opened()
    work = operations(desk, as_)
    facts = work.one(account)
    if node == guarantor.NODE and not guarantee and len(waiting := guarantor.demanded(facts)) > 1:
        names = ", ".join(each.guarantee_id for each in waiting)
        raise UserError("several demands wait, and each has its own proof", mend=f"--guarantee {names}")
    took_effect = day_of(on, "--on") if on else work.pen.day
    touched = work.prove_delivery([(account, node, status, took_effect, evidence)], guarantee)
    say(f"{node}: {status}" if touched else f"no letter of {node} waits for proof")


def stage(
    account: str, reached: str, number: Annotated[str, typer.Option("--number", help="the court's number")] = "",
    on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """Record a stage that an account's court file reached; `recourse matter stage` takes proof and a last day too."""
    desk = opened()
    work = operations(desk, as_)
    work.one(account)
    touched = work.reach_stages([(account, reached, number, day_of(on, "--on") if on else work.pen.day)])
    say(f"court file: {reached}" if touched else "there is no court file")


@calls_app.command("dial")
def calls_dial(call_id: str, as_: As = "") -> None:
    """Take a call and ask for the permit to dial once; refused outside hours or above a cap."""
    desk = opened()
    work = operations(desk, as_)
    answers = arrivals.dial(desk.engine, work.strategy, work.pen, [call_id])
    if not answers:
        say("this call is not open")
        raise typer.Exit(1)
    if answers[0].rule:
        say(f"no: {answers[0].rule}{MENDS.get(answers[0].rule.split('.')[0], '')}")
        raise typer.Exit(1)
    say(f"dial; permit {answers[0].permit_id}")


@calls_app.command("record")
def calls_record(
    call_id: str, code: str,
    promise: Annotated[str, typer.Option("--promise", metavar="DAY")] = "",
    amount: Annotated[int | None, typer.Option("--amount", help="minor units")] = None,
    cause: Annotated[str, typer.Option("--cause", help="why it is not paid, as the debtor said")] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="one line about the call")] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """Record what came of a dial."""
    desk = opened()
    work = operations(desk, as_)
    one_line(note, "--note")
    work.record_calls([(call_id, code, optional_day(promise, "--promise"), amount)], {call_id: cause})
    if note:
        script_watch.note_call(work, call_id, note)
    say(f"recorded: {code}")
