"""Reads policy packs from folders: which files are rules, which of two wins, what the bank's own folder gives to all.

A root holds ``<jurisdiction>/<topic>/<rule>[.<variant>].yaml``. The folder `bank_default` is no jurisdiction: its rules
stand beside the own rules of each (which wins: `recourse.policy.resolve`). A later root replaces a rule of an earlier one by folder,
rule id and products, and adds the rest. What a rule file means is `recourse.policy.book`; which root is read is `desk`.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from recourse.errors import UserError
from recourse.policy import values as v
from recourse.policy.book import PolicyBook, parse_rule, parse_values
from recourse.policy.schema import BANK_DEFAULT, Rule

SCHEMA_FILE = "schema.json"
"""What editors read beside the folders: `recourse.policy.json_schema` makes it."""

Key = tuple[str, tuple[str, ...]]
"""Rule id and products: what makes two rules of one folder the same."""

_SUBJECT = {
    "entry": "node",
    "gap": "track",
    "brake": "hold",
    "freshness": "act_class",
    "materiality": "action",
    "authority": "action",
    "criterion": "name",
    "fee_schedule": "name",
    "small_claims": "name",
    "route": "name",
    "recovery": "name",
    "agency_term": "term",
    "agency_standard": "standard",
    "recall": "cause",
    "violation": "violation",
    "plan": "name",
    "lexicon": "lexicon",
    "caller_certificate": "certificate",
    "call_queue": "queue",
    "packet_list": "packet",
}
"""The field of a value that names what its rule is about; it must be the rule's own name, so that no two contend."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RULE_FILE = re.compile(r"([a-z][a-z0-9_]*)(?:\.[a-z0-9_]+)?\.yaml")


def shipped_packs() -> Traversable:
    """The packs that come with this release, in a checkout and in a wheel alike."""
    return importlib.resources.files("policy_packs")


def shipped_values(jurisdiction: str, rule: str) -> tuple[v.Strictly, ...]:
    """The typed values of one shipped rule, oldest first, without reading the rest of the book."""
    topic, name = rule.split(".")
    file = shipped_packs() / jurisdiction / topic / f"{name}.yaml"
    place = f"{jurisdiction}/{topic}/{name}.yaml"
    given = _rule(place, file)
    return tuple(
        value
        for _, value in sorted(
            zip((each.from_ for each in given.values), parse_values(place, given), strict=True),
            key=lambda pair: pair[0],
        )
    )


def load_book(roots: Sequence[Traversable | Path]) -> PolicyBook:
    """All rules of the roots, later roots over earlier ones; a root that does not exist holds nothing.

    Raises UserError, with the place relative to its root, for any file that is not a sound rule; nothing is skipped.
    """
    folders: dict[str, dict[Key, tuple[str, Rule]]] = {}
    for root in roots:
        for folder, rules in _root(root).items():
            folders.setdefault(folder, {}).update(rules)
    defaults = folders.pop(BANK_DEFAULT, {})
    if not folders:
        raise UserError("no policy pack", mend="name a folder that holds <jurisdiction>/<topic>/<rule>.yaml")
    held = {name: [*own.values(), *defaults.values()] for name, own in sorted(folders.items())}
    for all_of in held.values():
        _refuse_unknown_seats(all_of)
    return PolicyBook(
        (f"{name}/{place.split('/', 1)[1]}", rule) for name, all_of in held.items() for place, rule in all_of
    )


def _root(root: Traversable | Path) -> dict[str, dict[Key, tuple[str, Rule]]]:
    found: dict[str, dict[Key, tuple[str, Rule]]] = {}
    for place, file in _files(root):
        rule = _rule(place, file)
        rules = found.setdefault(place.split("/", 1)[0], {})
        key = (rule.rule, tuple(sorted(rule.products)))
        if key in rules:
            raise UserError(f"rule {rule.rule!r} stands in {rules[key][0]} too", where=place, mend="keep one file")
        rules[key] = (place, rule)
    return found


def _files(root: Traversable | Path) -> Iterator[tuple[str, Traversable]]:
    """Every rule file of a root in sorted order. Anything else that is not plainly beside the matter is refused."""
    if not root.is_dir() and not root.is_file():
        return
    for folder in _entries(root, ""):
        for topic in _entries(folder, folder.name):
            for file in _entries(topic, f"{folder.name}/{topic.name}"):
                place = f"{folder.name}/{topic.name}/{file.name}"
                if not file.is_file() or not _RULE_FILE.fullmatch(file.name):
                    raise UserError("not a rule file", where=place, mend="name it <rule>.yaml, or take it out")
                yield place, file


def _entries(folder: Traversable | Path, place: str) -> list[Traversable]:
    """What a folder holds, sorted, without hidden files, caches and notes."""
    if not folder.is_dir():
        where = place or str(folder)
        raise UserError("a file where a folder belongs", where=where, mend="<jurisdiction>/<topic>/<rule>.yaml")
    if place and not _NAME.fullmatch(folder.name):
        raise UserError(f"a folder named {folder.name!r}", where=place, mend="use lower-case letters, digits and _")
    try:
        listed = list(folder.iterdir())
    except OSError as error:
        raise UserError("cannot read the folder", where=place or str(folder), mend=error.strerror or "") from None
    kept = [
        each
        for each in listed
        if not each.name.startswith((".", "__"))
        and not each.name.endswith(".md")
        and (place or each.name != SCHEMA_FILE)
    ]
    return sorted(kept, key=lambda each: each.name)


def _rule(place: str, file: Traversable) -> Rule:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", where=place, mend="save it as UTF-8") from None
    except OSError as error:
        raise UserError("cannot be read", where=place, mend=error.strerror or "") from None
    rule = parse_rule(place, text)
    _, topic, name = place.split("/")
    short = name.split(".", 1)[0]
    if rule.rule != f"{topic}.{short}":
        raise UserError(f"rule {rule.rule!r} lies in the wrong file", where=place, mend=f"call it {topic}.{short}")
    if name.count(".") > 1 and not rule.products:
        raise UserError("a variant without products", where=place, mend="list its products")
    subject = _SUBJECT.get(rule.kind)
    for value in parse_values(place, rule):
        about = getattr(value, subject) if subject else short
        if about != short:
            raise UserError(f"rule {rule.rule!r} is about {about!r}", where=place, mend=f"{subject} must be {short}")
    return rule


def _refuse_unknown_seats(rules: Iterable[tuple[str, Rule]]) -> None:
    """A seat whose role nobody can hold would keep its gate shut for good."""
    parsed = [(place, value) for place, rule in rules for value in parse_values(place, rule)]
    known = {role for _, value in parsed if isinstance(value, v.Roles) for role in value.zh}
    for place, value in parsed:
        named: set[str] = set()
        if isinstance(value, v.Authority):
            named = {role for seats in value.tiers.values() for role in seats.roles}
        elif isinstance(value, v.Levels):
            named = {*value.up, *value.up.values()}
        for role in sorted(named - known):
            raise UserError(f"role {role!r} is not known", where=place, mend="name it in roles.seats, or mend the seat")
