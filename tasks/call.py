"""电话催收 Call: an item in the callers' queue with its script, and outcome codes that drive what follows.

Queueing contacts nobody, so it needs no permit; each dial does (`climb.arrivals.dial`). The number of dials a day and
their hours are the permit's business, not the queue's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.canonical import derived_id
from recourse.channels.channel import Delivery
from recourse.climb.arrivals import PERSONAL, brake_id
from recourse.errors import UserError
from recourse.policy.book import Policy


class Outcome(msgspec.Struct, frozen=True):
    """What a code means: whether the item is dialled again, how the visit ends, and the brake that falls at once."""

    zh: str
    again: bool = False
    leaves: str = ""
    brake: str = ""
    promise: bool = False


OUTCOMES: dict[str, Outcome] = {
    "no_answer": Outcome("无人接听", again=True),
    "busy": Outcome("占线", again=True),
    "switched_off": Outcome("关机", again=True),
    "invalid_number": Outcome("空号", leaves="unreached"),
    "promise": Outcome("承诺还款", leaves="promised", promise=True),
    "will_pay_now": Outcome("即将还款", leaves="promised", promise=True),
    "refused": Outcome("拒绝还款", leaves="refused"),
    "hardship_claimed": Outcome("主张困难", leaves="hardship", brake="hardship"),
    "dispute_raised": Outcome("提出异议", leaves="disputed", brake="dispute"),
    "complaint_made": Outcome("投诉", leaves="complaint", brake="complaint"),
    "third_party_answered": Outcome("非本人接听", again=True),
    "deceased_reported": Outcome("告知死亡", leaves="deceased_reported", brake="deceased"),
}


class Call:
    """Queues the call; the visit stays open until an outcome, or until it runs out."""

    node = "call"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [self._queue(item) for item in items]

    def _queue(self, item: Item) -> Receipt:
        script = "call_first" if item.n == 1 else "call_follow_up"
        queued = ev.CallQueued(derived_id("call", item.key), self.node, item.n, script)
        return Receipt(item.key, "done", happened=(Happened(queued),))


HARDSHIPS: Mapping[str, str] = {"job_loss": "unemployment", "illness_accident": "illness", "family": "family"}
"""The cause that a debtor gave in a call → the cause of his application of hardship; another, or none: less income."""


def consequences(case_id: str, code: str, on: date, policy: Policy, cause: str = "") -> tuple[ev.Event, ...]:
    """What a call's outcome brings about at once on its case. `cause`: of the arrears, as given in it. Unknown codes are
    refused."""
    outcome = known(code)
    events: list[ev.Event] = []
    if outcome.leaves:
        events.append(ev.VisitLeft("call", outcome.leaves))
    if outcome.brake and outcome.brake not in PERSONAL:
        hold_id, ground = brake_id(case_id, outcome.brake, on), f"call: {code}"
        events.append(_braked(hold_id, outcome.brake, ground, policy, cause))
    return tuple(events)


def _braked(hold_id: str, brake: str, ground: str, policy: Policy, cause: str) -> ev.Event:
    """What is said on the telephone is a complaint, a dispute or an application as any other, with its clock."""
    match brake:
        case "complaint":
            return ev.ComplaintReceived(hold_id, "phone", "service", "")
        case "dispute":
            return ev.DisputeRaised(hold_id, "amount", brake, ground)
        case "hardship":
            named = HARDSHIPS.get(cause, "income_loss")
            known = policy.hardships.get(named)
            return ev.HardshipApplied(hold_id, named, known[1].papers if known is not None else ())
    return ev.BrakePlaced(hold_id, brake, None, ground)


def learned(code: str) -> str:
    """What an outcome tells of the person, which reaches all the person's cases ("" = nothing)."""
    brake = known(code).brake
    return brake if brake in PERSONAL else ""


def known(code: str) -> Outcome:
    """The meaning of an outcome code, or one line that lists the codes."""
    if code not in OUTCOMES:
        raise UserError(f"unknown outcome {code!r}", mend=f"use one of {', '.join(OUTCOMES)}")
    return OUTCOMES[code]


def check_promise(code: str, promise_on: date | None, on: date, longest_days: int) -> None:
    """A promise names a day, not in the past and not too far off; other outcomes name none."""
    if known(code).promise != (promise_on is not None):
        raise UserError(
            f"outcome {code!r} and the promised day do not fit", mend="a promise, and only a promise, has a day"
        )
    if promise_on is not None and not on <= promise_on <= on + timedelta(days=longest_days):
        raise UserError(f"a promise for {promise_on}", mend=f"at most {longest_days} days from {on}")
