"""The canonical journal: what parity compares. Type, business dates and payload of every event, per stream; no run id,
wall time, actor's machine or hash, so that two runs of the same life are the same text."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select

from recourse.canonical import encode
from recourse.events import open_envelope
from recourse.ledger.tables import events


def export(connection: Connection, folder: Path) -> dict[str, int]:
    """Write one file per kind of stream (``case.jsonl`` …), sorted by stream and place; returns lines per file."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    query = select(events.c.stream, events.c.pos, events.c.text).order_by(events.c.stream, events.c.pos)
    streamed = connection.execution_options(yield_per=10_000).execute(query)
    lines: dict[str, list[tuple[str, int, str]]] = {}
    for stream, pos, text in streamed:
        lines.setdefault(stream.split(":", 1)[0], []).append((stream, pos, _line(stream, text)))
    for kind, found in sorted(lines.items()):
        found.sort()
        (folder / f"{kind}.jsonl").write_text("".join(line for _, _, line in found), encoding="utf-8")
        counts[kind] = len(found)
    return counts


def _line(stream: str, text: str) -> str:
    envelope, _ = open_envelope(text)
    return (
        encode(
            {
                "stream": stream,
                "type": envelope.type,
                "v": envelope.v,
                "effective_on": envelope.effective_on,
                "known_on": envelope.known_on,
                "body": envelope.body,
            }
        )
        + "\n"
    )
