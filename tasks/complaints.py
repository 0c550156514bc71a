"""投诉 Complaints: what may be recorded of one, from the day it came in to its end. Pure.

Terms of the law (2020年第3号): 15 days; a complex one 30; 30 more with the approval of a higher person; whoever is complained
about keeps out of it; nobody is asked for papers that the bank has.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev
from recourse.days import later
from recourse.errors import UserError
from recourse.free_text import one_line

CHANNELS = ("phone", "hotline", "letter", "counter", "email", "app", "regulator", "social_media")
CATEGORIES = ("conduct", "amount", "privacy", "third_party", "fees", "credit_record", "service", "other")
OUTCOMES = ("upheld", "partly", "rejected")
CAUSES = ("settled", "withdrawn")
AUTHORITIES = ("regulator", "12378", "consumer_association", "court", "head_office")
"""Who refers a complaint to the bank 转办."""
BREACHES: Mapping[str, str] = {"conduct": "conduct", "privacy": "data", "third_party": "third_party"}
"""Category → the violation that an upheld complaint about a contact is, of the agency or of own staff."""
LONGEST_TEXT = 64 * 1024
COMPLEX_RULE, MORE_RULE = "clock.complaint_complex_days", "clock.complaint_extension_days"
VERIFICATION_RULE = "clock.complaint_verification_longest_days"
OPEN = ("open", "verifying")


class Complaint(msgspec.Struct, frozen=True):
    """What somebody says of a complaint; `contact`: the permit or agency contact that it is about."""

    channel: str
    category: str
    received_on: date
    is_complex: bool = False
    referred_by: str = ""
    about: str = ""
    contact: str = ""


def checked(said: Complaint, today: date) -> Complaint:
    """A complaint whose codes are known and whose day is not to come."""
    _known(said.channel, CHANNELS, "channel")
    _known(said.category, CATEGORIES, "category")
    if said.referred_by:
        _known(said.referred_by, AUTHORITIES, "referred by")
    if said.received_on > today:
        raise UserError(f"{said.received_on} lies after the business day {today}", mend="give the day it came in")
    return msgspec.structs.replace(said, about=one_line(said.about, "about"), contact=one_line(said.contact, "contact"))


def checked_text(text: str) -> bytes:
    """The words of a complaint as they are kept: not empty, plain text, at most 64 KiB. Errors never repeat them."""
    data = text.strip().encode("utf-8", errors="replace")
    if not data:
        raise UserError("the complaint says nothing", mend="give its text")
    if len(data) > LONGEST_TEXT:
        raise UserError(f"the text has {len(data):,} bytes, at most {LONGEST_TEXT:,}", mend="bring it in as a paper")
    if any(ord(each) < 32 and each not in "\n\r\t" for each in text):
        raise UserError("control characters in the text", mend="save it as plain text")
    return data


def _known(word: str, known: tuple[str, ...], what: str) -> None:
    if word not in known:
        raise UserError(f"unknown {what} {word[:40]!r}", mend=f"use one of {', '.join(known)}")


def refuse_concerned(row: Any, actor: str) -> None:
    """Recusal 回避: the person complained about does not handle the complaint."""
    if actor == row.about:
        raise UserError(
            f"{actor} is who the complaint is about", where=f"complaint {row.complaint_id[:8]}", mend="somebody else handles it"
        )  # fmt: skip


def _refuse(row: Any, states: tuple[str, ...], what: str) -> None:
    if row.state not in states:
        raise UserError(
            f"{what}: it is {row.state}", where=f"complaint {row.complaint_id[:8]}", mend="see `recourse complaint show`"
        )  # fmt: skip


def extended(row: Any, step: str, numbers: Mapping[str, int], approved_by: str, reason: str) -> ev.ComplaintExtended:
    """More time: *complex* (30 days in all), *approved* (30 more on top of a complex one), *verification* (60 in all)."""
    if not reason.strip():
        raise UserError("more time needs a reason", mend="give --reason TEXT")
    if step == "verification":
        _refuse(row, ("verifying",), "no verification runs")
        return _until(row, step, row.verify_on, _number(numbers, VERIFICATION_RULE), approved_by, reason)
    _refuse(row, ("open",), "nothing is left to answer")
    most = _number(numbers, COMPLEX_RULE)
    if step == "complex":
        if row.until_on is not None:
            raise UserError(
                "it has more time already", where=f"complaint {row.complaint_id[:8]}", mend="`--step approved`"
            )
        return _until(row, step, row.received_on, most, approved_by, reason)
    if step != "approved":
        raise UserError(f"unknown step {step[:40]!r}", mend="complex, approved or verification")
    if not row.is_complex and row.until_on is None:
        raise UserError("only a complex complaint is given 30 days more", mend="`--step complex` first")
    if row.until_on is not None and row.until_on > later(row.received_on, most):
        raise UserError("it has had all the time that there is", mend="answer it")
    return _until(row, step, row.received_on, most + _number(numbers, MORE_RULE), approved_by, reason)


def _until(row: Any, step: str, from_on: date, days: int, by: str, reason: str) -> ev.ComplaintExtended:
    return ev.ComplaintExtended(row.complaint_id, step, later(from_on, days), by, reason)


def _number(numbers: Mapping[str, int], rule: str) -> int:
    if rule not in numbers:
        raise UserError(f"no rule {rule!r} is in force here", mend="answer in the time that there is")
    return numbers[rule]


def answered(row: Any, outcome: str, reply: str, by: str) -> ev.ComplaintAnswered:
    """A written answer; `reply`: its digest among the papers."""
    _known(outcome, OUTCOMES, "outcome")
    _refuse(row, OPEN, "it cannot be answered")
    if not reply:
        raise UserError("an answer is given in writing", mend="give --reply FILE")
    return ev.ComplaintAnswered(row.complaint_id, outcome, reply, by)


def breach_of(row: Any, outcome: str) -> str:
    """The violation that an upheld complaint about a contact shows ("" = none)."""
    return BREACHES.get(row.category, "") if outcome in ("upheld", "partly") and row.contact else ""


def referred(row: Any, by: str, proof: str) -> ev.ComplaintReferred:
    """An authority referred the complaint, or a higher level took it."""
    _known(by, AUTHORITIES, "authority")
    _refuse(row, OPEN, "it cannot be referred")
    if not proof.strip():
        raise UserError("a referral needs its proof", mend="give --proof WHERE")
    return ev.ComplaintReferred(row.complaint_id, by, proof)


def verification(row: Any, proof: str) -> ev.ComplaintVerificationAsked:
    """The complainant asks the higher level to verify the answer 核查."""
    _refuse(row, ("answered",), "nothing was answered that could be verified")
    if not proof.strip():
        raise UserError("a request needs its proof", mend="give --proof WHERE")
    return ev.ComplaintVerificationAsked(row.complaint_id, proof)


def closed(row: Any, cause: str, proof: str) -> ev.ComplaintClosed:
    """Settled after its answer, or withdrawn at any time by who made it; the latter needs proof."""
    _known(cause, CAUSES, "cause")
    _refuse(row, ("answered",) if cause == "settled" else (*OPEN, "answered"), "it cannot be closed so")
    if cause == "withdrawn" and not proof.strip():
        raise UserError("a withdrawal needs its proof", mend="give --proof WHERE")
    return ev.ComplaintClosed(row.complaint_id, cause, proof)
