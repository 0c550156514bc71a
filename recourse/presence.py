"""What has to be there for a clause to hold at all, so that the others cost nothing to pass over. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from recourse.facts import Facts
from recourse.measures import MEASURES, Since
from recourse.policy.values import Condition

PRESENCE: tuple[tuple[frozenset[str], Callable[[Facts], object]], ...] = (
    (frozenset({"deceased", "disputed", "hardship", "bankrupt", "missing", "complained", "crime_suspected"}),
     lambda facts: facts.file.holds),
    (frozenset({"stage", "route", "days_since_stage", "days_since_filed"}), lambda facts: facts.file.stage),
    (frozenset({"secured", "registered_security", "valued"}), lambda facts: facts.security.collateral),
    (frozenset({"joint_guarantee", "general_guarantee"}), lambda facts: facts.security.guarantees),
    (frozenset({"frozen"}), lambda facts: facts.file.timers),
    (frozenset({"accelerated"}), lambda facts: facts.file.accelerated_on is not None),
    (frozenset({"days_since_clue"}), lambda facts: facts.file.clue_on is not None),
    (frozenset({"auction_round", "auction_result", "days_since_auction"}), lambda facts: facts.file.auction_round),
    (frozenset({"estate", "bankruptcy"}), lambda facts: facts.file.estate or facts.file.bankruptcy),
    (frozenset({"pooled", "awarded"}), lambda facts: facts.file.pool),
    (frozenset({"release_proposed", "days_since_release_proposed"}), lambda facts: facts.file.asked is not None),
    (frozenset({"insured"}), lambda facts: facts.terms.insurer),
    (frozenset({"deposits"}), lambda facts: facts.deposits),
    (frozenset({"unanswered"}), lambda facts: facts.file.unanswered),
)  # fmt: skip
"""Measures that read nothing at all while something is absent from the facts: a clause that needs one of them to be there
is not asked until it is. Most debts have no court file, no estate, no pool: most clauses of the ladder cost nothing."""


def present(facts: Facts) -> int:
    """Which of :data:`PRESENCE` are there, as bits."""
    bits = 0
    for place, (_, there) in enumerate(PRESENCE):
        if there(facts):
            bits |= 1 << place
    return bits


def needs(conditions: Iterable[Condition]) -> int:
    """What must be there for all conditions to hold, as bits of :data:`PRESENCE`: it is not known when it is absent."""
    bits = 0
    for condition in conditions:
        if not _asks_for_something(condition):
            continue
        for place, (names, _) in enumerate(PRESENCE):
            if condition.measure in names:
                bits |= 1 << place
    return bits


def _asks_for_something(condition: Condition) -> bool:
    """Whether a condition fails, for good and not as unknown, where its measure reads nothing."""
    if isinstance(MEASURES[condition.measure], Since):
        return True
    low = condition.at_least
    least = min(low.values()) if isinstance(low, dict) else low
    return condition.is_ is True or bool(condition.in_ and "" not in condition.in_) or (least is not None and least > 0)
