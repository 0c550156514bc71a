"""What is owed on one credit card: the holder revolves, a statement a month, a minimum payment twenty days later.

Interest is 0.05 % a day on the principal, fractions carried, posted with the statement; a minimum payment that is not
made in full costs 5 % of what is missing 违约金, once. No interest on interest, no penalty interest. The holder buys a
little every month while nothing is overdue. Days are ordinals.
"""

from __future__ import annotations

from datetime import date

from recourse.simulate.loans import NEVER, Debt
from recourse.simulate.plans import months_on

DAILY_PER_TEN_THOUSAND = 5
DAYS_TO_PAY = 20
MINIMUM_PERCENT, MINIMUM_AT_LEAST = 5, 10_000
LATE_FEE_PERCENT = 5


class Statement:
    """One month's statement. `minimum`: what it asks for beyond what is overdue already, `unpaid`: what is left of
    that; `shown_minimum`: both together, as the holder reads it."""

    __slots__ = ("balance", "due_on", "minimum", "on", "shown_minimum", "unpaid")

    def __init__(self, on: int, due_on: int, balance: int, minimum: int, shown_minimum: int) -> None:
        self.on, self.due_on, self.balance = on, due_on, balance
        self.minimum = self.unpaid = minimum
        self.shown_minimum = shown_minimum


class Card(Debt):
    """A card. `spends`: what is bought in a month while the card is in order."""

    def __init__(self, account_id: str, principal: int, spends: int, first_statement: date) -> None:
        super().__init__(account_id, first_statement.toordinal() - 30)
        self.owed["principal"] = principal
        self.spends = spends
        self.statements: list[Statement] = []
        self._first = first_statement
        self._billed = 0
        self._interest_rest = 0
        self._fees_unbilled = 0
        self._frozen_since: int | None = None
        self.next_event_on = first_statement.toordinal()

    def accrue(self, on: int) -> None:
        days = on - self.accrued_to
        if days > 0:
            self.accrued_to = on
            self._interest_rest += self.owed["principal"] * DAILY_PER_TEN_THOUSAND * days
        if self.accelerated:
            self._post_interest()

    def _post_interest(self) -> int:
        interest, self._interest_rest = divmod(self._interest_rest, 10_000)
        self.owed["interest"] += interest
        self.changed |= interest > 0
        return interest

    def event(self, on: int) -> bool:
        """In turn: the statement, its due date, and the day after that, on which a missing minimum costs a fee."""
        self.accrue(on)
        self.changed = True
        last = self.statements[-1] if self.statements else None
        if last is None or on > last.due_on + 1:
            self._state(on)
            self.next_event_on = on + DAYS_TO_PAY
            return False
        if on == last.due_on:
            self.next_event_on = on + 1
            return True
        fee = last.unpaid * LATE_FEE_PERCENT // 100
        self.owed["fees"] += fee
        self._fees_unbilled += fee
        self.next_event_on = self._statement_on(self._billed)
        return False

    def _statement_on(self, n: int) -> int:
        return months_on(self._first, n).toordinal()

    def _state(self, on: int) -> None:
        late = sum(statement.unpaid for statement in self.statements[-24:])
        if not late:
            self.owed["principal"] += self.spends
        interest = self._post_interest()
        principal = max(self.owed["principal"] - late, 0)
        part = min(max(principal * MINIMUM_PERCENT // 100, MINIMUM_AT_LEAST), principal)
        minimum = min(part + interest + self._fees_unbilled, max(self.total - late, 0))
        self._fees_unbilled = 0
        self._billed += 1
        self.statements.append(Statement(on, on + DAYS_TO_PAY, self.total, minimum, minimum + late))

    def overdue(self, on: int) -> int:
        if self.accelerated:
            return self.total
        due = sum(statement.unpaid for statement in self.statements if statement.unpaid and statement.due_on <= on)
        return min(due, self.total)

    def instalment(self, on: int) -> int:
        last = self.statements[-1] if self.statements else None
        return last.unpaid if last is not None and last.due_on == on else 0

    def late_since(self, on: int) -> int | None:
        if self.accelerated:
            return self._frozen_since if self.total else None
        return next((s.due_on for s in self.statements if s.unpaid and s.due_on < on), None)

    def accelerate(self, on: int) -> None:
        """The whole balance falls due and no further statement is made; interest is posted as it runs."""
        if self.accelerated:
            return
        self.accrue(on)
        self._post_interest()
        self._frozen_since = self.late_since(on) or on
        self.accelerated, self.next_event_on, self.changed = True, NEVER, True

    def _paid(self, amount: int, split: dict[str, int]) -> None:
        for statement in self.statements if amount > 0 else reversed(self.statements):
            used = min(statement.unpaid, amount) if amount > 0 else max(statement.unpaid - statement.minimum, amount)
            statement.unpaid -= used
            amount -= used
            if not amount:
                break
