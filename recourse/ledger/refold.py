"""Case files folded anew from the journal, and rows of what was agreed made: after a release that reads old events otherwise.

The journal is the truth and does not change; a file is what it adds up to. Every open case is looked at again afterwards.
"""

from __future__ import annotations

from itertools import groupby

import msgspec
from sqlalchemy import Connection, select

from recourse.casefile import CaseFile
from recourse.events import AgencyContacted, open_envelope
from recourse.fold import fold
from recourse.ledger import agreed_rows, bulk, projections, sets
from recourse.ledger.tables import cases, events

CASES_AT_ONCE = 2_000
AGREED = frozenset({*agreed_rows.MADE, *agreed_rows.MOVED, AgencyContacted})
"""Events whose rows an older ledger does not have yet."""

_encoder = msgspec.json.Encoder()


def refold(connection: Connection) -> int:
    """Fold every case's file anew, in the caller's transaction; returns how many came out otherwise than they were kept."""
    changed, after = 0, ""
    while True:
        query = select(cases.c.case_id, cases.c.file).where(cases.c.case_id > after).order_by(cases.c.case_id)
        rows = connection.execute(query.limit(CASES_AT_ONCE)).all()
        files = _files(connection, [row.case_id for row in rows])
        other = [(row.case_id, files[row.case_id]) for row in rows if files[row.case_id] != row.file]
        bulk.update(connection, cases, ("case_id",), ("file",), other)
        changed += len(other)
        if len(rows) < CASES_AT_ONCE:
            break
        after = rows[-1].case_id
    again = cases.update().where(cases.c.closed_on.is_(None))
    connection.execute(again.values(version=cases.c.version + 1, wake_on=cases.c.opened_on))
    return changed


def _files(connection: Connection, case_ids: list[str]) -> dict[str, str]:
    """Case → its file as text, from its stream."""
    streams = [f"case:{case_id}" for case_id in case_ids]
    query = select(events.c.stream, events.c.text).where(sets.among(events.c.stream, streams))
    found = dict.fromkeys(case_ids, "{}")
    rows = connection.execute(query.order_by(events.c.stream, events.c.pos)).all()
    agreed: list[projections.Recorded] = []
    for stream, entries in groupby(rows, key=lambda row: row.stream):
        file, case_id = CaseFile(), stream.removeprefix("case:")
        for entry in entries:
            envelope, event = open_envelope(entry.text)
            fold(file, event, envelope.effective_on, envelope.known_on)
            if type(event) in AGREED:
                agreed.append((case_id, "", event, envelope.effective_on))
        found[case_id] = _encoder.encode(file).decode()
    projections.project(connection, agreed)
    return found
