"""The simulator's door to arrangements: proposed, waited for, signed, as `desk.office` needs it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from desk import arrangements
from desk.arrangements import Draft
from desk.open_desk import Desk
from desk.operations import Operations
from recourse import events as ev
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.tables import visits
from recourse.simulate import office as door
from tasks.arrangement import NODES

FIRST_AFTER_DAYS = 45
"""By then the gate has answered and the paper is signed."""
AGREEMENT = "arrangement_agreement"


def propose(work: Operations, account_id: str, kind: str, months: int) -> bool:
    """Put a plan over the arrears to its gate; False where it is refused."""
    first = work.pen.day + timedelta(days=FIRST_AFTER_DAYS)
    draft = Draft(
        kind, months, whole=False, days=30, first_due_on=first, above_ability="收入流水核查表", willing="客户书面申请",
        no_new_cards=True, terms="个性化分期还款协议第4至6条",
    )  # fmt: skip
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
            own = tuple(row.due_on for row in proposal.offer.rows if row.principal or row.charges)
            found.append(door.ToSign(dossier.facts.account_id, own))
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
