"""失联查找 Locate: one question to a third party, where the debtor may be reached or to pass on a message, and nothing else.

Proposed by a person once contact is lost by the rules of the topic `unreachable`, which are worked out of the recorded
contacts; agreed to at a gate for that one contact point; asked by a caller under a permit. The item holds no amount, no
day and nothing of the debt: they are not there to be told. Who refuses once is never asked again.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from recourse import events as ev
from recourse.acts import Happened, Item, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.fold_contact import ENDS
from recourse.lost_contact import Ground

NODE = "locate"
SCRIPT = "locate_ask_only"
SCRIPTS = {
    SCRIPT: (
        "您好，我是{bank}的工作人员{caller}，想与{name}取得联系。请问您能否提供其现在的联系方式，或者请其回电？"
        "如您不便，我们不会再打扰。本次通话会被录音。",
        "Hello, this is {caller} of {bank}. We would like to get in touch with {name}. Could you tell us how to reach "
        "them, or ask them to call us back? If you would rather not, we will not trouble you again. This call is recorded.",
    )
}
"""Ask-only: who asks, for whom, nothing else. 中文, English."""


class Outcome(msgspec.Struct, frozen=True):
    """What a code means: whether the third party is asked again, and what binds the number from now on."""

    zh: str
    again: bool = False
    term: str = ""


OUTCOMES: dict[str, Outcome] = {
    "told_contact": Outcome("提供联系方式"),
    "passed_on": Outcome("同意转告"),
    "refused": Outcome("拒绝", term="third_party_refused"),
    "wrong_person": Outcome("不认识债务人", term="third_party_refused"),
    "offered_to_pay": Outcome("主动表示代为还款", term="offered"),
    "invalid_number": Outcome("空号"),
    "no_answer": Outcome("无人接听", again=True),
    "busy": Outcome("占线", again=True),
    "switched_off": Outcome("关机", again=True),
}


SPOKEN = frozenset(code for code, outcome in OUTCOMES.items() if not outcome.again) - {"invalid_number"}
"""Outcomes in which somebody answered: such a call was recorded."""


class Locate:
    """Puts the question into the queue; the visit stays open until it is answered, or runs out."""

    node = NODE
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        return [_queued(item) for item in items]


def _queued(item: Item) -> Receipt:
    file = item.facts.file
    if not file.locate:
        return Receipt(item.key, "failed", "failed", detail="the debtor was reached meanwhile")
    queued = ev.LocateQueued(file.locate, file.locate_contact, file.locate_number, SCRIPT)
    return Receipt(item.key, "done", happened=(Happened(queued),))


def proposed(
    facts: Facts, locate_id: str, contact_id: str, number_id: str, grounds: Sequence[Ground], reason: str
) -> ev.LocateProposed:
    """A proposal to ask at one contact point; refused while contact is not lost, or another question is open."""
    where = f"account {facts.account_id}"
    if facts.file.end:
        raise UserError(f"the case has ended: {facts.file.end}", where=where)
    if not grounds:
        raise UserError(
            "contact with the debtor is not lost by any rule in force", where=where,
            mend="ring the debtor's own numbers and record what comes of it",
        )  # fmt: skip
    if facts.file.locate:
        raise UserError("a third party is being asked already", where=where, mend="see `recourse locate list`")
    if not reason.strip():
        raise UserError("a proposal needs its reason", where=where, mend="give --reason TEXT")
    because = tuple(f"{ground.rule}: {ground.seen}" for ground in grounds)
    return ev.LocateProposed(locate_id, contact_id, number_id, because, reason)


def known(code: str) -> Outcome:
    """The meaning of an outcome code, or one line that lists the codes."""
    if code not in OUTCOMES:
        raise UserError(f"unknown outcome {code!r}", mend=f"use one of {', '.join(OUTCOMES)}")
    return OUTCOMES[code]


def recorded(locate_id: str, permit_id: str, code: str, recording: str) -> tuple[ev.Event, ...]:
    """What came of asking, and the visit left when the question is answered."""
    known(code)
    told = ev.LocateRecorded(locate_id, permit_id, code, recording)
    return (told, ev.VisitLeft(NODE, code)) if code in ENDS else (told,)
