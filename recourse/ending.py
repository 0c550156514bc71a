"""How an episode ends, and what it takes: cure by phase, payment, transfer, the end of the claim itself. Pure."""

from __future__ import annotations

from datetime import date

from recourse.casefile import CaseFile
from recourse.facts import Facts


def _whole(file: CaseFile) -> bool:
    """Whether the whole claim is asked for, and not the arrears only: called, written off, or in court."""
    return file.accelerated_on is not None or file.written_off_on is not None or file.stage != ""


def _current(facts: Facts, today: date) -> bool:
    return facts.oldest_unpaid_due_on is None or facts.oldest_unpaid_due_on >= today


def _parked(file: CaseFile) -> bool:
    """Whether too little is known of a debt that was taken over to say that its arrears are paid."""
    return any(hold.kind == "parked" for hold in file.holds.values())


def arrears_cleared(facts: Facts, today: date) -> bool:
    """The instalments are paid up to date while the whole is claimed: people decide on going back to the plan, on
    withdrawing, or on going on, and nothing is pressed meanwhile. Decided to go on, it is pressed again until more is
    paid."""
    file = facts.file
    if file.kept_called_on is not None and (file.last_paid_on is None or file.last_paid_on <= file.kept_called_on):
        return False
    return _whole(file) and _current(facts, today) and not _parked(file) and file.written_off_on is None


def ending(facts: Facts, today: date) -> tuple[str, bool]:
    """How the episode ends today ("" = it does not), and whether what was asked for is paid.

    Cure by phase: before acceleration the arrears; after it, or in court, the whole claim. While a court file runs,
    payment ends nothing by itself; a written-off debt ends only when it is paid, transferred or terminated. What an
    arrangement gave up and earned is not asked for any more, whenever the core books it; a plan over the whole claim
    runs on though nothing is overdue by it.
    """
    file = facts.file
    if file.transferred_on is not None and file.transferred_on <= today:
        return "transferred", False
    if file.terminated:
        return "terminated", False
    settled = facts.owed is not None and facts.owed <= 0
    if not settled and file.waived:
        return "", True
    planned = file.plan is not None and file.plan.whole and not file.plan.performed
    if not (settled or (_current(facts, today) and not (_whole(file) or planned or _parked(file)))):
        return "", False
    if file.matter_open:
        return "", True
    if settled and file.waived:
        return "settled_with_waiver", True
    return ("settled" if settled else "cured"), True
