"""The write-off run of a day, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from desk import write_off_batch
from desk.commands.book import opened
from desk.console_text import AsJson, day_of, print_json, say


def batch(
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="the open business day")],
    out: Annotated[Path, typer.Option("-o", "--out", help="folder to write")],
    quiet: Annotated[bool, typer.Option("--quiet", help="no progress")] = False, json: AsJson = False,
) -> None:  # fmt: skip
    """The write-off run of a day: bind the packets that are ready, open the list gates, write packets, list and tables."""
    desk, day, screen = opened(), day_of(on, "--on"), Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, disable=quiet or not screen.is_terminal) as progress:
        task = progress.add_task("packets", total=None)

        def told(done: int, whole: int) -> None:
            progress.update(task, completed=done, total=whole)

        did = write_off_batch.run(desk, day, out, told=told)
    if json:
        print_json(did)
        return
    say(f"{did.bound} packets bound, {did.opened} lists opened; {did.members} accounts on {did.lists} lists → {out}")
    for each in did.not_ready:
        owner = f" ({each.owner_title})" if each.owner_title else ""
        say(f"not ready: {each.account} lacks {each.item} {each.title}{owner}, since {each.since}")
    for waits in did.for_the_sweep:
        say(f"for the next sweep: {waits.account} meets {waits.criterion}")
