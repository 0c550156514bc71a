"""Prints the layout as the tables of `docs/intake.md`; a test fails when the document says anything else.

``python -m recourse.intake.layout_doc docs/intake.md`` writes the tables between the document's two markers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from recourse.intake.columns import KINDS, Column, Table
from recourse.intake.layout import TABLES

BEGIN, END = "<!-- layout: begin -->", "<!-- layout: end -->"


def render() -> str:
    """Markdown of every kind and table, in reading order."""
    kinds = ["| kind | in the file | in the frame |", "|---|---|---|"]
    kinds += [f"| {kind} | {written} | {read} |" for kind, (written, read) in KINDS.items()]
    return "\n".join([*kinds, "", *("\n".join(_table(table)) for table in TABLES.values())])


def put_into(document: str) -> str:
    """The document with the part between the markers replaced by `render()`; ValueError if a marker is missing."""
    head, rest = document.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{render()}\n{END}{tail}"


def _table(table: Table) -> list[str]:
    meaning = f"{table.en[0].upper()}{table.en[1:]}. Key: {_ticks(table.key)}."
    lines = [f"### `{table.name}` {table.zh}", "", meaning, ""]
    lines += ["| column | kind | must | personal | 中文 | meaning |", "|---|---|---|---|---|---|"]
    lines += [_row(column) for column in table.columns]
    rules = [f"`{first}` ≤ `{second}`" for first, second in table.in_order]
    rules += [f"`{name}` > 0" for name in table.positive]
    if table.either:
        rules.append(f"one of {_ticks(table.either)} is given")
    if table.adds_up:
        total, parts = table.adds_up
        rules.append(f"{' + '.join(f'`{part}`' for part in parts)} = `{total}` (≤ while a part is unknown)")
    return [*lines, "", *([f"Rules: {'; '.join(rules)}.", ""] if rules else [])]


def _row(column: Column) -> str:
    notes = [column.en]
    if column.codes:
        notes.append(f"one of {_ticks(column.codes)}")
    if column.default:
        notes.append(f"default: {_default(column.default)}")
    if column.refers_to:
        notes.append(f"known in `{column.refers_to}`")
    if column.past:
        notes.append("not after the as-of")
    if column.signed:
        notes.append("may be negative")
    must, personal = "yes" if column.required else "", "yes" if column.personal else ""
    return f"| {column.name} | {column.kind} | {must} | {personal} | {column.zh} | {'; '.join(notes)} |"


def _default(value: str) -> str:
    return f"the manifest's `{value[1:]}`" if value.startswith("@") else f"`{value}`"


def _ticks(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(put_into(target.read_text("utf-8")), "utf-8")
