"""Shadow days: everything is decided and journaled, and nothing goes out.

What a shadow day queued is withdrawn before the day closes, so that no later live day acts on it; the ladder then
proposes it again as policy allows.
"""

from __future__ import annotations

from sqlalchemy import Engine, select

from recourse import events as ev
from recourse.ledger import bulk, store
from recourse.ledger.database import writing
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import WAITING, intents

BATCH = 5_000


def withdraw_queued(engine: Engine, pen: Pen) -> int:
    """Withdraw every queued act with the cause *shadow*; returns how many. What calls a debt back from an agency stays
    queued: the first day that acts sends it."""
    total = 0
    while True:
        with writing(engine) as connection:
            rows = connection.execute(
                select(intents.c.key, intents.c.case_id, intents.c.node)
                .where(WAITING, intents.c.state == "queued", intents.c.effect == "act")
                .order_by(intents.c.key)
                .limit(BATCH)
            ).all()
            dossiers = store.load(connection, [row.case_id for row in rows])
            for row in rows:
                dossiers[row.case_id].record(ev.ActWithdrawn(row.key, row.node, "shadow"), pen)
            bulk.update(connection, intents, ("key",), ("state",), [(row.key, "withdrawn") for row in rows])
            store.save(connection, list(dossiers.values()))
        total += len(rows)
        if len(rows) < BATCH:
            return total
