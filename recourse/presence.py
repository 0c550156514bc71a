"""What is there of a case at all, and what a condition says of what is not: so that it need not be asked. Pure.

Most debts have no court file, no estate, no pool, no hold: most conditions of the ladder are settled by that alone. What
:func:`settled` says must be what the test of the condition would say; tests/core/test_presence.py holds it to that.
"""

from __future__ import annotations

from collections.abc import Mapping

from recourse.conditions import holds_of
from recourse.facts import Facts
from recourse.measures import MEASURES, Held, Scalar, Since
from recourse.policy.values import Condition

HOLD, STAGE, COLLATERAL, GUARANTEES, TIMERS, ACCELERATED, CLUE, AUCTION = (1 << n for n in range(8))
ESTATE, CRIME, POOL, INSURER, DEPOSITS, DEPOSIT_ROWS, UNANSWERED, WRITTEN_OFF = (1 << n for n in range(8, 16))
DOCKETED, ENDING, LOCATE, TRIP, EVASION, FINDING = (1 << n for n in range(16, 22))
PROPOSAL, RELEASE = (1 << n for n in range(22, 24))

ABSENT: Mapping[str, tuple[int, Scalar]] = {
    "stage": (STAGE, ""),
    "secured": (COLLATERAL, False),
    "registered_security": (COLLATERAL, False),
    "valued": (COLLATERAL, False),
    "joint_guarantee": (GUARANTEES, False),
    "general_guarantee": (GUARANTEES, False),
    "frozen": (TIMERS, False),
    "accelerated": (ACCELERATED, False),
    "days_since_clue": (CLUE, None),
    "auction_round": (AUCTION, 0),
    "auction_result": (AUCTION, ""),
    "estate": (ESTATE, ""),
    "bankruptcy": (ESTATE, ""),
    "crime": (CRIME, ""),
    "pooled": (POOL, False),
    "insured": (INSURER, False),
    "deposits": (DEPOSITS, 0),
    "deposits_of": (DEPOSIT_ROWS, 0),
    "unanswered": (UNANSWERED, 0),
    "written_off": (WRITTEN_OFF, False),
    "days_since_written_off": (WRITTEN_OFF, None),
    "docketed": (DOCKETED, False),
    "end_proposed": (ENDING, False),
    "locate_proposed": (LOCATE, False),
    "days_since_locate_proposed": (LOCATE, None),
    "evasion": (EVASION, False),
    "evasion_proposed": (FINDING, False),
    "days_since_evasion_proposed": (FINDING, None),
    "proposal": (PROPOSAL, ""),
    "days_since_proposed": (PROPOSAL, None),
    "release_proposed": (RELEASE, False),
    "days_since_release_proposed": (RELEASE, None),
    "visit_proposed": (TRIP, False),
    "days_since_visit_proposed": (TRIP, None),
    **{name: (HOLD, False) for name, measure in MEASURES.items() if isinstance(measure, Held)},
}
"""Measures that read a value known beforehand (None of days since: nothing to count from) while something is absent."""

PRESENT: frozenset[str] = frozenset(
    {"secured", "accelerated", "pooled", "insured", "written_off", "docketed", "end_proposed"}
)
"""Those of :data:`ABSENT` that are so, once the thing is there."""

UNVISITED: Mapping[str, Scalar] = {
    "visited": False,
    "outcome": "",
    "pool_outcome": "",
    "days_since_entered": None,
    "days_since_left": None,
}
"""What the measures of a node read that was never visited."""


def present(facts: Facts) -> int:
    """What is there, as bits. Asked for every case of a night, so it is written out."""
    file, security = facts.file, facts.security
    return (
        (HOLD if file.holds else 0)
        | (STAGE if file.stage else 0)
        | (COLLATERAL if security.collateral else 0)
        | (GUARANTEES if security.guarantees else 0)
        | (TIMERS if file.timers else 0)
        | (ACCELERATED if file.accelerated_on is not None else 0)
        | (CLUE if file.clue_on is not None else 0)
        | (AUCTION if file.auction_round or file.auction_result else 0)
        | (ESTATE if file.estate or file.bankruptcy else 0)
        | (CRIME if file.crime else 0)
        | (POOL if file.pool else 0)
        | (INSURER if facts.terms.insurer else 0)
        | (DEPOSITS if facts.deposits else 0)
        | (DEPOSIT_ROWS if facts.deposit_rows else 0)
        | (UNANSWERED if file.unanswered else 0)
        | (WRITTEN_OFF if file.written_off_on is not None else 0)
        | (DOCKETED if file.docketed else 0)
        | (ENDING if file.ending_ground else 0)
        | (LOCATE if file.locate else 0)
        | (TRIP if file.trip_on is not None else 0)
        | (EVASION if file.evasion_until_on is not None else 0)
        | (RELEASE if file.asked is not None else 0)
        | (PROPOSAL if file.proposal else 0)
        | (FINDING if file.evasion_proposed_on is not None else 0)
    )


def bit_of(condition: Condition) -> int:
    """The bit of :func:`present` that may settle a condition; 0: none does."""
    return ABSENT.get(condition.measure, (0, None))[0]


def settled(condition: Condition, visited: frozenset[str], there: int) -> bool | None:
    """Whether a condition holds, on this day and any later one, by what was visited and what is there alone; None: that
    has to be asked."""
    name = condition.measure
    if name in UNVISITED:
        if condition.of in visited:
            return condition.is_ if name == "visited" else None
        return _reads(condition, UNVISITED[name])
    bit, value = ABSENT.get(name, (0, None))
    if not bit:
        return None
    if there & bit:
        return holds_of(condition, True) if name in PRESENT else None
    return _reads(condition, value)


def _reads(condition: Condition, value: Scalar) -> bool | None:
    return False if isinstance(MEASURES[condition.measure], Since) else holds_of(condition, value)
