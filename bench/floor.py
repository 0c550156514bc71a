"""The floor: the least that a journaled batch can do to a due case, written as plainly and fast as the drivers allow.

For each chunk, in one transaction: read the due cases with their accounts; make one journal text a case and hash it
onto the case's chain; write the journal row and one queued intent; move the case on under the version that was read.
On the product's own tables with their indexes and guards, but with none of its code: no file is opened, nothing is
decided, no visit and no gate is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import repeat
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, Engine

from recourse.ledger.store import Slots

READ = """
SELECT c.case_id, c.version, c.head_pos, c.head_hash, c.wake_on, c.shard, c.file, a.account_id, a.person_id,
       a.jurisdiction, a.product, a.currency, a.entity, a.branch, a.oldest_unpaid_due_on, a.pauses, a.overdue,
       a.principal, a.interest, a.penalty, a.compound, a.fees, a.costs, a.balance_as_of, a.exposure, a.terms, a.security
  FROM cases c JOIN accounts a ON a.account_id = c.account_id
 WHERE c.closed_on IS NULL AND c.wake_on <= {0} AND (c.wake_on, c.case_id) > ({0}, {0})
   AND c.shard BETWEEN {0} AND {0}
 ORDER BY c.wake_on, c.case_id LIMIT {0}
"""
EVENTS = "events (stream, pos, type, effective_on, known_on, text, hash)"
INTENTS = (
    "intents (key, case_id, account_id, person_id, shard, node, n, effect, state, due_on, gate_id, owner, lease_until)"
)
BODY = {
    "grade": "R2",
    "ladder": "3478973a59e35a21",
    "policy": "d02457684a767185",
    "reasons": [{"code": "enter:reminder", "rule": "entry.reminder", "seen": "dpd=11 visited[reminder]=False"}],
    "steps": [{"how": "queued", "n": 1, "node": "reminder"}],
}
"""A decision of the usual size."""

Row = Sequence[Any]
_encoder = msgspec.json.Encoder(order="sorted")


class Writer(Protocol):
    """How one driver reads and writes a chunk."""

    def read(self, after: tuple[date, str], morning: date, slots: Slots, limit: int) -> list[Row]: ...

    def write(self, events: Iterator[Row], intents: Iterator[Row], moves: Iterator[Row]) -> int: ...


def floor(engine: Engine, morning: date, slots: Slots, chunk: int, after_chunk: Callable[[int], None]) -> int:
    """Move every due case of some slots; returns how many."""
    done, after = 0, (date(1900, 1, 1), "")
    while True:
        with engine.begin() as connection:
            writer = _writer(connection)
            rows = writer.read(after, morning, slots, chunk)
            if rows:
                after = (_day(rows[-1][4]), rows[-1][0])
                _move(writer, rows, morning)
        done += len(rows)
        after_chunk(len(rows))
        if len(rows) < chunk:
            return done


def _move(writer: Writer, rows: list[Row], morning: date) -> None:
    events: list[Row] = []
    intents: list[Row] = []
    moves: list[Row] = []
    today, tomorrow = morning.isoformat(), (morning + timedelta(days=1)).isoformat()
    for row in rows:
        case_id, version, pos, head, shard, account, person = *row[:4], row[5], row[7], row[8]
        envelope = {"actor": "system:recourse", "body": BODY, "effective_on": today, "known_on": today,
                    "recorded_at": "2026-03-02T02:00:00+00:00", "type": "case:decision:made", "v": 1}  # fmt: skip
        text = _encoder.encode(envelope)
        link = hashlib.sha256(head + text).digest()
        events.append((f"case:{case_id}", pos + 1, "case:decision:made", today, today, text.decode(), link))
        key = f"{case_id}/floor/1/act"
        intents.append((key, case_id, account, person, shard, "reminder", 1, "act", "queued", today, "", "", ""))
        moves.append((case_id, version, tomorrow, pos + 1, link))
    found = writer.write(iter(events), iter(intents), iter(moves))
    if found != len(rows):
        raise RuntimeError(f"{len(rows) - found} cases moved meanwhile")


def _day(seen: date | str) -> date:
    return seen if isinstance(seen, date) else date.fromisoformat(seen)


def _writer(connection: Connection) -> Writer:
    raw: Any = connection.connection.driver_connection
    return _Copying(raw) if connection.dialect.name == "postgresql" else _Executing(raw)


class _Copying:
    """PostgreSQL: COPY, and one update from a temporary table."""

    TEMPORARY = """
    CREATE TEMPORARY TABLE IF NOT EXISTS moves (case_id text, version int, wake_on date, pos int, link bytea)
    ON COMMIT DELETE ROWS
    """
    UPDATE = """
    UPDATE cases c SET version = c.version + 1, wake_on = m.wake_on, head_pos = m.pos, head_hash = m.link
      FROM moves m WHERE m.case_id = c.case_id AND m.version = c.version
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def read(self, after: tuple[date, str], morning: date, slots: Slots, limit: int) -> list[Row]:
        found = self._raw.execute(READ.format("%s"), (morning, *after, slots.first, slots.last, limit))
        rows: list[Row] = found.fetchall()
        return rows

    def write(self, events: Iterator[Row], intents: Iterator[Row], moves: Iterator[Row]) -> int:
        with self._raw.cursor() as cursor:
            self._copy(cursor, EVENTS, events)
            self._copy(cursor, INTENTS, intents)
            cursor.execute(self.TEMPORARY)
            self._copy(cursor, "moves", moves)
            return int(cursor.execute(self.UPDATE).rowcount)

    def _copy(self, cursor: Any, target: str, rows: Iterator[Row]) -> None:
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


class _Executing:
    """SQLite: prepared statements over all rows."""

    UPDATE = """
    UPDATE cases SET version = version + 1, wake_on = ?, head_pos = ?, head_hash = ? WHERE case_id = ? AND version = ?
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def read(self, after: tuple[date, str], morning: date, slots: Slots, limit: int) -> list[Row]:
        first, case_id = after
        given = (morning.isoformat(), first.isoformat(), case_id, slots.first, slots.last, limit)
        rows: list[Row] = self._raw.execute(READ.format("?"), given).fetchall()
        return rows

    def write(self, events: Iterator[Row], intents: Iterator[Row], moves: Iterator[Row]) -> int:
        self._insert(EVENTS, events)
        self._insert(INTENTS, intents)
        turned = ((wake_on, pos, link, case_id, version) for case_id, version, wake_on, pos, link in moves)
        return int(self._raw.executemany(self.UPDATE, turned).rowcount)

    def _insert(self, target: str, rows: Iterator[Row]) -> None:
        marks = ", ".join(repeat("?", target.count(",") + 1))
        self._raw.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)
