"""What people find of a debtor: the cause of the arrears 逾期原因, ability and willingness to pay. Each on evidence. Pure.

Nothing here is worked out: somebody found it, and the journal keeps who, when and on what.
"""

from __future__ import annotations

from recourse import events as ev
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.policy.debtor_values import Abilities, Causes, Willingness

CAUSE_ZH = {
    "oversight": "遗忘",
    "temporary_shortage": "临时性资金周转困难",
    "job_loss": "失业",
    "illness_accident": "疾病或意外",
    "family": "家庭变故",
    "dispute": "对债务有异议",
    "technical": "操作性或技术性原因",
}
ASSESSED = {"ability": Abilities, "willingness": Willingness}


def cause_found(cause: str, evidence: str, source: str = "") -> ev.CauseFound:
    """The cause, as somebody found it on evidence; `source`: where it was learned (a call, a letter)."""
    check_cause(cause)
    if not evidence.strip():
        raise UserError("a cause needs its evidence", mend="give --evidence TEXT: a call, a paper, what was seen")
    return ev.CauseFound(cause, evidence, source)


def check_cause(cause: str) -> None:
    """Refuse a word that names no cause. A cause that nobody knows is not recorded: it is unknown."""
    if cause not in Causes:
        raise UserError(f"unknown cause {cause!r}", mend=f"use one of {', '.join(Causes)}")


def assessed(facts: Facts, attribute: str, value: str, evidence: str) -> ev.DebtorAssessed:
    """How able or willing the debtor is, as somebody judged on evidence."""
    words = ASSESSED.get(attribute)
    if words is None or value not in words:
        raise UserError(
            f"unknown {attribute} {value!r}", where=f"account {facts.account_id}",
            mend=f"use one of {', '.join(words or ASSESSED)}",
        )  # fmt: skip
    if not evidence.strip():
        raise UserError("a judgement of a person needs its evidence", mend="give --evidence TEXT")
    return ev.DebtorAssessed(attribute, value, evidence)


def said_in_call(cause: str, call_id: str) -> tuple[ev.Event, ...]:
    """The cause that a debtor gave in a call ("" = none was given)."""
    return (cause_found(cause, f"call {call_id}", "call"),) if cause else ()
