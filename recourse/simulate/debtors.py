"""The debtors: what a message, a letter, a call or a suit moves them to, by their kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from recourse.simulate.book import Book
from recourse.simulate.core import Core
from recourse.simulate.draws import Draws
from recourse.simulate.office import CallItem, CallOutcome
from recourse.simulate.personas import (
    AFTER_DEATH,
    CALLS,
    GUARANTOR_PAYS_PERCENT,
    KEEPS,
    ONCE,
    REACTIONS,
    Persona,
    Rule,
)
from recourse.simulate.wallets import Payer, Planned, Wallets

PROMISES = frozenset({"promise", "will_pay_now"})
GIVEN: Mapping[str, Mapping[str, int]] = {
    "dispute_raised": {"dispute": 100},
    "hardship_claimed": {"temporary_shortage": 30, "job_loss": 34, "illness_accident": 24, "family": 12},
}
"""Why it is not paid, as debtors say who call it hardship or a dispute."""


class Debtors:
    """All debtors, seen from what reaches them."""

    def __init__(self, draws: Draws, book: Book, core: Core, wallets: Wallets) -> None:
        self._draws, self._book, self._core, self._wallets = draws, book, core, wallets
        self._said: set[tuple[str, str]] = set()

    def persona_of(self, account_id: str) -> Persona:
        """The kind of debtor behind an account."""
        return self._book.debtors[self._book.accounts[account_id].person_id].persona

    def is_dead(self, person_id: str, day: date) -> bool:
        """Whether the debtor has died by that day."""
        debtor = self._book.debtors.get(person_id)
        return debtor is not None and debtor.dies_on is not None and debtor.dies_on <= day

    def moved_by(self, trigger: str, account_id: str, day: date, payer: Payer = "debtor") -> bool:
        """Whether what happened moves the debtor to pay; the payment is then planned."""
        reaction = REACTIONS[trigger].get(self.persona_of(account_id))
        key = (account_id, trigger, day)
        if reaction is None or not self._draws.chance(reaction.percent, *key):
            return False
        on = day + timedelta(days=self._draws.between(reaction.from_days, reaction.to_days, *key, "after"))
        return self._wallets.plan(on.toordinal(), Planned(account_id, reaction.rule, payer))

    def demanded_of_guarantor(self, account_id: str, day: date) -> bool:
        """Whether a joint guarantor of whom liability was demanded pays; after acceleration that is the whole debt."""
        key = (account_id, "guarantor", day)
        if not self._draws.chance(GUARANTOR_PAYS_PERCENT, *key):
            return False
        on = day + timedelta(days=self._draws.between(5, 25, *key, "after"))
        rule: Rule = "payoff" if self._core.debts[account_id].accelerated else "arrears"
        return self._wallets.plan(on.toordinal(), Planned(account_id, rule, "guarantor"))

    def _cause(self, item: CallItem, code: str, day: date) -> str:
        """The cause that a debtor gives in a call ("" = none)."""
        if code not in GIVEN:
            return ""
        if code == "hardship_claimed" and self.persona_of(item.account_id) is Persona.ILL:
            return "illness_accident"
        return self._draws.weighted(GIVEN[code], item.call_id, day, "cause")

    def answers(self, item: CallItem, day: date) -> CallOutcome:
        """What a dial brings, and the payment that comes of it."""
        draws, key = self._draws, (item.call_id, day)
        if self.is_dead(item.person_id, day):
            return CallOutcome(item.call_id, draws.weighted(AFTER_DEATH, *key, "code"))
        code = draws.weighted(CALLS[self.persona_of(item.account_id)], *key, "code")
        if code in ONCE:
            if (item.account_id, code) in self._said:
                code = "refused"
            self._said.add((item.account_id, code))
        if code in PROMISES:
            return self._promise(item, code, day)
        return CallOutcome(item.call_id, code, cause=self._cause(item, code, day))

    def _promise(self, item: CallItem, code: str, day: date) -> CallOutcome:
        draws, key, account_id = self._draws, (item.call_id, day), item.account_id
        days = (
            draws.between(1, 2, *key, "at once") if code == "will_pay_now" else draws.between(3, 12, *key, "promised")
        )
        on = day + timedelta(days=days)
        amount = self._core.overdue(account_id)
        if self._core.debts[account_id].accelerated:
            amount = amount * draws.between(5, 30, *key, "promises") // 100
        if draws.chance(KEEPS.get(self.persona_of(account_id), 0), *key, "keeps"):
            rule: Rule = "fixed" if self._core.debts[account_id].accelerated else "arrears"
            self._wallets.plan(on.toordinal(), Planned(account_id, rule, amount=amount))
        return CallOutcome(item.call_id, code, on, amount)
