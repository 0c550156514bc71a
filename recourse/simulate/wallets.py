"""The debtors' wallets: which payment is made on which day, and whether instalments are being paid at all.

What moves a debtor to pay is decided in `debtors.py` and beside it; here it is planned and carried out, day by day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

import msgspec

from recourse.simulate.book import Book
from recourse.simulate.core import Core, Entry
from recourse.simulate.draws import Draws
from recourse.simulate.loans import NEVER
from recourse.simulate.personas import RELAPSE, RELAPSE_ELSE, Persona, Rule

Payer = Literal["debtor", "co_debtor", "guarantor", "third_party", "court", "bank"]
PLANS = frozenset({"arrears", "part", "payoff", "fixed"})
YUAN = 100


class Planned(msgspec.Struct, frozen=True):
    """A payment that will be tried on a day; `entry`: the payment that is taken back."""

    account_id: str
    rule: Rule
    payer: Payer = "debtor"
    amount: int = 0
    entry: Entry | None = None


class Standing(msgspec.Struct):
    """How an account is being paid. `lapses_on`: from this day (ordinal) on instalments are missed again; `stopped`:
    the debtor pays nothing any more; `planned_to`: until then a payment is on its way."""

    persona: Persona
    lapses_on: int = NEVER
    lapsed: bool = False
    stopped: bool = False
    deal: bool = False
    planned_to: int = 0


class Wallets:
    """All wallets. `deals_ended`: arrangements that ended since somebody last looked, with how."""

    def __init__(self, draws: Draws, book: Book, core: Core) -> None:
        self._draws, self._core = draws, core
        self._starts = book.start_on.toordinal()
        self._plans: defaultdict[int, list[Planned]] = defaultdict(list)
        self.standings = {
            key: Standing(
                book.debtors[account.person_id].persona, account.lapses_on.toordinal() if account.lapses_on else NEVER
            )
            for key, account in book.accounts.items()
        }
        self.deals_ended: list[tuple[str, Literal["performed", "broken"]]] = []

    def plan(self, on: int, planned: Planned) -> bool:
        """Plan a payment for a day to come; False if the debtor has one on its way already, or pays no more."""
        standing = self.standings[planned.account_id]
        if planned.payer == "debtor":
            if standing.stopped or (planned.rule in PLANS and standing.planned_to >= self._core.today):
                return False
            if planned.rule in PLANS:
                standing.planned_to = on
        self._plans[max(on, self._core.today + 1)].append(planned)
        return True

    def arrange(self, account_id: str, due_on: Sequence[int], breaks_after: int | None) -> None:
        """Begin an arrangement: instalments are paid again, and the arrears in equal shares on these days (ordinals), until
        it is performed, or broken after so many of them."""
        standing, core = self.standings[account_id], self._core
        standing.lapsed, standing.deal, standing.lapses_on = False, True, NEVER
        share = -(-core.overdue(account_id) // len(due_on))
        for paid, on in enumerate(due_on):
            if breaks_after == paid:
                self._plans[on].append(Planned(account_id, "break"))
                return
            last = paid == len(due_on) - 1
            self._plans[on].append(Planned(account_id, "arrears" if last else "share", amount=share))

    def settle(self, account_id: str, due: Sequence[tuple[int, int]], breaks_after: int | None) -> None:
        """Begin a settlement: these sums on these days (ordinals), and nothing else, or broken after so many of them."""
        standing = self.standings[account_id]
        standing.deal = True
        for paid, (on, amount) in enumerate(due):
            if breaks_after == paid:
                self._plans[on].append(Planned(account_id, "break"))
                return
            self._plans[on].append(Planned(account_id, "fixed", amount=amount))

    def waived(self, account_id: str) -> None:
        """A settlement was performed, and the bank gave up the rest."""
        self._core.waive(account_id)
        self._end_deal(account_id, "performed")

    def stop(self, account_id: str) -> None:
        """The debtor pays nothing any more; others may."""
        self.standings[account_id].stopped = True

    def play(self, on: int) -> None:
        """One day of the bank's cash desk."""
        planned = []
        for key in self._core.open(on):
            planned += self._on_due_date(key, on)
        planned += self._plans.pop(on, [])
        for each in sorted(planned, key=lambda each: (each.account_id, each.rule, each.payer)):
            if not (each.payer == "debtor" and self.standings[each.account_id].stopped):
                self._carry_out(each, on)

    def _on_due_date(self, key: str, on: int) -> list[Planned]:
        standing = self.standings[key]
        if on >= standing.lapses_on:
            standing.lapsed, standing.lapses_on = True, NEVER
        if standing.lapsed or standing.stopped:
            return []
        if on > self._starts and self._draws.chance(3, key, on, "a day late"):
            self._plans[on + self._draws.between(1, 3, key, on, "days late")].append(Planned(key, "arrears"))
            return []
        return [Planned(key, "instalment")]

    def _carry_out(self, planned: Planned, on: int) -> None:
        key, core = planned.account_id, self._core
        standing = self.standings[key]
        if planned.rule == "break":
            self._end_deal(key, "broken")
            return
        if planned.rule == "chargeback":
            if planned.entry is not None and core.debts[key].total:
                core.take_back(planned.entry)
                standing.lapsed = True
            return
        amount = min(self._amount(planned, on), core.debts[key].total)
        if amount <= 0:
            return
        entry = core.pay(key, amount, planned.payer, self._value_date(planned, on))
        if planned.rule in ("arrears", "instalment"):
            self._perhaps_bounces(entry, on)
        if not core.overdue(key) and (standing.lapsed or standing.deal):
            self._cured(key, on)

    def _amount(self, planned: Planned, on: int) -> int:
        key, debt = planned.account_id, self._core.debts[planned.account_id]
        overdue = self._core.overdue(key)
        match planned.rule:
            case "instalment":
                return debt.instalment(on)
            case "arrears" if debt.accelerated and not self._draws.chance(30, key, on, "all of it"):
                return overdue * self._draws.between(3, 20, key, on, "some of it") // 100
            case "arrears":
                return overdue
            case "part":
                return overdue * self._draws.between(25, 75, key, on, "part") // 100
            case "payoff":
                return debt.total
            case "yuan":
                return YUAN
            case "share":
                return min(planned.amount, overdue)
            case _:
                return planned.amount

    def _value_date(self, planned: Planned, on: int) -> int:
        """Now and then a teller books a payment late, with its true value date."""
        if (
            planned.rule == "arrears"
            and on > self._starts + 20
            and self._draws.chance(4, planned.account_id, on, "late booking")
        ):
            return on - self._draws.between(2, 12, planned.account_id, on, "booked late by")
        return on

    def _perhaps_bounces(self, entry: Entry, on: int) -> None:
        if on > self._starts and entry.payer == "debtor" and self._draws.below(200, entry.payment_id, "bounces") == 0:
            later = on + self._draws.between(2, 6, entry.payment_id, "bounces after")
            self._plans[later].append(Planned(entry.account_id, "chargeback", entry=entry))

    def _cured(self, key: str, on: int) -> None:
        standing = self.standings[key]
        if standing.deal:
            self._end_deal(key, "performed")
        standing.lapsed, standing.planned_to = False, 0
        percent, first, last = RELAPSE.get(standing.persona, RELAPSE_ELSE)
        if self._draws.chance(percent, key, on, "relapses"):
            standing.lapses_on = on + 30 * self._draws.between(first, last, key, on, "relapses after")

    def _end_deal(self, key: str, end: Literal["performed", "broken"]) -> None:
        standing = self.standings[key]
        if standing.deal:
            standing.deal, standing.lapsed = False, end == "broken"
            self.deals_ended.append((key, end))
