"""The template engine that legal staff's texts run in: fields, `if`, `for` and a few filters, and no more. Pure.

A template is data of the bank's, and facts are data of anybody's. So nothing here reaches Python: no attribute that
begins with an underscore, no method, no function but `refuse` and `range`, no macro, include or block. What a template
may cost is bounded as well: turns of its loops, characters of its text, the size of a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from itertools import islice
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

MOST_TURNS = 20_000
"""Turns of all loops of one document together."""
MOST_CHARACTERS = 1_000_000
"""Characters of one finished text, and of any text or list on the way to it."""
MOST_BITS = 256
SPENT = "_spent"
"""The fact that counts the turns of a document: a list, which the caller gives empty."""
STATEMENTS = (
    nodes.Template, nodes.Output, nodes.For, nodes.If, nodes.Assign, nodes.ExprStmt, nodes.Scope, nodes.ScopedEvalContextModifier,
)  # fmt: skip
FILTERS = ("abs", "default", "first", "int", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr",
           "round", "select", "selectattr", "sort", "sum", "trim", "unique", "upper", "string")  # fmt: skip


class UnknownField(jinja2.UndefinedError):
    """A template printed or asked for a field that is not there; the message is the field's name."""


class Unknown(jinja2.StrictUndefined):
    """Where a template names what is not there. Unlike the engine's own it says the field and nothing else."""

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None,
        exc: type[jinja2.TemplateRuntimeError] = jinja2.UndefinedError,
    ) -> None:  # fmt: skip
        plain = hint is None and name is not None and exc is jinja2.UndefinedError
        super().__init__(str(name) if plain else hint, obj, name, UnknownField if plain else exc)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 with what a legal text needs. `functions` are the only ones that a text may call."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, functions: Mapping[str, Callable[..., Any]], filters: Mapping[str, Callable[..., Any]],
                 finalize: Callable[..., Any]) -> None:  # fmt: skip
        super().__init__(undefined=Unknown, finalize=finalize, trim_blocks=True, lstrip_blocks=True, autoescape=False)
        self.filters = {name: self.filters[name] for name in FILTERS} | dict(filters)
        self.filters |= {"_turns": _turns, "_bounded": _bounded}
        self.globals = {"range": _range, **functions}
        self._callable = (_range, *functions.values())

    def is_safe_callable(self, obj: Any) -> bool:
        return any(obj is each for each in self._callable) or isinstance(getattr(obj, "__self__", None), LoopContext)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int) and isinstance(right, int)
        if operator == "+":
            return _bounded(super().call_binop(context, operator, left, right))
        if operator == "**" or not numbers:
            raise jinja2.TemplateRuntimeError(f"{operator!r} is for whole numbers, and '**' for none")
        return _bounded(super().call_binop(context, operator, left, right))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in list(tree.find_all((nodes.Stmt, nodes.Concat, nodes.Filter))):
            self._judge(node)
        return tree

    def _judge(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Filter) and node.name.startswith("_"):
            _refuse(f"no filter named {node.name!r}", node)
        if isinstance(node, nodes.Stmt) and not isinstance(node, STATEMENTS):
            _refuse(f"{type(node).__name__.lower()!r} has no place in a document", node)
        if isinstance(node, nodes.For):
            if node.recursive:
                _refuse("a loop that calls itself has no place in a document", node)
            node.iter = _through("_turns", node.iter)
        if isinstance(node, nodes.Concat):
            node.nodes = [_through("_bounded", each) for each in node.nodes]


def _refuse(why: str, node: nodes.Node) -> NoReturn:
    raise jinja2.TemplateSyntaxError(why, node.lineno)


def _through(name: str, node: Any) -> nodes.Filter:
    wrapped = nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
    return wrapped.set_environment(node.environment) if node.environment else wrapped  # type: ignore[return-value]


@jinja2.pass_context
def _turns(context: Context, value: Any) -> Any:
    """The items of a loop, counted before it begins."""
    if isinstance(value, jinja2.Undefined | str) or not isinstance(value, Iterable):
        if isinstance(value, jinja2.Undefined):
            return iter(value)  # raises, with the field's name
        raise jinja2.TemplateRuntimeError(f"{value!r:.60} is no list")
    spent: list[int] = context[SPENT]
    left = MOST_TURNS - sum(spent)
    items = list(islice(value, left + 1))
    if len(items) > left:
        raise jinja2.TemplateRuntimeError(f"more than {MOST_TURNS} turns of its loops")
    spent[:] = [sum(spent) + len(items)]
    return items


def _bounded(value: Any) -> Any:
    """The value, unless it is larger than anything that a document needs."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise jinja2.TemplateRuntimeError("a number is too large")
    if isinstance(value, Sized) and not isinstance(value, jinja2.Undefined) and len(value) > MOST_CHARACTERS:
        raise jinja2.TemplateRuntimeError(f"a text or list is longer than {MOST_CHARACTERS}")
    return value


def _range(*bounds: int) -> range:
    """``range(…)``, no longer than loops may turn."""
    found = range(*bounds)
    if len(found) > MOST_TURNS:
        raise jinja2.TemplateRuntimeError(f"a range of more than {MOST_TURNS}")
    return found


def bounded_text(template: jinja2.Template, values: Mapping[str, Any]) -> str:
    """The finished text, given up once it is longer than any document."""
    pieces, length = [], 0
    for piece in template.generate(values):
        length += len(piece)
        if length > MOST_CHARACTERS:
            raise jinja2.TemplateRuntimeError(f"more than {MOST_CHARACTERS} characters")
        pieces.append(piece)
    return "".join(pieces)
