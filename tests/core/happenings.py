"""What may happen to any ledger, in any order: the verbs that the tests over random histories share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import count

from recourse import events as ev
from recourse.errors import UserError
from recourse.gate_rows import names_of, role_of
from recourse.ledger.tables import gates
from tasks.ladder import LADDER
from tests.core.ledgers import MONDAY, STAFF, Ledger


class Happenings:
    """A ledger on one of its days, and what people do to it. What is refused is the caller's to pass over."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.day: date = MONDAY
        self.numbers: Iterator[int] = count()

    def answer(self, which: int, verdict: str) -> None:
        """One of the open gates is answered by everybody who may."""
        waiting = self.ledger.rows(gates, gates.c.status == "open")
        if not waiting:
            return
        gate = waiting[which % len(waiting)]
        choices = LADDER.by_name[gate.node].choices if verdict == "approve" else ()
        for who in [who for seat in names_of(gate) for who in STAFF[role_of(seat)]]:
            with suppress(UserError):
                self.ledger.answer(gate.gate_id, who, verdict, "considered", day=self.day, choice="".join(choices[:1]))

    def pays(self, name: str, amount: int) -> None:
        """Money arrives, or is taken back."""
        self.ledger.arrive(name, ev.PaymentReceived(f"y{next(self.numbers)}", amount), day=self.day)

    def settles(self, name: str) -> None:
        """The debt is paid in full."""
        self.ledger.paid_in_full(self.day, name)

    def falls_behind(self, name: str, days: int) -> None:
        """The core says that the account is so many days late."""
        self.ledger.delivery(self.day, name, oldest_unpaid_due_on=self.day - timedelta(days=days), principal=900_000,
                             overdue=5_000)  # fmt: skip

    def brake(self, name: str, kind: str, days: int) -> None:
        """A brake is placed, for so many days or (0) until it is lifted."""
        until = self.day + timedelta(days=days) if days else None
        self.ledger.arrive(name, ev.BrakePlaced(f"h{next(self.numbers)}", kind, until), day=self.day)

    def release(self, name: str) -> None:
        """The oldest brake is lifted."""
        for hold_id, hold in list(self.ledger.case(name).file.holds.items())[:1]:
            self.ledger.arrive(name, ev.BrakeReleased(hold_id, hold.kind, "settled"), day=self.day)
