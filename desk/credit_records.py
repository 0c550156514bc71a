"""征信 Credit reporting at the desk: notices with proof, the record as reported, objections, corrections, the person's statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from desk.clerk import Clerk, Entered, Reply, refuse_unknown, rows
from desk.open_desk import Desk
from recourse import events as ev
from recourse.canonical import derived_id
from recourse.credit_months import Month, record
from recourse.intake import credit
from recourse.ledger import store
from recourse.ledger.database import reading
from recourse.ledger.days import writing_on
from recourse.ledger.tables import credit_notices, credit_objections
from tasks import credit_record as rules

REPLY_KIND, STATEMENT_KIND = "credit_reply", "credit_statement"


class Record(msgspec.Struct, frozen=True):
    """What is known of an account's credit record: months, days of proved notices, objections that are not at an end."""

    account: str
    months: tuple[Month, ...]
    told_on: tuple[date, ...]
    flagged: tuple[str, ...]


def notice(clerk: Clerk, account: str, channel: str, proof: str, on: date | None = None, party: str = "") -> Entered:
    """The person was told before negative information is reported; months that lacked it are looked at again."""
    clerk.require("credit_reporting")
    facts, day = clerk.case(account), on or clerk.day
    who = party or facts.person_id
    notice_id = derived_id("credit_notice", facts.case_id, who, day, channel)
    entered = clerk.enter(
        credit_notices, notice_id, account, lambda facts: [rules.told(facts, notice_id, who, channel, proof)], day
    )
    with writing_on(clerk.desk.engine, clerk.day) as connection:
        credit.check_told(connection, clerk.work.strategy.book, clerk.pen, [account])
    return entered


def status(desk: Desk, account: str) -> Record:
    """The record of an account as the bank reported it."""
    with reading(desk.engine) as connection:
        refuse_unknown(connection, account)
        months = credit.months_of(connection, [account]).get(account, [])
        told = credit.notices_of(connection, [account]).get(account, [])
        case_id = store.latest_case_id(connection, account)
        facts = store.load(connection, [case_id], lock=False)[case_id].facts
    day = desk.business_day()
    numbers = desk.strategy(day).policy_of(facts).numbers
    waiting = [row.objection_id for _, row in listed(desk, account=account)]
    return Record(account, tuple(record(months, told, numbers)), tuple(told), tuple(waiting))


def objection(
    clerk: Clerk, account: str, months: Sequence[str], ground: str, proof: str = "", on: date | None = None
) -> Entered:
    """The person objects: the months are flagged, and an answer in writing is due."""
    clerk.require("credit_reporting")
    facts, day = clerk.case(account), on or clerk.day
    objection_id = derived_id("credit_objection", facts.case_id, ground, day, *sorted(set(months)))
    return clerk.enter(
        credit_objections, objection_id, account,
        lambda _: [rules.objected(objection_id, months, ground, proof)], day,
    )  # fmt: skip


def answer(clerk: Clerk, objection_id: str, outcome: str, reply: Reply) -> Entered:
    """Answer an objection in writing."""
    clerk.require("credit_reporting")
    with reading(clerk.desk.engine) as connection:
        row = Clerk.row(connection, credit_objections, objection_id)
        account = store.load(connection, [row.case_id], lock=False)[row.case_id].facts.account_id
    rules.answered(row, outcome, "to come")
    sha256 = reply(account, REPLY_KIND)
    clerk.move(credit_objections, row.objection_id, lambda row, _: [rules.answered(row, outcome, sha256)])
    return Entered(row.objection_id, account)


def correct(clerk: Clerk, objection_id: str, step: str, proof: str) -> Entered:
    """A correction was sent to the registry, or confirmed by it."""
    clerk.require("credit_reporting")
    row, facts = clerk.move(credit_objections, objection_id, lambda row, _: [rules.corrected(row, step, proof)])
    return Entered(row.objection_id, facts.account_id)


def statement(clerk: Clerk, account: str, path: Path) -> Entered:
    """Attach the person's own statement to the record (征信业管理条例 16)."""
    clerk.require("credit_reporting")
    sha256 = clerk.keep_paper(account, path, STATEMENT_KIND)
    facts = clerk.case(account)
    statement_id = derived_id("credit_statement", facts.case_id, sha256)
    clerk.attach(facts.case_id, ev.CreditStatementAttached(statement_id, sha256))
    return Entered(statement_id, account)


def listed(desk: Desk, *, account: str = "", all_: bool = False) -> list[tuple[str, Any]]:
    """(account, row) of objections that are not at an end, or of all."""
    found = rows(desk, credit_objections, account=account)
    return [pair for pair in found if all_ or not _ended(pair[1])]


def _ended(row: Any) -> bool:
    state, outcome = str(row.state), str(row.outcome)
    return state == "confirmed" or (state, outcome) == ("answered", "rejected")
