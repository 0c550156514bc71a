"""Shadow days: what Recourse would have done beside what the bank did."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk import shadow_text
from desk.commands.book import opened
from desk.console_text import AsJson, day_of, print_json, say

app = typer.Typer(help="Shadow days: decided and journaled, nothing acted on.", no_args_is_help=True)


@app.callback()
def shadow() -> None:
    """Shadow days: decided and journaled, nothing acted on."""


@app.command("report")
def report(
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="first day")],
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="last day")],
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="write every line to this file")] = None,
    json: AsJson = False,
) -> None:
    """Per step: both did it, only we would have, only the bank did; with what is owed and the rule that says why."""
    found = shadow_text.compared(opened(), day_of(from_, "--from"), day_of(to, "--to"))
    if csv is not None:
        count = shadow_text.write_csv(found, csv)
    if json:
        print_json(found)
        return
    shadow_text.show(found)
    if csv is not None:
        say(f"{csv}: {count:,} lines")
