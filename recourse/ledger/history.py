"""Reading the journal back: whole streams, and a case as it stood on a day, by what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, Engine, select

from recourse.acts import Entry, Filed
from recourse.casefile import CaseFile
from recourse.events import open_envelope
from recourse.fold import fold
from recourse.ledger import papers
from recourse.ledger.database import reading
from recourse.ledger.tables import events, gates, seals


def stream(connection: Connection, name: str) -> Iterator[Entry]:
    """The entries of a stream, oldest first."""
    query = select(events.c.pos, events.c.text).where(events.c.stream == name).order_by(events.c.pos)
    for pos, text in connection.execute(query):
        envelope, event = open_envelope(text)
        yield Entry(envelope, event, pos)


def file_as_of(connection: Connection, case_id: str, on: date, known_on: date) -> CaseFile:
    """The case file of a day: what took effect by `on`, of what was known by `known_on`."""
    file = CaseFile()
    for entry in stream(connection, f"case:{case_id}"):
        envelope = entry.envelope
        if envelope.effective_on <= on and envelope.known_on <= known_on:
            fold(file, entry.event, envelope.effective_on, envelope.known_on)
    return file


class HistoryReader:
    """`recourse.acts.History` over a ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, case_ids: Sequence[str]) -> Mapping[str, Sequence[Entry]]:
        """The journals of cases in one query."""
        names = {f"case:{case_id}": case_id for case_id in case_ids}
        query = (
            select(events.c.stream, events.c.pos, events.c.text)
            .where(events.c.stream.in_(list(names)))
            .order_by(events.c.stream, events.c.pos)
        )
        found: dict[str, list[Entry]] = {case_id: [] for case_id in case_ids}
        with reading(self._engine) as connection:
            for name, pos, text in connection.execute(query):
                envelope, event = open_envelope(text)
                found[names[name]].append(Entry(envelope, event, pos))
        return found

    def papers(self, account_ids: Sequence[str]) -> Mapping[str, Sequence[Filed]]:
        """Papers that the bank delivered for accounts or people brought in, each once."""
        with reading(self._engine) as connection:
            filed = papers.of(connection, account_ids)
        found: dict[str, list[Filed]] = {}
        for account, lying in filed.items():
            theirs: dict[str, Filed] = {}
            for at, paper in enumerate(lying):
                if paper.origin != "made":
                    one = Filed(paper.kind, paper.sha256, paper.dated_on, paper.original_at)
                    theirs.setdefault(paper.sha256 or str(at), one)
            found[account] = list(theirs.values())
        return found

    def gates(self, gate_ids: Sequence[str]) -> Mapping[str, Sequence[Entry]]:
        """Gate → entries of the stream it was answered in (the case's own, or the list's)."""
        wanted = sorted({gate_id for gate_id in gate_ids if gate_id})
        found: dict[str, list[Entry]] = {}
        with reading(self._engine) as connection:
            rows = connection.execute(select(gates.c.gate_id, gates.c.stream).where(gates.c.gate_id.in_(wanted))).all()
            for gate_id, name in rows:
                found[gate_id] = list(stream(connection, name))
        return found

    def seal(self) -> tuple[str, date] | None:
        """The latest daily seal: its root and its day."""
        with reading(self._engine) as connection:
            row = connection.execute(select(seals.c.root, seals.c.day).order_by(seals.c.day.desc()).limit(1)).first()
        return None if row is None else (row[0], row[1])
