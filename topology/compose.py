"""Reads docker-compose.yml as far as this project uses it: anchors, variables, and the keys of a service named here.

Whether the file follows the compose specification is for tests/topology to say; this module reads a file that does.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from recourse.errors import UserError

FILE = Path(__file__).resolve().parents[1] / "docker-compose.yml"

Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<bare>\w+)|\{(?P<name>\w+)(?:(?P<how>:?[-?])(?P<what>[^{}]*))?\}|(?P<wrong>))"
)


@dataclass(frozen=True)
class Mount:
    """A folder of a container: `source` is a folder of the host when `is_folder`, else the name of a volume."""

    source: str
    target: str
    is_folder: bool


@dataclass(frozen=True)
class Check:
    """How a service is asked whether it is healthy: a command whose exit code 0 says yes."""

    command: tuple[str, ...]
    timeout: float


@dataclass(frozen=True)
class Service:
    """One service with every variable filled in. `exposed`: the ports it listens on. `needs`: what must be up first."""

    name: str
    image: str
    is_built: bool
    command: tuple[str, ...]
    environment: Mapping[str, str]
    exposed: tuple[int, ...]
    mounts: tuple[Mount, ...]
    needs: Mapping[str, Condition]
    restart: str
    profiles: tuple[str, ...]
    check: Check | None

    @property
    def is_one_shot(self) -> bool:
        """Whether the service is done when its command has ended."""
        return self.restart == "no"


def load(path: Path = FILE) -> dict[str, Any]:
    """The document with its anchors resolved and its variables as they were written."""
    try:
        return cast("dict[str, Any]", yaml.safe_load(path.read_text("utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise UserError("cannot read the compose file", where=str(path), mend=str(error)) from None


def variables(document: Any) -> dict[str, bool]:
    """Every variable that the document names, and whether it must be given (`${NAME:?…}`)."""
    found: dict[str, bool] = {}
    for text in _texts(document):
        for match in _VARIABLE.finditer(text):
            name = match["name"] or match["bare"]
            if name:
                found[name] = found.get(name, False) or (match["how"] or "").endswith("?")
    return found


def fill_in(document: Any, values: Mapping[str, str]) -> Any:
    """The document with its variables replaced, as Docker Compose does it. Raises UserError for a required one."""
    match document:
        case str():
            return _VARIABLE.sub(lambda match: _value(match, values), document)
        case dict():
            return {key: fill_in(value, values) for key, value in document.items()}
        case list():
            return [fill_in(value, values) for value in document]
        case _:
            return document


def services(document: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Service]:
    """The services by name, with `values` for the variables."""
    filled = fill_in(dict(document["services"]), values)
    return {name: _service(name, body) for name, body in filled.items()}


def in_order(known: Mapping[str, Service], wanted: Iterator[str] | list[str]) -> list[Service]:
    """The wanted services and all that they need, each after what it needs."""
    ordered: dict[str, Service] = {}

    def add(name: str, on_the_way: tuple[str, ...]) -> None:
        if name not in known:
            raise UserError(f"no service {name!r}", mend=f"one of {', '.join(known)}")
        if name in on_the_way:
            raise UserError("services need each other in a ring", where=" -> ".join((*on_the_way, name)))
        for needed in known[name].needs:
            add(needed, (*on_the_way, name))
        ordered.setdefault(name, known[name])

    for name in wanted:
        add(name, ())
    return list(ordered.values())


def _texts(document: Any) -> Iterator[str]:
    match document:
        case str():
            yield document
        case dict():
            for value in document.values():
                yield from _texts(value)
        case list():
            for value in document:
                yield from _texts(value)


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    if match["escaped"]:
        return "$"
    name, how, what = match["name"] or match["bare"], match["how"] or "", match["what"] or ""
    if not name:
        raise UserError("a variable that this reader does not know", where=match.string, mend="write ${NAME:-default}")
    given = values.get(name)
    if given is not None and (given or not how.startswith(":")):
        return given
    if how.endswith("?"):
        raise UserError(f"{name} is not set", mend=what or "set it in .env")
    return what


def _service(name: str, body: Mapping[str, Any]) -> Service:
    command = body.get("command", [])
    return Service(
        name=name,
        image=body["image"],
        is_built="build" in body,
        command=tuple(shlex.split(command) if isinstance(command, str) else map(str, command)),
        environment={key: str(value) for key, value in body.get("environment", {}).items()},
        exposed=tuple(int(port) for port in body.get("expose", [])),
        mounts=tuple(_mount(written) for written in body.get("volumes", [])),
        needs={needed: how["condition"] for needed, how in body.get("depends_on", {}).items()},
        restart=body.get("restart", "no"),
        profiles=tuple(body.get("profiles", [])),
        check=_check(body.get("healthcheck")),
    )


def _mount(written: str) -> Mount:
    source, target = written.split(":")[:2]
    return Mount(source, target, is_folder=source.startswith((".", "/", "~")))


def _check(written: Mapping[str, Any] | None) -> Check | None:
    if written is None:
        return None
    how, *command = written["test"]
    whole = ("sh", "-c", command[0]) if how == "CMD-SHELL" else tuple(map(str, command))
    return Check(whole, float(str(written["timeout"]).removesuffix("s")))
