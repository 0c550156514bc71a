"""An offer 方案: what an arrangement would be, as it was reckoned and put to the gate. Pure data.

`recourse.schedules` makes its rows, `recourse.arrangements` says what stands against it, an event carries it.
"""

from __future__ import annotations

from datetime import date

import msgspec

from recourse.money import Amounts
from recourse.schedules import Row, Totals, totals

PLAN, INTEREST, PRINCIPAL = "plan", "interest", "principal"
"""What is conceded, by the heaviest: time only, interest and charges too, principal too."""


class Offer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is put to the gate. `balance`: what the core said was owed when it was reckoned, as of `balance_as_of`.

    `whole`: it is over the whole claim, else over the arrears, and the contract's instalments go on beside it. `waived`
    is given up once the plan was performed in full, and not before. `applied_on`: the debtor's application.
    `begun_on`: the loan was paid out. The last four are what art 70 of the card rules asks for: where the findings lie that
    the debt is above the debtor's ability and that the debtor is willing, the promise not to apply for cards until it
    is paid, and where the other terms stand.
    """

    kind: str
    rows: tuple[Row, ...]
    waived: Amounts
    balance: Amounts
    balance_as_of: date
    whole: bool = True
    method: str = ""
    rate: str = ""
    applied_on: date | None = None
    begun_on: date | None = None
    above_ability: str = ""
    willing: str = ""
    no_new_cards: bool = False
    terms: str = ""

    @property
    def until_on(self) -> date:
        return self.rows[-1].due_on

    @property
    def own(self) -> tuple[Row, ...]:
        """The rows that the arrangement itself makes, without those that are the contract's only."""
        return tuple(row for row in self.rows if row.total > row.current)

    @property
    def sums(self) -> Totals:
        return totals(self.rows)

    @property
    def concedes(self) -> str:
        """The heaviest concession."""
        if self.waived.principal:
            return PRINCIPAL
        return INTEREST if self.waived.total else PLAN
