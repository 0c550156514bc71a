"""Papers that only people may issue: review, sign, seal, issue, deliver, file, decide; and where each of them stands."""

from __future__ import annotations

from typing import Annotated

import typer

from desk.commands.book import opened
from desk.commands.case import As, OnDay, operations
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from desk.paper_desk import PaperDesk, listed
from recourse.paper_life import Step

app = typer.Typer(help="Papers that only people may issue, from draft to proof of delivery.", no_args_is_help=True)
Hash = Annotated[str, typer.Argument(metavar="HASH", help="the draft's hash, or its first 8 digits or more")]
Copy = Annotated[str, typer.Option("--copy", metavar="HASH", help="the scan in the file (`recourse document add`)")]
Proof = Annotated[str, typer.Option("--proof", metavar="WHERE", help="where the proof lies")]


@app.command("list")
def list_(account: str, json: AsJson = False) -> None:
    """The papers of an account that have a life, and what comes next for each."""
    lines = listed(opened(), account)
    if json:
        print_json(lines)
        return
    print_table(
        ("paper", "hash", "issuer", "stage", "next", "maker", "signed", "seal no"),
        [
            (line.document, line.sha256[:16], line.issuer, line.stage, line.next, line.maker,
             f"{line.signed}/{line.needed}" if "signed" in (line.next, line.stage) else "", line.number)
            for line in lines
        ],
    )  # fmt: skip


@app.command("review")
def review(account: str, paper: Hash, on: OnDay = "", as_: As = "", json: AsJson = False) -> None:
    """Say that a draft that somebody else made is right; of a final text the fair copy is printed now."""
    _said(PaperDesk(operations(opened(), as_)).review(account, paper, optional_day(on, "--on")), json)


@app.command("sign")
def sign(
    account: str, paper: Hash,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="who signed, if it was not you; needs --copy")] = "",
    copy: Copy = "", on: OnDay = "", as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Record one signature; a law firm's comes with the firm's signed scan."""
    _said(PaperDesk(operations(opened(), as_)).sign(account, paper, by, copy, optional_day(on, "--on")), json)


@app.command("seal")
def seal(
    account: str, paper: Hash,
    number: Annotated[str, typer.Option("--number", help="its number in the register of seals 用印登记号")],
    keeper: Annotated[str, typer.Option("--keeper", metavar="WHO", help="who keeps the seal, if it is not you")] = "",
    copy: Copy = "", on: OnDay = "", as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Record that a paper was sealed 用印."""
    _said(
        PaperDesk(operations(opened(), as_)).seal(account, paper, number, keeper, copy, optional_day(on, "--on")), json
    )


@app.command("issue")
def issue(
    account: str, paper: Hash,
    channel: Annotated[str, typer.Option("--channel", help="post, email, hand, sms, court or internal, as its template allows")],
    copy: Copy = "", on: OnDay = "", as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Record that a paper left the house; a law firm's letter only as the firm's signed scan."""
    _said(PaperDesk(operations(opened(), as_)).issue(account, paper, channel, copy, optional_day(on, "--on")), json)


@app.command("deliver")
def deliver(account: str, paper: Hash, proof: Proof, on: OnDay = "", as_: As = "", json: AsJson = False) -> None:
    """Record that a paper arrived, with its proof."""
    _said(
        PaperDesk(operations(opened(), as_)).prove(account, paper, "delivered", proof, optional_day(on, "--on")), json
    )


@app.command("file")
def file(account: str, paper: Hash, proof: Proof, on: OnDay = "", as_: As = "", json: AsJson = False) -> None:
    """Record that a paper was handed in at a court or tribunal, with its receipt."""
    _said(PaperDesk(operations(opened(), as_)).prove(account, paper, "filed", proof, optional_day(on, "--on")), json)


@app.command("decide")
def decide(account: str, paper: Hash, proof: Proof, on: OnDay = "", as_: As = "", json: AsJson = False) -> None:
    """Record that what a paper asks for was decided, and where the decision lies."""
    _said(PaperDesk(operations(opened(), as_)).prove(account, paper, "decided", proof, optional_day(on, "--on")), json)


def _said(step: Step, json: bool) -> None:
    if json:
        print_json(step)
        return
    more = f" as {step.number}" if step.number else f"; copy {step.copy}" if step.copy else ""
    say(f"{step.stage} on {step.on}{f' by {step.who}' if step.who else ''}{more}")
