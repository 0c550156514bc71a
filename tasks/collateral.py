"""押品 Collateral: inspect and value, then an agreed sale 协议变价 or the court's route 实现担保物权.

Valuation is a work item for two people; the visit stays open until a value is recorded, with its method, its day and,
where the report names one, its own last day. An agreed sale (民法典 410: no other creditor is harmed) stays open until its
price is shared out. The court route opens a matter. The rounds of a court's sale are in `tasks/auction.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools, WorkItem
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import CollateralFact, Facts
from recourse.legal.security import Charge, Shares, split
from recourse.matters import opened
from recourse.policy.book import Policy
from recourse.proposals import home_of, piece_of


class SecurityRealisation:
    """Opens the matter in which the court is asked to order auction or sale (民事诉讼法 207)."""

    node = "security_realisation"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._open(item, tools.day) for item in items]

    def _open(self, item: Item, day: date) -> Receipt:
        return Receipt(item.key, "done", "filed", happened=(opened(item, self.node, day),))


ACTS = (WorkItem("collateral_valuation"), WorkItem("agreed_sale"), SecurityRealisation())


class Sale(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agreed sale that was closed. Amounts in minor units; `earlier`: what ranks before us got. `home`: for a home, the
    paper that shows what was arranged for those who live in it."""

    collateral_id: str
    price: int
    proof: str
    consent: str
    """Where the owner's written consent lies."""

    costs: int = 0
    earlier: int = 0
    home: str = ""


def valued(
    facts: Facts, collateral_id: str, value: int, method: str, until_on: date | None = None, proof: str = ""
) -> tuple[ev.Event, ...]:
    """A recorded value ends the visit. Refused for collateral that does not secure this account.

    `until_on`: the last day that the report itself names, where it is sooner than the law's year (参考价规定 27).
    """
    piece_of(facts, collateral_id)
    if value <= 0:
        raise UserError("a value must be positive", where=collateral_id, mend="give minor units above zero")
    found: list[ev.Event] = [ev.CollateralValued(collateral_id, value, method)]
    if until_on is not None:
        found.append(ev.ClockStarted("valuation", collateral_id, until_on, proof))
    return (*found, ev.VisitLeft("collateral_valuation", "valued"))


def check_home(piece: CollateralFact, policy: Policy, home: str) -> None:
    """A home is never sold in silence: unless the law lets it be sold as it stands, what was arranged has to be shown."""
    view = home_of(piece, policy)
    if view is None or view.may_sell or home.strip():
        return
    why = "; ".join(f"{ground.en} ({ground.source})" for ground in view.because[1:])
    raise UserError(
        f"{piece.collateral_id} is a home: {why}",
        where="dwelling",
        mend="give --home PAPER: housing offered, rent kept back, or that it is not needed to live in",
    )


def shared(facts: Facts, piece: CollateralFact, price: int, costs: int, earlier: int) -> ev.ProceedsShared:
    """How a price is shared out: costs, earlier ranks, our claim up to what is secured, the rest to the owner; what our
    claim does not get is still owed (民法典 413, 414)."""
    owed = max(facts.owed or 0, 0)
    secured = owed if piece.secured_amount is None else min(owed, piece.secured_amount)
    shares: Shares = split(price, costs, [Charge("1 earlier", earlier, date.min), Charge("2 ours", secured, date.max)])
    ours = shares.charges["2 ours"]
    return ev.ProceedsShared(
        piece.collateral_id, price, shares.costs, shares.charges["1 earlier"], ours, shares.surplus, owed - ours
    )


def sold(facts: Facts, sale: Sale, policy: Policy, on: date) -> tuple[ev.Event, ...]:
    """An agreed sale was closed: how its price is shared, and the end of the visit. Money is what the core says of it."""
    visit = facts.file.visits.get("agreed_sale")
    if visit is None or visit.state != "open":
        raise UserError(
            "no agreed sale is under way", where=f"account {facts.account_id}", mend="see `recourse explain`"
        )
    piece = piece_of(facts, sale.collateral_id)
    if sale.price <= 0:
        raise UserError("a sale for nothing", where=sale.collateral_id, mend="give the price in minor units")
    if not (sale.proof.strip() and sale.consent.strip()):
        raise UserError(
            "an agreed sale needs its contract and the owner's written consent", mend="give --proof and --consent"
        )
    if piece.seized_by_others:
        raise UserError(
            f"{piece.collateral_id} is sealed for another creditor", where="民法典 410", mend="the court sells it"
        )
    check_home(piece, policy, sale.home)
    return shared(facts, piece, sale.price, sale.costs, sale.earlier), ev.VisitLeft("agreed_sale", "sold", sale.proof)
