"""征信 Credit reporting of a debt: told before it is reported (征信业管理条例 15), kept five years (16), objected to (25). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from recourse import events as ev
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.free_text import one_line

GROUNDS = ("not_mine", "not_late", "amount", "paid", "not_told", "other")
OUTCOMES = ("upheld", "rejected")
STEPS = ("sent", "confirmed")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def told(facts: Facts, notice_id: str, party: str, channel: str, proof: str) -> ev.CreditNoticeGiven:
    """The person was told; a notice without proof is refused, since it would count for nothing."""
    known = {each.party_id for each in facts.security.parties} | {facts.person_id}
    if party not in known:
        raise UserError(f"no party {party[:40]!r} of account {facts.account_id!r}", mend="see `recourse explain`")
    where = one_line(proof, "proof")
    if not where:
        raise UserError("a notice needs its proof", mend="give --proof WHERE")
    return ev.CreditNoticeGiven(notice_id, party, channel, where)


def objected(objection_id: str, months: Sequence[str], ground: str, proof: str) -> ev.CreditObjectionRaised:
    """An objection to some months of the record."""
    if ground not in GROUNDS:
        raise UserError(f"unknown ground {ground[:40]!r}", mend=f"use one of {', '.join(GROUNDS)}")
    wrong = [month for month in months if not _MONTH.fullmatch(month)]
    if wrong or not months:
        raise UserError(f"not a month: {wrong[0][:20]!r}" if wrong else "no month is named", mend="write YYYY-MM")
    return ev.CreditObjectionRaised(objection_id, tuple(sorted(set(months))), ground, one_line(proof, "proof"))


def answered(row: Any, outcome: str, reply: str) -> ev.CreditObjectionAnswered:
    """A written reply (25)."""
    if outcome not in OUTCOMES:
        raise UserError(f"unknown outcome {outcome[:40]!r}", mend=f"use one of {', '.join(OUTCOMES)}")
    if row.state != "flagged":
        raise UserError(f"the objection is {row.state}", where=_where(row))
    if not reply:
        raise UserError("an objection is answered in writing", where=_where(row), mend="give --reply FILE")
    return ev.CreditObjectionAnswered(row.objection_id, outcome, reply)


def corrected(row: Any, step: str, proof: str) -> ev.CreditCorrected:
    """What was found wrong is sent to the registry, then confirmed by it."""
    if step not in STEPS:
        raise UserError(f"unknown step {step[:40]!r}", mend=f"use one of {', '.join(STEPS)}")
    follows = {"sent": "answered", "confirmed": "sent"}[step]
    if row.outcome != "upheld" or row.state != follows:
        raise UserError(
            f"{step} does not follow: the objection is {row.state} {row.outcome}".rstrip(), where=_where(row),
            mend="answer it as upheld, send, then confirm",
        )  # fmt: skip
    where = one_line(proof, "proof")
    if not where:
        raise UserError("a correction needs its proof", where=_where(row), mend="give --proof WHERE")
    return ev.CreditCorrected(row.objection_id, step, where)


def _where(row: Any) -> str:
    return f"objection {row.objection_id[:8]}"
