"""The daily seal: a Merkle root over the heads of all streams, so that no stream can be cut or swapped unseen."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from recourse.canonical import merkle_root
from recourse.ledger import bulk
from recourse.ledger.tables import cases, events, seals, streams

COLUMNS = ("day", "root", "streams", "events", "sealed_at")


def heads(connection: Connection, day: date) -> list[tuple[str, int, bytes]]:
    """Every stream with its length and last link, by what was known on a day, in the order of its name.

    Cases never know more than the day that is being closed. The few other streams may (an enrolment dated today while
    an earlier day is played): those are taken as far as they reach by that day.
    """
    found = [(f"case:{case}", pos, bytes(head)) for case, pos, head in connection.execute(
        select(cases.c.case_id, cases.c.head_pos, cases.c.head_hash)
    )]  # fmt: skip
    e, s = events.c, streams.c
    last = select(s.stream, s.pos, s.hash, e.known_on).join(events, (e.stream == s.stream) & (e.pos == s.pos))
    for name, pos, head, known_on in connection.execute(last).all():
        if known_on <= day:
            found.append((name, pos, bytes(head)))
            continue
        earlier = select(e.pos, e.hash).where(e.stream == name, e.known_on <= day).order_by(e.pos.desc()).limit(1)
        row = connection.execute(earlier).first()
        if row is not None:
            found.append((name, row.pos, bytes(row.hash)))
    return sorted(found)


def root_of(found: list[tuple[str, int, bytes]]) -> str:
    """Merkle root over (name, length, head) of each stream."""
    return merkle_root([f"{name}\n{pos}\n".encode() + head for name, pos, head in found])


def seal(connection: Connection, day: date, at: str) -> str:
    """Seal a day, once; returns the root. A day that is sealed already keeps its seal."""
    known = connection.execute(select(seals.c.root).where(seals.c.day == day)).scalar()
    if known is not None:
        return str(known)
    found = heads(connection, day)
    root = root_of(found)
    bulk.insert(connection, seals, COLUMNS, [(day, root, len(found), sum(pos for _, pos, _ in found), at)])
    return root
