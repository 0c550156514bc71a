"""YAML as policy files use it: a small, strict part of YAML 1.2.

Only `true`, `false`, whole numbers (``10_000`` is one) and `null` are not text. Dates stay text until the schema parses
them, so that an impossible day is a complaint and not a crash; `on`, `no` and `22:00` are what they look like; a key
that stands twice is refused, where YAML itself would let the last one win.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from recourse.errors import UserError


class _Loader(yaml.CSafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9_]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~)?$"), ["n", "~", ""])


def read_yaml(place: str, text: str) -> Any:
    """The data of one YAML text; a UserError that names `place` and the line if it is not one."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{place}, line {mark.line + 1}" if mark else place
        raise UserError(f"not YAML: {error.problem}", where=where, mend="mend that line") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise UserError("not YAML", where=place, mend=" ".join(str(error).split())[:160]) from None
