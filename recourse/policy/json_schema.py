"""The JSON Schema of a rule file, made from the types that read it, so that an editor complains where a load would.

A schema knows the shape alone: that spans touch, that a node is there, that a protection is on, only the load knows. Pure.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from recourse import measures
from recourse.policy import values as v
from recourse.policy.schema import Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "format": "date"}
GROUPED = {"type": "string", "pattern": r"^-?\d+(_\d+)+$"}
_WHERE = "#/$defs/{name}"


def rule_schema() -> dict[str, Any]:
    """The whole schema: the head of a file, and of each kind what its values hold."""
    schema = Rule.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions: dict[str, Any] = schema.pop("$defs")
    kinds = tuple(v.KINDS.values())
    found, components = msgspec.json.schema_components(kinds, ref_template=_WHERE)
    definitions |= components
    definitions["Condition"]["properties"]["measure"]["enum"] = sorted(measures.MEASURES)
    schema["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"properties": {"values": {"items": {"properties": {"value": value}}}}},
        }
        for kind, value in zip(v.KINDS, found, strict=True)
    ]
    made = {"$schema": DIALECT, "$comment": "made by `recourse policy schema`; do not edit", **schema}
    made["$defs"] = dict(sorted(definitions.items()))
    return _as_written(made)  # type: ignore[no-any-return]


def schema_text() -> str:
    """The schema as it stands in policy_packs/schema.json."""
    return json.dumps(rule_schema(), ensure_ascii=False, indent=2) + "\n"


def _as_written(part: Any) -> Any:
    """The same, as a file writes it: a day is ten characters, and a whole number may be grouped (``10_000``), which an
    editor that follows YAML 1.2 takes for text."""
    if isinstance(part, list):
        return [_as_written(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("format") == "date":
        return {**part, **DAY}
    if part.get("type") == "integer":
        return {"anyOf": [part, GROUPED]}
    return {key: _as_written(value) for key, value in part.items()}
