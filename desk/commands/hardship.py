"""Hardship 困难: applications, their papers, decisions and reviews."""

from __future__ import annotations

from typing import Annotated

import typer

from desk import hardships
from desk.commands.complaint import As
from desk.commands.hold import Account, All, clerk, looking
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from recourse.errors import UserError
from tasks.hardship import OUTCOMES

app = typer.Typer(help="Hardship: adverse acts stop at once, then it is decided and reviewed.", no_args_is_help=True)


@app.command("add")
def add(
    account: str,
    cause: Annotated[str, typer.Option("--cause", help="such as unemployment, illness, accident, disaster")],
    evidence: Annotated[list[str] | None, typer.Option("--evidence", metavar="PAPER=WHERE", help="may be given several times")] = None,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="when it came in (default: the business day)")] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """Take in an application."""
    at = clerk(as_)
    done = hardships.add(at, account, cause, dict(map(_paper, evidence or [])), optional_day(on, "--on"))
    line = hardships.show(at.desk, done.id)
    say(
        f"{account}: application {done.id[:12]} {'is there already' if done.already else 'taken in; adverse acts stop'}"
    )
    if line.lacking:
        say(f"still to be brought until {line.bring_by_on}: {', '.join(line.lacking)}")


def _paper(text: str) -> tuple[str, str]:
    kind, sign, where = text.partition("=")
    if not sign or not kind.strip() or not where.strip():
        raise UserError(
            f"not a paper: {text[:40]!r}", where="--evidence", mend="write PAPER=WHERE, such as medical_record=SCAN-7"
        )
    return kind.strip(), where.strip()


@app.command("bring")
def bring(
    application: str, evidence: Annotated[str, typer.Option("--evidence", metavar="PAPER=WHERE")], as_: As = ""
) -> None:
    """A paper that was lacking was brought."""
    done = hardships.bring(clerk(as_), application, *_paper(evidence))
    line = hardships.show(looking(), done.id)
    say(f"{done.account}: " + (f"still lacking: {', '.join(line.lacking)}" if line.lacking else "all papers are there"))


@app.command("decide")
def decide(
    application: str,
    outcome: Annotated[str, typer.Argument(help=", ".join(OUTCOMES))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT")],
    review_on: Annotated[str, typer.Option("--review-on", metavar="DAY", help="when it is reviewed, if accepted")] = "",
    as_: As = "",
) -> None:
    """Accept until a day of review, or reject. At the review it is decided anew."""
    done = hardships.decide(clerk(as_), application, outcome, reason, optional_day(review_on, "--review-on"))
    line = hardships.show(looking(), done.id)
    say(f"{done.account}: hardship {outcome}" + (f"; may be offered: {', '.join(line.offers)}" if line.offers else ""))


@app.command("list")
def list_(account: Account = "", all_: All = False, json: AsJson = False) -> None:
    """Applications to be decided or reviewed."""
    found = hardships.listed(looking(), account=account, all_=all_)
    if json:
        print_json(found)
        return
    rows = [
        (line.application_id[:12], line.account, line.cause, line.applied_on, line.state, ", ".join(line.lacking),
         line.bring_by_on or "", line.review_on or "", ", ".join(line.offers))
        for line in found
    ]  # fmt: skip
    print_table(
        ("application", "account", "cause", "applied", "state", "lacks", "until", "review", "may be offered"), rows
    )
