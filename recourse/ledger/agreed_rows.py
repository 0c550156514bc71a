"""Rows of what was agreed with debtors: promises, arrangements and their instalments, and what people have to look at.

Part of `recourse.ledger.projections`, which applies them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Table

from recourse import events as ev
from recourse.canonical import derived_id
from recourse.fold_agreed import promise_id
from recourse.ledger.tables import arrangement_dues, arrangements, promises, work_items

Change = tuple[Table, tuple[str, ...], tuple[Any, ...]]
"""A row to upsert: table, columns (primary key first), values."""

Changes = tuple[Change, ...]

Move = tuple[Table, tuple[str, ...], tuple[str, ...], tuple[Any, ...]]
"""A row to change: table, key columns, columns, values."""

TABLES: tuple[Table, ...] = (promises, arrangements, arrangement_dues)
WAIVER, DIFFERENCE = "waiver_to_book", "arrangement_difference"
"""Kinds of work item: what the core has to waive, and what it still says is due."""


def promised(case_id: str, person_id: str, event: ev.ContactRecorded | ev.AgencyContacted, on: date) -> Changes:
    """The row of a promise, where one was made."""
    if event.promise_on is None:
        return ()
    columns = ("promise_id", "case_id", "made_on", "due_on", "amount", "state")
    return ((promises, columns, (promise_id(event), case_id, on, event.promise_on, event.promise_amount, "")),)


def _judged(state: str) -> Callable[[str, str, Any, date], Changes]:
    """An imported promise has its row from here on."""
    columns = ("promise_id", "case_id", "due_on", "amount", "paid", "state", "judged_on")

    def row(case_id: str, person_id: str, event: ev.PromiseKept, on: date) -> Changes:
        return ((promises, columns, (event.promise_id, case_id, event.due_on, event.amount, event.paid, state, on)),)

    return row


def _made(case_id: str, person_id: str, event: ev.ArrangementMade, on: date) -> Changes:
    columns = ("arrangement_id", "case_id", "kind", "state", "made_on", "until_on", "total", "waived", "restructured",
               "proof", "ended_on")  # fmt: skip
    waived = event.waived.total if event.waived is not None else 0
    row = (event.arrangement_id, case_id, event.kind, "running", on, event.until_on,
           sum(each.total for each in event.rows), waived, event.restructured, event.proof, None)  # fmt: skip
    due_columns = ("arrangement_id", "number", "case_id", "due_on", "amount", "state", "judged_on")
    dues = [
        (arrangement_dues, due_columns, (event.arrangement_id, n, case_id, each.due_on, each.total, "", None))
        for n, each in enumerate(event.rows, start=1)
    ]
    return ((arrangements, columns, row), *dues)


def _item(kind: str, account_id: str, of: str, on: date, what: str) -> Changes:
    columns = ("item_id", "kind", "account_id", "opened_on", "closed_on", "what")
    return ((work_items, columns, (derived_id("item", kind, of, on), kind, account_id, on, None, what)),)


def _earned(case_id: str, person_id: str, event: ev.WaiverEarned, on: date) -> Changes:
    parts = ", ".join(f"{name} {amount}" for name, amount in event.amounts.items() if amount)
    what = f"the arrangement was performed in full: waive in the core (minor units) {parts}"
    return _item(WAIVER, event.account_id, event.arrangement_id, on, what)


def _differed(case_id: str, person_id: str, event: ev.PlanDiffered, on: date) -> Changes:
    what = f"the arrangement was performed, and the core says {event.due} minor units are due as of {event.as_of}"
    return _item(DIFFERENCE, event.account_id, event.arrangement_id, on, what)


MADE: dict[type[ev.Event], Callable[[str, str, Any, date], Changes]] = {
    ev.ContactRecorded: promised,
    ev.PromiseKept: _judged("kept"),
    ev.PromisePartKept: _judged("part_kept"),
    ev.PromiseBroken: _judged("broken"),
    ev.ArrangementMade: _made,
    ev.WaiverEarned: _earned,
    ev.PlanDiffered: _differed,
}

MOVED: dict[type[ev.Event], Callable[[str, Any, date], Move]] = {
    ev.PromiseReleased: lambda case_id, e, on: (
        promises, ("promise_id",), ("state", "judged_on"), (e.promise_id, "released", on)
    ),
    ev.ArrangementEnded: lambda case_id, e, on: (
        arrangements, ("arrangement_id",), ("state", "ended_on"), (e.arrangement_id, e.end, on)
    ),
    ev.InstalmentJudged: lambda case_id, e, on: (
        arrangement_dues, ("arrangement_id", "number"), ("state", "judged_on"),
        (e.arrangement_id, e.number, e.state, on),
    ),
}  # fmt: skip
