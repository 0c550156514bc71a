"""Playing business days: run, sweep, dispatch."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from desk import shadow_text
from desk.commands.book import opened
from desk.console_text import AsJson, day_of, optional_day, print_json, say
from desk.open_desk import Desk
from desk.runner import Plan, business_days_between, close_day, escalate, open_day, play, send
from recourse.climb import lists
from recourse.climb.sweep import sweep as sweep_cases
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.store import Slots
from recourse.ledger.tables import business_days

PolicyAsOf = Annotated[
    str, typer.Option("--policy-as-of", metavar="DAY", help="judge by the law of this day: a declared counterfactual")
]
Shard = Annotated[str, typer.Option("--shard", metavar="k/n", help="only this share of the persons")]


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.command("run")(run)
    app.command("sweep")(sweep)
    app.command("dispatch")(dispatch)
    app.command("close")(close)


def run(
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="first business day")],
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="last business day")],
    shadow: Annotated[bool, typer.Option("--shadow", help="decide and journal, act on nothing")] = False,
    policy_as_of: PolicyAsOf = "",
    shards: Annotated[
        int, typer.Option("--shards", min=1, max=64, help="sweep in so many shares, one after another")
    ] = 1,
    deliveries: Annotated[
        Path | None, typer.Option("--deliveries", help="folder of deliveries, one sub-folder a day")
    ] = None,
    json: AsJson = False,
) -> None:
    """Play business days on the embedded runner. Interrupt it anywhere and run it again."""
    from desk.deliveries import pending, take_in  # heavy, and no other command here needs it

    desk = opened()
    plan = Plan(optional_day(policy_as_of, "--policy-as-of"), shadow, shards, deliveries)
    days = business_days_between(desk, day_of(from_, "--from"), day_of(to, "--to"))
    if not days:
        raise UserError("no business day in this span", where=f"{from_} to {to}", mend="see the calendar pack")
    if plan.policy_as_of and not json:
        say(f"COUNTERFACTUAL: judged by the law of {plan.policy_as_of}; nobody is contacted")
    waiting = pending(desk, deliveries)
    results, started = [], time.perf_counter()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Progress(*columns, disable=json) as progress:
        task = progress.add_task("business days", total=len(days), rate="")
        for done in play(desk, days, plan, before=lambda day, pen: take_in(desk, waiting, day, pen)):
            results.append(done)
            decided = sum(each.swept.decided for each in results)
            rate = f"{done.day}  {decided / (time.perf_counter() - started):,.0f} decisions/s"
            progress.update(task, advance=1, rate=rate)
    beside = shadow_text.compared(desk, days[0], days[-1]) if shadow else None
    if json:
        more = {"comparison": beside} if beside is not None else {}
        print_json({"policy_as_of": plan.policy_as_of, "shadow": shadow, "days": results, **more})
        return
    say(
        f"{len(results)} days played, {sum(r.swept.decided for r in results):,} decisions, "
        f"{sum(r.swept.opened for r in results):,} cases opened, {sum(r.swept.ended for r in results):,} ended, "
        f"{sum(r.dispatched.done for r in results):,} acts, "
        f"{sum(r.dispatched.refused for r in results):,} contacts refused"
    )
    if len(results) < len(days):
        say(f"{len(days) - len(results)} days had been played before")
    if beside is not None:
        say()
        shadow_text.show(beside)


def _day(desk: Desk, on: str, *, opened_before: bool = True) -> tuple[date, date | None]:
    """A business day that is not closed, and the law it is judged by (None: its own)."""
    day = day_of(on, "--on")
    with reading(desk.engine) as connection:
        known = connection.execute(select(business_days).where(business_days.c.day == day)).first()
    if known is not None and known.closed:
        raise UserError(f"business day {day} is closed", where="--on", mend="work the next one")
    if known is None and opened_before:
        raise UserError(f"business day {day} is not open", where="--on", mend="`recourse sweep` opens it")
    return day, known.policy_as_of if known is not None else None


def sweep(
    on: Annotated[str, typer.Option("--on", metavar="DAY")],
    shard: Shard = "0/1",
    policy_as_of: PolicyAsOf = "",
    json: AsJson = False,
) -> None:
    """Decide what is due on a day: one half of it, for one shard. Opens the day; shard 0 escalates gates."""
    desk, slots = opened(), Slots.of(shard)
    day, as_of = _day(desk, on, opened_before=False)
    strategy = desk.strategy(day, optional_day(policy_as_of, "--policy-as-of") or as_of)
    open_day(desk, strategy, desk.pen(day), Plan(strategy.policy_as_of))
    if slots.first == 0:
        escalate(desk, strategy, desk.pen(day))
    done = sweep_cases(desk.engine, strategy, desk.pen(day), slots)
    if json:
        print_json({"swept": done})
    else:
        say(f"{done.decided:,} decided, {done.entered:,} steps, {done.opened:,} opened, {done.ended:,} ended")


def close(on: Annotated[str, typer.Option("--on", metavar="DAY")]) -> None:
    """Open the day's lists, close a day that was worked by sweep and dispatch, and seal the ledger."""
    desk = opened()
    day, as_of = _day(desk, on)
    opened_lists = lists.open_lists(desk.engine, desk.strategy(day, as_of), desk.pen(day))
    root = close_day(desk, desk.pen(day))
    say(f"{opened_lists} lists opened; {day} is closed; seal {root}")


def dispatch(
    on: Annotated[str, typer.Option("--on", metavar="DAY")], shard: Shard = "0/1", json: AsJson = False
) -> None:
    """Claim and act on what is queued for a day: the other half of a day, for one shard."""
    desk = opened()
    day, as_of = _day(desk, on)
    if as_of is not None:
        raise UserError("a counterfactual day contacts nobody", where=str(day), mend="`recourse run` plays it whole")
    strategy = desk.strategy(day)
    done = send(desk, strategy, desk.pen(day), desk.channels, shard, live=True)
    if json:
        print_json(done)
    else:
        say(
            f"{done.released:,} released: {done.done:,} done, {done.failed:,} failed, {done.unknown:,} unknown; "
            f"{done.refused:,} refused"
        )
