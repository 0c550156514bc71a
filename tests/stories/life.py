"""What a life was: one account in one episode, as the ledger tells it."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from recourse import events as ev
from recourse.acts import Entry
from recourse.casefile import CaseFile
from recourse.facts import Facts

E = TypeVar("E", bound=ev.Event)


class Life:
    """What became of one account in one episode."""

    def __init__(self, facts: Facts, entered: list[tuple[str, date]], journal: list[Entry]) -> None:
        self.facts, self.entered, self.journal = facts, entered, journal

    @property
    def file(self) -> CaseFile:
        return self.facts.file

    @property
    def path(self) -> list[str]:
        """Every node entered, in order."""
        return [node for node, _ in self.entered]

    def visits(self, node: str) -> list[date]:
        """The days on which a node was entered."""
        return [on for name, on in self.entered if name == node]

    def stands_at(self, node: str) -> bool:
        visit = self.file.visits.get(node)
        return visit is not None and visit.state != "left"

    def never(self, *nodes: str) -> bool:
        return not set(nodes) & set(self.path)

    def outcome(self, node: str) -> str:
        """How the last visit of a node ended ("" = it has not, or there was none)."""
        visit = self.file.visits.get(node)
        return visit.outcome if visit is not None else ""

    @property
    def brakes(self) -> set[str]:
        return {hold.kind for hold in self.file.holds.values()}

    @property
    def end(self) -> str:
        return self.file.end

    def happened(self, kind: type[E]) -> list[E]:
        """Every event of a kind, oldest first."""
        return [entry.event for entry in self.journal if isinstance(entry.event, kind)]

    def on(self, kind: type[ev.Event]) -> list[date]:
        """The business days on which events of a kind were learned."""
        return [entry.envelope.known_on for entry in self.journal if isinstance(entry.event, kind)]

    def acts(self, node: str) -> list[tuple[date, str, str]]:
        """(day, status, outcome or detail) of every act of a node."""
        return [
            (entry.envelope.known_on, entry.event.status, entry.event.detail or entry.event.outcome)
            for entry in self.journal
            if isinstance(entry.event, ev.ActCompleted) and entry.event.node == node
        ]
