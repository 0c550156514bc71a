"""What is owed on one loan, to the fen and by component: the bank's core system, one account of it.

Interest within the term is billed with each instalment. From the day after a due date, overdue principal bears
penalty interest 罚息 and unpaid interest bears compound interest 复利, both at the contract rate with its uplift, per
day of 360 (银发〔2003〕251号); nothing runs on penalty or compound interest itself. Fractions of a fen are carried,
never dropped: what was posted is at every moment the whole fen of what has accrued. Days are ordinals.

Money goes to costs first (民法典 561), then, up to 90 days past due, to charges and interest before principal; after
that to principal before them.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse.money import Amounts
from recourse.simulate.plans import MILLION, PlanRow, month_interest

YEAR = 360
INTEREST_FIRST = ("costs", "fees", "compound", "penalty", "interest", "principal")
PRINCIPAL_FIRST = ("costs", "principal", "interest", "penalty", "compound", "fees")
INTEREST_FIRST_UP_TO_DAYS = 90
NEVER = 10**9


class Debt:
    """What a loan and a card have in common: components, payments, their taking back.

    `later` is principal that is not due yet; what is beyond it is due or overdue. `changed`: what is owed or overdue
    may differ from what was last told of it; `restated`: rows of the plan that were changed since. Whoever tells of
    them takes both away.
    """

    def __init__(self, account_id: str, opened_on: int) -> None:
        self.account_id = account_id
        self.owed = dict.fromkeys(INTEREST_FIRST, 0)
        self.later = 0
        self.accrued_to = opened_on
        self.next_event_on = NEVER
        self.accelerated = False
        self.changed = True
        self.restated: list[PlanRow] = []
        self.payments = 0

    @property
    def total(self) -> int:
        return sum(self.owed.values())

    @property
    def amounts(self) -> Amounts:
        return Amounts(**self.owed)

    def accrue(self, on: int) -> None:
        """Bring interest up to the end of a day."""
        raise NotImplementedError

    def event(self, on: int) -> bool:
        """Handle what the calendar holds for today; whether something falls due today."""
        raise NotImplementedError

    def overdue(self, on: int) -> int:
        """What must be paid by today to be current; on the due date itself the instalment counts too."""
        raise NotImplementedError

    def instalment(self, on: int) -> int:
        """What falls due just today."""
        raise NotImplementedError

    def late_since(self, on: int) -> int | None:
        """The oldest due date before `on` that is not paid."""
        raise NotImplementedError

    def accelerate(self, on: int) -> None:
        """The whole debt falls due."""
        raise NotImplementedError

    def pay(self, on: int, amount: int) -> Amounts:
        """Take money in; what it went to. `amount` is at most what is owed."""
        self.accrue(on)
        since = self.late_since(on)
        late = 0 if since is None else on - since
        split = dict.fromkeys(INTEREST_FIRST, 0)
        left = amount
        for name in INTEREST_FIRST if late <= INTEREST_FIRST_UP_TO_DAYS else PRINCIPAL_FIRST:
            split[name] = min(left, self.owed[name] - (self.later if name == "principal" else 0))
            left -= split[name]
        split["principal"] += left
        if split["principal"] > self.owed["principal"]:
            raise ValueError(f"{self.account_id} was paid more than is owed")
        for name, part in split.items():
            self.owed[name] -= part
        self.payments += 1
        self.changed = True
        self._paid(amount, split)
        return Amounts(**split)

    def waive(self, on: int) -> None:
        """What is left is given up."""
        self.accrue(on)
        for name in self.owed:
            self.owed[name] = 0
        self.later, self.next_event_on, self.changed = 0, NEVER, True

    def take_back(self, on: int, paid: Amounts) -> None:
        """A payment is charged back: what it went to is owed again."""
        self.accrue(on)
        for name, amount in paid.items():
            self.owed[name] += amount
        self.payments += 1
        self.changed = True
        self._paid(-paid.total, {name: -amount for name, amount in paid.items()})

    def _paid(self, amount: int, split: dict[str, int]) -> None:
        raise NotImplementedError


class Loan(Debt):
    """A loan with its plan."""

    def __init__(
        self, account_id: str, rate: int, overdue_rate: int, plan: Sequence[PlanRow], principal: int, from_on: int
    ) -> None:
        super().__init__(account_id, from_on)
        self.rate, self.overdue_rate, self.plan = rate, overdue_rate, list(plan)
        self.next = 0
        self.later = self.owed["principal"] = principal
        self._penalty_rest = self._compound_rest = 0
        self._paid_ahead = False
        self.next_event_on = plan[0].due_on

    def accrue(self, on: int) -> None:
        days = on - self.accrued_to
        if days <= 0:
            return
        self.accrued_to = on
        owed = self.owed
        if due := owed["principal"] - self.later:
            self.changed = True
            posted, self._penalty_rest = divmod(self._penalty_rest + due * self.overdue_rate * days, YEAR * MILLION)
            owed["penalty"] += posted
        if owed["interest"]:
            self.changed = True
            grown = owed["interest"] * self.overdue_rate * days
            posted, self._compound_rest = divmod(self._compound_rest + grown, YEAR * MILLION)
            owed["compound"] += posted

    def event(self, on: int) -> bool:
        self.accrue(on)
        self.changed = True
        row = self.plan[self.next]
        self.next += 1
        interest = month_interest(self.later, self.rate) if self._paid_ahead else row.interest
        self.later -= min(row.principal, self.later)
        self.owed["interest"] += interest
        self.next_event_on = self.plan[self.next].due_on if self.next < len(self.plan) else NEVER
        return True

    def overdue(self, on: int) -> int:
        return self.total - self.later

    def instalment(self, on: int) -> int:
        row = self.plan[self.next - 1] if self.next else None
        return row.principal + row.interest if row is not None and row.due_on == on else 0

    def late_since(self, on: int) -> int | None:
        unpaid = self.owed["principal"] - self.later + self.owed["interest"]
        oldest = None
        for row in reversed(self.plan[: self.next]):
            if unpaid <= 0:
                break
            oldest, unpaid = row.due_on, unpaid - row.principal - row.interest
        return oldest if oldest is not None and oldest < on else None

    def accelerate(self, on: int) -> None:
        """The rest of the principal falls due, with the interest that has run on it since the last due date."""
        if self.accelerated:
            return
        self.accrue(on)
        last = self.plan[self.next - 1].due_on if self.next else self.accrued_to
        interest = self.later * self.rate * max(on - last, 0) // (YEAR * MILLION)
        self.owed["interest"] += interest
        self._end_plan(on, self.later, interest)
        self.later, self.accelerated, self.changed = 0, True, True

    def _end_plan(self, on: int, principal: int, interest: int) -> None:
        """What is left of the plan falls due as one sum on a day; the other rows left come to nothing."""
        left = self.plan[self.next :]
        if not left:
            return
        whole = PlanRow(left[0].number, on if principal else left[0].due_on, principal, interest)
        self.restated = [whole, *(PlanRow(row.number, row.due_on, 0, 0) for row in left[1:])]
        self.plan[self.next :] = [whole]
        self.next, self.next_event_on = len(self.plan), NEVER

    def _paid(self, amount: int, split: dict[str, int]) -> None:
        if self.owed["principal"] < self.later:
            self.later, self._paid_ahead = self.owed["principal"], True
        if not self.total:
            self._end_plan(self.accrued_to, 0, 0)
