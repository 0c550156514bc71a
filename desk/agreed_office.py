"""The simulator's door to arrangements: proposed, waited for, signed, as `desk.office` needs it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from desk import arrangements
from desk.arrangements import Draft
from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse import initial_plan
from recourse.arrangements import floor_of, hardship_accepted
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.ledger import store
from recourse.ledger.agreed_rows import WAIVER
from recourse.ledger.database import reading
from recourse.ledger.tables import visits, work_items
from recourse.simulate import office as door
from tasks.arrangement import NODES

FIRST_AFTER_DAYS = 45
"""By then the gate has answered and the paper is signed."""
AGREEMENT = "arrangement_agreement"


def propose(work: Operations, account_id: str, kind: str, months: int) -> bool:
    """Put a plan over the arrears to its gate; False where it is refused."""
    draft = Draft(
        kind, months, whole=False, days=30, first_due_on=_first(work), above_ability="收入流水核查表", willing="客户书面申请",
        no_new_cards=True, terms="个性化分期还款协议第4至6条",
    )  # fmt: skip
    return _propose(work, account_id, draft)


def settle(work: Operations, account_id: str, instalments: int) -> bool:
    """Put a settlement to its gate that gives up as much penalty interest as the floors allow; False where it is refused."""
    facts = work.one(account_id)
    policy = work.strategy.policy_of(facts)
    floor = floor_of(facts, policy)
    if facts.amounts is None or floor is None:
        return False
    planned = initial_plan.floor_of(facts, policy) if not hardship_accepted(facts) else None
    room = facts.amounts.total if planned is None or planned.amount is None else facts.amounts.total - planned.amount
    given = min(facts.amounts.penalty * floor[1].waived_percent["penalty"] // 100, room)
    kind, waive = "settlement_with_waiver", {"penalty": given}
    return _propose(work, account_id, Draft(kind, instalments, days=30, first_due_on=_first(work), waive=waive))


def to_waive(desk: Desk) -> Collection[str]:
    """Accounts for which the core has a waiver to book."""
    query = select(work_items.c.account_id).where(work_items.c.kind == WAIVER, work_items.c.closed_on.is_(None))
    with reading(desk.engine) as connection:
        return set(connection.execute(query).scalars())


def _first(work: Operations) -> date:
    return work.pen.day + timedelta(days=FIRST_AFTER_DAYS)


def _propose(work: Operations, account_id: str, draft: Draft) -> bool:
    try:
        arrangements.propose(work, account_id, draft)
    except UserError:
        return False
    return True


def to_sign(desk: Desk) -> Sequence[door.ToSign]:
    """What the gates agreed to: two queries."""
    query = select(visits.c.case_id).where(visits.c.node.in_(NODES.values()), visits.c.state == "open")
    with reading(desk.engine) as connection:
        dossiers = store.load(connection, connection.execute(query).scalars(), lock=False)
    found = []
    for dossier in dossiers.values():
        proposal = dossier.file.proposal
        if proposal is not None:
            offer = proposal.offer
            days, sums = tuple(row.due_on for row in offer.own), tuple(row.total - row.current for row in offer.own)
            found.append(door.ToSign(dossier.facts.account_id, days, sums, offer.whole))
    return found


def sign(work: Operations, account_id: str, paper: bytes) -> bool:
    """The paper comes into the file and the arrangement is in force; False where something stands against it by now."""
    facts, sha256 = work.one(account_id), hashlib.sha256(paper).hexdigest()
    received = ev.DocumentReceived(sha256, AGREEMENT, "text/plain", len(paper), dated_on=work.pen.day, source="counter")
    work.record([Arrival(facts.case_id, received)])
    try:
        arrangements.sign(work, account_id, document=sha256)
    except UserError:
        return False
    return True
