"""The canonical journal of a play, and where two of them part."""

from __future__ import annotations

from pathlib import Path

import msgspec

from desk.open_desk import Desk
from recourse import codes
from recourse.ledger.database import reading
from recourse.ledger.export import export


def journal(desk: Desk, folder: Path) -> dict[str, list[str]]:
    """The canonical journal, by file: all of it but the one-time codes. They say through which door somebody came in, and
    only one engine's door needs them; what was said there is on the gates' own streams.
    """
    with reading(desk.engine) as connection:
        export(connection, folder)
    return {
        path.name: [
            line for line in path.read_text().splitlines() if msgspec.json.decode(line)["stream"] != codes.STREAM
        ]
        for path in sorted(folder.glob("*.jsonl"))
    }


def first_difference(one: dict[str, list[str]], other: dict[str, list[str]]) -> str:
    """Where two journals part ("" = nowhere)."""
    for name in sorted({*one, *other}):
        for left, right in zip(one.get(name, []), other.get(name, []), strict=False):
            if left != right:
                return f"{name}:\n  {left}\n  {right}"
        if len(one.get(name, [])) != len(other.get(name, [])):
            return f"{name}: {len(one.get(name, []))} and {len(other.get(name, []))} lines"
    return ""
