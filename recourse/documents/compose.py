"""Template text and facts → blocks. Pure: reads nothing, writes nothing, and the same input gives the same blocks.

A template is Markdown that legal staff edit: headings, paragraphs, lists, tables, ``**bold**``; ``>`` for a line that
starts at the margin; and fences (three backquotes) named after what they hold: right, note, facts, signature,
receipt, pagebreak. Fields and conditional parts are Jinja2 in a sandbox. Facts are JSON values: text, whole numbers,
truth values, lists, objects; money in minor units, dates as ISO text. A value enters the page as text only: Markdown
or Jinja2 inside a value is printed as it stands.

A required fact that is absent or empty is `MissingFact`. An optional fact may be absent, which a template asks with
``{% if %}``; printing it while absent is `MissingFact` too. Nothing is ever left blank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import jinja2
import msgspec
from jinja2 import nodes
from jinja2.runtime import Context

from recourse.documents import wording
from recourse.documents.blocks import Block
from recourse.documents.markup import SLOT_END, SLOT_START, read
from recourse.documents.sandbox import SPENT, Sandbox, UnknownField, bounded_text
from recourse.errors import UserError

Facts = Mapping[str, Any]
_SLOTS = "_slots"


class MissingFact(UserError):
    """A fact that the document must state is not there."""

    def __init__(self, document: str, field: str) -> None:
        self.document, self.field = document, field
        super().__init__(f"{document} needs the fact {field!r}", mend="add it to the case, or choose another document")


class Refused(UserError):
    """The document says that it must not be used for these facts."""

    def __init__(self, why: str) -> None:
        self.why = str(why)
        super().__init__(f"must not be used here: {self.why}", mend="choose another document")


class ConditionalFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact that is required only when other facts have certain values: ``{fact: card.number, when: {product:
    card}}``."""

    fact: str
    when: dict[str, str | int | bool]


class FactList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a template may speak of: dotted paths, ``[]`` for every item of a list (``instalments[].due_on``)."""

    required: tuple[str | ConditionalFact, ...]
    optional: tuple[str, ...] = ()


class _Absent:
    """Stands where an optional fact is not known: false in a condition, an error on the page."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __bool__(self) -> bool:
        return False


class _AbsentPrinted(Exception):
    """Carries the path of the absent fact out of the template engine."""


def compose(document: str, source: str, facts: Facts, known: FactList) -> tuple[Block, ...]:
    """The document's blocks. Raises MissingFact, or UserError naming `document` when the template itself is at
    fault."""
    require(document, facts, known)
    slots: list[str] = []
    values = {**_with_absent(facts, known.optional), _SLOTS: slots, SPENT: []}
    try:
        text = bounded_text(_compiled(source), values)
    except (_AbsentPrinted, UnknownField) as absent:
        raise MissingFact(document, str(absent)) from None
    except jinja2.TemplateSyntaxError as error:
        raise UserError(f"template error: {error.message}", where=f"{document}, line {error.lineno}") from None
    except (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError) as error:
        raise UserError(f"cannot fill in: {error}", where=document, mend="see its meta.yaml") from None
    return read(document, text, slots)


def require(document: str, facts: Facts, known: FactList) -> None:
    """Raise MissingFact for the first required fact that is absent or empty."""
    for entry in known.required:
        path, when = (entry, {}) if isinstance(entry, str) else (entry.fact, entry.when)
        if all(next(_values(facts, other))[1] == value for other, value in when.items()):
            for place, value in _values(facts, path):
                if _is_empty(value):
                    raise MissingFact(document, place)


def _is_empty(value: object) -> bool:
    return value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip())


def _values(holder: object, path: str, walked: str = "") -> Iterator[tuple[str, object]]:
    """Each place that `path` leads to, with what is there; None where the way ends early."""
    step, _, rest = path.partition(".")
    name = step.removesuffix("[]")
    here = f"{walked}.{name}" if walked else name
    value = holder.get(name) if isinstance(holder, Mapping) else None
    places = [(here, value)]
    if step.endswith("[]"):
        places = [(f"{here}[{at}]", item) for at, item in enumerate(value)] if isinstance(value, list) else []
    if not places:
        yield here, None
    for place, found in places:
        yield from _values(found, rest, place) if rest else iter([(place, found)])


def _with_absent(facts: Facts, optional: Sequence[str]) -> dict[str, Any]:
    """The facts, with a marker at each optional path where nothing is known. The facts themselves stay as they are."""
    filled: dict[str, Any] = dict(facts)
    for path in optional:
        _fill(filled, path.split("."), path)
    return filled


def _fill(holder: dict[str, Any], steps: Sequence[str], path: str) -> None:
    name = steps[0].removesuffix("[]")
    value = holder.get(name)
    if len(steps) == 1:
        if _is_empty(value):
            holder[name] = _Absent(path)
    elif steps[0].endswith("[]"):
        holder[name] = [dict(item) for item in value or ()]
        for item in holder[name]:
            _fill(item, steps[1:], path)
    else:
        holder[name] = dict(value or {})
        _fill(holder[name], steps[1:], path)


@lru_cache(maxsize=256)
def _compiled(source: str) -> jinja2.Template:
    return _environment().from_string(source)


@cache
def _environment() -> Sandbox:
    filters: dict[str, Callable[..., str]] = {
        "money": _money,
        "capital": _capital,
        "figures": _figures,
        "day": _day,
        "choice": _choice,
    }
    return Sandbox({"refuse": _refuse}, filters, _into_slot)


def _refuse(why: str) -> str:
    """For a template to say that it must not be used for these facts: ``{{ refuse("only for …") }}``."""
    raise Refused(why)


@jinja2.pass_context
def _into_slot(context: Context, value: object) -> str:
    """Keep a printed value out of the Markdown: the text gets a numbered slot, the value comes back after parsing."""
    text = _printable(value)
    slots: list[str] = context[_SLOTS]
    slots.append(" ".join(text.split()))
    return f"{SLOT_START}{len(slots) - 1}{SLOT_END}"


def _printable(value: object) -> str:
    if isinstance(value, _Absent):
        raise _AbsentPrinted(value.path)
    if isinstance(value, jinja2.Undefined):
        return str(value)  # raises the engine's error, which names the unknown fact
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise jinja2.TemplateRuntimeError(f"a field printed {value!r}, which is not text or a whole number")


def _amount(minor: object) -> int:
    if isinstance(minor, int) and not isinstance(minor, bool):
        return minor
    raise jinja2.TemplateRuntimeError(f"not an amount in minor units: {_printable(minor)!r}")


def _open(value: object) -> str:
    """The mark of a fact still to be verified, which every filter lets stand; "" for any other value."""
    return wording.TO_BE_VERIFIED if value == wording.TO_BE_VERIFIED else ""


def _currency(context: Context) -> str:
    return _printable(context.resolve("currency"))


@jinja2.pass_context
def _money(context: Context, minor: object) -> str:
    """``1,234.56 元`` in the document's currency (its fact `currency`)."""
    return _open(minor) or wording.money(_amount(minor), _currency(context))


@jinja2.pass_context
def _figures(context: Context, minor: object) -> str:
    """``1,234.56``, for a table whose header names the unit."""
    return _open(minor) or wording.figures(_amount(minor), _currency(context))


@jinja2.pass_context
def _capital(context: Context, minor: object) -> str:
    """``人民币壹仟贰佰叁拾肆元伍角陆分``"""
    return _open(minor) or wording.capital_money(_amount(minor), _currency(context))


def _day(day: object) -> str:
    """``2026年11月23日``"""
    return _open(day) or wording.chinese_day(_printable(day))


def _choice(value: object, yes: str = "是", no: str = "否") -> str:
    """A ticked pair as court forms print it: ``是■  否□``."""
    if _open(value):
        return _open(value)
    if not isinstance(value, bool):
        raise jinja2.TemplateRuntimeError(f"not yes or no: {_printable(value)!r}")
    return f"{yes}■ {no}□" if value else f"{yes}□ {no}■"


@lru_cache(maxsize=256)
def steering(source: str) -> frozenset[str]:
    """Dotted paths of the facts that a template's conditions look at: which words are printed hangs on them."""
    tree = _environment().parse(source)
    tests: list[nodes.Node] = [node.test for node in tree.find_all(nodes.If)]
    tests += [node.test for node in tree.find_all(nodes.CondExpr)]
    found = (_path(each) for test in tests for each in (test, *test.find_all((nodes.Getattr, nodes.Name))))
    return frozenset(path for path in found if path)


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return f"{before}.{node.attr}" if before else ""
    return ""
