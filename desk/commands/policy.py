"""Policy packs: check, show."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from desk.console_text import AsJson, optional_day, print_json, print_table, say
from desk.open_desk import open_desk
from desk.settings import read
from recourse.errors import UserError

app = typer.Typer(help="Law and strategy as dated, cited data.", no_args_is_help=True)


@app.command()
def check(json: AsJson = False) -> None:
    """Read every pack and refuse one that is not sound: gap, overlap, missing citation, unknown node."""
    desk = open_desk(read(os.environ), check=False)
    book = desk.book
    counts = {name: sum(1 for _ in book.rules(name)) for name in book.jurisdictions}
    if json:
        print_json({"hash": book.hash, "rules": counts})
        return
    for name, rules in counts.items():
        say(f"{name}: {rules} rules")
    say(f"sound; hash {book.hash}")


@app.command()
def show(
    rule: str,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="value in force on this day (default: all)")] = "",
    json: AsJson = False,
) -> None:
    """A rule's values with their citations."""
    desk = open_desk(read(os.environ), check=False)
    day = optional_day(on, "--on")
    found = [(place, each) for place, each in desk.book.rules() if each.rule == rule]
    if not found:
        near = sorted({each.rule for _, each in desk.book.rules() if rule.split(".")[-1] in each.rule})[:5]
        raise UserError(f"no rule {rule!r}", mend=f"did you mean {', '.join(near)}?" if near else "see `policy check`")
    values = [
        (place, each, value) for place, each in found for value in each.values if day is None or value.covers(day)
    ]
    if json:
        print_json([{"jurisdiction": place, "rule": each.rule, "products": each.products,
                     **value.model_dump(mode="json", by_alias=True)} for place, each, value in values])  # fmt: skip
        return
    if not values:
        say(f"no rule known for {day}: whatever needs {rule} is held")
        raise typer.Exit(1)
    first = found[0][1]
    print_table(
        ("where", "products", "from", "to", "state", "value", "citation", "seen"),
        [
            (place, ", ".join(each.products), value.from_, value.to, value.state, str(value.value), str(value.citation),
             value.citation.confidence)
            for place, each, value in values
        ],
        title=f"{rule}  {first.title.zh} / {first.title.en} ({first.strength}, {first.binding_level})",
    )  # fmt: skip
