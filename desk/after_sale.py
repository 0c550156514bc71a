"""What is left to do once claims are sold: tell debtor and guarantors, take the buyer into court files, pass money on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, select

from desk.open_desk import Desk
from desk.operations import Operations
from desk.transfers import claims_of, pool_of
from recourse import events as ev
from recourse.acts import Entry
from recourse.climb.arrivals import Arrival
from recourse.errors import UserError
from recourse.events import open_envelope
from recourse.facts import Facts
from recourse.intake.reconcile import item_of
from recourse.intake.sold import ITEM
from recourse.ledger import sets, store
from recourse.ledger.database import reading, writing
from recourse.ledger.tables import (
    accounts,
    cases,
    documents_made,
    events,
    matter_cases,
    matters,
    payments,
    pool_claims,
    work_items,
)

SUBSTITUTION = "party_substitution"
"""Kind of the paper that asks a court to take the buyer in as party."""
TOLD_ROLES = ("borrower", "co_borrower", "joint_guarantor", "general_guarantor", "mortgagor", "heir")


class ToTell(msgspec.Struct, frozen=True):
    """One person who has to be told of an assignment; `proof`: of the notice that arrived ("" = none yet)."""

    account: str
    party: str
    role: str
    proof: str


class ToSubstitute(msgspec.Struct, frozen=True):
    """One court file of a claim that was sold; `filed`: the application to take the buyer in lies in the file."""

    account: str
    matter: str
    route: str
    stage: str
    number: str
    court: str
    filed: bool


def notices(desk: Desk, pool_id: str) -> list[ToTell]:
    """Who has to be told of the sale of a pool's claims, and of whom that is proved (民法典 546, 696)."""
    with reading(desk.engine) as connection:
        pool_of(connection, pool_id)
        sold = claims_of(connection, pool_id, "transferred")
        dossiers = store.load(connection, sold, lock=False)
        proved = {
            (case_id, entry.event.party_id): entry.event.proof
            for case_id, entry in _entries(connection, list(sold), ev.AssignmentNoticed)
            if isinstance(entry.event, ev.AssignmentNoticed) and entry.event.proof
        }
    return [
        ToTell(dossier.facts.account_id, party, role, proved.get((case_id, party), ""))
        for case_id, dossier in dossiers.items()
        for party, role in _to_tell(dossier.facts)
    ]


def _to_tell(facts: Facts) -> list[tuple[str, str]]:
    told = [(party.party_id, party.role) for party in facts.security.parties if party.role in TOLD_ROLES]
    return told or [(facts.person_id, "borrower")]


def _entries(connection: Connection, case_ids: Sequence[str], kind: type[ev.Event]) -> list[tuple[str, Entry]]:
    """Events of one kind in the journals of cases."""
    query = select(events.c.stream, events.c.pos, events.c.text).where(
        sets.among(events.c.stream, [f"case:{case_id}" for case_id in case_ids]), events.c.type == kind.TYPE
    )
    found = connection.execute(query.order_by(events.c.stream, events.c.pos))
    return [(stream.removeprefix("case:"), Entry(*open_envelope(text), pos)) for stream, pos, text in found]


def told(work: Operations, account: str, party: str, proof: str, on: date) -> None:
    """Somebody was told of the assignment; a notice that arrived interrupts the limitation (法释〔2020〕17号 17)."""
    facts = work.one(account)
    if facts.file.transferred_on is None:
        raise UserError("was not sold", where=f"account {account}", mend="see `recourse transfer list`")
    if party not in {each for each, _ in _to_tell(facts)}:
        raise UserError(f"no party {party!r} of account {account!r}", mend="see `recourse transfer notices`")
    if not proof.strip():
        raise UserError("a notice needs its proof", mend="give --proof WHERE")
    if on > work.pen.day:
        raise UserError(f"{on} lies after the business day {work.pen.day}", mend="give the day on which it arrived")
    work.record([Arrival(facts.case_id, ev.AssignmentNoticed(party, proof), on)])


def court_files(desk: Desk, pool_id: str) -> list[ToSubstitute]:
    """Court files of the claims that were sold, in which the buyer has to take the bank's place."""
    with reading(desk.engine) as connection:
        pool_of(connection, pool_id)
        sold = claims_of(connection, pool_id, "transferred")
        query = (
            select(matters, matter_cases.c.case_id)
            .join(matter_cases, matter_cases.c.matter_id == matters.c.matter_id)
            .where(sets.among(matter_cases.c.case_id, list(sold)), matters.c.stage.not_in(("withdrawn", "concluded")))
            .order_by(matters.c.matter_id)
        )
        rows = connection.execute(query).all()
        made = select(documents_made.c.case_id).where(
            documents_made.c.kind == SUBSTITUTION, sets.among(documents_made.c.case_id, list(sold))
        )
        filed = set(connection.execute(made).scalars())
    return [
        ToSubstitute(
            sold[row.case_id].account_id, row.matter_id, row.route, row.stage, row.number, row.court,
            row.case_id in filed,
        )
        for row in rows
    ]  # fmt: skip


def to_forward(desk: Desk) -> list[str]:
    """Payments that are a buyer's and were not passed on yet."""
    query = (
        select(payments.c.payment_id, work_items.c.item_id)
        .join(work_items, work_items.c.account_id == payments.c.account_id)
        .where(work_items.c.kind == ITEM, work_items.c.closed_on.is_(None))
        .order_by(payments.c.payment_id)
    )
    with reading(desk.engine) as connection:
        return [payment for payment, item in connection.execute(query) if item_of(ITEM, payment) == item]


def forward(work: Operations, payment_id: str, proof: str) -> int:
    """Money that came in after the cut-off was passed on to the buyer; returns how much."""
    if not proof.strip():
        raise UserError("passing money on needs its proof", mend="give --proof WHERE")
    query = (
        select(payments.c.amount, payments.c.kind, payments.c.paid_on, pool_claims.c.cut_off_on, pool_claims.c.case_id)
        .join(cases, cases.c.account_id == payments.c.account_id)
        .join(pool_claims, pool_claims.c.case_id == cases.c.case_id)
        .join(accounts, accounts.c.account_id == payments.c.account_id)
        .where(payments.c.payment_id == payment_id, pool_claims.c.state == "transferred")
    )
    with reading(work.desk.engine) as connection:
        row = connection.execute(query).first()
        if row is None or row.paid_on <= row.cut_off_on or row.kind not in ("payment", "recovery"):
            raise UserError(f"payment {payment_id!r} is not the buyer's", mend="see `recourse work list`")
        done = {
            entry.event.payment_id
            for _, entry in _entries(connection, [row.case_id], ev.ReceiptForwarded)
            if isinstance(entry.event, ev.ReceiptForwarded)
        }
    if payment_id in done:
        raise UserError(f"payment {payment_id!r} was passed on before", mend="nothing is left to do")
    work.record([Arrival(row.case_id, ev.ReceiptForwarded(payment_id, row.amount, proof))])
    with writing(work.desk.engine) as connection:
        connection.execute(
            work_items.update()
            .where(work_items.c.item_id == item_of(ITEM, payment_id), work_items.c.closed_on.is_(None))
            .values(closed_on=work.pen.day)
        )
    return int(row.amount)
