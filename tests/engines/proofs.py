"""What has to hold after a fault, whatever engine it struck: by the receivers' own logs and by the ledger."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import func, select

from desk.open_desk import Desk
from recourse import events as ev
from recourse.events import open_envelope
from recourse.ledger.database import reading
from recourse.ledger.tables import cases, events, intents, votes
from recourse.verify import verify
from topology.stack import Stack


def sent_twice(stack: Stack, service: str) -> list[str]:
    """Messages that a receiver (the mail sink's mailbox, the folders of the spool) holds more than once. `service`: one
    that knows the bank's folder.
    """
    mails = [message_from_bytes(path.read_bytes())["Message-ID"] for path in stack.mail.rglob("*") if path.is_file()]
    outbox = Path(stack.environment(service)["RECOURSE_HOME"]) / "outbox"
    files = [path for path in outbox.rglob("*.json") if ".staging" not in path.parts]
    counted = Counter([*mails, *(json.loads(path.read_text())["key"] for path in files)])
    assert counted, "the days must send something"
    return [key for key, times in counted.items() if times > 1]


def nothing_is_lost(desk: Desk, day: date) -> None:
    """Every due case was decided, no act stands between claim and receipt, and the ledger is sound."""
    with reading(desk.engine) as connection:
        late = select(func.count()).where(cases.c.closed_on.is_(None), cases.c.wake_on <= day)
        assert connection.execute(late).scalar() == 0
    assert released(desk) == []
    with reading(desk.engine) as connection:
        assert verify(connection).faults == []


def released(desk: Desk) -> list[str]:
    """Gates of acts that are claimed and have no receipt ("" = of no gate)."""
    with reading(desk.engine) as connection:
        return list(connection.execute(select(intents.c.gate_id).where(intents.c.state == "released")).scalars())


def receipted_twice(desk: Desk, since: date) -> list[str]:
    """Acts with more than one receipt: an act that a second process took up is still one, its letters are filed once."""
    query = select(events.c.text).where(events.c.type == ev.ActCompleted.TYPE, events.c.known_on >= since)
    with reading(desk.engine) as connection:
        found = [open_envelope(text)[1] for text in connection.execute(query).scalars()]
    receipts = [event for event in found if isinstance(event, ev.ActCompleted)]
    assert any(receipt.documents for receipt in receipts), "letters are printed"
    return [key for key, times in Counter(receipt.key for receipt in receipts).items() if times > 1]


def votes_of(desk: Desk, gate_id: str) -> list[str]:
    """Who has voted in a gate."""
    with reading(desk.engine) as connection:
        return list(connection.execute(select(votes.c.voter).where(votes.c.gate_id == gate_id)).scalars())


def undone(desk: Desk, gate_id: str, day: date) -> set[str]:
    """States of what a gate approved for a day and nobody has done. What a permit puts off is due on a later one."""
    query = select(intents.c.state).where(
        intents.c.gate_id == gate_id, intents.c.due_on <= day, intents.c.state != "done"
    )
    with reading(desk.engine) as connection:
        return set(connection.execute(query).scalars())
