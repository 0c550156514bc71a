"""Acts that reach nobody: each hands its items to a memory channel and says what came of it, or goes wrong as told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from recourse import events as ev
from recourse.acts import Act, Acts, Happened, Item, Receipt, Tools
from recourse.canonical import derived_id
from recourse.channels.channel import Delivery, Outgoing
from recourse.channels.memory import MemoryChannel

Follows = Callable[[Item, Tools], Sequence[ev.Event]]


class Crash(Exception):
    """The process is gone, as far as the dispatch can tell."""


class Sender:
    """One node's act. `outcome` leaves the node; `follows` are the events an item brings about."""

    def __init__(
        self,
        node: str,
        outcome: str = "sent",
        *,
        permit: tuple[str, ...] = (),
        delivery: Delivery = "idempotent",
        follows: Follows | None = None,
        channel: MemoryChannel | None = None,
    ) -> None:
        self.node, self.outcome, self.permit, self.delivery = node, outcome, permit, delivery
        self._follows = follows
        self.channel = channel or MemoryChannel(node, delivery=delivery)
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.seen: list[Item] = []

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        self.seen += items
        self.before()
        sent = self.channel.send(
            [
                Outgoing(item.key, item.facts.person_id, item.node, item.effect, (), tools.day, tools.at)
                for item in items
            ]
        )
        self.after()
        return [self._receipt(item, result.status, tools) for item, result in zip(items, sent, strict=True)]

    def _receipt(self, item: Item, status: str, tools: Tools) -> Receipt:
        if status == "unknown":
            return Receipt(item.key, "unknown", "unknown")
        if status != "sent":
            return Receipt(item.key, "failed", "failed", detail=status)
        if item.effect == "recall":
            return Receipt(item.key, "done", happened=(Happened(ev.PlacementReturned(_placement(item), "c")),))
        outcome = item.choice or self.outcome
        happened = tuple(Happened(event) for event in (self._follows(item, tools) if self._follows else ()))
        return Receipt(item.key, "done", outcome, happened=happened)

    def keys(self) -> list[str]:
        """The effect keys that arrived, in order."""
        return [message.key for message in self.channel.arrived]


def _placement(item: Item) -> str:
    return derived_id("placement", item.case_id, item.n)


def _placed(item: Item, tools: Tools) -> Sequence[ev.Event]:
    return [ev.PlacementMade(_placement(item), "agency", tools.day + timedelta(days=90))]


def _accelerated(item: Item, tools: Tools) -> Sequence[ev.Event]:
    return [ev.DebtAccelerated(tools.day)]


def _queued(item: Item, tools: Tools) -> Sequence[ev.Event]:
    return [ev.CallQueued(derived_id("call", item.key), item.node, item.n, "first")]


def _filed(item: Item, tools: Tools) -> Sequence[ev.Event]:
    return [ev.MatterOpened(derived_id("matter", item.key), "suit", (item.facts.person_id,), item.facts.amounts)]


def _claimed(item: Item, tools: Tools) -> Sequence[ev.Event]:
    return [ev.GuarantorClaimed(each.guarantee_id, True, "p") for each in item.facts.security.guarantees]


def whole_set() -> dict[str, Sender]:
    """An act for every rung that these tests climb."""
    found = (
        Sender("reminder", permit=("sms", "email")),
        Sender("call", "", follows=_queued),
        Sender("formal_notice", "delivered", permit=("post",)),
        Sender("acceleration", "delivered", permit=("post",), follows=_accelerated),
        Sender("outsourcing_notice", permit=("post",)),
        Sender("agency_referral", "", follows=_placed),
        Sender("collateral_valuation", "valued"),
        Sender("guarantor_demand", "delivered", follows=_claimed),
        Sender("litigation_route"),
        Sender("litigation", "filed", follows=_filed),
    )
    return {act.node: act for act in found}


def acts_of(senders: Mapping[str, Act]) -> Acts:
    return dict(senders)
