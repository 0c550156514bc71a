"""困难 Hardship at the desk: applications with their papers, decisions, reviews, and what may be offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from desk.clerk import Clerk, Entered, rows
from desk.open_desk import Desk
from recourse import events as ev
from recourse.canonical import derived_id
from recourse.days import later
from recourse.facts import Facts
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.tables import hardships
from tasks import hardship


class Line(msgspec.Struct, frozen=True):
    """One application. `bring_by_on`: until when papers may be brought; `offers`: kinds of arrangement to talk about."""

    application_id: str
    account: str
    cause: str
    applied_on: date
    lacking: tuple[str, ...]
    state: str
    bring_by_on: date | None
    review_on: date | None
    offers: tuple[str, ...]


def add(
    clerk: Clerk, account: str, cause: str, papers: Mapping[str, str], on: date | None = None, key: str = ""
) -> Entered:
    """Take in an application: adverse acts stop at once. `papers`: kind → where it lies, of those brought with it."""
    clerk.require("hardship_entry")
    facts, day = clerk.case(account), on or clerk.day
    about = (key, clerk.actor.name) if key else (cause, day)
    application_id = derived_id("hardship", facts.case_id, *about)
    held = clerk.held(account)

    def events(facts: Facts) -> list[ev.Event]:
        applied = hardship.applied(facts, application_id, cause, held, clerk.policy(facts))
        found: list[ev.Event] = [applied]
        row = _Applied(application_id, msgspec.json.encode(applied.wanted).decode())
        for paper, where in papers.items():
            brought = hardship.brought(row, paper, where)
            found.append(brought)
            row = _Applied(application_id, msgspec.json.encode(brought.lacking).decode())
        return found

    return clerk.enter(hardships, application_id, account, events, day, same=lambda row: row.cause == cause)


class _Applied(msgspec.Struct, frozen=True):
    """An application that is being taken in, as a row of it will be."""

    application_id: str
    lacking: str
    state: str = "applied"


def bring(clerk: Clerk, application_id: str, paper: str, evidence: str) -> Entered:
    """A paper was brought."""
    clerk.require("hardship_entry")
    return _moved(clerk, application_id, lambda row, _: [hardship.brought(row, paper, evidence)])


def decide(clerk: Clerk, application_id: str, outcome: str, reason: str, review_on: date | None = None) -> Entered:
    """Accept until a day of review, or reject; an accepted one is decided anew at its review."""
    clerk.require("hardship_decision")
    return _moved(
        clerk, application_id,
        lambda row, facts: [hardship.decided(row, outcome, reason, review_on, clerk.policy(facts), clerk.day)],
    )  # fmt: skip


def _moved(clerk: Clerk, application_id: str, judge: Any) -> Entered:
    row, facts = clerk.move(hardships, application_id, judge)
    return Entered(row.application_id, facts.account_id)


def listed(desk: Desk, *, account: str = "", all_: bool = False) -> list[Line]:
    """Applications that are to be decided or reviewed, or all."""
    found = rows(desk, hardships, account=account, states=() if all_ else ("applied", "accepted"))
    return _lines(desk, [row for _, row in found])


def show(desk: Desk, application_id: str) -> Line:
    """One application."""
    with reading(desk.engine) as connection:
        row = Clerk.row(connection, hardships, application_id)
    return _lines(desk, [row])[0]


def _lines(desk: Desk, found: list[Any]) -> list[Line]:
    day = desk.business_day()
    strategy = desk.strategy(day)
    with reading(desk.engine) as connection:
        dossiers = store.load(connection, [row.case_id for row in found], lock=False)
    lines = []
    for row in found:
        facts = dossiers[row.case_id].facts
        policy = strategy.policy_of(facts)
        lacking = msgspec.json.decode(row.lacking, type=tuple[str, ...])
        days = policy.numbers.get("hardship.evidence_days")
        bring_by = later(row.applied_on, days) if row.state == "applied" and lacking and days is not None else None
        offers = tuple(hardship.offers(facts, row.cause, policy, day)) if row.state in ("applied", "accepted") else ()
        lines.append(Line(row.application_id, facts.account_id, row.cause, row.applied_on, lacking, row.state, bring_by,
                          row.review_on, offers))  # fmt: skip
    return lines
