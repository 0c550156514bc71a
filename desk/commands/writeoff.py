"""Write-offs: what is under way, the general ledger's receipts, the duties that follow, the end of a claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from desk import east_table, general_ledger, write_offs
from desk.commands.book import opened
from desk.commands.case import As, operations
from desk.console_text import AsJson, print_json, print_table, say
from desk.packets import write_file
from recourse.money import to_text
from recourse.readiness import Gap

app = typer.Typer(help="Write-offs 呆账核销.", no_args_is_help=True)
Proof = Annotated[str, typer.Option("--proof", metavar="WHERE", help="where the proof lies")]


@app.command("list")
def list_(
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="also what was booked in this month")] = "",
    json: AsJson = False,
) -> None:
    """What is under way, with the papers that each file still lacks."""
    desk = opened()
    found = write_offs.lines(desk, desk.business_day(), month)
    if json:
        print_json(found)
        return
    print_table(
        ("account", "state", "criterion", "base day", "amount", "recovered since", "outstanding", "booked", "missing"),
        [
            (
                line.account, line.state, line.criterion, line.base_on, _text(line.amount, line.currency),
                _text(line.recovered, line.currency), _text(line.outstanding, line.currency), line.booked_on,
                ", ".join(line.missing),
            )
            for line in found
        ],
    )  # fmt: skip
    for gap in _each_gap(found):
        say(f"{gap.item} {gap.title} ({gap.owner_title}): " + ", or ".join(gap.how))


def _each_gap(found: Sequence[write_offs.Line]) -> Iterator[Gap]:
    """Each item that is missing somewhere, once, with its commands for any account."""
    items = {gap.item: (gap, line.account) for line in found for gap in line.gaps}
    for _, (gap, account) in sorted(items.items()):
        how = tuple(each.replace(f" {account} ", " ACCOUNT ", 1) for each in gap.how)
        yield msgspec.structs.replace(gap, how=how)


def _text(amount: int | None, currency: str) -> str:
    return "" if amount is None else to_text(amount, currency, grouped=True)


@app.command("receipt")
def receipt(file: Path, as_: As = "", json: AsJson = False) -> None:
    """Take in the general ledger's receipts, CSV or JSON (docs/accounting.md); one wrong row refuses the file."""
    bookings = general_ledger.read_receipts(file)
    done = general_ledger.take(operations(opened(), as_), bookings, str(file))
    if json:
        print_json(done)
        return
    say(f"{len(done.booked)} written off, {len(done.refused)} not, {len(done.unchanged)} known before")
    for account in done.refused:
        say(f"not written off: {account}; see `recourse work list`")


@app.command("accountability")
def accountability(
    account: str, proof: Proof, result: Annotated[str, typer.Option("--result", metavar="TEXT")], as_: As = ""
) -> None:
    """Who is answerable for the loss was established 责任认定; due within two years."""
    write_offs.conclude(operations(opened(), as_), account, result, proof)
    say("accountability concluded")


@app.command("year")
def year(year: int, what: Annotated[str, typer.Argument(help="audit or report")], proof: Proof, as_: As = "") -> None:
    """The special audit, or the report, on a year's write-offs was done."""
    done = write_offs.report_year(operations(opened(), as_), year, what, proof)
    say(f"{what} of {year}: recorded on {done} write-offs")


@app.command("east")
def east(out: Annotated[Path, typer.Option("-o", "--out", help="CSV to write")]) -> None:
    """The report on all write-offs, with the columns of EAST; names are masked."""
    desk = opened()
    write_file(out, east_table.as_csv(east_table.booked(desk, desk.business_day())))
    say(f"→ {out}")


@app.command("follow")
def follow(json: AsJson = False) -> None:
    """Other debts of borrowers whose debt was written off on a court's ruling, without security: they may follow."""
    rows = write_offs.following(opened())
    headers = ("account", "person", "because of")
    print_json([dict(zip(headers, row, strict=True)) for row in rows]) if json else print_table(headers, rows)


@app.command("terminate")
def terminate(
    account: str, ground: Annotated[str, typer.Option("--ground", help="see policy_packs, topic termination")],
    proof: Proof, as_: As = "",
) -> None:  # fmt: skip
    """Propose the end of a claim 完全终结 on a ground; a gate decides, and afterwards nothing may be done."""
    write_offs.propose_end(operations(opened(), as_), account, ground, proof)
    say(f"proposed: {ground}; its gate opens with the next sweep")
