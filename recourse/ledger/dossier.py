"""A case opened for writing: its row, its facts, its file, and the events recorded since it was read.

Everything that changes a case goes through :meth:`Dossier.record`, which chains the event and folds it into the file at
once; `store.save` writes what was recorded. `Pen` says who writes, on which business day, at which instant.
"""

from __future__ import annotations

from datetime import date

import msgspec

from recourse.canonical import chain
from recourse.casefile import CaseFile
from recourse.events import DecisionMade, Event, NodeImported
from recourse.facts import Facts
from recourse.fold import fold
from recourse.ledger.projections import PROJECTED

_encoder = msgspec.json.Encoder(order="sorted")

EventRow = tuple[str, int, str, date, date, str, bytes]


class Pen(msgspec.Struct, frozen=True):
    """Who writes: `day` is the business day (known_on), `at` the instant as UTC text, evidence only."""

    day: date
    at: str
    actor: str


def write_event(
    stream: str, pos: int, head: bytes, event: Event, pen: Pen, effective_on: date | None
) -> tuple[EventRow, bytes]:
    """The row of an event at a place of a stream, and the stream's new head."""
    effective = effective_on or pen.day
    text = _encoder.encode(
        {
            "actor": pen.actor,
            "body": event,
            "effective_on": effective,
            "known_on": pen.day,
            "recorded_at": pen.at,
            "type": event.TYPE,
            "v": event.VERSION,
        }
    ).decode()
    link = chain(head, text)
    return (stream, pos, event.TYPE, effective, pen.day, text, link), link


class Dossier:
    """One case in hand. `wake_on` and `lost_on` (the day on which its next right is lost) are set by who decides;
    `version` is the one that was read."""

    __slots__ = (
        "case_id",
        "entered",
        "facts",
        "head",
        "lost_on",
        "new",
        "pos",
        "projected",
        "read_marks",
        "rows",
        "shard",
        "touched",
        "version",
        "wake_on",
    )

    def __init__(
        self, facts: Facts, shard: int, version: int, pos: int, head: bytes, wake_on: date | None,
        lost_on: date | None = None, new: bool = False,
    ) -> None:  # fmt: skip
        self.facts, self.case_id, self.shard, self.version = facts, facts.case_id, shard, version
        self.pos, self.head, self.wake_on, self.lost_on, self.new = pos, head, wake_on, lost_on, new
        self.read_marks = self.marks
        self.rows: list[EventRow] = []
        self.projected: list[tuple[Event, date]] = []
        self.entered: set[str] = set()
        self.touched: set[str] = set()

    @property
    def marks(self) -> tuple[date | None, date | None]:
        """The days that stand on the case's row beside its journal."""
        return self.wake_on, self.lost_on

    @property
    def file(self) -> CaseFile:
        return self.facts.file

    def record(self, event: Event, pen: Pen, effective_on: date | None = None) -> None:
        """Append an event to the case's stream and fold it into the file."""
        self.pos += 1
        row, self.head = write_event(f"case:{self.case_id}", self.pos, self.head, event, pen, effective_on)
        self.rows.append(row)
        if type(event) in PROJECTED:
            self.projected.append((event, row[3]))
        file = self.facts.file
        if isinstance(event, DecisionMade):
            self.entered.update(step.node for step in event.steps)
            self.touched.update(event.expired)
            fold(file, event, row[3], pen.day)
            return
        if isinstance(event, NodeImported):
            self._import(event, pen, row[3])
            return
        before = [(name, visit.state) for name, visit in file.visits.items()]
        fold(file, event, row[3], pen.day)
        self.touched.update(name for name, state in before if file.visits[name].state != state)

    def _import(self, event: NodeImported, pen: Pen, effective_on: date) -> None:
        """A step from before Recourse: a row of its own, or another reading of one that is there."""
        was = self.file.visits.get(event.node)
        fold(self.facts.file, event, effective_on, pen.day)
        now = self.file.visits[event.node]
        if was is None or now.n > was.n:
            self.entered.add(event.node)
        elif now is not was:
            self.touched.add(event.node)

    def wake(self, day: date) -> None:
        """Look at the case again on that day at the latest."""
        if self.wake_on is None or day < self.wake_on:
            self.wake_on = day
