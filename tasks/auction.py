"""司法变价 Court sale: first and second auction, sell-off 变卖, asset for debt 以物抵债 (法释〔2016〕18号; 拍卖、变卖规定).

The court sets reserve and day; the bank's gate sees the floor that the rules give. A round that is announced below the
floor is refused with the rule's name. What nobody buys may be taken for the debt at the price of the failed round, and is
sold within two years (商业银行法 42).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools, WorkItem
from recourse.canonical import derived_id
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.legal.auction import validity
from recourse.legal.security import still_owed
from recourse.money import to_text
from recourse.policy.book import Policy
from recourse.proposals import floor_of, piece_of

NODE_OF: Mapping[int, str] = {1: "auction_first", 2: "auction_second", 3: "sell_off"}
RESULTS = ("sold", "failed", "withdrawn", "defaulted")


class DebtForAsset:
    """Takes up what the gate chose: *leave* ends the visit; *take* waits for the court's ruling."""

    node = "debt_for_asset"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [Receipt(item.key, "done", "leave" if item.choice == "leave" else "") for item in items]


ACTS = (WorkItem("auction_first"), WorkItem("auction_second"), WorkItem("sell_off"), DebtForAsset())


def _under_way(facts: Facts, node: str) -> None:
    visit = facts.file.visits.get(node)
    if visit is None or visit.state != "open":
        raise UserError(f"no {node} is under way", where=f"account {facts.account_id}", mend="see `recourse explain`")


def _proved(proof: str) -> None:
    if not proof.strip():
        raise UserError("a court's sale needs its paper", mend="give --proof")


def listed(facts: Facts, event: ev.AuctionListed, policy: Policy, on: date) -> tuple[ev.Event, ...]:
    """A round was announced. Refused below the floor of its rule, for a first auction on a price whose term is over, and while
    the rule or the value is not known."""
    if event.round not in NODE_OF:
        raise UserError(f"no round {event.round}", mend="1 first auction, 2 second auction, 3 sell-off")
    _under_way(facts, NODE_OF[event.round])
    _proved(event.proof)
    piece = piece_of(facts, event.collateral_id)
    floor = floor_of(facts, piece, event.round, policy, on)
    if floor.price is None:
        raise UserError(
            f"no floor for round {event.round} of {event.collateral_id}", where=floor.source,
            mend="record a value, or the round before",
        )  # fmt: skip
    if event.reserve < floor.price:
        least = to_text(floor.price, facts.currency)
        raise UserError(
            f"reserve below {floor.rule}: at least {least} {facts.currency}",
            where=floor.source,
            mend="the floor is the law's",
        )
    if event.round == 1 and not price_holds(facts, event.collateral_id, policy, on):
        raise UserError(
            f"the value of {event.collateral_id} has run out, or nobody knows of what day it is", where="参考价规定 27",
            mend="have it valued anew",
        )  # fmt: skip
    return (event,)


def price_holds(facts: Facts, collateral_id: str, policy: Policy, on: date) -> bool:
    """Whether the value of a piece may still be used for a first auction: within its term, or the one its report names."""
    piece = piece_of(facts, collateral_id)
    if piece.valued_on is None:
        return False
    timer = facts.file.timers.get(f"valuation:{collateral_id}")
    named = timer.until_on if timer is not None and timer.from_on == piece.valued_on else None
    found = validity(piece.valued_on, policy, on, term_ends_on=named)
    return found is not None and found.usable


def ended(facts: Facts, event: ev.AuctionEnded, share: ev.ProceedsShared | None) -> tuple[ev.Event, ...]:
    """A round ended. `share`: of a price, how it is shared out; a round that is sold has both."""
    if event.round not in NODE_OF or event.result not in RESULTS:
        raise UserError(f"round {event.round} {event.result!r}", mend=f"rounds 1 to 3; {', '.join(RESULTS)}")
    node = NODE_OF[event.round]
    _under_way(facts, node)
    _proved(event.proof)
    lots = facts.file.lots
    if lots.get(event.collateral_id) != (event.round, "listed"):
        raise UserError(
            f"round {event.round} of {event.collateral_id} was never announced",
            mend="record `recourse sale listed` first",
        )
    if (event.result == "sold") is not (share is not None):
        raise UserError("a round that is sold has a price, and no other has", mend="give --price with sold only")
    others = [lot for piece, lot in lots.items() if piece != event.collateral_id and lot[0] == event.round]
    happened = (event, *((share,) if share else ()))
    if (event.round, "listed") in others:
        return happened
    return (*happened, ev.VisitLeft(node, "failed" if (event.round, "failed") in others else event.result))


def taken(facts: Facts, collateral_id: str, proof: str, on: date) -> tuple[ev.Event, ...]:
    """The court ruled that the bank takes the asset, at the reserve of the round that failed last."""
    _under_way(facts, "debt_for_asset")
    _proved(proof)
    piece_of(facts, collateral_id)
    round_, result = facts.file.lots.get(collateral_id, (0, ""))
    value = facts.file.reserves.get(f"{collateral_id}:{round_}")
    if value is None or result != "failed":
        raise UserError(f"no round of {collateral_id} has failed", mend="it is taken at the price of a failed round")
    owed = max(facts.owed or 0, 0)
    asset = derived_id("asset", facts.case_id, collateral_id)
    share = ev.ProceedsShared(
        collateral_id, value, 0, 0, min(value, owed), max(0, value - owed), still_owed(owed, value)
    )
    return ev.AssetTaken(asset, collateral_id, value, proof), share, ev.VisitLeft("debt_for_asset", "take", proof)


def disposed(asset_id: str, price: int, proof: str) -> tuple[ev.Event, ...]:
    """An asset that was taken for a debt was sold; its clock stops."""
    _proved(proof)
    if price < 0:
        raise UserError("a price below zero", mend="give minor units")
    return (ev.AssetDisposed(asset_id, price, proof),)
