"""Which of several values of one rule is the stricter: the order that each kind of rule has, or that it has none.

A kind without an order says something else, not something stricter (an entry, a matrix of authority, a fee scale): there
the more specific file replaces the more general one. Stricter is always stricter on the bank. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

import msgspec

from recourse.policy import values as v

Order = tuple[int, ...]
"""What two values are compared by; the lowest is the strictest."""

ALL_TOGETHER = frozenset({"quiet_hours", "contact_cap", "brake", "agency_standard", "agency_term"})
"""Kinds whose matching values all hold at once: a contact must pass each, a brake stops what any of them stops."""

DAY_MINUTES = 24 * 60


def _quiet(value: v.QuietHours) -> Order:
    start, end = time.fromisoformat(value.start), time.fromisoformat(value.end)
    minutes = (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % DAY_MINUTES
    return (-minutes, value.agreed_opens, len(value.channels))


def _cap(value: v.ContactCap) -> Order:
    return (value.at_most, -value.window_days, -len(value.channels))


def _brake(value: v.Brake) -> Order:
    return (not value.legal_stay, -len(value.stops), len(value.lets_through))


ORDERS: Mapping[str, Callable[[Any], Order]] = {
    "quiet_hours": _quiet,
    "contact_cap": _cap,
    "brake": _brake,
    "freshness": lambda value: (value.at_most_days, len(value.needs_none)),
    "recall": lambda value: (value.workdays,),
    "violation": lambda value: (not value.serious,),
    "agency_standard": lambda value: (),
    "agency_term": lambda value: (),
}
"""The order of each kind that has one. A number has one when its rule says which way is stricter."""


def order_of(kind: str, stricter: str) -> Callable[[Any], Order] | None:
    """How the values of a rule compare, or None when they do not. `stricter`: higher, lower or "" (numbers only)."""
    if kind == "number" and stricter:
        return (lambda value: (-value.number,)) if stricter == "higher" else (lambda value: (value.number,))
    return ORDERS.get(kind)


def together(brakes: list[v.Brake]) -> v.Brake:
    """One brake that stops whatever any of these stops, of one hold, the strictest first; lets through what all do."""
    first, *others = brakes
    if not others:
        return first
    stopped = {act_class for brake in brakes for act_class in brake.stops}
    gate = next((brake.released_by for brake in brakes if brake.released_by), "")
    let = set.intersection(*(set(brake.lets_through) for brake in brakes))
    return msgspec.structs.replace(
        first,
        stops=tuple(act_class for act_class in v.ActClasses if act_class in stopped),
        legal_stay=any(brake.legal_stay for brake in brakes),
        lets_through=tuple(node for node in first.lets_through if node in let),
        released_by=gate,
        lifted_by="" if gate else _lifted_by(brakes),
        evidence=any(brake.evidence for brake in brakes),
    )


def _lifted_by(brakes: list[v.Brake]) -> str:
    """Where one of several falls only with a fact, no person lifts it."""
    said = {brake.lifted_by for brake in brakes}
    return next((way for way in ("fact", "person") if way in said), "")
