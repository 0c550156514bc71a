"""Where a story stands: the desk, the business day that is played next, and who acts on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import select

from desk.open_desk import Desk, memory_channels
from desk.operations import Operations
from recourse.channels.channel import Outgoing, SendResult
from recourse.channels.memory import MemoryChannel
from recourse.climb.strategy import Strategy
from recourse.ledger.database import reading
from recourse.ledger.dossier import Pen
from recourse.ledger.tables import cases
from recourse.workdays import Calendar

Day = str | date


def on_day(day: Day) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


class Outbox(MemoryChannel):
    """A way out at which a story can stop the clock: `meanwhile` happens while a message is on its way."""

    meanwhile: Callable[[], None] | None = None

    def send(self, messages: Sequence[Outgoing]) -> list[SendResult]:
        happening, self.meanwhile = self.meanwhile, None
        if happening is not None:
            happening()
        return super().send(messages)


class Ground:
    """A desk, and the day that is played next: what a person does before that belongs to it."""

    def __init__(self, desk: Desk, opens_on: Day) -> None:
        self.desk = desk
        self.calendar: Calendar = desk.strategy(on_day(opens_on)).calendar_of(desk.settings.jurisdiction)
        self.day = self.calendar.this_or_next(on_day(opens_on))
        self.channels = {name: Outbox(name, box.kind) for name, box in memory_channels().items()}
        self.habits: list[Callable[[Operations], None]] = []

    @property
    def strategy(self) -> Strategy:
        return self.desk.strategy(self.day)

    def pen(self, actor: str = "system:recourse") -> Pen:
        return self.desk.pen(self.day, actor)

    def desk_of(self, actor: str) -> Operations:
        """What this member of staff does today."""
        return Operations(self.desk, self.strategy, self.pen(actor))

    def account_of(self, case_id: str) -> str:
        with reading(self.desk.engine) as connection:
            return str(connection.execute(select(cases.c.account_id).where(cases.c.case_id == case_id)).scalar())
