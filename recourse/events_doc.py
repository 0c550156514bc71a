"""Prints the vocabulary of the journal as the list of `docs/events.md`; a test fails when the document differs.

``python -m recourse.events_doc docs/events.md`` writes the list between the document's two markers.
"""

from __future__ import annotations

import re
import sys
import types
from datetime import date
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from recourse.events import ALL, Event, Reason, Step
from recourse.money import Amounts

BEGIN, END = "<!-- events: begin -->", "<!-- events: end -->"
PARTS: tuple[type[msgspec.Struct], ...] = (Reason, Step, Amounts)
"""Structs that stand inside bodies; each is listed once, after the events."""

_WORDS = {str: "text", int: "whole number", bool: "yes or no", date: "day"}


def render() -> str:
    """Markdown of every event and of the parts, in the order of `recourse.events.ALL`."""
    listed = [line for event in ALL for line in (f"### `{event.TYPE}` · v{event.VERSION}", *_described(event))]
    parts = [line for part in PARTS for line in (f"### {part.__name__}", *_described(part))]
    return "\n".join([f"{len(ALL)} types.", "", *listed, "## Parts of bodies", "", *parts]).rstrip()


def put_into(document: str) -> str:
    """The document with the part between the markers replaced by `render()`; ValueError if a marker is missing."""
    head, rest = document.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{render()}\n{END}{tail}"


def undescribed() -> list[str]:
    """Names of events and parts without a docstring of their own."""
    return [shape.__name__ for shape in (*ALL, *PARTS) if not _sentence(shape)]


def _described(shape: type[msgspec.Struct]) -> list[str]:
    hints = get_type_hints(shape)
    fields = [_field(field, hints[field.name]) for field in msgspec.structs.fields(shape)]
    name = f" Class `{shape.__name__}`." if issubclass(shape, Event) else ""
    return ["", _sentence(shape) + name, "", " · ".join(fields) or "No fields.", ""]


def _sentence(shape: type[msgspec.Struct]) -> str:
    """The docstring on one line, without reStructuredText marks."""
    text = " ".join((shape.__dict__.get("__doc__") or "").split())
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", text).replace("``", "`")


def _field(field: msgspec.structs.FieldInfo, kind: Any) -> str:
    return f"`{field.name}` {_word(kind)}{'' if field.required else ', optional'}"


def _word(kind: Any) -> str:
    """A type in the reader's words."""
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        return f"list of {_word(inner[0])}"
    if get_origin(kind) is dict:
        return f"{_word(inner[1])} by name"
    if get_origin(kind) in (Union, types.UnionType):
        return " or ".join(_word(each) for each in inner if each is not types.NoneType)
    return _WORDS.get(kind) or str(kind.__name__)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(put_into(target.read_text("utf-8")), "utf-8")
