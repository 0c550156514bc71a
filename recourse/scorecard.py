"""The bank's own risk grade R1-R4 as a scorecard whose every point can be shown. Pure.

Points stand in the pack (kind `scorecard`), compiled once for a policy. What the bank does not know gives no point and
is told as unknown: nobody is graded worse because something is missing. By the calendar alone only the stage moves, so
the day on which the grade changes is known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec

from recourse.arrears import dpd, dpd_reaches
from recourse.buckets import Scheme, first_days, name, stage
from recourse.facts import Facts
from recourse.policy.debtor_values import Attribute, Scorecard

Seen = int | str | None


class Line(msgspec.Struct, frozen=True):
    """One attribute of a grade: what was seen ("" = unknown) and its points (None = unknown, which is no point)."""

    attribute: str
    zh: str
    en: str
    seen: str
    points: int | None


class Scored(msgspec.Struct, frozen=True):
    """A grade with all its points. `rule`: the scorecard's id."""

    grade: str
    points: int
    rule: str
    lines: tuple[Line, ...]


BARE = frozenset({"credit_card"})
"""Products that are granted on credit alone 信用, unless the bank says or delivers something else."""


def security_of(facts: Facts) -> str | None:
    """secured by a thing, guaranteed by somebody, or unsecured; None while the bank has not said what would tell.

    What was delivered counts, a thing or a guarantee as much as the word that there is none. That nothing was delivered is
    no word: the file may not have come.
    """
    terms, bare = facts.terms, facts.product in BARE
    if facts.security.collateral or terms.secured:
        return "secured"
    if terms.secured is None and not bare:
        return None
    if facts.security.guarantees or terms.guaranteed:
        return "guaranteed"
    return None if terms.guaranteed is None and not bare else "unsecured"


READERS: Mapping[str, Callable[[Facts], Seen]] = {
    "amount": lambda facts: facts.owed,
    "credit_score": lambda facts: facts.terms.credit_score,
    "debt_ratio": lambda facts: facts.terms.debt_ratio,
    "security": security_of,
    "ability": lambda facts: facts.file.ability or None,
    "willingness": lambda facts: facts.file.willingness or None,
}
"""How each attribute is read off the facts, but for the stage. None is unknown."""


def points_of(attribute: Attribute, seen: Seen) -> int:
    """The points for what was seen: the highest of the lines that fit; unknown is none."""
    if seen is None:
        return 0
    return max(
        (line.points for line in attribute.lines if _fits(line.at_least, line.at_most, line.is_, seen)), default=0
    )


def _fits(at_least: int | None, at_most: int | None, word: str, seen: int | str) -> bool:
    if isinstance(seen, str):
        return seen == word
    if at_least is not None:
        return seen >= at_least
    return at_most is not None and seen <= at_most


class Card:
    """A scorecard compiled for one policy's stages."""

    __slots__ = ("_grades", "_marks", "_of_stage", "_still", "rule", "scheme", "values")

    def __init__(self, values: Scorecard, scheme: Scheme, rule: str = "") -> None:
        self.values, self.scheme, self.rule = values, scheme, rule
        self._grades = tuple(band.grade for band in values.bands)
        self._marks = tuple(band.points_at_least for band in values.bands)
        stages = next(each for each in values.attributes if each.attribute == "bucket")
        self._of_stage = tuple(points_of(stages, number) for number in range(scheme.last + 1))
        self._still = tuple(
            (READERS[each.attribute], *_compiled(each)) for each in values.attributes if each.attribute != "bucket"
        )

    def grade(self, facts: Facts, today: date) -> tuple[str, date | None]:
        """The grade, and the day on which the stage alone changes it (None: it never does)."""
        base = self._base(facts)
        due_on = facts.oldest_unpaid_due_on
        now = stage(self.scheme, due_on, dpd(due_on, facts.pauses, today))
        place = bisect_right(self._marks, base + self._of_stage[now])
        if due_on is not None:
            for number in range(now + 1, len(self._of_stage)):
                if bisect_right(self._marks, base + self._of_stage[number]) != place:
                    days = first_days(self.scheme, due_on)[number - 1]
                    return self._grades[place - 1], dpd_reaches(due_on, facts.pauses, today, days)
        return self._grades[place - 1], None

    def _base(self, facts: Facts) -> int:
        """The points of everything that the calendar does not move."""
        total = 0
        for read, words, limits, points in self._still:
            seen = read(facts)
            if seen is None:
                continue
            if words is not None:
                total += words.get(seen, 0)
            elif isinstance(seen, int):
                total += points[bisect_right(limits, seen)]
        return total

    def scored(self, facts: Facts, today: date) -> Scored:
        """The grade with its points, attribute by attribute."""
        due_on = facts.oldest_unpaid_due_on
        number = stage(self.scheme, due_on, dpd(due_on, facts.pauses, today))
        lines = []
        for each in self.values.attributes:
            is_stage = each.attribute == "bucket"
            seen: Seen = number if is_stage else READERS[each.attribute](facts)
            text = "" if seen is None else name(self.scheme, number) if is_stage else str(seen)
            lines.append(Line(each.attribute, each.zh, each.en, text, None if seen is None else points_of(each, seen)))
        total = sum(line.points or 0 for line in lines)
        return Scored(self._grades[bisect_right(self._marks, total) - 1], total, self.rule, tuple(lines))


_Compiled = tuple[Mapping[Seen, int] | None, Sequence[int], Sequence[int]]


def _compiled(attribute: Attribute) -> _Compiled:
    """Words with their points; or the numbers at which the points change, and the points of each span."""
    if attribute.lines and attribute.lines[0].is_:
        return {line.is_: points_of(attribute, line.is_) for line in attribute.lines}, (), ()
    turns = {line.at_least for line in attribute.lines if line.at_least is not None}
    turns |= {line.at_most + 1 for line in attribute.lines if line.at_most is not None}
    limits = sorted(turns)
    below = limits[0] - 1 if limits else 0
    return None, limits, [points_of(attribute, below), *(points_of(attribute, limit) for limit in limits)]


def amount_turns(values: Scorecard) -> tuple[int, ...]:
    """The amounts owed at which the points change."""
    found = (line.at_least for each in values.attributes if each.attribute == "amount" for line in each.lines)
    return tuple(limit for limit in found if limit is not None)
