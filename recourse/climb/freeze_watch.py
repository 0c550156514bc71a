"""Freezes and seals that are left over, seen to each morning: the bank applies for their lifting (财产保全规定 23).

A suit that was withdrawn, settled or concluded, and a debt that was paid, set nothing free by themselves: the court lifts.
Once all is paid there is nothing left to secure, and the application waits for no decision on the suit: it may be made while
the suit runs, and what stays frozen without ground is the bank's liability. The work item stands until the court's paper is
recorded, or until the money is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, Engine, or_, select

from recourse.canonical import derived_id
from recourse.climb.strategy import Strategy
from recourse.clocks import ends_on
from recourse.facts import Facts
from recourse.ledger import store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import accounts, cases, matter_cases, matters, measures, visits
from recourse.ledger.work_list import keep
from recourse.matters import frozen
from recourse.money import Amounts

TO_LIFT = "measure_to_lift"
OVER = frozenset({"withdrawn", "settlement_reached", "concluded"})
"""Stages after which nothing is left to secure."""
PARTS = Amounts.__struct_fields__
PAID = frozenset({"settled", "settled_with_waiver", "cured"})


def watch(engine: Engine, strategy: Strategy, pen: Pen) -> int:
    """An item for each freeze that is in force though its suit is over or its debt is paid; how many are new."""
    with writing_on(engine, pen.day) as connection:
        found: dict[str, tuple[str, str]] = {}
        for dossier in store.load(connection, _concerned(connection), lock=False).values():
            facts = dossier.facts
            numbers = strategy.policy_of(facts).numbers
            for measure_id, kind, why, since in _left_over(facts):
                ends = ends_on(facts.file.timers[f"freeze_{kind}:{measure_id}"], numbers)
                if ends is None or ends >= pen.day:
                    what = f"{why}: apply to lift the freeze {measure_id[:12]} ({kind}), then record the court's paper"
                    found.setdefault(derived_id("work_item", TO_LIFT, measure_id, *since), (facts.account_id, what))
        return len(keep(connection, TO_LIFT, found, pen))


def _left_over(facts: Facts) -> Iterator[tuple[str, str, str, tuple[date | None, ...]]]:
    """(measure, kind, why it has no ground any more, since which money: paid anew after it was taken back, it is new work)"""
    file = facts.file
    why = file.end if file.end in PAID else file.stage if file.stage in OVER else ""
    paid = not why and facts.owed is not None and facts.owed <= 0
    if why or paid:
        since = (file.last_paid_on,) if paid else ()
        yield from ((measure_id, kind, why or "paid", since) for measure_id, kind in sorted(frozen(file).items()))


def _concerned(connection: Connection) -> list[str]:
    """Cases that are over or paid, or whose court file is over, and for which something was frozen: in the file, or before
    any suit."""
    paid = sum((accounts.c[name] for name in PARTS[1:]), accounts.c[PARTS[0]]) <= 0
    over = or_(cases.c.closed_on.is_not(None), matters.c.stage.in_(OVER), paid)
    in_suit = (
        select(matter_cases.c.case_id)
        .join(measures, measures.c.matter_id == matter_cases.c.matter_id)
        .join(matters, matters.c.matter_id == matter_cases.c.matter_id)
        .join(cases, cases.c.case_id == matter_cases.c.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
        .where(over, measures.c.lifted_on.is_(None))
    )
    before = (
        select(visits.c.case_id)
        .join(cases, cases.c.case_id == visits.c.case_id)
        .join(accounts, accounts.c.account_id == cases.c.account_id)
        .outerjoin(matter_cases, matter_cases.c.case_id == visits.c.case_id)
        .outerjoin(matters, matters.c.matter_id == matter_cases.c.matter_id)
        .where(over, visits.c.state == "left", visits.c.node == "preservation", visits.c.outcome == "taken")
    )
    return sorted(connection.execute(in_suit.union(before)).scalars())
