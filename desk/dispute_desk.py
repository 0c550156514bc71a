"""异议 Disputes at the desk: marked, verified, answered in writing; the brake then waits for its gate."""

from __future__ import annotations

from datetime import date
from typing import Any

from desk.clerk import Clerk, Entered, Reply, rows
from desk.open_desk import Desk
from recourse import events as ev
from recourse.canonical import derived_id
from recourse.climb import brake_watch
from recourse.facts import Facts
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.tables import disputes
from tasks import disputes as rules
from tasks import hold_release

REPLY_KIND = "dispute_reply"


def raise_(clerk: Clerk, account: str, kind: str, proof: str = "", on: date | None = None, key: str = "") -> Entered:
    """The debtor disputes the debt: it is marked, and nothing presses from the day it was raised."""
    clerk.require("dispute_entry")
    facts, day = clerk.case(account), on or clerk.day
    about = (key, clerk.actor.name) if key else (kind, day)
    dispute_id = derived_id("dispute", facts.case_id, *about)
    return clerk.enter(
        disputes, dispute_id, account, lambda facts: [rules.raised(facts, dispute_id, kind, proof)], day,
        same=lambda row: row.kind == kind,
    )  # fmt: skip


def answer(clerk: Clerk, dispute_id: str, outcome: str, proof: str, reply: Reply) -> Entered:
    """Answer a dispute. Rejected, with the bank's proof: the gate decides whether the brake is lifted. Upheld: the brake stays,
    and the core has to correct the debt first."""
    clerk.require("dispute_handling")
    with reading(clerk.desk.engine) as connection:
        row = Clerk.row(connection, disputes, dispute_id)
        account = store.load(connection, [row.case_id], lock=False)[row.case_id].facts.account_id
    rules.answered(row, outcome, proof, "to come")
    sha256 = reply(account, REPLY_KIND)

    def judge(row: Any, facts: Facts) -> list[ev.Event]:
        found: list[ev.Event] = [rules.answered(row, outcome, proof, sha256)]
        if outcome == "rejected" and row.dispute_id in facts.file.holds and not facts.file.end:
            kind, by = facts.file.holds[row.dispute_id].kind, clerk.actor.name
            found.append(hold_release.proposed(facts, kind, [row.dispute_id], "answered: rejected", proof, by))
        return found

    row, _ = clerk.move(disputes, row.dispute_id, judge)
    if outcome != "rejected":
        with writing_on(clerk.desk.engine, clerk.day) as connection:
            brake_watch.note_corrections(connection, clerk.pen)
    return Entered(row.dispute_id, account)


def listed(desk: Desk, *, account: str = "", all_: bool = False) -> list[tuple[str, Any]]:
    """(account, row) of disputes that are open, or of all."""
    return rows(desk, disputes, account=account, states=() if all_ else ("open",))
