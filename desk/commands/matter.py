"""Court files: list, show, and everything that courts, counsel and bailiffs bring about in them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk import filing, inbox, matter_rows
from desk.commands.book import opened
from desk.commands.case import As, OnDay, operations
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from desk.court_files import CourtFiles, Stage
from desk.open_desk import Desk
from desk.operations import Operations
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.money import to_text

app = typer.Typer(help="Court files 案件: debts × parties × one court or tribunal.", no_args_is_help=True)
hearing_app = typer.Typer(help="Hearings of a court file.", no_args_is_help=True)
measure_app = typer.Typer(help="What is frozen or sealed, and until when.", no_args_is_help=True)
app.add_typer(hearing_app, name="hearing")
app.add_typer(measure_app, name="measure")

Given = Annotated[str, typer.Argument(metavar="MATTER", help="its id, the court's number, or one of its accounts")]
Proof = Annotated[str, typer.Option("--proof", metavar="TEXT", help="where the paper lies")]
Until = Annotated[str, typer.Option("--until", metavar="DAY")]


def files(as_: str) -> CourtFiles:
    """Court files of the business day, in the name of who is at the keyboard."""
    return CourtFiles(operations(opened(), as_))


def _reader(desk: Desk) -> CourtFiles:
    """Court files for reading only: no person is asked for."""
    day = desk.business_day()
    return CourtFiles(Operations(desk, desk.strategy(day), desk.pen(day)))


@app.command("list")
def list_(
    stage: Annotated[str, typer.Option("--stage", help="such as filed, docketed, enforcing")] = "",
    court: Annotated[str, typer.Option("--court")] = "",
    json: AsJson = False,
) -> None:
    """Court files, those that stand still longest first."""
    lines = matter_rows.listed(opened(), stage=stage, court=court)
    if json:
        print_json(lines)
        return
    print_table(
        ("matter", "route", "stage", "since", "number", "court", "counsel", "accounts", "hearing", "frozen until"),
        [
            (line.matter_id[:12], line.route, line.stage, line.stage_on, line.number, line.court, line.counsel,
             ", ".join(line.accounts), line.hearing_on, line.frozen_until_on)
            for line in lines
        ],
        title=f"{len(lines)} court files",
    )  # fmt: skip


@app.command("show")
def show(matter: Given, json: AsJson = False) -> None:
    """One court file: parties, court, counsel, stages, measures with their last day, hearings, costs, papers."""
    desk = opened()
    it = matter_rows.shown(_reader(desk), matter)
    if json:
        print_json(it)
        return
    line = it.line
    say(f"Matter {line.matter_id}  {line.route}, {line.stage} since {line.stage_on}  {line.number}")
    say(f"court {line.court or 'not assigned'}; counsel {line.counsel or 'not assigned'}; {', '.join(line.accounts)}")
    print_table(("role", "party"), it.parties, title="Parties")
    print_table(("on", "stage", "number", "proof"), it.stages, title="Stages")
    print_table(("on", "paper", "served on", "proof"), it.served, title="Papers served")
    print_table(
        ("measure", "kind", "asset", "amount", "taken", "until", "lifted", "proof"),
        [(m.measure_id[:12], m.kind, m.asset, to_text(m.amount, m.currency, grouped=True) if m.currency else m.amount,
          m.taken_on, m.until_on, m.lifted_on, m.proof)
         for m in it.measures], title="Measures",
    )  # fmt: skip
    print_table(
        ("hearing", "on", "time", "place", "result"), [(h[0][:12], *h[1:]) for h in it.hearings], title="Hearings"
    )
    booked = [(c.account, c.kind, to_text(c.amount, c.currency, grouped=True), c.booked_on, c.proof) for c in it.costs]
    print_table(("account", "cost", "amount", "booked", "proof"), booked, title="Costs")
    print_table(("on", "paper", "sha256"), it.documents, title="Papers")


@app.command("assign")
def assign(
    matter: Given, court: Annotated[str, typer.Option("--court")] = "",
    counsel: Annotated[str, typer.Option("--counsel", help="law firm or counsel, by the bank's own code")] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """Name the court or tribunal, and the counsel."""
    files(as_).assign(matter, court, counsel)
    say("assigned")


@app.command("stage")
def stage(
    matter: Given, reached: str, number: Annotated[str, typer.Option("--number", help="the court's number")] = "",
    proof: Proof = "", until: Annotated[str, typer.Option("--until", metavar="DAY", help="with effective: last day of "
    "performance")] = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """A stage was reached: it reaches every debt in the file, with what follows for guarantees and fees."""
    work = files(as_)
    first = work.matter(matter).facts[0]
    day = day_of(on, "--on") if on else work.day
    touched = work.reach([Stage(first.account_id, reached, number, day, proof, optional_day(until, "--until"))])
    unproved = "" if proof or number else "; without number or proof it moves no clock"
    say(f"{reached}: {touched} debts{unproved}")


@app.command("serve")
def serve(
    matter: Given, paper: Annotated[str, typer.Argument(help="judgment, payment_order, complaint, summons …")],
    on_whom: Annotated[str, typer.Argument(help="bank, debtor or guarantor")], proof: Proof = "", on: OnDay = "",
    as_: As = "",
) -> None:  # fmt: skip
    """A court's paper was served, which starts its clock."""
    work = files(as_)
    work.serve(matter, paper, on_whom, day_of(on, "--on") if on else work.day, proof)
    say(f"{paper} served on {on_whom}" + ("" if proof else "; without proof: a clock that runs is not moved by it"))


@app.command("join")
def join(matter: Given, account: str, as_: As = "") -> None:
    """Join another debt of the same debtor to the file, at its stage."""
    files(as_).join(matter, account)
    say(f"{account} joined")


@app.command("filed")
def filed(
    account: str, route: Annotated[str, typer.Argument(help="mediation, payment_order, notarised_enforcement, arbitration")],
    proof: Proof, court: Annotated[str, typer.Option("--court")] = "", as_: As = "",
) -> None:  # fmt: skip
    """An application by another route was filed, with its receipt: opens the court file."""
    say(f"matter {files(as_).file_route(account, route, court, proof)}")


@app.command("appeal")
def appeal(
    matter: Given, proof: Proof, number: Annotated[str, typer.Option("--number")] = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """The appeal was lodged, with the court's receipt."""
    work = files(as_)
    work.appeal(matter, number, day_of(on, "--on") if on else work.day, proof)
    say("appeal lodged")


@app.command("clue")
def clue(
    account: str, kind: Annotated[str, typer.Option("--kind", help="deposit, realty, vehicle, equity, income, other")],
    source: Annotated[str, typer.Option("--source", help="where it came from")],
    value: Annotated[int | None, typer.Option("--value", help="minor units")] = None,
    proof: Proof = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """A clue to an asset: ends a decision not to sue, lets an enforcement be resumed."""
    work = files(as_)
    say(f"clue {work.clue(account, kind, source, value, day_of(on, '--on') if on else work.day, proof)[:12]}")


@app.command("watched")
def watched(account: str, proof: Proof, as_: As = "") -> None:
    """The half year's search for assets found nothing."""
    files(as_).nothing_found(account, proof)
    say("nothing found")


@app.command("cost")
def matter_cost(
    matter: Given, kind: str, amount: Annotated[int, typer.Argument(help="minor units; negative: it came back")],
    proof: Proof = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """Book a cost of a court file."""
    book(matter, kind, amount, proof, on, as_)


def book(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="an account, or a court file")],
    kind: Annotated[str, typer.Argument(help="court_fee, preservation_fee, counsel_fee, postage, agency_fee, staff …")],
    amount: Annotated[int, typer.Argument(help="minor units; negative: it came back")],
    proof: Proof = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """Book a cost of pursuing a debt, in a court file or outside of one."""
    work = files(as_)
    work.book_cost(account, kind, amount, day_of(on, "--on") if on else work.day, proof)
    say("cost booked")


@hearing_app.command("set")
def hearing_set(
    matter: Given, day: str, time: Annotated[str, typer.Option("--time", metavar="HH:MM")] = "",
    place: Annotated[str, typer.Option("--place")] = "",
    hearing: Annotated[str, typer.Option("--hearing", help="its id, when one is moved")] = "", as_: As = "",
) -> None:  # fmt: skip
    """A hearing was set for a day, or moved to one."""
    say(f"hearing {files(as_).set_hearing(matter, day_of(day, 'DAY'), time, place, hearing)[:12]}")


@hearing_app.command("held")
def hearing_held(
    matter: Given, hearing: str, result: Annotated[str, typer.Argument(help="held, adjourned or cancelled")], as_: As = ""
) -> None:  # fmt: skip
    """A hearing took place, or fell away."""
    files(as_).held(matter, hearing, result)
    say(result)


@measure_app.command("taken")
def taken(
    matter: Given, kind: Annotated[str, typer.Argument(help="deposit, movable, realty …")],
    amount: Annotated[int, typer.Argument(help="minor units")], proof: Proof,
    asset: Annotated[str, typer.Option("--asset", help="the bank's own reference of it")] = "",
    until: Until = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """A court froze or sealed an asset, by its ruling; without a day it lasts as long as the law allows."""
    work = files(as_)
    day = day_of(on, "--on") if on else work.day
    found = work.freeze(matter, kind, amount, day, optional_day(until, "--until"), asset, proof)
    say(f"measure {found[:12]}")


@measure_app.command("renewed")
def renewed(
    matter: Given, measures: Annotated[list[str] | None, typer.Argument(help="beginnings of ids; none: all")] = None,
    proof: Proof = "", until: Until = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """The court renewed measures, by its ruling."""
    work = files(as_)
    day = day_of(on, "--on") if on else work.day
    work.renew(matter, measures or (), day, optional_day(until, "--until"), proof)
    say("renewed")


@measure_app.command("lifted")
def lifted(
    matter: Given, measure: str, cause: Annotated[str, typer.Option("--cause")], proof: Proof, on: OnDay = "",
    as_: As = "",
) -> None:  # fmt: skip
    """A court lifted a measure, or it fell; with the court's paper."""
    work = files(as_)
    work.lift(matter, measure, cause, day_of(on, "--on") if on else work.day, proof)
    say("lifted")


@measure_app.command("refused")
def refused(
    matter: Given, step: Annotated[str, typer.Argument(help="preservation or freeze_renewal")], proof: Proof,
    as_: As = "",
) -> None:  # fmt: skip
    """The court refused to freeze, or to go on freezing."""
    files(as_).refuse(matter, step, proof)
    say("refusal recorded")


@app.command("file")
def file_(
    court: Annotated[str, typer.Option("--court", help="as the court files name it")],
    out: Annotated[Path, typer.Option("-o", "--out", help="folder to write")],
    gate: Annotated[list[str] | None, typer.Option("--gate", help="only suits that these gates approved")] = None,
) -> None:
    """A court's suits that are filed and not docketed: a folder each with complaint and evidence, and an index."""
    desk = opened()
    with reading(desk.engine) as connection:
        gate_ids = [inbox.find(connection, each) for each in gate or ()]
    found = filing.bundles(_reader(desk), court, gate_ids)
    if not found:
        raise UserError(
            f"no suit waits for {court!r}", where="--court", mend="see `recourse matter list --stage filed`"
        )
    say(f"{len(found)} court files → {filing.write(desk, found, out)}")


@app.command("results")
def results(file: Path, json: AsJson = False, as_: As = "") -> None:
    """The index with the court's answers: numbers, hearings, fees. One fault, and nothing of it is recorded (exit 2)."""
    done = filing.results(files(as_), file)
    if json:
        print_json(done)
    elif done.faults:
        for fault in done.faults:
            say(f"line {fault.row}, {fault.field}: {fault.why}")
        say(f"{len(done.faults)} faults; nothing was recorded")
    else:
        say(f"{done.rows} court files answered; {done.touched} debts touched")
    raise typer.Exit(2 if done.faults else 0)
