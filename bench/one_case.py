"""One case decided and written down by itself: what an engine's task does that is given a single account."""

from __future__ import annotations

from datetime import date

from desk.open_desk import Desk
from recourse.climb.sweep import Harvest, apply
from recourse.ledger import store
from recourse.ledger.database import writing


def decide(desk: Desk, day: date, case_id: str) -> int:
    """Decide one case and keep the decision; returns how many steps it takes."""
    strategy, pen, harvest = desk.strategy(day), desk.pen(day), Harvest()
    with writing(desk.engine) as connection:
        dossier = store.load(connection, [case_id])[case_id]
        decision = strategy.judge_of(dossier.facts).decide(dossier.facts, day)
        apply(dossier, decision, strategy, strategy.gate_book, {}, pen, harvest)
        store.save(connection, [dossier])
        harvest.flush(connection)
    return len(decision.steps)
