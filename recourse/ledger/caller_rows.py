"""The journal of callers and the register that follows from it.

A caller's events stand on a stream of its own, ``collector:<id>``, whose head is locked while one is appended. The row is
written in the same transaction; `recourse verify` rebuilds and compares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from recourse.callers.register import Entry, fold, stream_of
from recourse.canonical import encode
from recourse.errors import UserError
from recourse.ledger import bulk, sets, store
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import collectors

ENTRY_COLUMNS = ("collector", "employer", "started_on", "ended_on", "entry")
_SOME = select(collectors.c.collector, collectors.c.entry).where(sets.one_of(collectors.c.collector, "names"))


def record(connection: Connection, collector: str, recorded: store.Recorded, pen: Pen) -> Entry:
    """Append events to a caller's stream and bring its row up to date; the entry as it is now."""
    store.append(connection, stream_of(collector), recorded, pen)
    entry = find(connection, [collector]).get(collector) or Entry()
    for event, on in recorded:
        fold(entry, event, on or pen.day)
    bulk.upsert(connection, collectors, ENTRY_COLUMNS, [entry_row(collector, entry)])
    return entry


def entry_row(collector: str, entry: Entry) -> tuple[Any, ...]:
    """The register's row of an entry."""
    return (collector, entry.employer, entry.started_on, entry.ended_on, encode(entry))


def entries(connection: Connection) -> dict[str, Entry]:
    """The whole register, by name."""
    rows = connection.execute(select(collectors.c.collector, collectors.c.entry).order_by(collectors.c.collector))
    return {collector: msgspec.json.decode(text, type=Entry) for collector, text in rows}


def find(connection: Connection, names: Sequence[str]) -> dict[str, Entry]:
    """The entries of some names, as far as they are enrolled; one query."""
    rows = connection.execute(_SOME, {"names": sorted(set(names))})
    return {collector: msgspec.json.decode(text, type=Entry) for collector, text in rows}


def entry_of(connection: Connection, collector: str) -> Entry:
    """One caller's entry; an unknown one is refused."""
    found = find(connection, [collector]).get(collector)
    if found is None:
        raise UserError(f"{collector!r} is not enrolled as a caller", mend="see `recourse collector list`")
    return found
