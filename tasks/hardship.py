"""困难 Hardship: an application stops adverse acts at once, is then decided on its papers, and reviewed. Pure.

It ends nothing by itself: the debt stands, and what is offered is an arrangement of a kind that the phase allows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import msgspec

from recourse import events as ev
from recourse.days import later
from recourse.errors import UserError
from recourse.facts import Facts
from recourse.free_text import one_line
from recourse.policy.book import Policy

OUTCOMES = ("accepted", "rejected")
LONGEST_RULE = "hardship.longest_review_days"


def applied(facts: Facts, application_id: str, cause: str, held: Collection[str], policy: Policy) -> ev.HardshipApplied:
    """An application; wanted are the papers of its cause that the bank does not hold already."""
    known = policy.hardships.get(cause)
    if known is None:
        raise UserError(f"unknown cause {cause[:40]!r}", mend=f"use one of {', '.join(sorted(policy.hardships))}")
    if facts.file.end:
        raise UserError(f"the case has ended: {facts.file.end}", where=f"account {facts.account_id}")
    return ev.HardshipApplied(application_id, cause, tuple(paper for paper in known[1].papers if paper not in held))


def brought(row: Any, paper: str, evidence: str) -> ev.HardshipEvidenced:
    """A paper that was lacking was brought."""
    lacking = _lacking(row)
    if row.state != "applied":
        raise UserError(f"the application is {row.state}", where=_where(row), mend="apply anew")
    if paper not in lacking:
        left = ", ".join(lacking) or "nothing"
        raise UserError(f"{paper[:40]!r} is not asked for", where=_where(row), mend=f"still lacking: {left}")
    where = one_line(evidence, "evidence")
    if not where:
        raise UserError("evidence lies somewhere", where=_where(row), mend="give its digest or where it lies")
    return ev.HardshipEvidenced(row.application_id, paper, where, tuple(each for each in lacking if each != paper))


def decided(
    row: Any, outcome: str, reason: str, review_on: date | None, policy: Policy, today: date
) -> ev.HardshipDecided:
    """Accepted until a day of review, or rejected with a reason; a review decides anew."""
    where = _where(row)
    if outcome not in OUTCOMES:
        raise UserError(f"unknown outcome {outcome[:40]!r}", mend=f"use one of {', '.join(OUTCOMES)}")
    if row.state not in ("applied", "accepted"):
        raise UserError(f"the application is {row.state}", where=where, mend="apply anew")
    why = one_line(reason, "reason")
    if not why:
        raise UserError("a decision needs its reason", where=where, mend="give --reason TEXT")
    if outcome == "rejected":
        return ev.HardshipDecided(row.application_id, outcome, why)
    lacking = _lacking(row)
    if lacking:
        raise UserError(f"papers are lacking: {', '.join(lacking)}", where=where, mend="`recourse hardship bring`")
    longest = later(today, policy.number(LONGEST_RULE))
    if review_on is None or not today < review_on <= longest:
        raise UserError("an accepted hardship is reviewed", where=where, mend=f"give a day up to {longest}")
    return ev.HardshipDecided(row.application_id, outcome, why, review_on)


def _lacking(row: Any) -> tuple[str, ...]:
    return msgspec.json.decode(row.lacking, type=tuple[str, ...])


def _where(row: Any) -> str:
    return f"application {row.application_id[:8]}"


def offers(facts: Facts, cause: str, policy: Policy, today: date) -> list[str]:
    """Kinds of arrangement that may be talked about: those that the cause's rule names, of the phase the debt is in."""
    known = policy.hardships.get(cause)
    fits = set(_of_phase(facts, today))
    return [kind for kind in (known[1].offers if known is not None else ()) if kind in fits]


def _of_phase(facts: Facts, today: date) -> Iterator[str]:
    """展期 before maturity · 调整还款计划 · 个性化分期 for cards · 减免结清 · in court 诉中调解."""
    file, matures_on = facts.file, facts.terms.matures_on
    if file.accelerated_on is None and matures_on is not None and today < matures_on:
        yield "extension"
    if file.accelerated_on is None and not file.matter_open:
        yield "reschedule"
    if facts.product == "credit_card":
        yield "personal_instalments"
    yield "settlement_with_waiver"
    if file.matter_open:
        yield "court_mediation"
