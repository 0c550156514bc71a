"""The mends of the desk in the words of the API: fields of the body where the command line has options. Pure."""

from __future__ import annotations

import re

FIELDS = {"from": "from_on", "until": "until_on", "about": "category", "text_file": "text", "complex": "is_complex"}
"""Options whose field has another name; all others have the option's, with underscores."""
_COMMAND = re.compile(r"(`recourse [^`]*`)")
_OPTION = re.compile(r"`?--([a-z][a-z-]*)(?: [A-Z][A-Z_]+\b)?`?")


def in_fields(text: str) -> str:
    """The same with options named as fields. A command is another door and stays as it is."""
    parts = _COMMAND.split(text)
    return "".join(part if n % 2 else _OPTION.sub(_field, part) for n, part in enumerate(parts))


def _field(option: re.Match[str]) -> str:
    name = option[1].replace("-", "_")
    return f"`{FIELDS.get(name, name)}`"
