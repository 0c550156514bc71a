"""One rung of the ladder under a policy, ready to be asked: may it be entered by position, by requirement, by condition?

The compiled half of the decision; `recourse.decide` walks over these. Pure.
"""

from __future__ import annotations

from datetime import date

from recourse import measures
from recourse.casefile import Visit
from recourse.clocks import Numbers
from recourse.conditions import HOLDS, Moment, Test, compile_test
from recourse.days import later
from recourse.events import Reason
from recourse.facts import Facts
from recourse.initial_plan import cadence_of
from recourse.ladder import ActClass, EdgeKind, Ladder, Node
from recourse.policy.book import Policy
from recourse.policy.values import Clause, Condition, for_grade
from recourse.presence import UNVISITED, bit_of, settled

FRUITLESS = frozenset(
    {
        "returned",
        "withdrawn",
        "dropped",
        "struck",
        "rejected",
        "expired",
        "failed",
        "unknown",
        "recalled",
        "case_closed",
    }
)
"""Outcomes after which a node may be tried again sooner than a finished one is repeated."""


class Rung:
    """One node of the ladder with everything the policy says about it, ready to be asked."""

    __slots__ = (
        "_known",
        "_nodes",
        "_things",
        "after",
        "blockers",
        "clauses",
        "clock",
        "clock_clauses",
        "entry",
        "excludes",
        "name",
        "needs",
        "node",
        "place",
        "policy",
        "presses",
        "reopened_on",
        "requires",
        "rule",
        "yields",
    )

    def __init__(self, node: Node, place: int, ladder: Ladder, policy: Policy) -> None:
        source, entry = policy.entries[node.name]
        self.node, self.place, self.entry, self.rule = node, place, entry, source.rule
        self.policy = policy
        self.name = node.name
        self.yields = node.yields
        self.clauses = tuple(_compiled(clause) for clause in entry.any)
        self.clock_clauses = tuple(clause for clause in self.clauses if clause[2])
        red_lane = policy.numbers.get("clock.red_lane_days", 10)
        self.clock = (
            compile_test(Condition(measure="days_left", of=entry.clock, at_most=red_lane)) if entry.clock else None
        )
        self.presses = node.act_class is ActClass.PROTECTIVE and bool(self.clock_clauses)
        """A protective act that a clock may pull in: not held up by what else its track is doing."""
        self.reopened_on = _anchor(entry.reopen.by) if entry.reopen is not None else None
        self.after = frozenset(edge.source for edge in ladder.into(node.name, EdgeKind.ALLOWS))
        self.excludes = tuple(
            edge.source for edge in ladder.into(node.name, EdgeKind.EXCLUDES)
        ) + tuple(edge.target for edge in ladder.edges if edge.kind is EdgeKind.EXCLUDES and edge.source == node.name)  # fmt: skip
        self.needs = _needs(node, ladder)
        self.blockers = {
            hold: brake_source.rule
            for hold, all_of in policy.braking.items()
            for brake_source, brake in all_of
            if node.act_class.value in brake.stops and node.name not in brake.lets_through
        }
        self.requires = bool(self.needs or self.excludes)
        asked = [condition for clause in entry.any for condition in clause.all]
        self._nodes = self.after | {each.of for each in asked if each.measure in UNVISITED}
        self._things = 0
        for condition in asked:
            self._things |= bit_of(condition)
        self._known: dict[tuple[frozenset[str], int], tuple[CompiledClause, ...]] = {}

    def open_clauses(self, visited: frozenset[str], there: int) -> tuple[CompiledClause, ...]:
        """The clauses that the visited nodes, and what is there at all, leave open, with the tests that are left to ask."""
        key = (visited & self._nodes, there & self._things)
        known = self._known.get(key)
        if known is None:
            clauses = self.clauses if follows(self, visited) else self.clock_clauses
            left = (_left_open(clause, *key) for clause in clauses)
            known = self._known[key] = tuple(clause for clause in left if clause is not None)
        return known


CompiledClause = tuple[Clause, tuple[tuple[Condition, Test], ...], bool]
"""A clause, its tests with the condition that each is of, and whether it is a clock's."""


def _anchor(measure: str) -> measures.Anchor:
    since = measures.MEASURES[measure]
    assert isinstance(since, measures.Since), "checked when the pack was read"
    return since.anchor


def _compiled(clause: Clause) -> CompiledClause:
    """Tests on what stands still come first: they cost least, and one that fails settles the clause."""
    cheapest = sorted(clause.all, key=lambda each: not isinstance(measures.MEASURES[each.measure], measures.Still))
    return clause, tuple((each, compile_test(each)) for each in cheapest), clause.clock


def _left_open(clause: CompiledClause, visited: frozenset[str], there: int) -> CompiledClause | None:
    """A clause without the tests that are settled already; None when one of them does not hold."""
    tests = []
    for condition, test in clause[1]:
        holds = settled(condition, visited, there)
        if holds is False:
            return None
        if holds is None:
            tests.append((condition, test))
    return clause[0], tuple(tests), clause[2]


def _needs(node: Node, ladder: Ladder) -> tuple[tuple[bool, tuple[tuple[str, frozenset[str]], ...]], ...]:
    """Groups of requirements: (lifted when matured?, alternatives of (node, outcomes that count))."""
    groups: dict[str, list[tuple[str, frozenset[str]]]] = {}
    lifted: dict[str, bool] = {}
    for n, edge in enumerate(ladder.into(node.name, EdgeKind.REQUIRES)):
        key = edge.group or f"#{n}"
        groups.setdefault(key, []).append((edge.source, frozenset(edge.outcomes)))
        lifted[key] = lifted.get(key, False) or edge.unless_matured
    return tuple((lifted[key], tuple(alternatives)) for key, alternatives in groups.items())


def open_on(rung: Rung, facts: Facts, visit: Visit, free_on: date, grade: str) -> date | None:
    """First day on which position lets a node be entered that was visited before, or None while it does not."""
    entry = rung.entry
    if visit.state != "left" or visit.left_on is None or visit.n >= entry.at_most_visits:
        return None
    if rung.reopened_on is not None and entry.reopen is not None and visit.outcome in entry.reopen.after:
        news_on = rung.reopened_on(facts, "")
        if news_on is not None and news_on >= visit.left_on:
            return max(free_on, news_on)
    fruitless = visit.outcome in FRUITLESS
    if fruitless and entry.retry_after_days is not None:
        return max(free_on, later(visit.left_on, for_grade(entry.retry_after_days, grade)))
    wait = again_after(rung, facts, grade)
    return None if wait is None else max(free_on, later(visit.left_on, wait))


def again_after(rung: Rung, facts: Facts, grade: str) -> int | None:
    """Days from the end of a finished visit until the next may begin (None: it is not repeated): those of the entry rule,
    and for a step that contacts the debtor those of the case's plan, whichever are more."""
    wait = rung.entry.again_after_days
    if wait is None:
        return None
    days = for_grade(wait, grade)
    return max(days, cadence_of(facts, rung.policy, grade)) if rung.node.act_class is ActClass.CONTACT else days


def follows(rung: Rung, visited: frozenset[str]) -> bool:
    """Whether something it may follow was visited; a node that follows nothing starts its track."""
    return not rung.after or not rung.after.isdisjoint(visited)


def allowed_on(rung: Rung, facts: Facts, visits: dict[str, Visit], may_on: date) -> date | None:
    """First day on which every *requires* is met and no *excludes* stands against it; None while only a fact can help.

    A requirement that maturity lifts is met from the day on which the whole debt is due.
    """
    for lifted, alternatives in rung.needs:
        if _met(alternatives, visits):
            continue
        due_on = measures.due_as_a_whole_on(facts)
        if not lifted or due_on is None:
            return None
        may_on = max(may_on, due_on)
    for name in rung.excludes:
        if name in visits and visits[name].outcome not in FRUITLESS:
            return None
    return may_on


def _met(alternatives: tuple[tuple[str, frozenset[str]], ...], visits: dict[str, Visit]) -> bool:
    for name, outcomes in alternatives:
        visit = visits.get(name)
        if visit is not None and visit.state == "left" and (not outcomes or visit.outcome in outcomes):
            return True
    return False


def outlook(
    clause: CompiledClause, facts: Facts, today: date, moment: Moment, rung: Rung, reasons: list[Reason]
) -> tuple[bool, date | None]:
    """Whether a clause holds; if not, the first day on which it can (None: only when a fact changes)."""
    on: date | None = None
    unknown = ""
    for condition, test in clause[1]:
        view = test(facts, today, moment)
        if view is HOLDS:
            continue
        if view.unknown:
            unknown = condition.measure
        elif view.on is None:
            return False, None
        elif on is None or view.on > on:
            on = view.on
    if unknown:
        reasons.append(Reason(f"missing:{unknown}", rung.rule, rung.node.name))
        return False, None
    return (True, today) if on is None else (False, on)


def seen(clause: Clause, facts: Facts, today: date, numbers: Numbers) -> str:
    return " ".join(
        f"{condition.measure}{'[' + condition.of + ']' if condition.of else ''}="
        f"{measures.value_of(condition.measure, condition.of, facts, today, numbers)}"
        for condition in clause.all
    )
