"""The templates in force on a day, read from a folder and checked before anything is printed.

    <root>/<jurisdiction>/<document>/<effective-date>.md     the text; the newest that is in force on the day is used
                                     meta.yaml               what it is: title, issuer, basis, facts, channels, draft
                                     sample.json             invented facts, for previews and tests

Not here: filling in a template (`compose`), the meaning of a template's channels (the nodes choose among them).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from recourse.canonical import digest
from recourse.documents.blocks import CHINESE, ENGLISH, TAIWANESE, Document
from recourse.documents.compose import ConditionalFact, FactList, Facts, compose
from recourse.errors import UserError
from recourse.policy.schema import Citation, Day, Strict, Text, Title
from recourse.policy.text import read_yaml

Issuer = Literal["bank", "law_firm", "committee", "court", "debtor"]
Stage = Literal["draft", "reviewed", "signed", "sealed", "issued", "delivered", "filed", "decided"]
TemplateChannel = Literal["post", "email", "hand", "sms", "court", "internal"]

LANGUAGES = {"cn": CHINESE, "tw": TAIWANESE, "us": ENGLISH}
"""The language of a jurisdiction's documents, in which heads, page numbers and marks are printed."""

Path = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\[\])?(\.[a-z][a-z0-9_]*(\[\])?)*$")]
"""A dotted way to a fact: ``debtor.name``, ``parties[].address``."""


class Condition(Strict):
    """A fact that is required only when other facts have these values."""

    fact: Path
    when: dict[Path, str | int | bool]


MAINTAINERS = "Recourse maintainers"
"""Who approved what ships: a default, which no bank has approved yet."""


class Approval(Strict):
    """Who approved a template for use, by department or role, and when. A person's name does not belong here."""

    by: Text
    on: Day

    @property
    def shipped(self) -> bool:
        """Whether this is the approval that a default ships with, and not a bank's own."""
        return self.by == MAINTAINERS


class Meta(Strict):
    """What `meta.yaml` says of a document. `signatures`: how many persons sign it; without `approved` nobody has."""

    title: Title
    issuer: Issuer
    life_cycle: tuple[Stage, ...] = Field(min_length=1)
    draft: bool
    channels: tuple[TemplateChannel, ...] = Field(min_length=1)
    signatures: int = Field(default=1, ge=1, le=9)
    approved: Approval | None = None
    head: Path | None = None
    number: Path | None = None
    legal_basis: tuple[Citation, ...] = Field(min_length=1)
    required: tuple[Path | Condition, ...] = Field(min_length=1)
    optional: tuple[Path, ...] = ()

    @property
    def facts(self) -> FactList:
        """The facts as `compose` wants them."""
        required = (f if isinstance(f, str) else ConditionalFact(f.fact, dict(f.when)) for f in self.required)
        return FactList(tuple(required), self.optional)

    @property
    def by_the_bank(self) -> bool:
        """Whether the bank itself approved it."""
        return self.approved is not None and not self.approved.shipped


@dataclass(frozen=True)
class Template:
    """One text in force: `sha256` is over text and meta, so that a printed document names exactly what made it."""

    jurisdiction: str
    name: str
    effective_on: date
    source: str
    meta: Meta

    @cached_property
    def sha256(self) -> str:
        return digest(self.source + self.meta.model_dump_json())

    @property
    def version(self) -> str:
        """``cn/formal_notice/2026-01-01``"""
        return f"{self.jurisdiction}/{self.name}/{self.effective_on}"

    def document(self, facts: Facts) -> Document:
        """The finished blocks with running head; raises MissingFact for a fact that the paper must state."""
        blocks = compose(self.version, self.source, facts, self.meta.facts)
        head, number = (_at(facts, path) if path else "" for path in (self.meta.head, self.meta.number))
        language = LANGUAGES.get(self.jurisdiction, CHINESE)
        title = self.meta.title.en if language == ENGLISH else self.meta.title.zh
        return Document(title, blocks, head, number, self.meta.draft, language=language)


class Templates:
    """All templates under a root folder; each file is read and checked once."""

    def __init__(self, root: Traversable) -> None:
        self.root = root
        self._known: dict[tuple[str, str], dict[date, Template]] = {}

    def names(self) -> list[tuple[str, str]]:
        """Every (jurisdiction, document) there is."""
        return sorted(
            (jurisdiction.name, document.name)
            for jurisdiction in self.root.iterdir()
            if jurisdiction.is_dir() and not jurisdiction.name.startswith(("_", "."))
            for document in jurisdiction.iterdir()
            if document.is_dir()
        )

    def in_force(self, jurisdiction: str, name: str, on: date) -> Template:
        """The newest text whose effective date is not after `on`; UserError when there is none."""
        versions = self._versions(jurisdiction, name)
        usable = [day for day in versions if day <= on]
        if not usable:
            earliest = f"the first is in force from {min(versions)}" if versions else "there is no text"
            raise UserError(f"no template in force on {on}", where=f"{jurisdiction}/{name}", mend=earliest)
        return versions[max(usable)]

    def named(self, version: str) -> Template:
        """The text that a document was made from, by ``Template.version``; UserError when it is not here any more."""
        jurisdiction, name, day = version.split("/")
        found = self._versions(jurisdiction, name).get(date.fromisoformat(day))
        if found is None:
            raise UserError("the text it was made from is gone", where=version, mend="put the file back")
        return found

    def effective(self, on: date, jurisdiction: str = "") -> list[Template]:
        """Every document's text in force on a day, of one jurisdiction or of all."""
        return [
            self.in_force(where, name, on)
            for where, name in self.names()
            if jurisdiction in ("", where) and min(self._versions(where, name), default=date.max) <= on
        ]

    def sample(self, jurisdiction: str, name: str) -> dict[str, Any]:
        """The invented facts beside the template."""
        place = f"{jurisdiction}/{name}/sample.json"
        try:
            sample: dict[str, Any] = json.loads(_read(self.root, place))
        except ValueError as error:
            raise UserError("not JSON", where=place, mend=str(error)) from None
        return sample

    def _versions(self, jurisdiction: str, name: str) -> dict[date, Template]:
        key = jurisdiction, name
        if key not in self._known:
            self._known[key] = self._load(jurisdiction, name)
        return self._known[key]

    def _load(self, jurisdiction: str, name: str) -> dict[date, Template]:
        folder = self.root / jurisdiction / name
        if not folder.is_dir():
            raise UserError(
                f"no such document {name!r}", where=jurisdiction, mend=f"one of {self._listed(jurisdiction)}"
            )
        place = f"{jurisdiction}/{name}"
        meta = _meta(f"{place}/meta.yaml", _read(self.root, f"{place}/meta.yaml"))
        texts = {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".md")}
        days = {_effective_on(f"{place}/{file}", file): text for file, text in texts.items()}
        _refuse_late(place, meta, days)
        return {day: Template(jurisdiction, name, day, text, meta) for day, text in days.items()}

    def _listed(self, jurisdiction: str) -> str:
        return ", ".join(name for where, name in self.names() if where == jurisdiction) or "none"


def _read(root: Traversable, place: str) -> str:
    file = root.joinpath(*place.split("/"))
    if not file.is_file():
        raise UserError("missing file", where=place, mend="every document has a text, meta.yaml and sample.json")
    return file.read_text("utf-8")


def _meta(place: str, text: str) -> Meta:
    try:
        return Meta.model_validate(read_yaml(place, text))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "file"
        raise UserError(f"{field}: {first['msg']}", where=place, mend="mend this value") from None


def _refuse_late(place: str, meta: Meta, days: Mapping[date, str]) -> None:
    """A bank approves a text before it is used; the default that ships says when it was last gone through."""
    if meta.by_the_bank and meta.approved is not None and days and meta.approved.on > max(days):
        raise UserError(
            f"approved on {meta.approved.on}, after it came into force on {max(days)}", where=f"{place}/meta.yaml",
            mend="name the text after a later day",
        )  # fmt: skip


def _effective_on(place: str, file_name: str) -> date:
    try:
        return date.fromisoformat(file_name.removesuffix(".md"))
    except ValueError:
        raise UserError("a template is named after its first day", where=place, mend="such as 2026-01-01.md") from None


def _at(facts: Facts, path: str) -> str:
    value: object = facts
    for step in path.split("."):
        value = value.get(step, "") if isinstance(value, Mapping) else ""
    return str(value)
