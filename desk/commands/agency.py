"""Collection agencies 委外: the register, contracts, files out and in, recalls, certificates, scorecards, fees."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from sqlalchemy import select

from desk.agencies import AgencyDesk, Pending
from desk.agency_figures import confirm, fees, scorecard
from desk.agency_files import SIGNATURE, keys_of, take_results, write_day_file
from desk.commands.book import opened
from desk.commands.case import As, Reason
from desk.console_text import AsJson, day_of, print_json, print_table, say
from recourse.agencies.fees import FeeTerms
from recourse.errors import UserError
from recourse.ledger import agency_rows
from recourse.ledger.database import reading
from recourse.ledger.tables import agency_violations
from recourse.money import minor_digits

app = typer.Typer(help="Collection agencies: register, files, recalls, scorecards.", no_args_is_help=True)

Result = Annotated[str, typer.Option("--result", help="passed or failed")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT")]
From = Annotated[str, typer.Option("--from", metavar="DAY")]
To = Annotated[str, typer.Option("--to", metavar="DAY")]
Overdue = Annotated[bool, typer.Option("--overdue", help="only those whose time is up")]
Output = Annotated[Path, typer.Option("-o", "--output", metavar="FILE")]


def _work(as_: str = "") -> AgencyDesk:
    """Work with agencies in the name of who is at the keyboard."""
    desk = opened()
    day = desk.business_day()
    return AgencyDesk(desk, desk.strategy(day), desk.pen(day, desk.actor(as_, day=day).name))


def _looking() -> AgencyDesk:
    """For those who only look: nobody is asked who they are."""
    desk = opened()
    day = desk.business_day()
    return AgencyDesk(desk, desk.strategy(day), desk.pen(day))


@app.command("register")
def register(
    agency: str,
    recipient: Annotated[str, typer.Option("--recipient", help="its public age key, age1…")],
    verifier: Annotated[str, typer.Option("--verifier", help="its public Ed25519 key, base64")],
    meets: Annotated[list[str], typer.Option("--meets", metavar="STANDARD", help="may be given several times")],
    capacity: Annotated[int | None, typer.Option("--capacity", help="debts that it can work at once")] = None,
    as_: As = "",
) -> None:
    """Enter an agency that meets every standard of entry, or bring its entry up to date."""
    _work(as_).register(agency, meets, capacity, recipient, verifier)
    say(f"{agency}: registered; next publish, contract, review, inspect")


@app.command("publish")
def publish(
    agency: str, where: Annotated[str, typer.Option("--where", help="the page on which the white list stands")],
    as_: As = "",
) -> None:  # fmt: skip
    """The agency stands on the white list that the bank publishes."""
    _work(as_).publish(agency, where)
    say(f"{agency}: published")


@app.command("contract")
def contract(
    agency: str, from_: From, until: Annotated[str, typer.Option("--until", metavar="DAY")],
    fixed: Annotated[int, typer.Option("--fixed", help="minor units for each placement")] = 0,
    quality: Annotated[int, typer.Option("--quality", help="minor units for each placement at full quality")] = 0,
    recovery_bp: Annotated[int, typer.Option("--recovery-bp", help="basis points of what comes in")] = 0,
    currency: Annotated[str, typer.Option("--currency")] = "CNY",
    term: Annotated[
        list[str] | None, typer.Option("--term", help="a term that it holds; may be given several times")
    ] = None,
    paper: Annotated[Path | None, typer.Option("--paper", metavar="FILE", help="the signed contract")] = None,
    as_: As = "",
) -> None:  # fmt: skip
    """A contract was concluded; one that holds a forbidden term is refused, with the rule."""
    if paper is not None and not paper.is_file():
        raise UserError("no such file", where=str(paper), mend="give the signed contract")
    minor_digits(currency)
    data = paper.read_bytes() if paper else b""
    fee = FeeTerms(fixed, quality, recovery_bp, currency)
    span = day_of(from_, "--from"), day_of(until, "--until")
    _work(as_).conclude(agency, *span, term or [], fee, data)
    say(f"{agency}: under contract until {until}")


@app.command("terminate")
def terminate(agency: str, reason: Reason, as_: As = "") -> None:
    """The contract ends before its time; no new debts. Those that are placed are recalled one by one or by `strike`."""
    _work(as_).terminate(agency, reason)
    say(f"{agency}: contract ended")


@app.command("review")
def review(agency: str, result: Result, note: Note = "", as_: As = "") -> None:
    """The yearly review of conduct, quality and data protection, or the one before the contract ends."""
    _work(as_).review(agency, result, note)
    say(f"{agency}: review {result}")


@app.command("inspect")
def inspect(
    agency: str, result: Result,
    site: Annotated[str, typer.Option("--site", help="on_site or off_site")],
    sample: Annotated[int, typer.Option("--sample", help="how many contacts were looked at")],
    finding: Annotated[
        list[str] | None, typer.Option("--finding", metavar="VIOLATION", help="may be given several times")
    ] = None,
    note: Note = "", as_: As = "",
) -> None:  # fmt: skip
    """An inspection; each finding is a breach of its own."""
    _work(as_).inspect(agency, site, sample, finding or [], result, note)
    say(f"{agency}: inspection {result}, {len(finding or [])} findings")


@app.command("suspend")
def suspend(agency: str, reason: Reason, as_: As = "") -> None:
    """No new debts for this agency until it is reinstated."""
    _work(as_).suspend(agency, reason)
    say(f"{agency}: suspended")


@app.command("reinstate")
def reinstate(agency: str, reason: Reason, as_: As = "") -> None:
    """A suspension is lifted."""
    _work(as_).reinstate(agency, reason)
    say(f"{agency}: reinstated")


@app.command("strike")
def strike(
    agency: str, reason: Reason, standard: Annotated[str, typer.Option("--standard", help="the standard of exit")],
    as_: As = "",
) -> None:  # fmt: skip
    """Strike an agency off the white list and call back every debt that it holds."""
    number = _work(as_).strike(agency, standard, reason)
    say(f"{agency}: struck off; {number} debts are called back with the day's dispatch")


@app.command("violation")
def violation(
    agency: str, breach: Annotated[str, typer.Argument(metavar="VIOLATION")], reason: Reason,
    account: Annotated[str, typer.Option("--account", help="the debt on which it happened")] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """A breach was found by a person: a complaint that was right, a recording that was heard."""
    say(f"{agency}: {breach}, {_work(as_).blame(agency, breach, account, reason)[:12]}")


@app.command("cleared")
def cleared(breach: Annotated[str, typer.Argument(metavar="ID")], reason: Reason, as_: As = "") -> None:
    """A breach was dealt with, and how; a serious one keeps new debts away until then."""
    say(f"{_work(as_).close_violation(breach, reason)}: breach closed")


@app.command("violations")
def violations(agency: str, json: AsJson = False) -> None:
    """Breaches of an agency, the open ones first."""
    work = _looking()
    c = agency_violations.c
    query = (
        select(c.violation_id, c.violation, c.serious, c.rule, c.found_on, c.closed_on)
        .where(c.agency == agency)
        .order_by(c.closed_on.is_not(None), c.found_on, c.violation_id)
    )
    with reading(work.desk.engine) as connection:
        agency_rows.entry_of(connection, agency)
        rows = [(row[0][:12], row[1], "yes" if row[2] else "", *row[3:]) for row in connection.execute(query)]
    headers = ("id", "violation", "serious", "rule", "found", "closed")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)


@app.command("list")
def list_(json: AsJson = False) -> None:
    """The register, with how many debts each agency holds."""
    desk = opened()
    with reading(desk.engine) as connection:
        held = agency_rows.loads(connection)
        rows = [
            (
                name, "yes" if entry.listed else "no", "yes" if entry.published_on else "no",
                entry.contract.until_on if entry.contract and entry.contract.ended_on is None else None,
                entry.reviewed_on, entry.inspected_on, len(entry.breaches), held.get(name, 0),
            )
            for name, entry in agency_rows.entries(connection).items()
        ]  # fmt: skip
    headers = ("agency", "white_listed", "published", "contract_until", "reviewed", "inspected", "breaches", "debts")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)


@app.command("conditions")
def conditions(account: str, json: AsJson = False) -> None:
    """Why a debt may or may not be placed today: every condition of every agency, with its rule."""
    words = {True: "yes", False: "no", None: "not known"}
    rows = [(agency, each.code, words[each.met], each.rule, each.zh, each.en)
            for agency, each in _looking().conditions(account)]  # fmt: skip
    headers = ("agency", "condition", "met", "rule", "中文", "English")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)


@app.command("key")
def key() -> None:
    """The bank's own public keys, to be given to agencies; made when they are first asked for."""
    own = keys_of(_looking())
    say(f"recipient {own.recipient}")
    say(f"verifier  {own.verifier}")


@app.command("quota")
def quota(
    agency: str, output: Output,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="the business day")] = "", as_: As = "",
) -> None:  # fmt: skip
    """Set the day's contacts aside and write the file of what the agency may work today, sealed for it."""
    work = _work(as_)
    if on and day_of(on, "--on") != work.pen.day:
        raise UserError(
            f"{on} is not the business day", where="--on", mend=f"it is {work.pen.day}: quotas go by the day"
        )
    written = write_day_file(work, agency, output)
    say(
        f"{agency}: {written.rows} debts, {written.contacts} contacts, for {work.pen.day}; signed in {output}{SIGNATURE}"
    )
    for rule, number in sorted(written.left_out.items()):
        say(f"  left out: {number} by {rule}")


@app.command("results")
def results(agency: str, file: Path, as_: As = "") -> None:
    """Take in what an agency reports; judged whole first, and the same file twice is already there."""
    taken = take_results(_work(as_), agency, file)
    if taken is None:
        say("already there")
        return
    say(
        f"{taken.new} new contacts, {taken.known} known before, {taken.violations} breaches, {taken.returned} contacts given back"
    )


@app.command("recall")
def recall(
    account: Annotated[list[str], typer.Argument()], cause: Annotated[str, typer.Option("--cause")], as_: As = ""
) -> None:
    """Call debts back; the message goes out with the day's dispatch."""
    number = _work(as_).recall(account, cause)
    say(f"{number} debts are called back" if number else "nothing is placed")


@app.command("recalls")
def recalls_(overdue: Overdue = False, json: AsJson = False) -> None:
    """Recalls that wait for an agency's confirmation; leaves with 1 when one is overdue."""
    _show(_looking().recalls(overdue=overdue), json)


@app.command("certificate")
def certificate(
    account: Annotated[list[str], typer.Argument()],
    file: Annotated[Path, typer.Option("--file", help="the certificate of return and deletion")], as_: As = "",
) -> None:  # fmt: skip
    """The certificate of return and deletion came in, for one debt or many."""
    if not file.is_file():
        raise UserError("no such file", where=str(file), mend="give the certificate")
    number = _work(as_).certify(account, file.read_bytes())
    say(f"certificate kept for {number} debts" if number else "no certificate is due")


@app.command("certificates")
def certificates(overdue: Overdue = False, json: AsJson = False) -> None:
    """Ended placements without a certificate of deletion; leaves with 1 when one is overdue."""
    _show(_looking().certificates(overdue=overdue), json)


def _show(pending: list[Pending], json: bool) -> None:
    headers = Pending.__struct_fields__
    print_json(pending) if json else print_table(headers, [msgspec.structs.astuple(each) for each in pending])
    if any(each.overdue_days for each in pending):
        raise typer.Exit(1)


@app.command("scorecard")
def scorecard_(agency: str, from_: From, to: To, json: AsJson = False) -> None:
    """How an agency did: conduct beside recovery, each figure with its formula."""
    found = scorecard(_looking(), agency, day_of(from_, "--from"), day_of(to, "--to"))
    headers = ("name", "value", "unit", "formula")
    print_json(found) if json else print_table(headers, [msgspec.structs.astuple(each) for each in found])


@app.command("fees")
def fees_(
    agency: str, from_: From, to: To,
    confirm_: Annotated[bool, typer.Option("--confirm", help="book each on its case, once; takes --proof")] = False,
    proof: Annotated[str, typer.Option("--proof", metavar="TEXT", help="the agency's bill")] = "",
    json: AsJson = False, as_: As = "",
) -> None:  # fmt: skip
    """What is due for the placements that ended in a span, by part; with --confirm it is booked as a cost."""
    first, last = day_of(from_, "--from"), day_of(to, "--to")
    if confirm_:
        confirm(_work(as_), agency, first, last, proof)
    found = fees(_looking(), agency, first, last)
    rows = [
        (e.placement_id, e.account, e.recovered, e.fee.fixed, e.fee.quality, e.fee.recovery, e.total) for e in found
    ]
    headers = ("placement", "account", "recovered", "fixed", "quality", "recovery", "total")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)
