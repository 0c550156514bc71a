"""外访 Visit: collectors go and see the debtor. Proposed by a person, or entered by policy when calls bring nothing; agreed
to at a gate; planned for an hour under a permit; reported on a form.

Two collectors at least go, show who they are, record all of it, and enter no home or workplace without consent (催收工作
指引 2026, 22). A visit that broke one of these is recorded with what it broke.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

import msgspec

from recourse import events as ev
from recourse.acts import WorkItem
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.policy.book import Policy

NODE = "visit"
LEAST = "contact.visit_collectors"
PLACES = ("home", "work", "other")
OUTCOMES = {
    "met": "见到债务人",
    "promise": "当面承诺还款",
    "refused": "当面拒绝还款",
    "not_there": "债务人不在",
    "moved_away": "已搬离",
}


class Visit(WorkItem):
    """Lies on the desk of those who plan visits until it is reported, or runs out."""

    def __init__(self) -> None:
        super().__init__(NODE)


class Form(msgspec.Struct, frozen=True):
    """What collectors report: outcome, whether they showed who they are, where the recording lies, the hour on the debtor's
    own clock (HH:MM) at which they came, whether they went in and where the consent to that lies."""

    code: str
    identified: bool
    recording: str
    at: str
    entered: bool = False
    consent: str = ""


def proposed(facts: Facts, reason: str) -> ev.FieldVisitProposed:
    """A proposal to go; refused while nobody has rung yet."""
    where = f"account {facts.account_id}"
    if facts.file.end:
        raise UserError(f"the case has ended: {facts.file.end}", where=where)
    if not reason.strip():
        raise UserError("a proposal needs its reason", where=where, mend="give --reason TEXT")
    if "call" not in facts.file.visits:
        raise UserError("nobody has rung this debtor yet", where=where, mend="a call comes before a visit")
    return ev.FieldVisitProposed(reason)


def check_plan(
    facts: Facts, policy: Policy, collectors: Sequence[str], place: str, planned_on: date, at: str, today: date
) -> None:
    """Refuse a plan that nobody agreed to, that too few go on, or that lies in the past."""
    where = f"account {facts.account_id}"
    visit = facts.file.visits.get(NODE)
    if visit is None or visit.state != "open":
        raise UserError("no visit was agreed to", where=where, mend="`recourse visit propose`, then its gate")
    least = policy.number(LEAST)
    if len(set(collectors)) < least:
        raise UserError(
            f"{len(set(collectors))} collectors; {least} at least go", where=where, mend="name more [" + LEAST + "]"
        )
    if place not in PLACES:
        raise UserError(f"unknown place {place!r}", where=where, mend=f"use one of {', '.join(PLACES)}")
    if planned_on < today:
        raise UserError(f"{planned_on} lies before the business day {today}", where=where, mend="give a day to come")
    hour_of(at, where)


def hour_of(at: str, where: str) -> time:
    """An hour that somebody wrote as HH:MM."""
    try:
        hour = time.fromisoformat(at)
    except ValueError:
        hour = None
    if hour is None or hour.tzinfo is not None or at != hour.isoformat("minutes"):
        raise UserError(f"not an hour: {at!r}", where=where, mend="such as 10:30")
    return hour


def reported(
    plan_id: str, permit_id: str, planned_on: date, made_on: date, form: Form, quiet: str = ""
) -> tuple[ev.Event, ...]:
    """The visit as it was, with what it broke; the node is left. `quiet`: the rule in whose hours it was made."""
    if form.code not in OUTCOMES:
        raise UserError(f"unknown outcome {form.code!r}", mend=f"use one of {', '.join(OUTCOMES)}")
    broken = {
        "not_identified": not form.identified,
        "not_recorded": not form.recording.strip(),
        "entered_without_consent": form.entered and not form.consent.strip(),
        "another_day": made_on != planned_on,
        "quiet_hours": bool(quiet),
    }
    made = ev.FieldVisitMade(
        plan_id, permit_id, form.code, form.identified, form.recording.strip(), form.entered, form.consent.strip(),
        tuple(name for name, so in broken.items() if so), form.at,
    )  # fmt: skip
    outside = (ev.PermitOverrun(permit_id, quiet),) if quiet else ()
    return made, *outside, ev.VisitLeft(NODE, form.code)
