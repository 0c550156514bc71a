"""Arrangements 还款安排 and promises 承诺还款: preview, propose, sign, list, show, end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast, get_args

import typer

from desk import arrangements, offer_words, promises
from desk.arrangements import Draft, Waived
from desk.commands.book import opened
from desk.commands.case import As, operations
from desk.commands.hold import clerk
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from desk.operations import Operations
from recourse.arrangements import KINDS
from recourse.errors import UserError
from recourse.money import to_text
from recourse.schedules import DayCount, Method

app = typer.Typer(help="Arrangements 还款安排: a plan, agreed to at a gate and signed.", no_args_is_help=True)
promise_app = typer.Typer(help="Promises to pay 承诺还款.", no_args_is_help=True)

Kind = Annotated[str, typer.Option("--kind", help=", ".join(KINDS))]
Months = Annotated[
    int, typer.Option("--months", "--times", min=0, help="instalments, one a month or every --every-days")
]
Schedule = Annotated[list[str], typer.Option("--schedule", metavar="DAY=AMOUNT", help="a plan as agreed; minor units")]
Whole = Annotated[
    bool, typer.Option("--whole/--arrears", help="over the whole claim, or the arrears beside the contract")
]
First = Annotated[str, typer.Option("--first", metavar="DAY", help="the first instalment (default: in a month)")]
MethodOf = Annotated[str, typer.Option("--method", help=", ".join(get_args(Method)))]
Rate = Annotated[
    str, typer.Option("--rate", metavar="PERCENT", help="a year, on what is deferred (default: none runs)")
]
Count = Annotated[str, typer.Option("--day-count", help=", ".join(get_args(DayCount)))]
Every = Annotated[int, typer.Option("--every-days", min=0, help="an instalment every so many days")]
EndOfMonth = Annotated[bool, typer.Option("--end-of-month", help="keep to the ends of months")]
Waive = Annotated[str, typer.Option(metavar="AMOUNT|all", help="minor units, given up on full performance")]
Applied = Annotated[str, typer.Option("--applied", metavar="DAY", help="when the debtor applied for an extension")]
AboveAbility = Annotated[
    str, typer.Option("--above-ability", metavar="WHERE", help="cards: finding, debt above ability")
]
Willing = Annotated[str, typer.Option("--willing", metavar="WHERE", help="cards: finding, the debtor is willing")]
NoNewCards = Annotated[bool, typer.Option("--no-new-cards", help="cards: promised not to apply for cards meanwhile")]
TermsAt = Annotated[str, typer.Option("--terms", metavar="WHERE", help="where rights, default and other terms stand")]


def _draft(
    kind: str, months: int, schedule: list[str], whole: bool, first: str, method: str, rate: str, count: str, every: int,
    end_of_month: bool, waive: dict[str, str], applied: str, above: str, willing: str, no_cards: bool, terms: str,
) -> Draft:  # fmt: skip
    if kind not in KINDS:
        raise UserError(f"unknown kind {kind!r}", where="--kind", mend=f"use one of {', '.join(KINDS)}")
    if bool(months) == bool(schedule):
        raise UserError("how it is paid is not said, or twice", mend="give --months N, or --schedule DAY=AMOUNT …")
    if method not in get_args(Method) or (method == "free" and not schedule):
        raise UserError(
            f"no plan by method {method!r}", where="--method", mend=f"use one of {', '.join(get_args(Method))}"
        )
    if count not in get_args(DayCount):
        raise UserError(
            f"unknown day count {count!r}", where="--day-count", mend=f"use one of {', '.join(get_args(DayCount))}"
        )
    listed = tuple(_listed(each) for each in schedule)
    return Draft(
        kind, max(months, 1), whole, cast("Method", "free" if schedule else method), rate, cast("DayCount", count), every,
        end_of_month, optional_day(first, "--first"), listed,
        {name: _waived(name, text) for name, text in waive.items() if text},
        optional_day(applied, "--applied"), above, willing, no_cards, terms,
    )  # fmt: skip


def _listed(text: str) -> tuple[date, int]:
    day, _, amount = text.partition("=")
    if not amount.isdigit():
        raise UserError(
            f"not an instalment: {text!r}", where="--schedule", mend="write DAY=AMOUNT, such as 2026-03-01=50000"
        )
    return day_of(day, "--schedule"), int(amount)


def _waived(name: str, text: str) -> Waived:
    if text == "all":
        return "all"
    if not text.isdigit():
        raise UserError(f"not an amount: {text!r}", where=f"--waive-{name}", mend="minor units, or all")
    return int(text)


def _reading() -> Operations:
    """For what is only looked at: nobody has to say who."""
    desk = opened()
    day = desk.business_day()
    return Operations(desk, desk.strategy(day), desk.pen(day))


@app.command("preview")
def preview(
    account: str, kind: Kind, months: Months = 0, schedule: Schedule = [], whole: Whole = True, first: First = "",  # noqa: B006
    method: MethodOf = "equal_principal", rate: Rate = "", count: Count = "30/360", every: Every = 0,
    end_of_month: EndOfMonth = False, waive_principal: Waive = "", waive_interest: Waive = "", waive_penalty: Waive = "",
    waive_compound: Waive = "", waive_fees: Waive = "", applied: Applied = "", above: AboveAbility = "",
    willing: Willing = "", no_new_cards: NoNewCards = False, terms: TermsAt = "", json: AsJson = False,
) -> None:  # fmt: skip
    """The schedule, the contract beside it, the floor, who must agree, and what is lost. Nothing is recorded."""
    waive = {"principal": waive_principal, "interest": waive_interest, "penalty": waive_penalty,
             "compound": waive_compound, "fees": waive_fees}  # fmt: skip
    draft = _draft(kind, months, schedule, whole, first, method, rate, count, every, end_of_month, waive, applied, above,
                   willing, no_new_cards, terms)  # fmt: skip
    work = _reading()
    _show_offer(arrangements.preview(work, account, draft), work.one(account).currency, json)


@app.command("propose")
def propose(
    account: str, kind: Kind, months: Months = 0, schedule: Schedule = [], whole: Whole = True, first: First = "",  # noqa: B006
    method: MethodOf = "equal_principal", rate: Rate = "", count: Count = "30/360", every: Every = 0,
    end_of_month: EndOfMonth = False, waive_principal: Waive = "", waive_interest: Waive = "", waive_penalty: Waive = "",
    waive_compound: Waive = "", waive_fees: Waive = "", applied: Applied = "", above: AboveAbility = "",
    willing: Willing = "", no_new_cards: NoNewCards = False, terms: TermsAt = "", as_: As = "",
) -> None:  # fmt: skip
    """Put an arrangement to its gate; below the floor, or against the law of its kind, it is refused at once."""
    waive = {"principal": waive_principal, "interest": waive_interest, "penalty": waive_penalty,
             "compound": waive_compound, "fees": waive_fees}  # fmt: skip
    draft = _draft(kind, months, schedule, whole, first, method, rate, count, every, end_of_month, waive, applied, above,
                   willing, no_new_cards, terms)  # fmt: skip
    node = arrangements.propose(operations(opened(), as_), account, draft)
    say(f"proposed at {node}; its gate opens with the next sweep")


def _show_offer(offer: dict[str, Any], currency: str, json: bool) -> None:
    if json:
        print_json(offer)
        return
    print_table(("due", "amount"), [(due, to_text(amount, currency, grouped=True)) for due, amount in offer["schedule"]],
                title=offer["kind"])  # fmt: skip
    _, *more = offer_words.lines(offer, currency)
    for line in more:
        say(line)
    if offer.get("who"):
        say(f"who agrees: {offer['who']}")


@app.command("sign")
def sign(
    account: str,
    document: Annotated[
        str, typer.Option("--document", metavar="SHA", help="the signed paper, as it lies in the file")
    ] = "",
    recording: Annotated[
        str, typer.Option("--recording", metavar="WHERE", help="cards: agreed on a recorded line")
    ] = "",
    as_: As = "",
) -> None:
    """What its gate agreed to was signed: contact and adverse acts stop while it is performed."""
    until = arrangements.sign(operations(opened(), as_), account, document, recording)
    say(f"in force until {until}")


@app.command("list")
def list_(
    account: Annotated[str, typer.Argument(help="default: every account")] = "",
    all_: Annotated[bool, typer.Option("--all", help="also those that ended")] = False,
    json: AsJson = False,
) -> None:
    """Arrangements in force, with how they are kept."""
    found = arrangements.lines(opened(), account, all_=all_)
    if json:
        print_json(found)
        return
    print_table(
        ("account", "kind", "state", "made", "until", "total", "waived", "instalments", "met", "missed", "next due"),
        [
            (
                each.account, KINDS.get(each.kind, (each.kind,))[0], each.state, each.made_on, each.until_on,
                to_text(each.total, each.currency, grouped=True), to_text(each.waived, each.currency, grouped=True),
                each.instalments, each.met, each.missed, each.next_due_on or "",
            )
            for each in found
        ],
    )  # fmt: skip


@app.command("show")
def show(account: str, json: AsJson = False) -> None:
    """One account: what is proposed and what its gate sees, the plan in force, all there were."""
    work = _reading()
    found = arrangements.show(work, account)
    if json:
        print_json(found)
        return
    currency = work.one(account).currency
    if found.proposal is not None:
        say(f"proposal {found.proposal_id} at {found.node} ({found.state or 'not entered yet'})")
        _show_offer(dict(found.proposal), currency, False)
    rows = [(due, to_text(amount, currency, grouped=True), state or "running") for due, amount, state in found.rows]
    print_table(("due", "amount", "state"), rows, title="Plan")
    if found.recording:
        say(f"recording to be kept until the debt is paid: {found.recording}")
    for each in found.lines:
        say(f"{each.kind} {each.state}, {each.made_on} to {each.until_on}, proof {each.proof or 'none'}")


@app.command("end")
def end(
    account: str,
    how: Annotated[str, typer.Option("--as-agreed", help="ended; without a schedule also performed, broken")] = "ended",
    document: Annotated[
        str, typer.Option("--document", metavar="SHA", help="by agreement: the signed paper, as it lies in the file")
    ] = "",
    as_: As = "",
) -> None:
    """End the arrangement in force, by agreement on a signed paper; what it would have waived is not."""
    arrangements.end(clerk(as_), account, how, document)
    say("ended")


@promise_app.command("list")
def promise_list(
    account: Annotated[str, typer.Argument(help="default: every account")] = "",
    state: Annotated[
        str, typer.Option("--state", help="kept, part_kept, broken, released (default: those that run)")
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="of every state")] = False,
    json: AsJson = False,
) -> None:
    """Promises to pay, and what came of them."""
    if state and state not in promises.STATES:
        raise UserError(f"unknown state {state!r}", where="--state", mend="kept, part_kept, broken or released")
    found = promises.lines(opened(), account, state=state, all_=all_)
    if json:
        print_json(found)
        return
    print_table(
        ("account", "made", "due", "promised", "paid", "state", "judged"),
        [
            (
                each.account, each.made_on or "", each.due_on,
                "" if each.amount is None else to_text(each.amount, each.currency, grouped=True),
                "" if each.paid is None else to_text(each.paid, each.currency, grouped=True), each.state or "running",
                each.judged_on or "",
            )
            for each in found
        ],
    )  # fmt: skip
