"""Acts that keep a right and so need no permit: who may not be written to in person is left out all the same.

Neither hours nor caps nor a wish not to be contacted let a right lapse. A letter to somebody who has died, cannot act for
themselves or has a lawyer goes to another, which people see to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from recourse.acts import Act, KeepsRight
from recourse.canonical import derived_id
from recourse.climb.strategy import Strategy
from recourse.contact_law import Request, barred
from recourse.ledger.dossier import Dossier, Pen
from recourse.ledger.work_list import open_items
from recourse.permits import Known

WRITE_TO_ANOTHER = "write_to_another"
INSTEAD = {
    "deceased": "the estate",
    "incapable": "the representative",
    "minor": "the representative",
    "represented": "the lawyer",
}
"""Bar → to whom a letter goes instead."""


def leave_out(
    connection: Connection, act: Act, rows: Sequence[Any], dossiers: Mapping[str, Dossier], strategy: Strategy, pen: Pen,
) -> dict[str, tuple[str, ...]]:  # fmt: skip
    """Key → addressees who are not written to; each is a work item. Nothing is asked of the budget."""
    if not isinstance(act, KeepsRight):
        return {}
    asked = []
    for row in rows:
        facts = dossiers[row.case_id].facts
        for person, role in act.written_to(facts) if row.effect == "act" else ():
            request = Request(person, row.case_id, "post", act.node, "", row.account_id, role)
            asked.append((row, request, strategy.policy_of(facts)))
    if not asked:
        return {}
    known = Known(connection, [(request, policy) for _, request, policy in asked], pen.day, lock=False)
    without: dict[str, tuple[str, ...]] = {}
    found: dict[str, tuple[str, str]] = {}
    for row, request, policy in asked:
        if request.person_id not in known.zones:
            continue
        facts_now = known.situation(request, pen.at, None, ()).facts
        for bar in (bar for bar in INSTEAD if bar in facts_now):
            rule = next((each.rule for each in barred(request, policy, (bar,))), "")
            if rule:
                without[row.key] = (*without.get(row.key, ()), request.person_id)
                what = f"{act.node} of {pen.day} to {request.person_id}: write to {INSTEAD[bar]} [{rule}]"
                found[derived_id("work_item", WRITE_TO_ANOTHER, row.key, request.person_id)] = (row.account_id, what)
                break
    open_items(connection, WRITE_TO_ANOTHER, found, pen)
    return without
