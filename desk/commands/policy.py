"""Policy packs: check, show, and the schema that editors use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from desk import policy_text
from desk.console_text import AsJson, optional_day, print_json, print_table, say
from desk.open_desk import Desk, open_desk
from desk.settings import read
from recourse.errors import UserError
from recourse.policy import check as checks
from recourse.policy.json_schema import schema_text

app = typer.Typer(help="Law and strategy as dated, cited data.", no_args_is_help=True)

SHOWN = 10


def _desk() -> Desk:
    return open_desk(read(os.environ), check=False)


@app.command()
def check(
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="as of this day (default: today)")] = "",
    json: AsJson = False,
) -> None:
    """Read every pack and refuse one that is not sound: gap, overlap, missing citation, unknown name, protection off."""
    desk = _desk()
    book, day = desk.book, optional_day(on, "--on") or desk.today()
    checks.check_stops(book)
    counts, due = checks.by_state(book, day), checks.due_for_a_look(book, day)
    closed = {name: checks.not_entered(book, name, day, desk.ladder) for name in counts}
    if json:
        rules = {name: sum(states.values()) for name, states in counts.items()}
        print_json({"hash": book.hash, "rules": rules, "states": counts, "due_for_a_look": due, "not_entered": closed})
        return
    for name, states in counts.items():
        parts = ", ".join(f"{count} {state}" for state, count in states.items() if count)
        say(f"{name}: {sum(states.values())} rules ({parts})")
        if closed[name]:
            say(
                f"{name}: no rule enters {', '.join(closed[name])}; nothing does so by itself, and a proposal is refused"
            )
    for each in due[:SHOWN]:
        say(f"warning: {each.place} was last checked on {each.checked_on}, {each.days} days ago: read its source again")
    if len(due) > SHOWN:
        say(f"warning: and {len(due) - SHOWN} more, see --json")
    say(f"sound; hash {book.hash}")


@app.command()
def show(
    rule: Annotated[str, typer.Argument(help="such as contact.quiet_hours or cn/contact.quiet_hours")],
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="in force on this day (default: all values)")] = "",
    product: Annotated[str | None, typer.Option("--product", help="for this product only")] = None,
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="cn, tw, us …")] = "",
    json: AsJson = False,
) -> None:
    """What a rule says, what else matched and why it does not hold, where each stands and when it was checked."""
    desk, day = _desk(), optional_day(on, "--on")
    if product and day is None:
        day = desk.today()
    found = policy_text.find(desk.book, rule, jurisdiction)
    if day is None:
        _history(desk, found, json)
        return
    shown = [
        each for name, rule_id in found.items() for each in policy_text.show(desk.book, rule_id, name, day, product)
    ]
    known = [each for each in shown if each.matches]
    if json:
        print_json(known)
        return
    if not known:
        say(f"no rule known for {day}: whatever needs {rule} is held")
        raise typer.Exit(1)
    for each in known:
        _print(each)


def _print(shown: policy_text.Shown) -> None:
    first, whom = shown.matches[0], shown.product or "any other product"
    unit = f", {first.unit}" if first.unit else ""
    title = (f"{shown.rule}  {first.title_zh} / {first.title_en} ({first.strength}, {first.binding_level}{unit})\n"
             f"{shown.jurisdiction}, {whom}, {shown.on}")  # fmt: skip
    rows = [
        ("✓" if m.holds else "", m.place, m.why, m.state, bytes(m.value).decode(), f"{m.from_on}–{m.to_on or ''}",
         f"{m.act} {m.article}".strip(), f"{m.status} ({m.confidence}, {m.source})", str(m.checked_on))
        for m in shown.matches
    ]  # fmt: skip
    print_table(("", "file", "why", "state", "value", "in force", "citation", "text", "checked"), rows, title=title)
    for each in shown.matches:
        if each.holds and each.note:
            say(f"note: {each.note}")
    say()


def _history(desk: Desk, found: dict[str, str], json: bool) -> None:
    """Every value a rule has had, of every file."""
    rows = [
        (name, each, value)
        for name, rule_id in found.items()
        for each, value in policy_text.history(desk.book, rule_id, name)
    ]
    if json:
        print_json([{"jurisdiction": name, "rule": each.rule, "place": each.place, "products": each.products,
                     **value.model_dump(mode="json", by_alias=True)} for name, each, value in rows])  # fmt: skip
        return
    first = rows[0][1]
    print_table(
        ("where", "file", "products", "from", "to", "state", "value", "citation", "text", "checked"),
        [
            (name, each.place, ", ".join(each.products), value.from_, value.to, value.state, str(value.value),
             str(value.citation), value.citation.confidence, str(each.checked.on))
            for name, each, value in rows
        ],
        title=f"{first.rule}  {first.title.zh} / {first.title.en} ({first.strength}, {first.binding_level})",
    )  # fmt: skip


@app.command()
def schema(
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="write it there")] = None,
) -> None:
    """The JSON Schema of a rule file, for editors: what may stand where, by kind of rule."""
    if output is None:
        say(schema_text().rstrip())
        return
    if output.is_dir():
        raise UserError("a folder", where=str(output), mend="name a file")
    output.write_text(schema_text(), encoding="utf-8")
    say(f"written: {output}")
