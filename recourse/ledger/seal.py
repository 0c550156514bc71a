"""The daily seal: a Merkle root over the heads of all streams, so that no stream can be cut or swapped unseen."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from recourse.canonical import merkle_root
from recourse.ledger import bulk
from recourse.ledger.tables import cases, seals, streams

COLUMNS = ("day", "root", "streams", "events", "sealed_at")


def heads(connection: Connection) -> list[tuple[str, int, bytes]]:
    """Every stream with its length and its last link, in the order of its name."""
    found = [(f"case:{case}", pos, bytes(head)) for case, pos, head in connection.execute(
        select(cases.c.case_id, cases.c.head_pos, cases.c.head_hash)
    )]  # fmt: skip
    found += [(name, pos, bytes(head)) for name, pos, head in connection.execute(select(streams))]
    return sorted(found)


def root_of(found: list[tuple[str, int, bytes]]) -> str:
    """Merkle root over (name, length, head) of each stream."""
    return merkle_root([f"{name}\n{pos}\n".encode() + head for name, pos, head in found])


def seal(connection: Connection, day: date, at: str) -> str:
    """Seal a day, once; returns the root. A day that is sealed already keeps its seal."""
    known = connection.execute(select(seals.c.root).where(seals.c.day == day)).scalar()
    if known is not None:
        return str(known)
    found = heads(connection)
    root = root_of(found)
    bulk.insert(connection, seals, COLUMNS, [(day, root, len(found), sum(pos for _, pos, _ in found), at)])
    return root
