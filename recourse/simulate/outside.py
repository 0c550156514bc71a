"""The world outside the bank and the courts: the post, the valuers, the buyers of security, the agencies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from recourse.simulate.book import Book
from recourse.simulate.core import Core
from recourse.simulate.debtors import Debtors
from recourse.simulate.draws import Draws
from recourse.simulate.office import Delivery, Office, Sent, Valuation
from recourse.simulate.personas import RETURNED_ELSE, RETURNED_PERCENT, Rule
from recourse.simulate.wallets import Planned, Wallets

PROVED = frozenset({"formal_notice", "acceleration", "guarantor_demand"})
"""Letters of which the bank waits for proof of delivery."""

AGENCY_TERM_DAYS = 178


class Post:
    """Letters on their way: two to six days, about one in ten comes back."""

    def __init__(self, draws: Draws, core: Core, debtors: Debtors) -> None:
        self._draws, self._core, self._debtors = draws, core, debtors
        self._under_way: dict[tuple[str, str], tuple[date, date]] = {}

    def take(self, sent: Sequence[Sent], day: date) -> None:
        """Take in the letters of a day; the letters of one node to one account travel together."""
        for each in sent:
            if each.node in PROVED and each.channel == "post":
                key = (each.account_id, each.node)
                self._under_way[key] = day, day + timedelta(days=self._draws.between(2, 6, *key, day, "post"))

    def deliver(self, day: date, office: Office) -> None:
        """Hand out what has arrived or come back by today, with its proof; what arrives works on people."""
        arrived = sorted(key for key, (_, on) in self._under_way.items() if on <= day)
        deliveries = [
            self._delivery(account_id, node, *self._under_way.pop((account_id, node))) for account_id, node in arrived
        ]
        if deliveries:
            office.prove_delivery(deliveries)
        for each in deliveries:
            if each.status == "delivered":
                self._works(each, day)

    def _delivery(self, account_id: str, node: str, posted: date, on: date) -> Delivery:
        key = (account_id, node, posted)
        persona = self._debtors.persona_of(account_id)
        percent = RETURNED_ELSE if node == "guarantor_demand" else RETURNED_PERCENT.get(persona, RETURNED_ELSE)
        back = self._draws.chance(percent, *key, "returned")
        proof = f"EMS{self._draws.below(10**11, *key, 'tracking'):011d}"
        return Delivery(account_id, node, "returned" if back else "delivered", on, proof)

    def _works(self, delivery: Delivery, day: date) -> None:
        if delivery.node == "acceleration" and self._core.days_late(delivery.account_id):
            self._core.accelerate(delivery.account_id)
        if delivery.node == "guarantor_demand":
            self._debtors.demanded_of_guarantor(delivery.account_id, day)
        else:
            self._debtors.moved_by(delivery.node, delivery.account_id, day)


class Preservation:
    """Asset preservation: security is inspected and valued, and sometimes sold by agreement with its owner."""

    def __init__(self, draws: Draws, book: Book, core: Core, wallets: Wallets) -> None:
        self._draws, self._book, self._core, self._wallets = draws, book, core, wallets
        self._sales: set[tuple[str, date]] = set()

    def work(self, day: date, office: Office) -> None:
        self._value(day, office)
        self._sell(day, office)

    def _value(self, day: date, office: Office) -> None:
        found = []
        for visit in office.open_visits("collateral_valuation"):
            pledge = self._book.accounts[visit.account_id].pledge
            key = (visit.account_id, visit.entered_on)
            if pledge is not None and (day - visit.entered_on).days >= self._draws.between(5, 16, *key, "valuation"):
                method = self._draws.pick(("market_comparison", "income", "cost"), *key, "method")
                found.append(Valuation(visit.account_id, pledge.collateral_id, self.worth(visit.account_id), method))
        if found:
            office.record_values(sorted(found, key=lambda value: value.account_id))

    def worth(self, account_id: str) -> int:
        """What the security of an account would be valued at, in whole thousands of yuan; 0 without any."""
        pledge = self._book.accounts[account_id].pledge
        if pledge is None:
            return 0
        percent = self._draws.between(62, 104, account_id, "worth")
        return max(pledge.value * percent // 100 // 100_000 * 100_000, 100_000)

    def _sell(self, day: date, office: Office) -> None:
        """Owners sell where that ends the matter: the price pays all, or all of the debt is due."""
        for visit in sorted(office.open_visits("agreed_sale"), key=lambda visit: visit.account_id):
            key = (visit.account_id, visit.entered_on)
            willing = self._draws.chance(42, *key, "sale")
            ready = (day - visit.entered_on).days >= self._draws.between(12, 24, *key, "sale takes")
            price = self.worth(visit.account_id) * self._draws.between(88, 103, *key, "price") // 100
            debt = self._core.debts[visit.account_id]
            frees = price >= debt.total or not debt.later
            if not (willing and ready and frees) or key in self._sales:
                continue
            self._sales.add(key)
            office.sold(visit.account_id, price)
            on = day.toordinal() + self._draws.between(1, 3, *key, "proceeds")
            rule: Rule = "payoff" if price >= debt.total else "fixed"
            self._wallets.plan(on, Planned(visit.account_id, rule, "third_party", price))


class Agencies:
    """Collection agencies: they move some debtors to pay the bank, and give debts back when recalled or out of time."""

    def __init__(self, draws: Draws, debtors: Debtors) -> None:
        self._draws, self._debtors = draws, debtors
        self._placed: dict[str, date] = {}

    def work(self, day: date, office: Office) -> None:
        held = {visit.account_id: visit.entered_on for visit in office.open_visits("agency_referral")}
        for account_id in sorted(held.keys() - self._placed.keys()):
            self._placed[account_id] = day
            self._debtors.moved_by("agency", account_id, day)
        back = {
            recall.account_id
            for recall in office.recalls()
            if self._confirms(recall.account_id, recall.recalled_on, day)
        }
        back |= {key for key in held if (day - self._placed[key]).days >= AGENCY_TERM_DAYS}
        if back:
            office.confirm_return(sorted(back))
        for key in back:
            self._placed.pop(key, None)

    def _confirms(self, account_id: str, recalled_on: date, day: date) -> bool:
        return (day - recalled_on).days >= self._draws.between(2, 7, account_id, recalled_on, "confirms")
