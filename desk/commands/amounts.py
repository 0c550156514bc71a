"""What is owed on an account, by which method, beside which caps; and where a payment would go."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from desk.commands.book import opened
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from recourse.amounts import Cap, View, view
from recourse.errors import UserError
from recourse.intake.interest_check import KIND
from recourse.ledger import past, store
from recourse.ledger.database import reading
from recourse.ledger.tables import interest_checks, work_items
from recourse.money import Amounts, to_minor, to_text


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command("amounts")(amounts_command)


def amounts_command(
    account: str,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="as of this day")] = "",
    pay: Annotated[str, typer.Option("--pay", metavar="AMOUNT", help="where such a payment would go")] = "",
    json: AsJson = False,
) -> None:
    """What is owed by component, how interest is counted, how it stands beside the caps, and what our check found."""
    desk = opened()
    day = optional_day(on, "--on") or desk.business_day()
    with reading(desk.engine) as connection:
        facts = past.facts_as_of(connection, account, store.latest_case_id(connection, account), day, day)
        row = connection.execute(select(interest_checks).where(interest_checks.c.account_id == account)).first()
        item = connection.execute(
            select(work_items.c.what).where(
                work_items.c.kind == KIND, work_items.c.account_id == account, work_items.c.closed_on.is_(None)
            )
        ).scalar()
    amount = to_minor(pay, facts.currency) if pay else None
    if amount is not None and amount < 0:
        raise UserError("a payment of less than nothing", where="--pay", mend="give what would come in")
    found = view(facts, desk.strategy(day).policy_of(facts), day, amount)
    if json:
        checked = None if row is None else {"from_on": row.from_on, "as_of": row.as_of, "difference": item or ""}
        print_json({"view": found, "check": checked})
        return
    _show(found)
    if row is not None:
        say(f"Our own arithmetic, since {row.from_on}, to {row.as_of}: {item or 'agrees with the core'}")


def _show(found: View) -> None:
    say(f"Account {found.account_id}   on {found.on}   balance of {found.as_of or 'no day'}   "
        f"{found.days_past_due} days past due")  # fmt: skip
    if found.amounts is None:
        say("The core has told no balance.")
        return
    _parts(found)
    say(_method(found))
    if found.uplift_above:
        say(f"The uplift lies {_percent(found.uplift_above)} above what {found.uplift_rule} lets a contract agree on.")
    for cap in found.caps:
        say(_cap(cap, found.currency))
    if found.in_suit is not None and found.in_suit != found.amounts:
        say(f"A suit would claim {_money(found.in_suit.total, found.currency)} {found.currency}.")
    if found.preview is not None:
        say(f"A payment of {_money(found.preview.amount, found.currency)} goes by {found.preview.rule}: "
            f"{', '.join(found.preview.order)}; left over {_money(found.preview.left, found.currency)}")  # fmt: skip


def _parts(found: View) -> None:
    shown: list[tuple[str, Amounts | None]] = [("owed", found.amounts), ("may be claimed", found.claimable)]
    if found.preview is not None:
        shown += [("would be paid", found.preview.paid), ("then owed", found.preview.owed_after)]
    rows = [
        (name, *("unknown" if each is None else _money(getattr(each, name), found.currency) for _, each in shown))
        for name in (*Amounts.__struct_fields__, "total")
    ]
    print_table((found.currency, *(title for title, _ in shown)), rows)


def _method(found: View) -> str:
    if found.annual_rate is None or found.penalty_rate is None or found.per_day is None:
        return "Interest: the bank did not tell the contract rate and its uplift; nothing is checked."
    return (
        f"Interest: {_percent(found.annual_rate)} a year, {_percent(found.penalty_rate)} when overdue, of "
        f"{found.day_count} days: {_money(found.per_day, found.currency)} {found.currency} a day on what is due."
    )


def _cap(cap: Cap, currency: str) -> str:
    head = f"Cap {cap.rule}, {cap.per_year_percent} % a year ({cap.citation}): charged {_money(cap.charged, currency)}"
    if cap.allowed is None:
        return f"{head}; not tested, the contract rate is not known"
    above = f"{_money(cap.excess, currency)} above it" if cap.excess else "within it"
    return f"{head}, {_money(cap.allowed, currency)} allowed: {above}"


def _money(minor: int | None, currency: str) -> str:
    return "unknown" if minor is None else to_text(minor, currency, grouped=True)


def _percent(millionths: int) -> str:
    return f"{millionths // 10_000}.{millionths % 10_000:04d}".rstrip("0").rstrip(".") + " %"
