"""Rows that decisions and answers bring in beside the cases themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from recourse.gate_rows import GATE_COLUMNS
from recourse.ledger import bulk
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.tables import gates, intents

INTENT_COLUMNS = [
    "key", "case_id", "account_id", "person_id", "shard", "node", "n", "effect", "state", "due_on", "gate_id", "owner",
    "lease_until",
]  # fmt: skip


class Harvest:
    """Rows that decisions bring in beside the cases themselves, written once per chunk."""

    def __init__(self) -> None:
        self.intents: list[tuple[Any, ...]] = []
        self.gates: list[tuple[Any, ...]] = []
        self.ended: list[Dossier] = []
        self.expired: list[tuple[str, str, int]] = []

    def queue(self, dossier: Dossier, node: str, n: int, pen: Pen, *, effect: str = "act", gate_id: str = "") -> None:
        """Queue an act under its effect key."""
        facts = dossier.facts
        key = f"{dossier.case_id}/{node}/{n}/{effect}"
        self.intents.append((key, dossier.case_id, facts.account_id, facts.person_id, dossier.shard, node, n, effect,
                             "queued", pen.day, gate_id, "", ""))  # fmt: skip

    def flush(self, connection: Connection) -> None:
        bulk.insert(connection, gates, GATE_COLUMNS, self.gates)
        bulk.insert(connection, intents, INTENT_COLUMNS, self.intents)
