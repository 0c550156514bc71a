"""Freezes and seals that are left over, seen to each morning: the bank applies for their lifting (财产保全规定 23).

A suit that was withdrawn, settled or concluded, and a debt that was paid, set nothing free by themselves: the court lifts.
The work item stands until its paper is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, or_, select

from recourse.canonical import derived_id
from recourse.casefile import CaseFile
from recourse.climb.strategy import Strategy
from recourse.clocks import ends_on
from recourse.ledger import store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import cases, matter_cases, matters, measures, visits
from recourse.ledger.work_list import keep
from recourse.matters import frozen

TO_LIFT = "measure_to_lift"
OVER = frozenset({"withdrawn", "settlement_reached", "concluded"})
"""Stages after which nothing is left to secure."""
PAID = frozenset({"settled", "settled_with_waiver", "cured"})


def watch(engine: Engine, strategy: Strategy, pen: Pen) -> int:
    """An item for each freeze that is in force though its suit is over or its debt is paid; how many are new."""
    with writing_on(engine, pen.day) as connection:
        found: dict[str, tuple[str, str]] = {}
        for dossier in store.load(connection, _concerned(connection), lock=False).values():
            facts = dossier.facts
            numbers = strategy.policy_of(facts).numbers
            for measure_id, kind, why in _left_over(facts.file):
                ends = ends_on(facts.file.timers[f"freeze_{kind}:{measure_id}"], numbers)
                if ends is None or ends >= pen.day:
                    what = f"{why}: apply to lift the freeze {measure_id[:12]} ({kind}), then record the court's paper"
                    found.setdefault(derived_id("work_item", TO_LIFT, measure_id), (facts.account_id, what))
        return len(keep(connection, TO_LIFT, found, pen))


def _left_over(file: CaseFile) -> Iterator[tuple[str, str, str]]:
    """(measure, kind, why it has no ground any more)"""
    why = file.end if file.end in PAID else file.stage if file.stage in OVER else ""
    if why:
        yield from ((measure_id, kind, why) for measure_id, kind in sorted(frozen(file).items()))


def _concerned(connection: Connection) -> list[str]:
    """Cases that are over, or whose court file is, and for which something was frozen: in the file, or before any suit."""
    over = or_(cases.c.closed_on.is_not(None), matters.c.stage.in_(OVER))
    in_suit = (
        select(matter_cases.c.case_id)
        .join(measures, measures.c.matter_id == matter_cases.c.matter_id)
        .join(matters, matters.c.matter_id == matter_cases.c.matter_id)
        .join(cases, cases.c.case_id == matter_cases.c.case_id)
        .where(over, measures.c.lifted_on.is_(None))
    )
    before = (
        select(visits.c.case_id)
        .join(cases, cases.c.case_id == visits.c.case_id)
        .outerjoin(matter_cases, matter_cases.c.case_id == visits.c.case_id)
        .outerjoin(matters, matters.c.matter_id == matter_cases.c.matter_id)
        .where(over, visits.c.state == "left", visits.c.node == "preservation", visits.c.outcome == "taken")
    )
    return sorted(connection.execute(in_suit.union(before)).scalars())
