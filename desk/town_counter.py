"""The simulated town's counters: complaints, hardship, disputes, brakes and credit reporting, each in the name of staff who may."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

import msgspec

from desk import complaints, credit_records, dispute_desk, hardships, holds
from desk.clerk import Clerk
from desk.open_desk import Desk
from desk.operations import Operations
from recourse.actors import Actor
from recourse.climb.strategy import Strategy
from recourse.errors import UserError
from recourse.ledger.dossier import Pen
from recourse.simulate.staff import roles_of
from tasks.complaints import Complaint

ROLES = roles_of()
REPLY = hashlib.sha256("书面答复（样本）".encode()).hexdigest()
"""The digest of the answer that the town's staff write."""


class TownCounter:
    """One business day's counters. What does not fit where a case stands is passed over."""

    def __init__(self, desk: Desk, strategy: Strategy, pen: Pen) -> None:
        self._desk, self._strategy, self._pen = desk, strategy, pen

    def _clerk(self, actor: str) -> Clerk:
        work = Operations(self._desk, self._strategy, msgspec.structs.replace(self._pen, actor=actor))
        return Clerk(self._desk, Actor(actor, ROLES[actor], "simulated"), work=work)

    def complain(self, account_id: str, channel: str, category: str, words: str) -> None:
        with suppress(UserError):
            said = Complaint(channel, category, self._pen.day)
            complaints.add(self._clerk("cpl-01"), account_id, said, words)

    def answer_complaints(self, account_id: str, outcome: str) -> None:
        for line in complaints.listed(self._desk, account=account_id):
            with suppress(UserError):
                complaints.answer(self._clerk("cpl-02"), line.complaint_id, outcome, lambda *_: REPLY)

    def dispute(self, account_id: str, kind: str) -> None:
        with suppress(UserError):
            dispute_desk.raise_(self._clerk("cpl-01"), account_id, kind, "网点当面提出")

    def answer_disputes(self, account_id: str, outcome: str, proof: str) -> None:
        for _, row in dispute_desk.listed(self._desk, account=account_id):
            with suppress(UserError):
                dispute_desk.answer(self._clerk("bap-01"), row.dispute_id, outcome, proof, lambda *_: REPLY)

    def apply_hardship(self, account_id: str, cause: str, *, complete: bool) -> None:
        """An application, or the papers of the one that was made in a call."""
        with suppress(UserError):
            made = [
                line.application_id
                for line in hardships.listed(self._desk, account=account_id)
                if line.state == "applied"
            ]
            for each in made or [hardships.add(self._clerk("cpl-01"), account_id, cause, {}).id]:
                for paper in hardships.show(self._desk, each).lacking if complete else ():
                    hardships.bring(self._clerk("cpl-01"), each, paper, f"影像 {account_id}")

    def decide_hardship(self, account_id: str, outcome: str, days: int) -> None:
        review_on = self._pen.day + timedelta(days=days) if days else None
        for line in hardships.listed(self._desk, account=account_id):
            with suppress(UserError):
                hardships.decide(self._clerk("sup-02"), line.application_id, outcome, "经核实", review_on)

    def release_brake(self, account_id: str, kind: str, reason: str) -> None:
        with suppress(UserError):
            holds.lift(self._clerk("bap-03"), account_id, kind, reason, f"核查记录 {account_id}")

    def tell_of_report(self, account_id: str, on: date) -> None:
        with suppress(UserError):
            credit_records.notice(self._clerk("cro-01"), account_id, "sms", f"短信回执 {account_id}", on)

    def object_to_record(self, account_id: str, months: Sequence[str], ground: str) -> None:
        with suppress(UserError):
            credit_records.objection(self._clerk("cro-01"), account_id, months, ground, f"异议申请 {account_id}")

    def answer_objections(self, account_id: str, outcome: str) -> None:
        clerk = self._clerk("cro-02")
        for _, row in credit_records.listed(self._desk, account=account_id):
            with suppress(UserError):
                credit_records.answer(clerk, row.objection_id, outcome, lambda *_: REPLY)
                if outcome == "upheld":
                    for step in ("sent", "confirmed"):
                        credit_records.correct(clerk, row.objection_id, step, f"更正 {account_id}")
