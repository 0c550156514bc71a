"""The amounts at which a decision can turn: every number that a rule of a book holds an amount against.

For knowing whether a new balance may change a decision at all. Interest moves nearly every balance by a little every
day; a case need be looked at again only when an amount passes one of these. All jurisdictions, products, grades and
days are taken together: a number too many wakes a few cases for nothing, one too few would let a case sleep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from recourse.policy import values as v
from recourse.policy.book import PolicyBook, parse_values
from recourse.policy.debtor_values import Scorecard
from recourse.scorecard import amount_turns

AMOUNTS = {"owed": "owed", "overdue": "overdue", "deposits": "deposits", "deposits_of": "deposits"}
"""Measures that are amounts of the bank's files, and among whose numbers each is told apart."""


class Thresholds(msgspec.Struct, frozen=True):
    """First minor unit of each span, ascending, by what is measured: within a span no test changes its answer."""

    owed: tuple[int, ...]
    overdue: tuple[int, ...]
    exposure: tuple[int, ...]
    deposits: tuple[int, ...] = ()


@lru_cache(maxsize=8)
def thresholds(book: PolicyBook) -> Thresholds:
    """Of every value in the book. Owing nothing, owing something and a credit are always told apart."""
    found: dict[str, set[int]] = {"owed": {0, 1}, "overdue": {0, 1}, "exposure": {0, 1}, "deposits": {0, 1}}
    for jurisdiction, rule in book.rules():
        for value in parse_values(f"{jurisdiction}/{rule.rule}", rule):
            for measure, first in _firsts(value):
                found[measure].add(first)
    return Thresholds(**{measure: tuple(sorted(firsts)) for measure, firsts in found.items()})


def _firsts(value: v.Strictly) -> Iterator[tuple[str, int]]:
    if isinstance(value, v.Tiers):
        for bound in value.bounds:
            yield "exposure", bound + 1
            yield "owed", bound + 1  # the band that an approval is bound to, and the tier while exposure is unknown
    elif isinstance(value, v.Grading):
        for band in value.bands:
            yield "owed", band.owed_at_least
    elif isinstance(value, Scorecard):
        for limit in amount_turns(value):
            yield "owed", limit
    for condition in _conditions(value):
        measure = AMOUNTS.get(condition.measure)
        if measure is not None:
            for limit in _limits(condition.at_least):
                yield measure, limit
            for limit in _limits(condition.at_most):
                yield measure, limit + 1


def _conditions(value: v.Strictly) -> Iterable[v.Condition]:
    if isinstance(value, v.Entry):
        return [condition for clause in value.any for condition in clause.all]
    return value.all if isinstance(value, v.Criterion) else ()


def _limits(threshold: v.Threshold | None) -> Iterable[int]:
    if threshold is None:
        return ()
    return threshold.values() if isinstance(threshold, dict) else (threshold,)
