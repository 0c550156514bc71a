"""Standing authorisations and gates that nobody answered: a protective act whose clock is about to end goes out at once.

The gate was asked and its deadline passed; a person had authorised the act beforehand for just this. The gate is taken
back, the visit stays the same and is queued under the authorisation. Without one the gate goes on waiting: a deadline
never approves.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, bindparam, select

from recourse import events as ev
from recourse.climb.harvest import Harvest
from recourse.climb.strategy import Strategy
from recourse.conditions import Moment
from recourse.decide import blocked_by
from recourse.ladder import ActClass
from recourse.ledger import bulk, sets, store
from recourse.ledger.days import writing_on
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.store import Slots
from recourse.ledger.tables import cases, gates

_UNANSWERED = (
    select(gates.c.gate_id, gates.c.case_id, gates.c.node, gates.c.n)
    .join(cases, cases.c.case_id == gates.c.case_id)
    .where(
        gates.c.status == "open",
        gates.c.kind == "visit",
        gates.c.urgent.in_(["", "clock"]),
        gates.c.due_on <= bindparam("day"),
        sets.one_of(gates.c.node, "nodes"),
        cases.c.shard.between(bindparam("first"), bindparam("last")),
    )
    .order_by(gates.c.gate_id)
    .with_for_update(of=gates)
)


def take_over(engine: Engine, strategy: Strategy, pen: Pen, granted: Mapping[str, str], slots: Slots) -> int:
    """Queue what waits at a gate past its deadline while its clock is in the red lane; returns how many acts."""
    ladder = strategy.ladder.by_name
    nodes = [node for node in granted if node in ladder and ladder[node].act_class is ActClass.PROTECTIVE]
    with writing_on(engine, pen.day) as connection:
        wanted = {"day": pen.day, "nodes": sorted(nodes), "first": slots.first, "last": slots.last}
        rows = connection.execute(_UNANSWERED, wanted).all()
        dossiers = store.load(connection, [row.case_id for row in rows])
        harvest, closed = Harvest(), []
        for row in rows:
            dossier = dossiers[row.case_id]
            if _is_red(dossier, row.node, strategy):
                _go_ahead(dossier, row.gate_id, row.node, row.n, granted[row.node], pen)
                harvest.queue(dossier, row.node, row.n, pen)
                closed.append((row.gate_id, "withdrawn", pen.day))
        bulk.update(connection, gates, ("gate_id",), ("status", "answered_on"), closed)
        store.save(connection, list(dossiers.values()))
        harvest.flush(connection)
    return len(closed)


def _is_red(dossier: Dossier, node: str, strategy: Strategy) -> bool:
    """Whether the clock that the act serves is about to end and no brake stands against it: that is for people to weigh."""
    facts, judge = dossier.facts, strategy.judge_of(dossier.facts)
    rung, visit = judge.rung_of.get(node), facts.file.visits.get(node)
    if facts.file.end or rung is None or rung.clock is None or visit is None or visit.state != "gate":
        return False
    grade, _ = judge.grader.grade(facts, strategy.day)
    gate_id, visit.gate_id = visit.gate_id, ""  # what a gate overrides, an authorisation does not
    braked = blocked_by(judge, facts, node, strategy.day)
    visit.gate_id = gate_id
    return rung.clock(facts, strategy.day, Moment(facts, strategy.day, grade, judge.numbers)).holds and not braked


def _go_ahead(dossier: Dossier, gate_id: str, node: str, n: int, grant: str, pen: Pen) -> None:
    dossier.record(ev.GateWithdrawn(gate_id, f"standing authorisation {grant}"), pen)
    dossier.record(ev.StandingApplied(gate_id, node, n, grant), pen)
    dossier.wake(pen.day)
