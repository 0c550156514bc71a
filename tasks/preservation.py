"""保全 Preservation: before the suit (民事诉讼法 104), and the renewal of what is frozen (民诉解释 485).

Both are work items: counsel applies, the court rules. The outcome is recorded with the ruling; without it nothing is frozen
and no last day moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from recourse import events as ev
from recourse.acts import Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.clocks import GROUPS, Numbers, ends_on
from recourse.errors import UserError
from recourse.facts import Facts

WITHIN_DAYS = 60
"""How long before its end a measure is renewed: what `entry.freeze_renewal` asks for."""


class Preservation:
    """Lies with counsel until the court has ruled."""

    node = "preservation"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [Receipt(item.key, "done", detail="待附材料：诉前财产保全申请书、财产线索、担保") for item in items]


class FreezeRenewal:
    """Names each measure that is about to end; stays open until all of them are renewed, or refused."""

    node = "freeze_renewal"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._to_do(item, tools.day) for item in items]

    def _to_do(self, item: Item, day: date) -> Receipt:
        ending = sorted((on, name) for name, on in _ending(item.facts, item.policy.numbers, day))
        listed = "；".join(f"{name[:12]} 至 {on}" for on, name in ending)
        return Receipt(item.key, "done", detail=f"待附材料：续行保全申请书；{listed}")


ACTS = (Preservation(), FreezeRenewal())


def _ending(facts: Facts, numbers: Numbers, day: date) -> Iterator[tuple[str, date]]:
    """Measures whose last day is near, each with it."""
    for key, timer in facts.file.timers.items():
        on = ends_on(timer, numbers) if timer.kind in GROUPS["freeze"] else None
        if on is not None and (on - day).days <= WITHIN_DAYS:
            yield key.partition(":")[2], on


def taken(facts: Facts, measure: ev.MeasureTaken) -> tuple[ev.Event, ...]:
    """A court froze or sealed an asset. Refused without its ruling."""
    _refuse_unproved(facts, measure.proof, "a measure")
    left = (ev.VisitLeft("preservation", "taken", measure.proof),) if _waits(facts, "preservation") else ()
    return (measure, *left)


def refused(facts: Facts, node: str, proof: str) -> tuple[ev.Event, ...]:
    """The court refused to freeze, or to go on freezing."""
    _refuse_unproved(facts, proof, "a refusal")
    if not _waits(facts, node):
        raise UserError(f"no {node} is under way", where=f"account {facts.account_id}", mend="see `recourse explain`")
    return (ev.VisitLeft(node, "not_granted", proof),)


def renewed(
    facts: Facts, renewals: Mapping[str, tuple[str, date | None]], proof: str, on: date, numbers: Numbers
) -> tuple[ev.Event, ...]:
    """The court renewed measures: id → (kind of asset, the last day the ruling names). Refused without the ruling. The visit
    ends once no measure is left that is about to end.
    """
    _refuse_unproved(facts, proof, "a renewal")
    events: list[ev.Event] = [ev.MeasureRenewed(name, kind, until, proof) for name, (kind, until) in renewals.items()]
    waiting = {name for name, _ in _ending(facts, numbers, on)} - set(renewals)
    if not waiting and _waits(facts, "freeze_renewal"):
        events.append(ev.VisitLeft("freeze_renewal", "renewed", proof))
    return tuple(events)


def _waits(facts: Facts, node: str) -> bool:
    visit = facts.file.visits.get(node)
    return visit is not None and visit.state == "open"


def _refuse_unproved(facts: Facts, proof: str, what: str) -> None:
    if not proof.strip():
        raise UserError(f"{what} needs the court's ruling", where=f"account {facts.account_id}", mend="give --proof")
