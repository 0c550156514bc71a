"""Facts that a draft lacks, and facts that a person gives by hand. Pure.

A draft says （待核实） where a fact is not known; never where the fact decides which words are printed, for then the draft
would claim something. What the ledger has recorded, money and votes above all, nobody sets by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from recourse.documents.compose import ConditionalFact, FactList, Facts, MissingFact, steering
from recourse.documents.wording import TO_BE_VERIFIED
from recourse.errors import UserError

NEVER_MARKED = frozenset({"currency", "product"})
"""Facts that the page is built by."""
RECORDED = ("amounts", "book", "votes", "contacts", "recoveries", "events", "meeting", "currency", "product", "as_of",
            "overdue_since", "days_past_due")  # fmt: skip
"""Facts that only the ledger gives, once it knows them."""
LONGEST = 2000
LARGEST = 10**15
_STEP = re.compile(r"([a-z][a-z0-9_]{0,39})((?:\[\d{1,2}\])?)")


def marked(document: str, source: str, facts: Facts, known: FactList) -> dict[str, Any]:
    """The facts, with a mark wherever a required one is not known. Raises MissingFact for one that decides what is printed."""
    filled: dict[str, Any] = json.loads(json.dumps(facts))
    deciding = steering(source) | {other for each in known.required if not isinstance(each, str) for other in each.when}
    for entry in known.required:
        path = entry if isinstance(entry, str) else entry.fact
        for holder, name, place in _open(filled, path.split(".")):
            if isinstance(entry, ConditionalFact) and not _asked(entry, filled):
                continue
            if path in deciding | NEVER_MARKED:
                raise MissingFact(document, place)
            holder[name] = [TO_BE_VERIFIED] if path.endswith("[]") else TO_BE_VERIFIED
    return filled


def _asked(entry: ConditionalFact, facts: Facts) -> bool:
    def at(path: str) -> object:
        value: object = facts
        for step in path.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    return all(at(path) == value for path, value in entry.when.items())


def _open(holder: dict[str, Any], steps: Sequence[str], walked: str = "") -> Iterator[tuple[dict[str, Any], str, str]]:
    """Every place at the end of the way where nothing is known. A list that is not known becomes one of one item."""
    name, many = steps[0].removesuffix("[]"), steps[0].endswith("[]")
    here = f"{walked}.{name}" if walked else name
    if len(steps) == 1:
        if holder.get(name) in (None, "", [], {}):
            yield holder, name, here
    elif many:
        if not isinstance(holder.get(name), list) or not holder[name]:
            holder[name] = [{}]
        for at, item in enumerate(holder[name]):
            if isinstance(item, dict):
                yield from _open(item, steps[1:], f"{here}[{at}]")
    else:
        if not isinstance(holder.get(name), dict):
            holder[name] = {}
        yield from _open(holder[name], steps[1:], here)


def with_said(facts: Facts, said: Sequence[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The facts with what a person gives as ``path=value``, and the paths given. A value is a whole number (money in minor
    units), true, false, or text; ``assets[0].kind=vehicle`` is one of a list. UserError for what nobody may set."""
    filled: dict[str, Any] = json.loads(json.dumps(facts))
    paths = []
    for each in said:
        path, equals, text = each.partition("=")
        if not equals:
            raise UserError(f"not PATH=VALUE: {each[:60]!r}", where="--set", mend="such as case_no=（2026）示01民初1号")
        if path.split(".")[0].partition("[")[0] in RECORDED and _known(facts, path):
            raise UserError(f"the ledger says what {path} is", where="--set", mend="mend it where it comes from")
        _put(filled, path, _value(text))
        paths.append(path)
    return filled, tuple(paths)


def _known(facts: Facts, path: str) -> bool:
    value: Any = facts
    for name, at in _steps(path):
        value = value.get(name) if isinstance(value, Mapping) else None
        if at is not None:
            value = value[at] if isinstance(value, list) and at < len(value) else None
    return value is not None


def _steps(path: str) -> list[tuple[str, int | None]]:
    found = []
    for step in path.split("."):
        match = _STEP.fullmatch(step)
        if match is None:
            raise UserError(
                f"not a way to a fact: {path[:60]!r}", where="--set", mend="such as debtor.name or assets[0].kind"
            )
        found.append((match[1], int(match[2][1:-1]) if match[2] else None))
    return found


def _put(holder: Any, path: str, value: object) -> None:
    steps = _steps(path)
    for place, (name, at) in enumerate(steps):
        last = place == len(steps) - 1
        if not isinstance(holder, dict):
            raise UserError(f"{path} leads through a value", where="--set", mend="give the whole of it")
        if at is None:
            if last:
                holder[name] = value
                return
            holder = holder.setdefault(name, {})
            continue
        items = holder.setdefault(name, [])
        if not isinstance(items, list) or at > len(items):
            raise UserError(f"no item before {path}", where="--set", mend="give the items of a list in order")
        if at == len(items):
            items.append(value if last else {})
        elif last:
            items[at] = value
        holder = items[at]


def _value(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9]\d{0,17})", text) and abs(int(text)) < LARGEST:
        return int(text)
    if not text.strip() or len(text) > LONGEST or any(not each.isprintable() for each in text):
        raise UserError(
            "an empty, very long or unprintable value", where="--set", mend="give the fact in one line of text"
        )
    return text.strip()
