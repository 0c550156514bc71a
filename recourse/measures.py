"""What a condition of a policy may look at: named measures over the facts, and how each moves as days go by.

A measure that moves with the days says on which day a test on it will first hold if no fact changes (`recourse.conditions`);
that is what makes `wake_on` sound. A measure that the facts do not give is ``None``: the test does not hold, and the
decision says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from recourse.arrears import dpd
from recourse.clocks import GROUPS, Numbers, next_end
from recourse.days import sooner
from recourse.debtor_measures import DEBTOR_MEASURES, Own
from recourse.deposit_measures import DEPOSIT_MEASURES
from recourse.errors import UserError
from recourse.facts import Facts, GuaranteeKind
from recourse.policy.values import Condition

Scalar = int | bool | str | None
Anchor = Callable[[Facts, str], date | None]
Clock = Callable[[Facts, str, date, Numbers], date | None]
"""The end of the clock that runs on a day, of several the first; None when none is known or all have run out. `of` is a
kind or group of clocks (`recourse.clocks.GROUPS`); the last argument holds the numbers of the pack."""


class Since(msgspec.Struct, frozen=True):
    """Days since an anchor: grows by one a day. None while there is no anchor or it lies ahead."""

    anchor: Anchor


class Until(msgspec.Struct, frozen=True):
    """Days left on a clock: falls by one a day; negative once past, unless another clock of the kind runs on."""

    clock: Clock


class Still(msgspec.Struct, frozen=True):
    """A value that moves only when a fact does."""

    value: Callable[[Facts, str], Scalar]


class Held(msgspec.Struct, frozen=True):
    """Whether a hold of a kind is in force: moves when one begins or runs out."""

    kind: str


class DaysPastDue(msgspec.Struct, frozen=True):
    """DPD, with pauses."""


Measure = Since | Until | Still | Held | DaysPastDue | Own


def _visit_entered(facts: Facts, node: str) -> date | None:
    visit = facts.file.visits.get(node)
    return visit.entered_on if visit else None


def _visit_left(facts: Facts, node: str) -> date | None:
    visit = facts.file.visits.get(node)
    return visit.left_on if visit else None


def _outcome(facts: Facts, node: str) -> Scalar:
    visit = facts.file.visits.get(node)
    return visit.outcome if visit and visit.state == "left" else ""


def _valuation_ended(facts: Facts, _: str) -> date | None:
    """The first last day that a valuation report itself names, sooner than the law's (参考价规定 27)."""
    ends = [timer.until_on for timer in facts.file.timers.values() if timer.kind == "valuation" and timer.until_on]
    return min(ends, default=None)


def due_as_a_whole_on(facts: Facts, _: str = "") -> date | None:
    """The day on which the whole debt fell or falls due: by maturity or by acceleration; None while neither is known."""
    return sooner(facts.terms.matures_on, facts.file.accelerated_on)


def _pool_outcome(facts: Facts, node: str) -> Scalar:
    """How a node was left since the debt was put into its pool ("" = not since); an earlier pool's answer is history."""
    visit, pooled_on = facts.file.visits.get(node), facts.file.pooled_on
    if visit is None or visit.left_on is None or visit.state != "left" or pooled_on is None:
        return ""
    return visit.outcome if visit.left_on >= pooled_on else ""


def _limitation_lost_on(facts: Facts, _: str = "") -> date | None:
    """The last day of the limitation of action, once it was told to be past; None while it runs or is unknown."""
    told = facts.file.alarmed.get("limitation:debt")
    return told.ends_on if told is not None and told.within_days == 0 else None


MEASURES: Mapping[str, Measure] = {
    "dpd": DaysPastDue(),
    "days_since_entered": Since(_visit_entered),
    "days_since_left": Since(_visit_left),
    "days_since_opened": Since(lambda facts, _: facts.file.opened_on),
    "days_since_stage": Since(lambda facts, _: facts.file.stage_on),
    "days_since_due_as_a_whole": Since(due_as_a_whole_on),
    "days_since_promise": Since(lambda facts, _: facts.file.promise.due_on if facts.file.promise else None),
    "days_since_proposed": Since(lambda facts, _: facts.file.proposal.proposed_on if facts.file.proposal else None),
    "days_since_filed": Since(lambda facts, _: facts.file.filed_on),
    "days_since_clue": Since(lambda facts, _: facts.file.clue_on),
    "days_since_valuation_ended": Since(_valuation_ended),
    "days_since_auction": Since(lambda facts, _: facts.file.auctioned_on),
    "days_since_estate": Since(lambda facts, _: facts.file.estate_on),
    "days_since_bankruptcy": Since(lambda facts, _: facts.file.bankruptcy_on),
    "days_since_limitation_lost": Since(_limitation_lost_on),
    "days_since_pooled": Since(lambda facts, _: facts.file.pooled_on),
    "days_since_end_proposed": Since(lambda facts, _: facts.file.ending_on),
    "days_since_locate_proposed": Since(lambda facts, _: facts.file.locate_on if facts.file.locate else None),
    "days_since_visit_proposed": Since(lambda facts, _: facts.file.trip_on),
    "days_since_release_proposed": Since(lambda facts, _: facts.file.asked.on if facts.file.asked else None),
    "days_since_declared": Since(lambda facts, _: facts.file.bankruptcy_declared_on),
    "days_since_written_off": Since(lambda facts, _: facts.file.written_off_on),
    "days_left": Until(next_end),
    "maturity_days_left": Until(lambda facts, _, today, numbers: facts.terms.matures_on),
    "visited": Still(lambda facts, node: node in facts.file.visits),
    "outcome": Still(_outcome),
    "unanswered": Still(lambda facts, _: facts.file.unanswered),
    "attempts": Still(lambda facts, _: facts.file.attempts),
    "owed": Still(lambda facts, _: facts.owed),
    "overdue": Still(lambda facts, _: facts.overdue),
    "product": Still(lambda facts, _: facts.product),
    "secured": Still(lambda facts, _: bool(facts.security.collateral)),
    "joint_guarantee": Still(
        lambda facts, _: any(
            guarantee.kind is GuaranteeKind.JOINT and guarantee.guarantee_id not in facts.file.claimed_guarantees
            for guarantee in facts.security.guarantees
        )
    ),
    "general_guarantee": Still(
        lambda facts, _: any(
            guarantee.kind is GuaranteeKind.GENERAL and guarantee.guarantee_id not in facts.file.claimed_guarantees
            for guarantee in facts.security.guarantees
        )
    ),
    "registered_security": Still(lambda facts, _: any(piece.registered for piece in facts.collateral)),
    "acceleration_clause": Still(lambda facts, _: facts.terms.acceleration_clause),
    "notarised": Still(lambda facts, _: facts.terms.notarised),
    "insured": Still(lambda facts, _: bool(facts.terms.insurer)),
    "five_tier": Still(lambda facts, _: facts.terms.five_tier),
    "arbitration_clause": Still(lambda facts, _: facts.terms.arbitration),
    "accelerated": Still(lambda facts, _: facts.file.accelerated_on is not None),
    "placed": Still(lambda facts, _: bool(facts.file.placement)),
    "valued": Still(lambda facts, _: any(piece.value is not None for piece in facts.collateral)),
    "stage": Still(lambda facts, _: facts.file.stage),
    "route": Still(lambda facts, _: facts.file.route),
    "docketed": Still(lambda facts, _: facts.file.docketed),
    "title": Still(lambda facts, _: facts.file.title),
    "frozen": Still(lambda facts, _: any(timer.kind in GROUPS["freeze"] for timer in facts.file.timers.values())),
    "auction_round": Still(lambda facts, _: facts.file.auction_round),
    "auction_result": Still(lambda facts, _: facts.file.auction_result),
    "insurer_claim": Still(lambda facts, _: facts.file.insurer),
    "estate": Still(lambda facts, _: facts.file.estate),
    "bankruptcy": Still(lambda facts, _: facts.file.bankruptcy),
    "crime": Still(lambda facts, _: facts.file.crime),
    "transfer_bar": Still(lambda facts, _: facts.terms.transfer_bar),
    "in_mediation": Still(lambda facts, _: facts.file.route == "mediation" and facts.file.matter_open),
    "proposal": Still(lambda facts, _: facts.file.proposal.offer.concedes if facts.file.proposal else ""),
    "broken_promises": Still(lambda facts, _: facts.file.broken_promises),
    "restructured": Still(lambda facts, _: facts.file.restructured_on is not None),
    "arranged": Still(lambda facts, _: bool(facts.file.arrangement)),
    "release_proposed": Still(lambda facts, _: facts.file.asked is not None),
    "end_proposed": Still(lambda facts, _: bool(facts.file.ending_ground)),
    "locate_proposed": Still(lambda facts, _: bool(facts.file.locate)),
    "visit_proposed": Still(lambda facts, _: facts.file.trip_on is not None),
    "instructed": Still(lambda facts, _: bool(facts.file.instruction)),
    "pool_outcome": Still(_pool_outcome),
    "pooled": Still(lambda facts, _: bool(facts.file.pool)),
    "awarded": Still(lambda facts, _: bool(facts.file.buyer)),
    "deposits": Still(lambda facts, _: facts.deposits or 0),
    "cost": Still(lambda facts, _: facts.file.cost),
    "opinion": Still(lambda facts, _: facts.file.opinion),
    "written_off": Still(lambda facts, _: facts.file.written_off_on is not None),
    "deceased": Held("deceased"),
    "bankrupt": Held("bankruptcy_stay"),
    "missing": Held("missing"),
    "complained": Held("complaint"),
    "crime_suspected": Held("criminal_suspect"),
    "disputed": Held("dispute"),
    "hardship": Held("hardship"),
    "cause": Still(lambda facts, _: facts.file.cause or None),
    "ability": Still(lambda facts, _: facts.file.ability or None),
    "willingness": Still(lambda facts, _: facts.file.willingness or None),
    "evasion_proposed": Still(lambda facts, _: facts.file.evasion_waits),
    "days_since_evasion_proposed": Since(lambda facts, _: facts.file.evasion_proposed_on),
    **DEBTOR_MEASURES,
    **DEPOSIT_MEASURES,
}


OF_A_NODE = frozenset({"days_since_entered", "days_since_left", "visited", "outcome", "pool_outcome"})
OF_A_CLOCK = frozenset({"days_left"})
OF_A_SOURCE = frozenset({"deposits_of"})


def check(condition: Condition, place: str) -> None:
    """Refuse a condition on a measure that does not exist, a moving one tested as if it stood still, and a node where
    none is asked for or none where one is.
    """
    measure = MEASURES.get(condition.measure)
    if measure is None:
        raise UserError(f"unknown measure {condition.measure!r}", where=place, mend=f"use one of {', '.join(MEASURES)}")
    still = isinstance(measure, Still | Held) or (isinstance(measure, Own) and not measure.counts)
    if still and not isinstance(measure, Still) and condition.is_ is None:
        raise UserError(f"{condition.measure!r} is so or not", where=place, mend="test it with is")
    if not still and (condition.is_ is not None or condition.in_ is not None):
        raise UserError(f"{condition.measure!r} counts", where=place, mend="test it with at_least or at_most")
    if bool(condition.of) is not (condition.measure in OF_A_NODE | OF_A_CLOCK | OF_A_SOURCE):
        what = "clock" if condition.measure in OF_A_CLOCK else "node or source"
        mend = "drop `of`" if condition.of else f"say `of` which {what}"
        raise UserError(
            f"{condition.measure!r} {'has no' if condition.of else 'needs a'} {what}", where=place, mend=mend
        )
    if condition.measure in OF_A_CLOCK:
        check_clock(condition.of, place)


def check_clock(group: str, place: str) -> None:
    """Refuse a clock that does not exist."""
    if group not in GROUPS:
        raise UserError(f"{group!r} is no clock", where=place, mend=f"use one of {', '.join(sorted(GROUPS))}")


def value_of(name: str, of: str, facts: Facts, today: date, numbers: Numbers) -> Scalar:
    """What a measure reads on a day."""
    measure = MEASURES[name]
    if isinstance(measure, DaysPastDue):
        return dpd(facts.oldest_unpaid_due_on, facts.pauses, today)
    if isinstance(measure, Still):
        return measure.value(facts, of)
    if isinstance(measure, Held):
        return bool(in_force(facts, measure.kind, today))
    if isinstance(measure, Own):
        return measure.read(facts, of, today, numbers)
    if isinstance(measure, Until):
        end = measure.clock(facts, of, today, numbers)
        return None if end is None else (end - today).days
    start = measure.anchor(facts, of)
    return None if start is None or start > today else (today - start).days


def in_force(facts: Facts, kind: str, today: date) -> list[date | None]:
    """The last days of the holds of a kind that are in force (None: until somebody lifts it)."""
    return [
        hold.until_on
        for hold in facts.file.holds.values()
        if hold.kind == kind and hold.from_on <= today and (hold.until_on is None or today <= hold.until_on)
    ]
