"""Who a debtor is: the grade with its points, causes, judgements, evasion, the initial plan, classes that are too light."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from desk.commands.book import opened
from desk.commands.case import As, OnDay, Reason, operations
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from desk.debtors import Debtors, class_differences, worked_first
from desk.operations import Operations
from recourse.errors import UserError
from recourse.money import to_text
from tasks.evasion import signs_of

Evidence = Annotated[str, typer.Option("--evidence", metavar="TEXT", help="a call, a paper, what was seen")]
ENDED = "the case has ended"

cause_app = typer.Typer(help="Why a debt is not paid, who found it and on what.", no_args_is_help=True)
evasion_app = typer.Typer(help="Evasion 逃废债: a person's finding, agreed to at a gate.", no_args_is_help=True)
plan_app = typer.Typer(help="The initial plan of a case, and its negotiation floor.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.command("grade")(grade)
    app.command("assess")(assess)
    for name, group in (("cause", cause_app), ("evasion", evasion_app), ("plan", plan_app)):
        app.add_typer(group, name=name)


def _debtors(as_: str) -> Debtors:
    return Debtors(operations(opened(), as_))


def _reading() -> Debtors:
    """For what is only looked at: nobody has to say who."""
    desk = opened()
    day = desk.business_day()
    return Debtors(Operations(desk, desk.strategy(day), desk.pen(day)))


def grade(account: str, json: AsJson = False) -> None:
    """The risk grade of an account with every point of it, and the grades that it had."""
    found = _reading().grade(account)
    if json:
        print_json(found)
        return
    say(f"Account {account} on {found.on}: {found.grade}, stage {found.stage}")
    if found.scored is None:
        say("graded by bands of days past due and the claim (grading.internal): the case was opened under them")
    else:
        rows = [
            (line.zh, line.en, line.seen or "unknown", "unknown, 0" if line.points is None else line.points)
            for line in found.scored.lines
        ]
        print_table(
            ("", "attribute", "seen", "points"), rows, title=f"{found.scored.points} points [{found.scored.rule}]"
        )
    say()
    print_table(
        ("grade", "from", "until", "episode"),
        [(row.grade, row.from_on, row.lifted_on or "", row.episode) for row in found.history],
        title="Grades so far",
    )


def assess(
    account: str, attribute: Annotated[str, typer.Argument(help="ability or willingness")],
    value: Annotated[str, typer.Argument(help="sufficient, strained, none; willing, wavering, unwilling")],
    evidence: Evidence, on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """Record how able or how willing the debtor is to pay, on evidence; the grade takes it up."""
    work = operations(opened(), as_)
    work.one(account)
    touched = Debtors(work).assess([(account, attribute, value, evidence)], optional_day(on, "--on"))
    say(f"{attribute}: {value}" if touched else ENDED)


@cause_app.command("set")
def cause_set(
    account: str,
    cause: Annotated[str, typer.Argument(help="oversight, temporary_shortage, job_loss, illness_accident, family …")],
    evidence: Evidence, on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """Record the cause of the arrears, on evidence; the initial plan is made anew for it."""
    work = operations(opened(), as_)
    work.one(account)
    touched = Debtors(work).find_causes([(account, cause, evidence)], optional_day(on, "--on"))
    say(f"cause: {cause}" if touched else ENDED)


@cause_app.command("show")
def cause_show(account: str, json: AsJson = False) -> None:
    """Everything that was found of the debtor: when, by whom, on which evidence."""
    found = _reading().said(account)
    if json:
        print_json(found)
        return
    if not found:
        say("nothing was found so far: the cause is unknown")
    print_table(
        ("on", "known", "by", "what", "evidence"), [(s.on, s.known_on, s.by, s.what, s.evidence) for s in found]
    )


@evasion_app.command("signs")
def evasion_signs(json: AsJson = False) -> None:
    """What a finding of evasion may rest on, and how many signs it takes."""
    desk = opened()
    rule = signs_of(desk.book.at(desk.business_day(), desk.settings.jurisdiction, ""))
    rows = [(code, sign.zh, sign.en) for code, sign in rule.signs.items()]
    print_json(rule) if json else print_table(("sign", "", ""), rows, title=f"{rule.at_least} at the least")


@evasion_app.command("propose")
def evasion_propose(
    account: str,
    evidence: Annotated[list[str], typer.Option("--evidence", metavar="SIGN=PAPER", help="once for each sign")],
    as_: As = "",
) -> None:
    """Propose to find evasion, on different signs of the list, each with where its paper lies; a gate decides."""
    papers = {}
    for each in evidence:
        sign, _, paper = each.partition("=")
        if sign in papers:
            raise UserError(f"{sign} is given twice", mend="one paper for each sign")
        papers[sign] = paper
    _debtors(as_).propose_evasion(account, papers)
    say("proposed; the gate evasion_finding opens with the next day's decision")


@evasion_app.command("end")
def evasion_end(account: str, reason: Reason, as_: As = "") -> None:
    """Take back a finding or a proposal of evasion."""
    _debtors(as_).end_evasion(account, reason)
    say("taken back")


@plan_app.command("show")
def plan_show(account: str, json: AsJson = False) -> None:
    """The initial plan of a case: channels, cadence, negotiation floor, legal steps, who works it."""
    debtors = _reading()
    facts, plan, floor = debtors.plan(account)
    apart = debtors.repeated_after(account)
    if json:
        shown = plan._asdict() if plan else None
        print_json({"account": account, "plan": shown, "floor": floor, "repeated_after_days": apart})
        return
    if plan is None or floor is None:
        say("no rule makes a plan here")
        return
    cause = facts.file.cause or "unknown"
    say(
        f"Plan of {account}: grade {facts.file.grade}, cause {cause} [{plan.rule}], priority {plan.priority}, {plan.team}"
    )
    say(f"  channels {', '.join(plan.channels)}; a step is repeated after {plan.cadence_days} days at the earliest")
    say(f"  with the entry rules, in days: {', '.join(f'{node} {days}' for node, days in apart.items())}")
    amount = (
        "unknown" if floor.amount is None else f"{to_text(floor.amount, facts.currency, grouped=True)} {facts.currency}"
    )
    say(f"  floor {floor.percent} % of the claim ({amount}), at most {floor.longest_months} months")
    say(f"  legal steps foreseen: {', '.join(plan.legal) or 'none'}")


@plan_app.command("propose")
def plan_propose(
    account: str, reason: Reason,
    channels: Annotated[str, typer.Option("--channels", help="in order, such as call,sms,post")],
    every: Annotated[int, typer.Option("--every", metavar="DAYS", help="least days before a step is repeated")],
    percent: Annotated[int, typer.Option("--floor", metavar="PERCENT", help="least share of the claim")],
    months: Annotated[int, typer.Option("--months", help="longest term")],
    as_: As = "",
) -> None:  # fmt: skip
    """Another plan for one case, until its grade or cause changes. Refused below the floor of the rule's plan."""
    named = tuple(each.strip() for each in channels.split(",") if each.strip())
    touched = _debtors(as_).propose_plan(account, named, every, percent, months, reason)
    say("plan made" if touched else ENDED)


@plan_app.command("list")
def plan_list(
    team: Annotated[str, typer.Option("--team", help="care, calls or senior")] = "",
    limit: Annotated[int, typer.Option("--limit")] = 100, json: AsJson = False,
) -> None:  # fmt: skip
    """Open cases by the priority of their plans, the first to be worked first."""
    shown = worked_first(opened(), team, max(limit, 0))
    rows = [msgspec.structs.astuple(row) for row in shown]
    headers = ("priority", "account", "grade", "cause", "plan", "team", "every", "floor %")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)


def report_classes(json: AsJson = False) -> None:
    """Five-tier classes that are lighter than the rules ask, for risk management: both, and why."""
    rows = class_differences(opened())
    headers = ("account", "raised on", "what")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)
