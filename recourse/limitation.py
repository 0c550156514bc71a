"""时效链: what starts and interrupts the limitation of action of a debt, link by link, each with its proof. Pure.

An interruption 中断 counts only with its proof (法释〔2020〕17号 8-19). The case file keeps the last link that counts and
the widest gap between two; `chain` gives all of them, those too that do not count, from the case's journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev

PAYERS_WHO_ACKNOWLEDGE = frozenset({"debtor", "co_debtor", "bank"})
"""Part payment by the debtor acknowledges the debt (14), that of a joint debtor for all of them (15); so does the bank's
own debit under law or contract (8(3)). Its proof is the core's entry. What a guarantor, a court or a stranger pays does
not; whose money it was being unknown, it does not either: errs early.
"""
REVIVES = frozenset({"debtor_waived"})
"""The debtor's written word that an expired debt will be paid (民法典 192; 法释〔2020〕17号 19)."""

GROUND_NAMES: Mapping[str, tuple[str, str]] = {
    "due": ("履行期限届满", "fell due"),
    "accelerated": ("提前到期", "declared due"),
    "demand": ("催收送达", "demand delivered"),
    "payment": ("债务人部分履行", "part payment by the debtor"),
    "set_off": ("抵销", "set-off"),
    "arrangement": ("债务人同意履行", "the debtor agreed to a plan"),
    "suit": ("起诉/申请", "suit or application docketed"),
    "bankruptcy_claim": ("债权申报", "claim filed in bankruptcy"),
    "estate_claim": ("向继承人主张", "claim on the estate"),
    "crime_report": ("报案", "report to the police"),
    "assignment_notice": ("债权转让通知到达", "notice of assignment"),
    "settlement": ("和解", "settlement in court"),
    "debtor_waived": ("债务人放弃时效抗辩", "the debtor waived the defence"),
}
"""zh, en of each ground; others stand as they were recorded."""


DEMAND_RULE = "clock.demand_interrupts"
"""1 or 0: whether a demand that arrived starts the period anew. It does where no pack says otherwise (民法典 195)."""


def by_law(events: Iterable[ev.Event], numbers: Mapping[str, int]) -> tuple[ev.Event, ...]:
    """The same events; where the law gives a demand no such force, the proof of its delivery interrupts nothing."""
    if numbers.get(DEMAND_RULE, 1):
        return tuple(events)
    return tuple(
        msgspec.structs.replace(event, interrupts_limitation=False) if isinstance(event, ev.DeliveryProved) else event
        for event in events
    )


class Link(msgspec.Struct, frozen=True):
    """One link: from `on` the period runs anew, if it `counts`; else why not."""

    on: date
    ground: str
    proof: str
    counts: bool
    why_not: str = ""


def _proved(on: date, ground: str, proof: str) -> Link:
    return Link(on, ground, proof, bool(proof), "" if proof else "no proof")


def _paid(event: ev.PaymentReceived, on: date, filed_on: date | None) -> Link | None:
    if event.amount <= 0:
        return None
    known = event.payer in PAYERS_WHO_ACKNOWLEDGE
    return Link(on, "payment", event.payment_id, known, "" if known else f"paid by {event.payer or 'somebody unknown'}")


def _delivered(event: ev.DeliveryProved, on: date, filed_on: date | None) -> Link | None:
    if event.status != "delivered":
        return Link(on, "demand", event.proof, False, "not delivered")
    return _proved(on, "demand", event.proof) if event.interrupts_limitation else None


def _staged(event: ev.MatterStageReached, on: date, filed_on: date | None) -> Link | None:
    """A suit counts from the day it was filed, once the court's number or receipt shows that it was (10)."""
    proof = event.proof or event.number
    if event.stage in ("docketed", "heard", "issued", "judged"):
        return _proved(filed_on or on, "suit", proof)
    return _proved(on, "settlement", proof) if event.stage == "settlement_reached" else None


GROUNDS: Mapping[type[ev.Event], Callable[[Any, date, date | None], Link | None]] = {
    ev.EpisodeOpened: lambda e, on, _: (
        Link(e.limitation_from, "due", "contract", True) if e.limitation_from is not None else None
    ),
    ev.DebtAccelerated: lambda e, on, _: Link(e.effective, "accelerated", "notice", True),
    ev.PaymentReceived: _paid,
    ev.DeliveryProved: _delivered,
    ev.ArrangementMade: lambda e, on, _: _proved(on, "arrangement", e.proof),
    ev.MatterStageReached: _staged,
    ev.MatterJoined: lambda e, on, _: _proved(on, "suit", e.number),
    ev.LimitationInterrupted: lambda e, on, _: _proved(on, e.ground, e.proof),
    ev.SetOffMade: lambda e, on, _: _proved(on, "set_off", e.proof),
    ev.BankruptcyClaimed: lambda e, on, _: _proved(on, "bankruptcy_claim", e.proof),
    ev.EstateClaimed: lambda e, on, _: _proved(on, "estate_claim", e.proof),
    ev.CrimeReported: lambda e, on, _: _proved(on, "crime_report", e.proof),
    ev.AssignmentNoticed: lambda e, on, _: _proved(on, "assignment_notice", e.proof),
}


def link_of(event: ev.Event, on: date, filed_on: date | None) -> Link | None:
    """The link that an event makes or would make; None when it has nothing to do with the limitation.

    `on`: when the event took effect; `filed_on`: when the suit was filed that a court's number now proves.
    """
    made = GROUNDS.get(type(event))
    return None if made is None else made(event, on, filed_on)


def _take_back(found: list[Link], payment: str) -> None:
    """The link of a payment that was taken back counts no more; of one that is not named, the last."""
    for n, link in reversed(list(enumerate(found))):
        if link.ground == "payment" and link.counts and payment in ("", link.proof):
            found[n] = msgspec.structs.replace(link, counts=False, why_not="taken back")
            return


def chain(journal: Iterable[tuple[ev.Event, date]]) -> list[Link]:
    """Every link of a case's journal (event, effective day), in the order in which they were learned."""
    found: list[Link] = []
    filed_on: date | None = None
    for event, on in journal:
        if isinstance(event, ev.MatterOpened):
            filed_on = on
        if isinstance(event, ev.PaymentReceived) and event.amount < 0:
            _take_back(found, event.refers_to)
        link = link_of(event, on, filed_on)
        if link is not None:
            found.append(link)
    return found
