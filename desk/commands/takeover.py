"""Taking over a live book: what was taken over, what is parked and why, and letting it go on."""

from __future__ import annotations

from typing import Annotated

import typer

from desk import takeover
from desk.commands.book import opened
from desk.commands.case import As, Reason
from desk.console_text import AsJson, print_json, print_table, say
from recourse.climb import parking
from recourse.intake.past_gaps import GAPS
from recourse.money import to_text

app = typer.Typer(help="Debts that were being collected when Recourse was switched on.", no_args_is_help=True)
SHOWN = 20


@app.command("report")
def report(json: AsJson = False) -> None:
    """Accounts by state, those that are parked and why, rights at risk within 90 days, court files and measures."""
    desk = opened()
    found = takeover.report(desk, desk.business_day())
    if json:
        print_json(found)
        return
    say(f"{found.accounts:,} accounts were taken over, as of {found.on}")
    print_table(("state", "accounts"), list(found.states.items()))
    say()
    rows = [(gap, *GAPS[gap], count) for gap, count in found.parked_by_gap.items()]
    print_table(("kind", "", "what is missing", "accounts"), rows, title=f"{len(found.parked):,} parked")
    parked_rows = [(account, ", ".join(gaps) or "nothing any more") for account, gaps in found.parked.items()]
    print_table(("account", "lacks"), parked_rows[:SHOWN])
    _more(len(parked_rows))
    say()
    risks = [(each.account, each.clock.what, each.clock.ends_on, each.clock.days_left) for each in found.at_risk]
    title = f"{len(risks):,} rights are lost within {takeover.AT_RISK_DAYS} days"
    print_table(("account", "clock", "ends", "days left"), risks[:SHOWN], title=title)
    _more(len(risks))
    say()
    files = [(m.matter_id[:12], " ".join(m.accounts), m.route, m.court, m.number, m.stage, m.stage_on)
             for m in found.matters]  # fmt: skip
    headers = ("file", "accounts", "route", "court", "number", "stage", "since")
    print_table(headers, files[:SHOWN], title=f"{len(files):,} court files")
    _more(len(files))
    taken = [
        (m.measure_id[:12], m.matter_id[:12], m.kind, f"{to_text(m.amount, m.currency, grouped=True)} {m.currency}",
         m.taken_on, m.until_on)
        for m in found.measures
    ]  # fmt: skip
    print_table(
        ("measure", "file", "kind", "amount", "taken", "until"), taken[:SHOWN], title=f"{len(taken):,} measures"
    )
    _more(len(taken))


def _more(count: int) -> None:
    if count > SHOWN:
        say(f"… and {count - SHOWN:,} more: --json shows all")


@app.command("release")
def release(
    reason: Reason,
    account: Annotated[str, typer.Argument(help="the account that goes on")] = "",
    all_of: Annotated[
        str, typer.Option("--all-of", metavar="KIND", help="every account that is parked for this and nothing else")
    ] = "",
    as_: As = "",
) -> None:
    """Let parked accounts go on: four eyes, so the second seat runs this too. Exit 1 while a seat is to agree."""
    desk = opened()
    day = desk.business_day()
    actor = desk.actor(as_, day=day)
    accounts = takeover.chosen(desk, account, all_of)
    done = parking.agree(desk.engine, desk.strategy(day), desk.pen(day, actor.name), actor, accounts, reason)
    free = [each.account for each in done if each.released]
    waiting = [each for each in done if not each.released]
    if free:
        say(f"{len(free):,} go on: {' '.join(free[:SHOWN])}")
    if waiting:
        seats = ", ".join(sorted({seat for each in waiting for seat in each.left}))
        say(f"{len(waiting):,} wait for {seats}: another person has to agree")
        raise typer.Exit(1)
